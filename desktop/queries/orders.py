"""Lists of orders: pages, counts and sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from desktop.basics.clock import shop_day
from desktop.models.base import UtcDateTime
from desktop.models.members import Member, Tier
from desktop.models.orders import TO_SHIP, UNPAID, Order, OrderTag
from desktop.models.people import Permission, Till
from desktop.models.products import Tag
from desktop.models.search import place_of
from desktop.models.system import DailyTotal
from desktop.queries.order_finding import place
from desktop.queries.order_search import (
    AskedWords,
    OrderFilter,
    asked_words,
    conditions,
    is_late,
    newest_found,
    ways,
    worded,
)
from desktop.queries.order_waits import unanswered
from desktop.queries.page import AnySelect, Page, Position, after_position, in_order, page_of
from desktop.queries.ways import Way, apart
from desktop.shop.action import question
from desktop.shop.work import Read

SORTS = ("-placed", "placed", "-due", "due", "-points")
BIG_POINTS_MINOR = 5_000  # an order counts as one of large points from this value on
PAGE = 100  # orders asked for at once: twice what a tall screen shows


class OrderRow(NamedTuple):
    """One order in a list; a tuple, because many are made at each key.

    `due_minor` is money paid or to pay, `points_minor` the value of points used.
    """

    id: int
    short_code: str
    code: str
    placed_at: datetime
    order_type: str
    channel: str
    status: str
    late: bool
    member_id: int | None
    member_name: str
    tier_key: str
    tier_name: str
    points_minor: int
    due_minor: int
    refunded: str  # empty, part, whole
    currency: str
    queued_until: datetime | None = None
    chased: int = 0  # how often it was asked why it has not left, while nobody answered
    part_shipped: bool = False  # a part has left, the rest is still to come
    collect: bool = False  # fetched in the store


@dataclass(frozen=True, slots=True)
class OrdersSum:
    """How many orders and what they come to (minor units)."""

    count: int
    due_minor: int
    points_minor: int
    refunded_minor: int


_NOW = bindparam("now", type_=UtcDateTime())
_ROW = (
    select(
        Order.id, Order.short_code, Order.code, Order.placed_at, Order.order_type, Order.channel,
        Order.status, is_late(_NOW).label("overdue"), Order.member_id, Member.name, Member.tier_key, Tier.name,
        Order.points_minor, Order.due_minor, Order.refunded_minor, Order.paid_minor, Order.currency,
        Order.queued_until, unanswered().label("chased"), Order.shipped_at, Order.collect,
    )
    .select_from(Order)
    .join(Member, Member.id == Order.member_id, isouter=True)
    .join(Tier, Tier.key == Member.tier_key, isouter=True)
)  # fmt: skip
_KEYS: dict[str, tuple[Any, ...]] = {
    "placed": (Order.placed_at, Order.id),
    "due": (Order.due_minor, Order.id),
    "points": (Order.points_minor, Order.placed_at, Order.id),
}
_ATTRIBUTES = {
    "placed": ("placed_at", "id"),
    "due": ("due_minor", "id"),
    "points": ("points_minor", "placed_at", "id"),
}


@question(permission=Permission.SEE_ORDERS)
def orders_page(
    read: Read, filters: OrderFilter | None = None, sort: str = "-placed", after: Position | None = None
) -> Page[OrderRow]:
    """Orders in this order (`SORTS`; a minus means largest first), `PAGE` at a time.

    Sorted by points, only orders that used some are listed.
    """
    name, descending = sort.lstrip("-"), sort.startswith("-")
    wanted = _fitting(filters, name)
    if name == "placed" and worded(wanted):
        return _page_of_words(read, wanted, after, descending)
    # many may fit in no order: then bare ids are sorted first, and one page of rows is fetched
    ids_first = bool(wanted.text or wanted.sku_id or wanted.tags or wanted.clauses or wanted.either)
    behind = () if after is None else (Way(after_position, after, (_KEYS[name], descending)),)
    asked, values = apart(_Asked(name, descending, ids_first, (*ways(read, wanted), *behind)))
    rows = read.rows(_statement(asked), {**values, "now": read.now}).all()
    return page_of(rows, _row, lambda row: tuple(getattr(row, a) for a in _ATTRIBUTES[name]), size=PAGE)


class _Asked(NamedTuple):
    """A page as plain data, see `ways.apart`."""

    sort: str
    descending: bool
    ids_first: bool
    ways: tuple[Way, ...]


@lru_cache(maxsize=256)
def _statement(asked: _Asked) -> AnySelect:
    def page(found: AnySelect) -> AnySelect:
        return in_order(found, _KEYS[asked.sort], None, descending=asked.descending, size=PAGE)

    fitting = [way.sql() for way in asked.ways]
    if asked.ids_first:
        fitting = [Order.id.in_(page(select(Order.id).where(*fitting)))]
    return page(_ROW.where(*fitting))


def _page_of_words(
    read: Read, wanted: OrderFilter, after: Position | None, descending: bool
) -> Page[OrderRow]:
    """The same sorted by second and id, as the texts are: the newest of many finds come without sorting all."""
    asked, values = apart(asked_words(read, wanted, after, descending=descending, size=PAGE + 1))
    rows = read.rows(_statement_of_words(asked), {**values, "now": read.now}).all()
    return page_of(rows, _row, lambda row: (place_of(row.placed_at, row.id),), size=PAGE)


@lru_cache(maxsize=256)
def _statement_of_words(asked: AskedWords) -> AnySelect:
    found = _ROW.where(Order.id.in_(newest_found(asked)))
    return in_order(found, (place(asked.sqlite),), None, descending=asked.descending, size=PAGE)


@question(permission=Permission.SEE_ORDERS)
def orders_by_id(read: Read, ids: frozenset[int]) -> tuple[OrderRow, ...]:
    """These orders as list rows, to refresh what a list already shows."""
    rows = read.rows(_ROW.where(Order.id.in_(sorted(ids))), {"now": read.now}).all()
    return tuple(_row(row) for row in rows)


@question(permission=Permission.SEE_ORDERS)
def orders_count(read: Read, filters: OrderFilter | None = None) -> int:
    """How many orders fit."""
    return _count(read, filters or OrderFilter())


@question(permission=Permission.SEE_ORDERS)
def orders_counts_by_view(read: Read, views: Mapping[str, OrderFilter]) -> dict[str, int]:
    """How many orders each of these filters holds."""
    return {key: _count(read, wanted) for key, wanted in views.items()}


@question(permission=Permission.SEE_ORDERS)
def orders_sum(read: Read, filters: OrderFilter | None = None) -> OrdersSum:
    """Count and sums of the orders that fit; cancelled ones count but add no money."""
    lively = Order.status != "cancelled"
    statement = _where(read, filters or OrderFilter(), select(
        func.count(),
        func.coalesce(func.sum(Order.due_minor).filter(lively), 0),
        func.coalesce(func.sum(Order.points_minor).filter(lively), 0),
        func.coalesce(func.sum(Order.refunded_minor), 0),
    ))  # fmt: skip
    row = read.rows(statement).one()
    return OrdersSum(*(int(value) for value in row))


@question(permission=Permission.SEE_ORDERS)
def order_tags(read: Read) -> tuple[str, ...]:
    """The tags orders carry, by name."""
    worn = select(OrderTag.order_id).where(OrderTag.tag_id == Tag.id)
    return tuple(read.rows(select(Tag.name).where(worn.exists()).order_by(Tag.name)).scalars())


@question(permission=Permission.SEE_ORDERS)
def order_tills(read: Read) -> tuple[tuple[str, str], ...]:
    """Code and name of the tills orders come from."""
    return tuple((row.code, row.name) for row in read.rows(select(Till.code, Till.name).order_by(Till.id)))


@question(permission=Permission.SEE_ORDERS)
def orders_today(read: Read) -> OrdersSum:
    """Today's orders placed and money taken, from the day's own figures."""
    day = shop_day(read.now, read.zone)
    sums = (func.coalesce(func.sum(c), 0) for c in (
        DailyTotal.orders, DailyTotal.amount_minor, DailyTotal.points_minor, DailyTotal.refunds_minor
    ))  # fmt: skip
    row = read.rows(select(*sums).where(DailyTotal.day == day)).one()
    return OrdersSum(*(int(value) for value in row))


def _fitting(filters: OrderFilter | None, sort: str) -> OrderFilter:
    wanted = filters or OrderFilter()
    if sort == "points" and wanted.points_from is None:
        return replace(wanted, points_from=1)
    return wanted


def _count(read: Read, wanted: OrderFilter) -> int:
    return int(read.value(_where(read, wanted, select(func.count()))))


def _where(read: Read, wanted: OrderFilter, statement: AnySelect) -> AnySelect:
    return statement.select_from(Order).where(*conditions(read, wanted))


def _row(row: Any) -> OrderRow:
    """Positions instead of names: 200 rows a page add up."""
    (
        order_id, short_code, code, placed_at, order_type, channel, status, overdue, member_id, name, tier_key,
        tier_name, points, due, refunded, paid, currency, queued_until, chased, shipped_at, collect,
    ) = row  # fmt: skip
    return OrderRow(
        order_id, short_code, code, placed_at, order_type, channel, status, bool(overdue), member_id, name or "",
        tier_key or "", tier_name or "", points, due, refunded_how(refunded, paid) if refunded else "", currency,
        queued_until, int(chased), status == TO_SHIP and shipped_at is not None, collect,
    )  # fmt: skip


def late(status: str, pay_deadline: datetime | None, ship_deadline: datetime | None, now: datetime) -> bool:
    """Whether an order in this status is past its deadline."""
    deadline = {UNPAID: pay_deadline, TO_SHIP: ship_deadline}.get(status)
    return deadline is not None and deadline < now


def refunded_how(refunded_minor: int, paid_minor: int) -> str:
    """Nothing, a part or the whole of what was paid was given back."""
    if not refunded_minor:
        return ""
    return "whole" if refunded_minor >= paid_minor else "part"
