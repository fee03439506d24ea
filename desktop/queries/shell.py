"""What the frame of the window shows: whose shop, who works, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from desktop.basics.clock import day_starts, shop_day
from desktop.models.orders import TO_SHIP, Order
from desktop.models.people import Permission, Role, RolePermission, Staff, StaffRole, Till
from desktop.models.products import Product
from desktop.models.settings import GAIN_RED, SHOP_BRANCH, SHOP_NAME, SHOP_SAMPLE
from desktop.queries.stock_board import Board
from desktop.shop.action import question
from desktop.shop.work import Read

KIOSK_SEEN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ShopCard:
    """The shop as its own window names it."""

    name: str
    branch: str
    currency: str
    zone: str
    sample: bool
    gain_red: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in; role names are sentence keys for the shipped roles, rights the names of permissions."""

    id: int
    username: str
    name: str
    roles: tuple[str, ...]
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kiosks:
    """How many kiosks were seen in the last minutes, how many the shop has, and their orders today."""

    online: int
    known: int
    orders: int


@question(permission=Permission.BROWSE_GOODS)
def shop_card(read: Read) -> ShopCard:
    """Name, branch, currency, zone, whether this is the sample shop, and whether gains are red."""
    return ShopCard(
        read.setting(SHOP_NAME),
        read.setting(SHOP_BRANCH),
        read.currency,
        str(read.zone),
        read.setting(SHOP_SAMPLE),
        read.setting(GAIN_RED),
    )


@question(permission=Permission.BROWSE_GOODS)
def me(read: Read) -> Person:
    """The person asking."""
    row = read.rows(select(Staff.id, Staff.username, Staff.name).where(Staff.id == read.actor.id)).first()
    if row is None:
        return Person(0, "", "", (), frozenset())
    mine = StaffRole.staff_id == row.id
    roles = select(Role.name).join(StaffRole, StaffRole.role_key == Role.key).where(mine).order_by(Role.key)
    rights = select(RolePermission.permission).join(StaffRole, StaffRole.role_key == RolePermission.role_key)
    return Person(
        row.id,
        row.username,
        row.name,
        tuple(read.rows(roles).scalars()),
        frozenset(read.rows(rights.where(mine)).scalars()),
    )


@question(permission=Permission.SEE_ORDERS)
def orders_to_ship(read: Read) -> int:
    """How many orders wait to be shipped."""
    return int(read.value(select(func.count()).where(Order.status == TO_SHIP)) or 0)


@question(permission=Permission.SEE_STOCK)
def goods_below_safety(read: Read) -> int:
    """How many goods on the shelf have less available than their safety stock, as the stock screen counts them."""
    board = Board(read)
    low = board.select(func.count(), levels=True, sales=False).where(
        Product.on_shelf, board.available < board.safety
    )
    return int(read.value(low) or 0)


@question(permission=Permission.SEE_ORDERS)
def kiosks(read: Read) -> Kiosks:
    """The state of the self-checkouts."""
    seen = list(read.rows(select(Till.seen_at).where(Till.kind == "kiosk")).scalars())
    online = sum(at is not None and read.now - at < KIOSK_SEEN for at in seen)
    today = day_starts(shop_day(read.now, read.zone), read.zone)
    count = select(func.count()).where(Order.channel == "kiosk", Order.placed_at >= today)
    return Kiosks(online, len(seen), int(read.value(count) or 0))
