"""The command palette's look into the shop: by name, number, phone tail, pinyin and initials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, or_, select

from desktop.basics.matching import find, prepare
from desktop.basics.order_links import number_in
from desktop.models.members import Member, Tier
from desktop.models.orders import TO_SHIP, UNPAID, Order
from desktop.models.people import Permission
from desktop.models.products import Barcode, Price, PriceList, Product, Sku
from desktop.queries.offers import BASE_LIST
from desktop.queries.order_search import OrderFilter, conditions, meant_members
from desktop.queries.page import contains, starts_with
from desktop.shop.action import question
from desktop.shop.work import Read

MOST = 5  # of each kind
DAYS_BACK = 14  # a bare number such as 0096 means an order of these days
Span = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class OrderHit:
    """An order; `span` is the part of `title` that matched."""

    id: int
    title: str  # 1121-0096 林晓梅
    span: Span
    status: str
    late: bool
    due_minor: int
    currency: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class GoodsHit:
    """Goods (`id` of the SKU) with their usual price in minor units of the shop's currency (None: no price yet)."""

    id: int
    title: str
    span: Span
    pack: str
    code: str
    picture: str
    price_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class MemberHit:
    """A member; of the phone only its last four digits."""

    id: int
    title: str
    span: Span
    code: str
    tier_key: str
    tier_name: str
    phone_tail: str
    points: int


_ORDERS = (
    select(
        Order.id, Order.short_code, Order.status, Order.due_minor, Order.currency, Order.placed_at,
        Order.ship_deadline, Order.pay_deadline, func.coalesce(Member.name, "").label("member"),
    )
    .join(Member, Member.id == Order.member_id, isouter=True)
    .order_by(Order.placed_at.desc(), Order.id.desc())
    .limit(MOST)
)  # fmt: skip
_PRICE = (
    select(func.max(Price.amount_minor))
    .join(PriceList, PriceList.id == Price.list_id)
    .where(Price.sku_id == Sku.id, PriceList.key == BASE_LIST, Price.unit == "", Price.min_qty_milli == 0)
    .correlate(Sku)
    .scalar_subquery()
)
_GOODS = (
    select(
        Sku.id, Product.name, Sku.variant, Product.pack, Sku.code, Product.picture, _PRICE.label("price")
    )
    .join(Product, Product.id == Sku.product_id)
    .limit(MOST)
)  # fmt: skip
_MEMBERS = (
    select(
        Member.id, Member.name, Member.code, Member.tier_key, Tier.name.label("tier_name"), Member.phone_tail,
        Member.points,
    )
    .join(Tier, Tier.key == Member.tier_key)
    .where(Member.status == "active")
    .order_by(Member.last_order_at.desc().nulls_last(), Member.id.desc())
    .limit(MOST)
)  # fmt: skip


@question(permission=Permission.SEE_ORDERS)
def find_orders(read: Read, text: str) -> tuple[OrderHit, ...]:
    """Orders by number, the address scanned from a receipt, tracking number, or whose member is called so; the newest first."""
    typed = number_in(text.strip())
    if not typed:
        return ()
    found = list(_orders_numbered(read, typed)) or list(
        read.rows(_ORDERS.where(*conditions(read, OrderFilter(text=typed))))
    )
    return tuple(_order_hit(read, row, typed) for row in found)


def _orders_numbered(read: Read, typed: str) -> Iterable[Row[Any]]:
    """A bare number such as 0096 means an order of the last days."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 4):
        return ()
    today = read.now.astimezone(read.zone).date()
    numbers = [f"{today - timedelta(days=back):%m%d}-{typed:>04}" for back in range(DAYS_BACK)]
    return read.rows(_ORDERS.where(Order.short_code.in_(numbers)))


def _order_hit(read: Read, row: Row[Any], typed: str) -> OrderHit:
    title = f"{row.short_code} {row.member}".strip()
    deadline = {UNPAID: row.pay_deadline, TO_SHIP: row.ship_deadline}.get(row.status)
    late = deadline is not None and deadline < read.now
    span = find(prepare(title), typed)
    return OrderHit(row.id, title, span, row.status, late, row.due_minor, row.currency, row.placed_at)


@question(permission=Permission.BROWSE_GOODS)
def find_goods(read: Read, text: str) -> tuple[GoodsHit, ...]:
    """Goods by name, pinyin, initials, code or barcode; names that begin so first."""
    typed = text.strip()
    if not typed:
        return ()
    letters = typed.lower().replace(" ", "")
    ways = [contains(Product.name, typed), starts_with(Sku.code, typed.upper())]
    ways.append(Sku.id.in_(select(Barcode.sku_id).where(Barcode.code == letters)))
    if letters.isascii():
        ways += [contains(Product.initials, letters), contains(Product.pinyin, letters)]
    first = case(
        (starts_with(Product.initials, letters), 0), (starts_with(Product.pinyin, letters), 1), else_=2
    )
    statement = _GOODS.where(or_(*ways)).order_by(Product.on_shelf.desc(), first, Product.pinyin, Sku.id)
    return tuple(
        GoodsHit(
            row.id, f"{row.name} {row.variant}".strip(), find(prepare(row.name), typed), row.pack, row.code,
            row.picture, row.price, read.currency,
        )
        for row in read.rows(statement)
    )  # fmt: skip


@question(permission=Permission.SEE_MEMBERS)
def find_members(read: Read, text: str) -> tuple[MemberHit, ...]:
    """Members by name, number, phone (or its last four digits), pinyin, initials; latest customers first."""
    typed = text.strip()
    if not typed:
        return ()
    meant = meant_members(read, typed)
    if meant is None:
        return ()
    hits = []
    for row in read.rows(_MEMBERS.where(meant.sql())):
        title = row.name or row.code
        span = find(prepare(title), typed)
        hits.append(
            MemberHit(row.id, title, span, row.code, row.tier_key, row.tier_name, row.phone_tail, row.points)
        )
    return tuple(hits)
