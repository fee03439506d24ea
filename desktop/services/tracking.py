"""Carriers are asked where parcels are: as often as set, only for parcels under way, a few at a time.

Which parcel is due stands in its own row, so a closed program skips nothing. A parcel is claimed by a guarded update
that also is its lease, the carrier is asked outside any transaction, and what it says is written down: places seen
are added, never changed. What fails is said on the parcel and asked again later, each time after a longer wait.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from desktop.basics.errors import NotFound, Refused, ShopError
from desktop.basics.i18n import N_
from desktop.gateways.carriers import Asked, Seen, Trail, ask_carrier
from desktop.gateways.notice_secrets import get_secret
from desktop.models.members import Member
from desktop.models.orders import Order, Shipment
from desktop.models.parcels import DELIVERED, ENDED, Carrier, ShipmentTrail, TrackingService
from desktop.models.people import Permission
from desktop.models.settings import CARRIER_MINUTES
from desktop.queries.carriers import ServiceRow, due_parcels, tracking_services
from desktop.services.orders import tell
from desktop.services.parcel_rows import name_parcel
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

AT_ONCE = 20  # parcels in one go: services count their calls, and there is a next go
LEASE = timedelta(minutes=3)
LONGEST_WAIT = timedelta(hours=24)
GIVE_UP = timedelta(days=45)  # nobody waits for a parcel longer
NOT_TRACKED = N_(
    "Nobody can be asked about this parcel. Give it a number, and its carrier a service under Settings."
)


@dataclass(frozen=True, slots=True)
class Errand:
    """One parcel to ask about, as it is after its claim."""

    parcel_id: int
    service_id: int
    code: str
    number: str
    phone_tail: str


def secret_name(service_id: int) -> str:
    """What a service's key is called in keyrings, behind the shop's key."""
    return f"carrier:{service_id}"


def poll_carriers(shop: Shop, limit: int = AT_ONCE) -> int:
    """Ask about the parcels whose turn has come, with the keys of this machine; returns how many were asked about."""
    clock = shop.acting_as(actors.clock())
    known = clock.ask(tracking_services)
    keys = {row.id: get_secret(known.shop_key, secret_name(row.id)) for row in known.rows}
    able = {row.id: row for row in known.rows if keys[row.id] or not (row.header or row.customer)}
    asked = 0
    tired: set[int] = set()  # services that failed in this go
    for due in clock.ask(due_parcels, tuple(able), limit) if able else ():
        if due.service_id in tired:
            continue
        errand = clock.do(claim_parcel, due.id, due.next_ask_at)
        if errand is None:
            continue
        asked += 1
        if not _ask(clock, errand, able[due.service_id], keys[due.service_id]):
            tired.add(due.service_id)
    return asked


def ask_now(shop: Shop, parcel_id: int) -> None:
    """Ask about one parcel at once. Raises `ShopError` in the words that also stand on the parcel then."""
    known = shop.ask(tracking_services)
    errand = shop.do(claim_parcel, parcel_id, None)
    row = next((row for row in known.rows if errand is not None and row.id == errand.service_id), None)
    if errand is None or row is None:
        raise Refused(NOT_TRACKED)
    key = get_secret(known.shop_key, secret_name(row.id))
    try:
        trail = ask_carrier(asked_of(row, errand, key))
    except ShopError as error:
        about_service = not isinstance(error, NotFound)
        shop.do(record_trouble, errand.parcel_id, errand.number, error.sentence, about_service)
        raise
    shop.do(record_trail, errand.parcel_id, errand.number, trail)


def asked_of(row: ServiceRow, errand: Errand, key: str) -> Asked:
    """What is asked of a service about a parcel."""
    return Asked(
        row.kind,
        row.url,
        errand.code,
        errand.number,
        row.customer,
        row.header,
        key,
        row.paths,
        errand.phone_tail,
    )


def _ask(clock: Shop, errand: Errand, row: ServiceRow, key: str) -> bool:
    """Ask and write down; False when the service itself, not this number, is the trouble."""
    try:
        trail = ask_carrier(asked_of(row, errand, key))
    except ShopError as error:
        about_service = not isinstance(error, NotFound)
        clock.do(record_trouble, errand.parcel_id, errand.number, error.sentence, about_service)
        return not about_service
    clock.do(record_trail, errand.parcel_id, errand.number, trail)
    return True


@action(permission=Permission.HANDLE_ORDERS)
def claim_parcel(work: Work, parcel_id: int, seen: datetime | None) -> Errand | None:
    """Take a parcel that still is as it was seen (`None`: whatever it is); None when another program was faster.

    Leaves no audit row: it says nothing about the shop.
    """
    statement = update(Shipment).where(Shipment.id == parcel_id, Shipment.undone_at.is_(None))
    if seen is not None:
        statement = statement.where(Shipment.next_ask_at == seen)
    taken = work.rows(statement.values(next_ask_at=work.now + LEASE).returning(Shipment.order_id)).scalar()
    if taken is None:
        return None
    row = work.first(
        select(Shipment.tracking, Carrier.code, Carrier.service_id, Member.phone_tail)
        .join(Carrier, Carrier.id == Shipment.carrier_id, isouter=True)
        .join(Order, Order.id == Shipment.order_id)
        .join(Member, Member.id == Order.member_id, isouter=True)
        .where(Shipment.id == parcel_id)
    )
    if row is None or row.service_id is None or not row.tracking:
        work.rows(update(Shipment).where(Shipment.id == parcel_id).values(next_ask_at=None))
        return None
    return Errand(parcel_id, row.service_id, row.code, row.tracking, row.phone_tail or "")


@action(permission=Permission.HANDLE_ORDERS)
def record_trail(work: Work, parcel_id: int, number: str, trail: Trail) -> int:
    """Add what is new of a trail; returns how many places that were.

    Nothing is written when the number was put right or the parcel taken back while its carrier was asked.
    """
    parcel = work.get(Shipment, parcel_id, lock=True)
    if not _still(parcel, number):
        return 0
    new = sum(_keep_seen(work, parcel, seen) for seen in reversed(trail.seen))
    state, eta = trail.state or parcel.state, trail.eta or parcel.eta
    ended = trail.state in ENDED or work.now - parcel.at > GIVE_UP
    pause = timedelta(minutes=work.setting(CARRIER_MINUTES))
    quiet = {
        "asked_at": work.now, "next_ask_at": None if ended else work.now + pause, "tries": 0, "trouble": "",
    }  # fmt: skip
    work.rows(update(Shipment).where(Shipment.id == parcel_id).values(quiet))
    mended = update(TrackingService).where(TrackingService.trouble != "", _of(parcel)).values(trouble="")
    for service_id in work.rows(mended.returning(TrackingService.id)).scalars().all():
        work.touch("tracking_service", service_id)
    if new or (parcel.state, parcel.eta) != (state, eta):
        values = {"state": state, "eta": eta}
        if state == DELIVERED and parcel.delivered_at is None:
            values["delivered_at"] = trail.seen[0].at if trail.seen else work.now
            tell(
                work,
                parcel.order_id,
                "delivered",
                " ".join(p for p in (parcel.carrier, parcel.tracking) if p),
            )
        work.update(Shipment, parcel_id, values)
        work.touch("sale_order", parcel.order_id)
    return new


@action(permission=Permission.HANDLE_ORDERS)
def record_trouble(
    work: Work, parcel_id: int, number: str, sentence: str, about_service: bool = True
) -> None:
    """Say on a parcel (and its service) why nothing was heard, and when it is asked again. Nothing known is lost."""
    parcel = work.get(Shipment, parcel_id, lock=True)
    if not _still(parcel, number):
        return
    pause: timedelta = timedelta(minutes=work.setting(CARRIER_MINUTES)) * 2 ** min(parcel.tries, 8)
    later = None if work.now - parcel.at > GIVE_UP else work.now + min(pause, LONGEST_WAIT)
    values = {"asked_at": work.now, "next_ask_at": later, "tries": parcel.tries + 1, "trouble": sentence}
    news = parcel.trouble != sentence
    work.rows(update(Shipment).where(Shipment.id == parcel_id).values(values))
    if about_service:
        said = update(TrackingService).where(_of(parcel)).values(trouble=sentence, troubled_at=work.now)
        service_id = work.rows(said.returning(TrackingService.id)).scalar()
        if service_id is not None and news:
            work.touch("tracking_service", service_id)
    if news:
        work.touch("shipment", parcel_id)
        work.touch("sale_order", parcel.order_id)


@action(permission=Permission.HANDLE_ORDERS)
def change_parcel(
    work: Work, parcel_id: int, tracking: str, carrier: str = "", carrier_id: int | None = None
) -> None:
    """Correct the carrier or the number of a parcel that was not taken back; its carrier is asked anew."""
    parcel = work.get(Shipment, parcel_id, lock=True)
    if parcel.undone_at is not None:
        raise Refused(N_("This parcel was taken back already. Refresh and look again."))
    before = " ".join(part for part in (parcel.carrier, parcel.tracking) if part)
    name_parcel(work, parcel, tracking, carrier, carrier_id)
    parcel.delivered_at = None
    after = " ".join(part for part in (parcel.carrier, parcel.tracking) if part)
    work.flush()
    if after != before:
        tell(work, parcel.order_id, "parcel changed", f"{before or '—'} → {after or '—'}")


def _still(parcel: Shipment, number: str) -> bool:
    """Whether the parcel is under way under the number that was asked about."""
    return parcel.tracking == number and parcel.undone_at is None


def _keep_seen(work: Work, parcel: Shipment, seen: Seen) -> bool:
    said = [parcel.tracking, seen.at.isoformat(), seen.text]
    mark = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]
    row = {
        "shipment_id": parcel.id, "number": parcel.tracking, "mark": mark, "text": seen.text[:500], "place": seen.place[:120],
        "state": seen.state, "at": seen.at, "heard_at": work.now,
    }  # fmt: skip
    return work.offer(ShipmentTrail, row) is not None


def _of(parcel: Shipment) -> ColumnElement[bool]:
    mine = select(Carrier.service_id).where(Carrier.id == parcel.carrier_id).scalar_subquery()
    return TrackingService.id == mine
