"""Orders and transactions as rows for a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from desktop.models.members import Member
from desktop.models.orders import Order, OrderLine
from desktop.models.people import Permission, Till
from desktop.pricing.foreign_prices import line_words
from desktop.queries.order_search import OrderFilter, conditions
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.queries.payment_rows import PaymentRow
from desktop.queries.payments import PaymentFilter, payments_page
from desktop.shop.action import question
from desktop.shop.work import Read

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class OrderOut:
    """One order for a file; money in minor units, times UTC."""

    id: int
    code: str
    placed_at: datetime
    order_type: str
    channel: str
    till: str
    status: str
    member_code: str
    member_name: str
    goods_minor: int
    discount_minor: int
    freight_minor: int
    total_minor: int
    points_minor: int
    due_minor: int
    refunded_minor: int
    currency: str
    receipt_number: str
    paid_at: datetime | None
    foreign: str = ""  # goods priced by a list in another currency: each with its price, rate and worth


@question(permission=Permission.EXPORT, personal=True)
def export_begins(read: Read, what: str) -> str:
    """Leaves the trace that this person takes a list out of the shop; returns the shop's zone."""
    return str(read.zone)


@question(permission=Permission.EXPORT)
def orders_for_export(read: Read, filters: OrderFilter, after: Position | None = None) -> Page[OrderOut]:
    """The orders that fit, newest first, 1,000 at a time."""
    statement = (
        select(
            Order.id, Order.code, Order.placed_at, Order.order_type, Order.channel, Till.name, Order.status,
            Member.code, Member.name, Order.goods_minor, Order.discount_minor, Order.freight_minor,
            Order.total_minor, Order.points_minor, Order.due_minor, Order.refunded_minor, Order.currency,
            Order.receipt_number, Order.paid_at,
        )
        .select_from(Order)
        .join(Till, Till.id == Order.till_id)
        .join(Member, Member.id == Order.member_id, isouter=True)
        .where(*conditions(read, filters))
    )  # fmt: skip
    rows = read.rows(in_order(statement, (Order.placed_at, Order.id), after, size=PAGE)).all()
    abroad = _abroad(read, [(row.id, row.currency) for row in rows])
    return page_of(
        rows, lambda row: OrderOut(*[*row, abroad.get(row.id, "")]), lambda row: (row[2], row[0]), size=PAGE
    )


def _abroad(read: Read, orders: Sequence[tuple[int, str]]) -> dict[int, str]:
    """How the lines of these orders that have a foreign price were reckoned."""
    bases = dict(orders)
    statement = select(
        OrderLine.order_id,
        OrderLine.name,
        OrderLine.foreign_currency,
        OrderLine.foreign_minor,
        OrderLine.rate,
    ).where(OrderLine.order_id.in_(list(bases)), OrderLine.foreign_currency.is_not(None))
    found: dict[int, str] = {}
    for row in read.rows(statement.order_by(OrderLine.id)):
        words = f"{row.name}: {line_words(row, bases[row.order_id])}"
        found[row.order_id] = f"{found[row.order_id]}; {words}" if row.order_id in found else words
    return found


@question(permission=Permission.EXPORT)
def payments_for_export(
    read: Read, filters: PaymentFilter, after: Position | None = None
) -> Page[PaymentRow]:
    """The transactions that fit, newest first."""
    return payments_page.run(read, filters, after)
