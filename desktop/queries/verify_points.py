"""Members: points are the sum of the ledger, entry by entry, and totals the sum of orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, String, cast, func, literal, select

from desktop.models.members import Member, PointsEntry
from desktop.models.orders import Order
from desktop.models.payments import Refund, RefundTender
from desktop.queries.verify_fault import Fault, count, finding, money, points
from desktop.shop.work import Read


def _sum(column: Any) -> Any:
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def balance(read: Read) -> Iterator[Fault]:
    """C10: a member's points = Σ ledger."""
    ledger = select(PointsEntry.member_id, _sum(PointsEntry.delta).label("total")).group_by(
        PointsEntry.member_id
    )
    sums = ledger.subquery("ledger")
    added = func.coalesce(sums.c.total, 0)
    statement = (
        select(Member.code.label("subject"), added.label("expected"), Member.points.label("found"))
        .join(sums, sums.c.member_id == Member.id, isouter=True)
        .where(added != Member.points)
    )
    yield from finding(read, "points", statement, points)


def running_balance(read: Read) -> Iterator[Fault]:
    """C10: each entry's balance = the one before it + its change."""
    last = func.lag(PointsEntry.balance).over(partition_by=PointsEntry.member_id, order_by=PointsEntry.id)
    before = func.coalesce(last, 0)
    steps = select(
        PointsEntry.member_id,
        (before + PointsEntry.delta).label("expected"),
        PointsEntry.balance.label("found"),
    ).subquery("steps")
    statement = (
        select(Member.code.label("subject"), steps.c.expected, steps.c.found)
        .join(steps, steps.c.member_id == Member.id)
        .where(steps.c.expected != steps.c.found)
    )
    yield from finding(read, "ledger", statement, points)


def of_orders(read: Read) -> Iterator[Fault]:
    """C10: what an order earned and spent stands in the ledger."""
    for kind, reason, sign, said in (
        ("earned", "purchase", 1, Order.points_earned),
        ("spent", "spent", -1, Order.points_spent),
    ):
        total = (_sum(PointsEntry.delta) * sign).label("total")
        sums = select(PointsEntry.source, total).group_by(PointsEntry.source)
        ledger = sums.where(PointsEntry.reason == reason).subquery("ledger")
        corrected = (PointsEntry.reason == "correction", PointsEntry.source.like(f"order:%:{kind}"))
        put_right = sums.where(*corrected).subquery("put_right")
        added = func.coalesce(ledger.c.total, 0) + func.coalesce(put_right.c.total, 0)
        source = literal("order:") + cast(Order.id, String)
        statement = (
            select(Order.code.label("subject"), said.label("expected"), added.label("found"))
            .join(ledger, ledger.c.source == source, isouter=True)
            .join(put_right, put_right.c.source == source + f":{kind}", isouter=True)
            .where(added != said, Order.paid_at.is_not(None), Order.member_id.is_not(None))
        )
        yield from finding(read, kind, statement, points)


def member_totals(read: Read) -> Iterator[Fault]:
    """C1: a member's orders and money = those of before + paid orders here, less what went back."""
    back = select(Refund.order_id, _sum(RefundTender.amount_minor).label("money"))
    back = back.join(RefundTender, RefundTender.refund_id == Refund.id).where(RefundTender.points == 0)
    given = back.group_by(Refund.order_id).subquery("given")
    kept = Order.paid_minor - Order.points_minor - func.coalesce(given.c.money, 0)
    bought = (
        select(Order.member_id, func.count().label("orders"), _sum(kept).label("money"))
        .join(given, given.c.order_id == Order.id, isouter=True)
        .where(Order.member_id.is_not(None), Order.paid_at.is_not(None))
        .group_by(Order.member_id)
        .subquery("bought")
    )
    for kind, carried, added, said, write in (
        ("member orders", Member.carried_orders, bought.c.orders, Member.orders_count, count),
        ("member money", Member.carried_minor, bought.c.money, Member.spent_minor, money),
    ):
        expected = carried + func.coalesce(added, 0)
        statement = (
            select(Member.code.label("subject"), expected.label("expected"), said.label("found"))
            .join(bought, bought.c.member_id == Member.id, isouter=True)
            .where(expected != said)
        )
        yield from finding(read, kind, statement, write)


CHECKS = (balance, running_balance, of_orders, member_totals)
