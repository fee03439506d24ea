"""Carriers and the services that know where their parcels are; keys go to the keyring of this machine."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import select, update

from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_, _
from desktop.gateways.carriers import KUAIDI100 as KUAIDI100_URL
from desktop.gateways.carriers import Asked, Trail, ask_carrier, check_url
from desktop.gateways.notice_secrets import check_keeper, get_secret, put_secret
from desktop.models.orders import SHIPPED, TO_SHIP, Order, Shipment
from desktop.models.parcels import ENDED, PLAIN, SERVICE_KINDS, SIGNED, Carrier, TrackingService
from desktop.models.people import Permission
from desktop.queries.carriers import tracking_services
from desktop.services.tracking import secret_name
from desktop.services.ways_out import shop_key
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

KUAIDI100, JSON = SIGNED, PLAIN  # the kinds of services, for screens
EXAMPLE_URL = "https://api.example.com/{carrier}/{number}"
LONGEST_NAME = 40
PATHS = ("events", "time", "text", "place", "state", "delivered", "eta")


@dataclass(frozen=True, slots=True)
class ServiceForm:
    """What is typed about a service; `key` None leaves the kept one, an empty one forgets it."""

    name: str
    kind: str
    url: str
    customer: str = ""
    header: str = ""
    paths: dict[str, str] = field(default_factory=dict, hash=False)
    key: str | None = field(default=None, repr=False)


def checked(form: ServiceForm, has_key: bool) -> ServiceForm:
    """The form as it is kept. Raises `ShopError` for what can't be."""
    name = " ".join(form.name.split())[:LONGEST_NAME]
    if not name:
        raise ShopError(N_("Give the service a name."), next_step="change_name")
    if form.kind not in SERVICE_KINDS:
        raise ShopError(N_("There is no such kind of service."))
    url = check_url(form.url, has_key)
    if form.kind == SIGNED and not form.customer.strip():
        raise ShopError(N_("Type the customer number of the account."))
    if form.kind == PLAIN and "{number}" not in url:
        raise ShopError(N_("The address needs {field} where the tracking number goes."), field="{number}")
    paths = {name: form.paths[name].strip() for name in PATHS if form.paths.get(name, "").strip()}
    return ServiceForm(name, form.kind, url, form.customer.strip(), form.header.strip(), paths, form.key)


def save_service(shop: Shop, service_id: int | None, form: ServiceForm) -> int:
    """Keep a service, its key in the keyring. Raises `ShopError` with nothing saved."""
    known = shop.ask(tracking_services)
    kept = get_secret(known.shop_key, secret_name(service_id)) if service_id is not None else ""
    form = checked(form, bool(form.key or (kept and form.key is None)))
    before = next((row for row in known.rows if row.id == service_id), None)
    moved = before is not None and urlsplit(before.url).netloc != urlsplit(form.url).netloc
    if moved and kept and form.key is None:
        raise ShopError(N_("This is another server. Type its key."))
    if form.key:
        check_keeper()
    saved_id, key_of_shop = shop.do(
        record_service, service_id, form.name, form.kind, form.url, form.customer, form.header, form.paths
    )
    if form.key or (kept and form.key is not None):  # a machine without a keyring has nothing to empty
        put_secret(key_of_shop, secret_name(saved_id), form.key)
    return saved_id


def try_service(shop: Shop, service_id: int, code: str, number: str) -> Trail:
    """Ask a service about a number now; nothing is kept. Raises `ShopError` saying what to check."""
    known = shop.ask(tracking_services)
    row = next((row for row in known.rows if row.id == service_id), None)
    if row is None:
        raise Refused(N_("This service was removed. Refresh the list."))
    key = get_secret(known.shop_key, secret_name(service_id))
    return ask_carrier(Asked(row.kind, row.url, code, number, row.customer, row.header, key, row.paths))


def forget_service(shop: Shop, service_id: int) -> None:
    """Take a service away with its key; its carriers stay, their parcels are no longer asked about."""
    put_away = shop.do(remove_service, service_id)
    if get_secret(put_away, secret_name(service_id)):
        put_secret(put_away, secret_name(service_id), "")


@action(permission=Permission.SETTINGS)
def record_service(
    work: Work,
    service_id: int | None,
    name: str,
    kind: str,
    url: str,
    customer: str,
    header: str,
    paths: dict[str, str],
) -> tuple[int, str]:
    """Write a service without its key; returns its id and the shop's key. Called by `save_service`."""
    taken = select(TrackingService.id).where(
        TrackingService.name == name, TrackingService.id != (service_id or 0)
    )
    if work.value(taken) is not None:
        raise ShopError(N_("There is a service called “{name}” already."), next_step="change_name", name=name)
    row = (
        work.get(TrackingService, service_id, lock=True)
        if service_id
        else TrackingService(name=name, kind=kind, url=url)
    )
    row.name, row.kind, row.url, row.customer, row.header = name, kind, url, customer, header
    row.paths, row.trouble, row.troubled_at = json.dumps(paths, sort_keys=True), "", None
    if service_id is None:
        work.add(row)
    work.flush()
    return row.id, shop_key(work)


@action(permission=Permission.SETTINGS)
def remove_service(work: Work, service_id: int) -> str:
    """Take a service away; returns the shop's key. Called by `forget_service`."""
    row = work.get(TrackingService, service_id, lock=True)
    for carrier in work.session.scalars(select(Carrier).where(Carrier.service_id == service_id)):
        carrier.service_id = None
        work.flush()
        _set_turns(work, carrier)
    work.remove(row)
    return shop_key(work)


@action(permission=Permission.SETTINGS)
def save_carrier(
    work: Work, carrier_id: int | None, name: str, code: str, service_id: int | None, active: bool = True
) -> int:
    """Add a carrier or change one; parcels under way are asked about as it says from now on."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise ShopError(N_("Give the carrier a name."), next_step="change_name")
    others = select(Carrier.name).where(Carrier.id != (carrier_id or 0))
    if any(name in (other, _(other)) for other in work.rows(others).scalars()):
        raise ShopError(N_("There is a carrier called “{name}” already."), next_step="change_name", name=name)
    if service_id is not None:
        work.get(TrackingService, service_id)
    carrier = work.get(Carrier, carrier_id, lock=True) if carrier_id else Carrier(name=name)
    if carrier_id is None or name != _(carrier.name):  # a shipped name stays the key of its words
        carrier.name = name
    carrier.code, carrier.service_id, carrier.active = code.strip()[:LONGEST_NAME], service_id, active
    if carrier_id is None:
        work.add(carrier)
    work.flush()
    _set_turns(work, carrier)
    return carrier.id


def _set_turns(work: Work, carrier: Carrier) -> None:
    """Parcels of this carrier that are under way are asked about now, or no longer."""
    on_the_way = select(Order.id).where(Order.status.in_((SHIPPED, TO_SHIP)))
    mine = update(Shipment).where(
        Shipment.carrier_id == carrier.id, Shipment.undone_at.is_(None), Shipment.tracking != "",
        Shipment.state.not_in(ENDED), Shipment.order_id.in_(on_the_way),
    )  # fmt: skip
    work.rows(mine.values(next_ask_at=work.now if carrier.service_id is not None else None))


__all__ = [
    "EXAMPLE_URL", "JSON", "KUAIDI100", "KUAIDI100_URL", "PATHS", "ServiceForm", "forget_service", "record_service", "remove_service",
    "save_carrier", "save_service", "try_service",
]  # fmt: skip
