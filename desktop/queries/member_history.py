"""One member's past: ledger of points, orders, what they like to buy, who did or looked at what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from desktop.basics.money import BASIS, allocate
from desktop.models.members import PointsEntry
from desktop.models.orders import CANCELLED, Order, OrderLine
from desktop.models.payments import Refund
from desktop.models.people import Permission
from desktop.models.products import Category, Product, Sku
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

YEAR = timedelta(days=365)
SHOWN_TASTES = 3


@dataclass(frozen=True, slots=True)
class PointsRow:
    """One ledger entry with the balance after it, and the order (or refunded order) behind it."""

    id: int
    at: datetime
    reason: str
    delta: int
    balance: int
    expires_at: datetime | None
    note: str
    actor: str
    order_id: int | None
    order_code: str
    money_minor: int


@dataclass(frozen=True, slots=True)
class MemberOrderRow:
    """One order of a member; `money_minor` is what was paid in money, `points_minor` the value of points."""

    id: int
    code: str
    placed_at: datetime
    channel: str
    status: str
    money_minor: int
    points_minor: int
    points_earned: int


@dataclass(frozen=True, slots=True)
class Taste:
    """A branch of the goods tree and its share of a year's money (basis points); empty name: the rest."""

    name: str
    share_bp: int


@question(permission=Permission.SEE_MEMBERS)
def member_points_page(
    read: Read, member_id: int, *, since: datetime | None = None, after: Position | None = None
) -> Page[PointsRow]:
    """The ledger, newest first."""
    columns = (
        PointsEntry.id, PointsEntry.at, PointsEntry.reason, PointsEntry.delta, PointsEntry.balance,
        PointsEntry.expires_at, PointsEntry.note, PointsEntry.actor, PointsEntry.source,
    )  # fmt: skip
    statement = select(*columns).where(PointsEntry.member_id == member_id)
    if since is not None:
        statement = statement.where(PointsEntry.at >= since)
    rows = read.rows(in_order(statement, [PointsEntry.id], after)).all()
    orders = _orders_behind(read, [row.source for row in rows])
    return page_of(rows, lambda row: _points_row(row, orders), lambda row: (row.id,))


def _points_row(row: Any, orders: dict[str, Any]) -> PointsRow:
    order = orders.get(_document(row.source))
    behind = (order.id, order.short_code, order.points_minor) if order else (None, "", 0)
    return PointsRow(*row[:8], *behind)


def _orders_behind(read: Read, sources: Iterable[str]) -> dict[str, Any]:
    """The orders that sources such as `order:12` and `refund:3` come from; two statements at most."""
    wanted = {kind: _numbers(sources, kind) for kind in ("order", "refund")}
    columns = (Order.id, Order.short_code, Order.points_minor)
    found: dict[str, Any] = {}
    if wanted["order"]:
        statement = select(*columns).where(Order.id.in_(wanted["order"]))
        found |= {f"order:{row.id}": row for row in read.rows(statement)}
    if wanted["refund"]:
        joined = select(*columns, Refund.id.label("refund_id")).join(Refund, Refund.order_id == Order.id)
        rows = read.rows(joined.where(Refund.id.in_(wanted["refund"])))
        found |= {f"refund:{row.refund_id}": row for row in rows}
    return found


def _document(source: str) -> str:
    """`order:12` also of `order:12:spent`, which says what a correction puts right."""
    return ":".join(source.split(":")[:2])


def _numbers(sources: Iterable[str], kind: str) -> set[int]:
    parts = (_document(source).partition(":") for source in sources)
    return {int(number) for head, _, number in parts if head == kind and number.isdigit()}


@question(permission=Permission.SEE_ORDERS)
def member_orders_page(read: Read, member_id: int, *, after: Position | None = None) -> Page[MemberOrderRow]:
    """The member's orders, newest first."""
    statement = select(
        Order.id, Order.short_code, Order.placed_at, Order.channel, Order.status,
        (Order.paid_minor - Order.points_minor).label("money_minor"), Order.points_minor, Order.points_earned,
    ).where(Order.member_id == member_id)  # fmt: skip
    rows = read.rows(in_order(statement, [Order.placed_at, Order.id], after)).all()
    return page_of(rows, lambda row: MemberOrderRow(*row), lambda row: (row.placed_at, row.id))


@question(permission=Permission.SEE_MEMBERS)
def member_tastes(read: Read, member_id: int) -> tuple[Taste, ...]:
    """What the last twelve months' money went to: the three largest top categories and the rest."""
    statement = (
        select(Product.category_id, func.sum(OrderLine.total_minor).label("money"))
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(
            Order.member_id == member_id,
            Order.placed_at >= read.now - YEAR,
            Order.status != CANCELLED,
            OrderLine.refunded_milli < OrderLine.qty_milli,
        )
        .group_by(Product.category_id)
    )
    tops = _top_categories(read)
    sums: dict[str, int] = {}
    for row in read.rows(statement):
        name = tops.get(row.category_id, "")
        sums[name] = sums.get(name, 0) + max(0, int(row.money))
    return _shares(sums)


def _shares(sums: dict[str, int]) -> tuple[Taste, ...]:
    rest = sums.pop("", 0)
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    rest += sum(money for _, money in ranked[SHOWN_TASTES:])
    kept = [*ranked[:SHOWN_TASTES], *([("", rest)] if rest else [])]
    if not sum(money for _, money in kept):
        return ()
    parts = allocate(BASIS, [money for _, money in kept])
    return tuple(Taste(name, part) for (name, _), part in zip(kept, parts, strict=True))


def _top_categories(read: Read) -> dict[int | None, str]:
    """Each category's branch right under the root."""
    rows = {row.id: row for row in read.rows(select(Category.id, Category.parent_id, Category.name))}
    names: dict[int | None, str] = {}
    for key in rows:
        at, steps = rows[key], 0
        while at.parent_id in rows and steps < len(rows):  # a ring in imported data must not hang the page
            at, steps = rows[at.parent_id], steps + 1
        names[key] = at.name
    return names


@question(permission=Permission.EXPORT, personal=True)
def points_to_export(read: Read, member_id: int) -> str:
    """Leave who exports this ledger in the audit trail; gives the zone its times are written in."""
    return str(read.zone)
