"""Everything the settings page of payments shows: methods with their terms and uses by place, roles with their amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from desktop.models.pay_offers import DEEDS, SHOP_SCOPE, MethodOffer, RoleAmount
from desktop.models.payments import PaymentMethod
from desktop.models.people import DEVICE_ROLES, Permission, Role, RolePermission, Till
from desktop.queries.pay_health import Down, methods_down
from desktop.queries.pay_offer import accounts_of
from desktop.shop.action import question
from desktop.shop.work import Read

OWNER = "owner"
TERMS = (
    "fee_bp",
    "discount_bp",
    "discount_cap_minor",
    "least_minor",
    "most_minor",
    "member_day_count",
    "day_sum_minor",
)
LISTS = ("channels", "regions", "currencies")


@dataclass(frozen=True, slots=True)
class MethodLine:
    """A way to pay with its terms (names as `MethodTerms` has them; minor units, basis points; 0 and empty: none)."""

    key: str
    kind: str
    enabled: bool
    terms: Mapping[str, int]
    lists: Mapping[str, tuple[str, ...]]
    connected: bool
    expires_at: datetime | None
    down: Down | None


@dataclass(frozen=True, slots=True)
class PlaceOffer:
    """A place that may offer methods its own way: `own` is its list of (method, use), empty where it follows the wider one."""

    scope: str
    kind: str  # shop, channel, till
    name: str  # of a till, else the channel's key
    region: str
    own: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RoleLimit:
    """How much a role may take and give back at once (minor units; None: no limit), where it may at all."""

    key: str
    name: str
    take: int | None
    refund: int | None
    may_take: bool
    may_refund: bool


@dataclass(frozen=True, slots=True)
class PaySettings:
    """The page in one answer."""

    methods: tuple[MethodLine, ...]
    places: tuple[PlaceOffer, ...]
    roles: tuple[RoleLimit, ...]
    regions: tuple[str, ...]


@question(permission=Permission.SETTINGS)
def pay_settings(read: Read) -> PaySettings:
    """Methods, places and roles as they are now."""
    places = tuple(_places(read))
    regions = tuple(sorted({place.region for place in places if place.region}))
    return PaySettings(_methods(read), places, tuple(_roles(read)), regions)


def _methods(read: Read) -> tuple[MethodLine, ...]:
    rows = read.rows(select(PaymentMethod.__table__).order_by(PaymentMethod.position, PaymentMethod.key))
    down, accounts = methods_down(read), accounts_of(read)
    return tuple(
        MethodLine(
            row.key, row.kind, row.enabled, {name: getattr(row, name) for name in TERMS},
            {name: tuple(part for part in getattr(row, name).split(",") if part) for name in LISTS},
            row.kind != "wallet" or row.key in accounts, accounts.get(row.key), down.get(row.key),
        )
        for row in rows
    )  # fmt: skip


def _places(read: Read) -> list[PlaceOffer]:
    own: dict[str, list[tuple[str, str]]] = {}
    offers = select(MethodOffer.scope, MethodOffer.method_key, MethodOffer.use).order_by(MethodOffer.position)
    for row in read.rows(offers):
        own.setdefault(row.scope, []).append((row.method_key, row.use))
    found = [PlaceOffer(SHOP_SCOPE, "shop", "", "", tuple(own.get(SHOP_SCOPE, ())))]
    for channel in ("store", "kiosk", "online"):
        scope = f"channel:{channel}"
        found.append(PlaceOffer(scope, "channel", channel, "", tuple(own.get(scope, ()))))
    for till in read.rows(select(Till.id, Till.name, Till.region).order_by(Till.kind, Till.id)):
        scope = f"till:{till.id}"
        found.append(PlaceOffer(scope, "till", till.name, till.region, tuple(own.get(scope, ()))))
    return found


def _roles(read: Read) -> list[RoleLimit]:
    rights: dict[str, set[str]] = {}
    for row in read.rows(select(RolePermission.role_key, RolePermission.permission)):
        rights.setdefault(row.role_key, set()).add(row.permission)
    most = {(row.role_key, row.deed): row.most_minor for row in read.rows(select(RoleAmount.__table__))}
    found = []
    for role in read.rows(select(Role.key, Role.name).order_by(Role.key)):
        mine = rights.get(role.key, set())
        take, refund = str(Permission.TAKE_PAYMENT) in mine, str(Permission.REFUND) in mine
        if role.key != OWNER and role.key not in DEVICE_ROLES and (take or refund):
            limits = [most.get((role.key, deed)) for deed in DEEDS]
            found.append(RoleLimit(role.key, role.name, limits[0], limits[1], take, refund))
    return found
