"""Orders: lines, totals, payments and refunds of each one fit together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, cast, func, or_, select

from desktop.basics.money import MILLI
from desktop.models.orders import CANCELLED, UNPAID, Order, OrderLine
from desktop.models.payments import Refund, RefundLine, RefundTender, Tender
from desktop.pricing.cart import FIXED
from desktop.queries.verify_fault import Fault, finding, money, pieces, points
from desktop.shop.work import Read

IMPORTED = "import"  # orders of other systems keep the sums they came with


def _sum(column: Any) -> Any:
    """A sum as a whole number; no rows make zero (PostgreSQL adds big integers up to a decimal)."""
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def _differing(subject: Any, expected: Any, found: Any) -> Select[Any]:
    return select(subject.label("subject"), expected.label("expected"), found.label("found")).where(
        expected != found
    )


def lines(read: Read) -> Iterator[Fault]:
    """O4: goods = Σ lines before discounts, total = Σ lines + freight + rounding."""
    gross = _sum(OrderLine.total_minor + OrderLine.discount_minor).label("gross")
    per_order = select(OrderLine.order_id, _sum(OrderLine.total_minor).label("net"), gross)
    per_order = per_order.group_by(OrderLine.order_id)
    sums = per_order.subquery("sums")
    for said, added in (
        (Order.goods_minor, func.coalesce(sums.c.gross, 0)),
        (Order.total_minor - Order.freight_minor - Order.rounding_minor, func.coalesce(sums.c.net, 0)),
    ):
        statement = _differing(Order.code, said, added).join(sums, sums.c.order_id == Order.id, isouter=True)
        yield from finding(read, "lines", statement, money)


def line(read: Read) -> Iterator[Fault]:
    """Each line = list price × quantity, half up, less its discount; but for those that carry a price of their own."""
    gross = (2 * OrderLine.list_minor * OrderLine.qty_milli + MILLI) // (2 * MILLI)
    statement = _differing(Order.code, gross - OrderLine.discount_minor, OrderLine.total_minor)
    statement = statement.join(OrderLine, OrderLine.order_id == Order.id).where(
        Order.channel != IMPORTED, OrderLine.trace != FIXED
    )
    yield from finding(read, "line", statement, money)


def total(read: Read) -> Iterator[Fault]:
    """O4: total = goods − discount + freight + rounding."""
    parts = Order.goods_minor - Order.discount_minor + Order.freight_minor + Order.rounding_minor
    yield from finding(read, "total", _differing(Order.code, parts, Order.total_minor), money)


def paid(read: Read) -> Iterator[Fault]:
    """M1: paid = Σ payments, and so are the part that is points and the points themselves."""
    in_points = case((Tender.points > 0, Tender.amount_minor), else_=0)
    taken = (
        select(
            Tender.order_id,
            _sum(Tender.amount_minor).label("amount"),
            _sum(in_points).label("value"),
            _sum(Tender.points).label("points"),
        )
        .group_by(Tender.order_id)
        .subquery("taken")
    )
    joined = (taken, taken.c.order_id == Order.id)
    for kind, said, added, write in (
        ("paid", Order.paid_minor, taken.c.amount, money),
        ("points paid", Order.points_minor, taken.c.value, money),
        (
            "points used",
            case((Order.paid_at.is_not(None), Order.points_spent), else_=0),
            taken.c.points,
            points,
        ),
    ):
        statement = _differing(Order.code, func.coalesce(added, 0), said).join(*joined, isouter=True)
        yield from finding(read, kind, statement, write)


def status(read: Read) -> Iterator[Fault]:
    """O5: what is on its way or done is paid, what is unpaid is not, what is cancelled was given back."""
    due = case(
        (Order.status == UNPAID, 0),
        (Order.status == CANCELLED, Order.refunded_minor),
        else_=Order.total_minor,
    )
    statement = _differing(Order.code, due, Order.paid_minor).where(Order.channel != IMPORTED)
    yield from finding(read, "status", statement, money)


def refunds(read: Read) -> Iterator[Fault]:
    """M9: an order's refunds = Σ of its refunds, each = Σ of what went back by which payment."""
    given = (
        select(Refund.order_id, _sum(Refund.amount_minor).label("amount"))
        .group_by(Refund.order_id)
        .subquery("given")
    )
    statement = _differing(Order.code, func.coalesce(given.c.amount, 0), Order.refunded_minor)
    yield from finding(
        read, "refunded", statement.join(given, given.c.order_id == Order.id, isouter=True), money
    )
    back = (
        select(
            RefundTender.refund_id,
            _sum(RefundTender.amount_minor).label("amount"),
            _sum(RefundTender.points).label("points"),
        )
        .group_by(RefundTender.refund_id)
        .subquery("back")
    )
    for kind, said, added, write in (
        ("refund", Refund.amount_minor, back.c.amount, money),
        ("refund points", Refund.points_returned, back.c.points, points),
    ):
        statement = _differing(Order.code, said, func.coalesce(added, 0)).select_from(Refund)
        statement = statement.join(Order, Order.id == Refund.order_id)
        yield from finding(
            read, kind, statement.join(back, back.c.refund_id == Refund.id, isouter=True), write
        )


def refund_limit(read: Read) -> Iterator[Fault]:
    """O15: no more goes back by a payment than came in by it."""
    back = select(RefundTender.tender_id, _sum(RefundTender.amount_minor).label("amount"))
    went = back.group_by(RefundTender.tender_id).subquery("went")
    columns = (
        Order.code.label("subject"),
        Tender.amount_minor.label("expected"),
        went.c.amount.label("found"),
    )
    statement = (
        select(*columns)
        .select_from(went)
        .join(Tender, Tender.id == went.c.tender_id)
        .join(Order, Order.id == Tender.order_id)
        .where(went.c.amount > Tender.amount_minor)
    )
    yield from finding(read, "refund limit", statement, money)


def refunded_quantity(read: Read) -> Iterator[Fault]:
    """O15: what a line says came back is what refunds gave back of it."""
    came = select(RefundLine.line_id, _sum(RefundLine.qty_milli).label("quantity"))
    back = came.group_by(RefundLine.line_id).subquery("came")
    columns = (func.coalesce(back.c.quantity, 0), OrderLine.refunded_milli)
    statement = (
        _differing(Order.code, *columns).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id)
    )
    statement = statement.join(back, back.c.line_id == OrderLine.id, isouter=True)
    touched = or_(OrderLine.refunded_milli > 0, and_(back.c.quantity.is_not(None), back.c.quantity > 0))
    yield from finding(read, "refunded quantity", statement.where(touched), pieces)


CHECKS = (lines, line, total, paid, status, refunds, refund_limit, refunded_quantity)
