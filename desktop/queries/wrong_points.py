"""Points wrongly deducted, kept or given, each with the entries that show it (O21).

The ledger is summed by reason and document from an index that holds all it needs. Corrections made here name what
they put right: `order:12:spent`, `order:12:earned`, and `order:12` for points that go back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, func, literal, or_, select, union

from desktop.models.members import Member, PointsEntry
from desktop.models.orders import CANCELLED, Order
from desktop.models.payments import Refund, Tender
from desktop.models.people import Permission
from desktop.queries import proofs
from desktop.queries.findings import Finding, findings_of
from desktop.queries.stuck import Check, document, only_this
from desktop.shop.action import question
from desktop.shop.work import Read

SPENT, EARNED = ":spent", ":earned"  # what a correction of an order puts right
CORRECTION = "correction"


def _total(*where: Any) -> Any:
    """Σ points of entries as a column of its own."""
    total = func.coalesce(cast(func.sum(PointsEntry.delta), BigInteger), 0)
    return select(total).where(*where).correlate(Order, Refund).scalar_subquery()


def _of(reason: str, source: Any) -> Any:
    return _total(PointsEntry.reason == reason, PointsEntry.source == source)


def kept(read: Read, only: int | None = None) -> Iterator[Finding]:
    """Cancelled or given back whole, and the points it was paid with are not back."""
    closed = select(Order.id).where(Order.status == CANCELLED)
    given = select(Order.id).where(Order.refunded_minor > 0, Order.refunded_minor == Order.paid_minor)
    back = (
        select(func.coalesce(cast(func.sum(PointsEntry.delta), BigInteger), 0))
        .select_from(Refund)
        .join(PointsEntry, PointsEntry.source == _refund())
        .where(Refund.order_id == Order.id, PointsEntry.reason == "refund returned")
        .correlate(Order)
        .scalar_subquery()
    )
    spent = -_of("spent", document()) - _of(CORRECTION, document() + SPENT)
    returned = back + _of(CORRECTION, document())
    statement = _orders(spent, returned, Order.points_minor).where(
        spent > returned, Order.member_id.is_not(None)
    )
    if only is None:
        statement = statement.where(Order.id.in_(union(closed, given)))
    else:
        gone = or_(Order.status == CANCELLED, Order.refunded_minor == Order.paid_minor)
        statement = statement.where(Order.id == only, gone)
    yield from findings_of(
        read, "kept", statement, (proofs.state, proofs.refunds, proofs.entries, proofs.buyer)
    )


def promised(read: Read, only: int | None = None) -> Iterator[Finding]:
    """A refund of a part says points went back, and its entry is missing."""
    came = _of("refund returned", _refund())
    each = (
        select(Refund.order_id, Refund.points_returned.label("promised"), came.label("came"))
        .join(Order, Order.id == Refund.order_id)
        .where(Refund.points_returned > 0, Order.member_id.is_not(None), Order.status != CANCELLED)
        .where(Order.refunded_minor < Order.paid_minor)
    )
    parts = only_this(each, Refund.order_id, only).subquery("parts")
    sums = select(
        parts.c.order_id,
        cast(func.sum(parts.c.promised), BigInteger).label("promised"),
        cast(func.sum(parts.c.came), BigInteger).label("came"),
    )
    of_order = sums.group_by(parts.c.order_id).subquery("of_order")
    found = of_order.c.came + _of(CORRECTION, document())
    statement = (
        _orders(of_order.c.promised, found, literal(0, BigInteger))
        .join(of_order, of_order.c.order_id == Order.id)
        .where(of_order.c.promised > found)
    )
    proof = (proofs.state, proofs.refunds, proofs.entries, proofs.buyer)
    yield from findings_of(read, "promised", statement, proof)


def twice(read: Read, only: int | None = None) -> Iterator[Finding]:
    """More points were deducted for an order than its payments say."""
    ledger = _by_order(-PointsEntry.delta, "spent", only)
    paid = select(func.coalesce(cast(func.sum(Tender.points), BigInteger), 0))
    paid_with = paid.where(Tender.order_id == Order.id).correlate(Order).scalar_subquery()
    deducted = ledger.c.total - _of(CORRECTION, document() + SPENT)
    statement = (
        _orders(paid_with, deducted, Order.points_minor)
        .join(ledger, ledger.c.order_id == Order.id)
        .where(ledger.c.total > Order.points_spent, ledger.c.total > paid_with, deducted > paid_with)
    )
    proof = (proofs.state, proofs.payments, proofs.entries, proofs.buyer)
    yield from findings_of(read, "twice", only_this(statement, Order.id, only), proof)


def earned(read: Read, only: int | None = None) -> Iterator[Finding]:
    """Points were given for an order nobody paid, or more of them than it earns. Safe while the member has them."""
    ledger = _by_order(PointsEntry.delta, "purchase", only)
    due = case((Order.paid_at.is_not(None), Order.points_earned), else_=0)
    given = ledger.c.total + _of(CORRECTION, document() + EARNED)
    statement = (
        _orders(due, given, literal(0, BigInteger))
        .add_columns(Member.points)
        .join(ledger, ledger.c.order_id == Order.id)
        .join(Member, Member.id == Order.member_id)
        .where(ledger.c.total > due, given > due)
    )
    proof = (proofs.state, proofs.payments, proofs.entries, proofs.buyer)
    statement = only_this(statement, Order.id, only)
    yield from findings_of(
        read, "earned", statement, proof, lambda row: row.points >= row.found - row.expected
    )


def balance(read: Read, only: int | None = None) -> Iterator[Finding]:
    """A balance is not the sum of its entries. Safe when the newest entry says the same as the sum."""
    total = func.coalesce(cast(func.sum(PointsEntry.delta), BigInteger), 0).label("total")
    sums = only_this(select(PointsEntry.member_id, total), PointsEntry.member_id, only)
    ledger = sums.group_by(PointsEntry.member_id).subquery("ledger")
    added = func.coalesce(ledger.c.total, 0)
    newest = select(PointsEntry.balance).where(PointsEntry.member_id == Member.id)
    last = newest.order_by(PointsEntry.id.desc()).limit(1).correlate(Member).scalar_subquery()
    statement = (
        select(
            Member.id, Member.code.label("number"), added.label("expected"), Member.points.label("found"),
            literal(0, BigInteger).label("minor"), last.label("last"),
        )
        .join(ledger, ledger.c.member_id == Member.id, isouter=True)
        .where(added != Member.points)
    )  # fmt: skip
    statement = only_this(statement, Member.id, only)
    yield from findings_of(
        read, "balance", statement, (proofs.ledger,), lambda row: (row.last or 0) == row.expected >= 0
    )


def _refund() -> ColumnElement[str]:
    return literal("refund:", String) + cast(Refund.id, String)


def _by_order(delta: Any, reason: str, only: int | None) -> Any:
    """Σ points of one reason for each order, read in the index's own order; by number, to find the orders by key."""
    named = PointsEntry.source.like("order:%") if only is None else PointsEntry.source == f"order:{only}"
    sums = select(PointsEntry.source, cast(func.sum(delta), BigInteger).label("total"))
    sums = sums.where(PointsEntry.reason == reason, named).group_by(PointsEntry.source)
    found = sums.subquery("sums")
    number = cast(func.replace(found.c.source, "order:", ""), BigInteger)
    return select(number.label("order_id"), found.c.total).subquery("ledger")


def _orders(expected: Any, found: Any, minor: Any) -> Any:
    return select(
        Order.id, Order.code.label("number"), expected.label("expected"), found.label("found"), minor.label("minor")
    )  # fmt: skip


CHECKS: dict[str, Check] = {  # the balance first: corrections then count from a true one
    "balance": balance,
    "kept": kept,
    "promised": promised,
    "twice": twice,
    "earned": earned,
}


@question(permission=Permission.ADJUST_POINTS)
def wrong_points(read: Read) -> tuple[Finding, ...]:
    """Everything wrong with points."""
    return tuple(finding for check in CHECKS.values() for finding in check(read, None))
