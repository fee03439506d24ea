"""Stored value: each part is the sum of its entries, and every entry stands for a top-up, an order, or a pay-out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, String, cast, func, literal, or_, select, union

from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.payments import RefundTender, Tender
from desktop.models.stored_value import DONE, PayOut, StoredBalance, StoredValueEntry, TopUp
from desktop.queries.verify_fault import Fault, finding, money
from desktop.shop.work import Read

_E = StoredValueEntry


def _sum(column: Any) -> Any:
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def balance(read: Read) -> Iterator[Fault]:
    """C14: what a member has = Σ entries, the money and the bonus each for itself."""
    sums = select(_E.member_id, _sum(_E.money_delta).label("money"), _sum(_E.bonus_delta).label("bonus"))
    added = sums.group_by(_E.member_id).subquery("added")
    for kind, total, kept in (
        ("stored value", added.c.money, StoredBalance.money_minor),
        ("stored bonus", added.c.bonus, StoredBalance.bonus_minor),
    ):
        expected, found = func.coalesce(total, 0), func.coalesce(kept, 0)
        statement = (
            select(Member.code.label("subject"), expected.label("expected"), found.label("found"))
            .join(added, added.c.member_id == Member.id, isouter=True)
            .join(StoredBalance, StoredBalance.member_id == Member.id, isouter=True)
            .where(expected != found)
        )
        yield from finding(read, kind, statement, money)


def running_balance(read: Read) -> Iterator[Fault]:
    """C14: each entry's balance = the one before it + its change, the money and the bonus each for itself."""
    for kept, delta in ((_E.money_balance, _E.money_delta), (_E.bonus_balance, _E.bonus_delta)):
        before = func.coalesce(func.lag(kept).over(partition_by=_E.member_id, order_by=_E.id), 0)
        steps = select(_E.member_id, (before + delta).label("expected"), kept.label("found")).subquery(
            "steps"
        )
        statement = (
            select(Member.code.label("subject"), steps.c.expected, steps.c.found)
            .join(steps, steps.c.member_id == Member.id)
            .where(steps.c.expected != steps.c.found)
        )
        yield from finding(read, "stored ledger", statement, money)


def of_top_ups(read: Read) -> Iterator[Fault]:
    """C14: every top-up and pay-out stands in the ledger with its amount, and no open one does."""
    ledger = select(_E.source, _sum(_E.money_delta + _E.bonus_delta).label("total")).group_by(_E.source)
    sums = ledger.where(_E.kind.in_(("top_up", "bonus", "pay_out", "bonus_back"))).subquery("ledger")
    found = func.coalesce(sums.c.total, 0)
    promised = TopUp.amount_minor + TopUp.bonus_minor
    name = literal("top_up:") + cast(TopUp.id, String)
    topped = (
        select(name.label("subject"), promised.label("expected"), found.label("found"))
        .join(sums, sums.c.source == name, isouter=True)
        .where(or_((TopUp.state == DONE) & (found != promised), (TopUp.state != DONE) & (found != 0)))
    )
    yield from finding(read, "top-up", topped, money)
    name, gone = literal("pay_out:") + cast(PayOut.id, String), -(PayOut.amount_minor + PayOut.bonus_minor)
    paid = (
        select(name.label("subject"), gone.label("expected"), found.label("found"))
        .join(sums, sums.c.source == name, isouter=True)
        .where(found != gone)
    )
    yield from finding(read, "pay-out", paid, money)


def of_orders(read: Read) -> Iterator[Fault]:
    """C14: what an order took from stored value, less what came back, stands in the ledger."""
    mine = Tender.method_key == "stored_value"
    taken = (
        select(Tender.order_id, _sum(Tender.amount_minor).label("total"))
        .where(mine)
        .group_by(Tender.order_id)
        .subquery("taken")
    )
    back = (
        select(Tender.order_id, _sum(RefundTender.amount_minor).label("total"))
        .join(Tender, Tender.id == RefundTender.tender_id)
        .where(mine)
        .group_by(Tender.order_id)
        .subquery("back")
    )
    spent = (
        select(_E.order_id, (-_sum(_E.money_delta + _E.bonus_delta)).label("total"))
        .where(_E.order_id.is_not(None))
        .group_by(_E.order_id)
        .subquery("spent")
    )
    expected = func.coalesce(taken.c.total, 0) - func.coalesce(back.c.total, 0)
    found = func.coalesce(spent.c.total, 0)
    statement = (
        select(Order.code.label("subject"), expected.label("expected"), found.label("found"))
        .join(taken, taken.c.order_id == Order.id, isouter=True)
        .join(back, back.c.order_id == Order.id, isouter=True)
        .join(spent, spent.c.order_id == Order.id, isouter=True)
        .where(or_(taken.c.order_id.is_not(None), spent.c.order_id.is_not(None)), expected != found)
    )
    yield from finding(read, "stored value of an order", statement, money)


def of_refunds(read: Read) -> Iterator[Fault]:
    """C14: what other money went back as stored value stands in the ledger, and nothing else does so."""
    name = literal("refund:") + cast(RefundTender.refund_id, String)
    routed = (
        select(name.label("source"), _sum(RefundTender.amount_minor).label("total"))
        .where(RefundTender.route == "stored_value")
        .group_by(RefundTender.refund_id)
        .subquery("routed")
    )
    credited = (
        select(_E.source, _sum(_E.money_delta + _E.bonus_delta).label("total"))
        .where(_E.kind == "refund", _E.order_id.is_(None))
        .group_by(_E.source)
        .subquery("credited")
    )
    both = union(select(routed.c.source), select(credited.c.source)).subquery("both")
    expected, found = func.coalesce(routed.c.total, 0), func.coalesce(credited.c.total, 0)
    statement = (
        select(both.c.source.label("subject"), expected.label("expected"), found.label("found"))
        .join(routed, routed.c.source == both.c.source, isouter=True)
        .join(credited, credited.c.source == both.c.source, isouter=True)
        .where(expected != found)
    )
    yield from finding(read, "stored value of a refund", statement, money)


CHECKS = (balance, running_balance, of_top_ups, of_orders, of_refunds)
