"""Open a shop: the roles, tiers, price lists, places and tills every shop starts with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select

from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_
from desktop.basics.money import CURRENCIES
from desktop.models.members import Tier
from desktop.models.parcels import CARRIERS, Carrier
from desktop.models.payments import PaymentMethod
from desktop.models.people import ROLES, Permission, Role, RolePermission, Staff, StaffRole, Till
from desktop.models.products import PriceList
from desktop.models.settings import SHOP_CURRENCY, SHOP_NAME, SHOP_ZONE
from desktop.models.stock import Location
from desktop.models.system import Setting
from desktop.services import once
from desktop.services.secrets import check_new_password, check_new_pin, hashed
from desktop.shop.action import action
from desktop.shop.actors import console
from desktop.shop.work import Work

if TYPE_CHECKING:
    from desktop.shop.shop import Shop

TIERS = (
    ("ordinary", N_("Ordinary"), 10_000, 0),
    ("silver", N_("Silver"), 11_000, 200_000),
    ("gold", N_("Gold"), 12_000, 500_000),
    ("vip", N_("VIP"), 15_000, 2_000_000),
)
METHODS = (
    ("cash", "cash"),
    ("card", "card"),
    ("wechat", "wallet"),
    ("alipay", "wallet"),
    ("unionpay", "wallet"),
    ("stored_value", "stored_value"),
    ("points", "points"),
    ("other", "other"),
)
TILLS = (
    ("T1", N_("Counter 1"), "counter"),
    ("K1", N_("Self-checkout 1"), "kiosk"),
    ("WEB", N_("Online shop"), "online"),
)


@dataclass(frozen=True, slots=True)
class NewShop:
    """What the owner says on the first day; `password` is hashed before it comes near the database."""

    name: str
    owner: str
    username: str
    password: str
    currency: str = "CNY"
    zone: str = "Asia/Shanghai"
    pin: str = ""


def open_shop(shop: Shop, wanted: NewShop) -> int:
    """Set up an empty database as this shop; returns the owner's staff id.

    Raises `ShopError` for an empty name, an unknown currency or zone, a weak password, or a shop already there.
    """
    if not wanted.name.strip():
        raise ShopError(N_("Give the shop a name."))
    if not wanted.username.strip() or not wanted.owner.strip():
        raise ShopError(N_("Give the owner a name and a user name."))
    if wanted.currency not in CURRENCIES:
        raise ShopError(
            N_("“{currency}” is not a currency we know. Use one of {known}."),
            currency=wanted.currency,
            known=", ".join(CURRENCIES),
        )
    if wanted.zone not in available_timezones():
        raise ShopError(N_("“{zone}” is not a time zone. Use a name like Asia/Shanghai."), zone=wanted.zone)
    check_new_password(wanted.password)
    if wanted.pin:
        check_new_pin(wanted.pin)
    secrets = (hashed(wanted.password), hashed(wanted.pin) if wanted.pin else "")
    return shop.acting_as(console()).do(
        set_up,
        wanted.name.strip(),
        wanted.currency,
        wanted.zone,
        (wanted.owner.strip(), wanted.username.strip().lower()),
        secrets,
    )


@action(permission=Permission.SETTINGS)
def set_up(
    work: Work, name: str, currency: str, zone: str, owner: tuple[str, str], secrets: tuple[str, str]
) -> int:
    """Write everything a new shop starts with; refused when the database already holds one."""
    taken = work.value(select(Role.key)) is not None
    if (
        taken or once.claim(work, "opening", "") is not None
    ):  # of two first starts at once the second waits, then knows
        raise Refused(N_("This database already holds a shop. Open it, or choose another file."))
    once.keep(work, "opening", name)
    ZoneInfo(zone)
    values = {SHOP_NAME: name, SHOP_CURRENCY: currency, SHOP_ZONE: zone}
    work.post(
        Setting,
        [{"key": spec.key, "value": json.dumps(value, ensure_ascii=False)} for spec, value in values.items()],
    )
    _roles(work)
    work.post(
        Tier,
        [
            {"key": k, "name": n, "earn_bp": e, "from_minor": f, "position": i}
            for i, (k, n, e, f) in enumerate(TIERS)
        ],
    )
    work.post(PaymentMethod, [{"key": k, "kind": kind, "position": i} for i, (k, kind) in enumerate(METHODS)])
    work.post(Location, [{"code": "floor", "name": N_("Shop floor"), "kind": "floor"}])
    work.post(Carrier, [{"name": name, "code": code} for name, code in CARRIERS])
    work.post(Till, [{"code": c, "name": n, "kind": k} for c, n, k in TILLS])
    _price_lists(work)
    person = Staff(
        username=owner[1],
        name=owner[0],
        password_hash=secrets[0],
        pin_hash=secrets[1],
        phone="",
        created_at=work.now,
    )
    work.add(person)
    work.post(StaffRole, [{"staff_id": person.id, "role_key": "owner"}])
    return person.id


def _roles(work: Work) -> None:
    work.post(Role, [{"key": key, "name": name} for key, (name, _) in ROLES.items()])
    rows = [
        {"role_key": key, "permission": str(p)} for key, (_, rights) in ROLES.items() for p in sorted(rights)
    ]
    work.post(RolePermission, rows)


def _price_lists(work: Work) -> None:
    lists: list[tuple[str, str, str | None]] = [
        ("retail", "retail", None),
        ("distribution", "distribution", None),
        ("b2b", "b2b", None),
    ]
    lists += [(f"retail.{key}", "retail", key) for key in ("silver", "gold", "vip")]
    work.post(PriceList, [{"key": key, "order_type": kind, "tier_key": tier} for key, kind, tier in lists])
