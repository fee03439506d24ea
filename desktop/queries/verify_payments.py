"""Payments through providers: what was captured is booked, on its way back, or waits for something still open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, and_, case, cast, exists, func, literal, or_, select

from desktop.models.checkout import Checkout
from desktop.models.orders import UNPAID, Order
from desktop.models.payment_attempts import OPEN, PaymentAttempt, ProviderRefund
from desktop.models.payments import RefundTender, Tender
from desktop.models.stored_value import TopUp
from desktop.queries.verify_fault import Fault, count, finding, money
from desktop.shop.work import Read

GRACE = timedelta(minutes=15)  # what nobody looks after any more goes back within a minute of some program
_A, _R = PaymentAttempt, ProviderRefund


def _sum(column: Any) -> Any:
    """A sum as a whole number (PostgreSQL adds big integers up to a decimal)."""
    return cast(func.sum(column), BigInteger)


def booked(read: Read) -> Iterator[Fault]:
    """M1: a booked attempt stands in tenders, or in a top-up, with all it captured, and no other one does."""
    paid = select(Tender.attempt_id, _sum(Tender.amount_minor).label("amount")).group_by(Tender.attempt_id)
    by_order = paid.where(Tender.attempt_id.is_not(None)).subquery("by_order")
    filled = select(TopUp.attempt_id, _sum(TopUp.amount_minor).label("amount")).group_by(TopUp.attempt_id)
    by_top_up = filled.where(TopUp.attempt_id.is_not(None)).subquery("by_top_up")
    expected = case((_A.booked, _A.paid_minor), else_=0)
    amount = func.coalesce(by_order.c.amount, 0) + func.coalesce(by_top_up.c.amount, 0)
    statement = (
        select(_A.number.label("subject"), expected.label("expected"), amount.label("found"))
        .join(by_order, by_order.c.attempt_id == _A.id, isouter=True)
        .join(by_top_up, by_top_up.c.attempt_id == _A.id, isouter=True)
        .where(expected != amount)
    )
    yield from finding(read, "booked", statement, money)


def given_back(read: Read) -> Iterator[Fault]:
    """M9: an attempt counts every refund that was begun through its provider."""
    back = (
        select(_R.attempt_id, _sum(_R.amount_minor).label("amount")).group_by(_R.attempt_id).subquery("back")
    )
    found = func.coalesce(back.c.amount, 0)
    statement = (
        select(_A.number.label("subject"), found.label("expected"), _A.refunded_minor.label("found"))
        .join(back, back.c.attempt_id == _A.id, isouter=True)
        .where(found != _A.refunded_minor)
    )
    yield from finding(read, "provider refunds", statement, money)


def sent_back(read: Read) -> Iterator[Fault]:
    """M9: money that goes back the way it came is asked of the provider, exactly that much."""
    begun = select(_R.refund_tender_id, _sum(_R.amount_minor).label("amount")).group_by(_R.refund_tender_id)
    asked = begun.subquery("asked")
    expected = case((RefundTender.route == "", RefundTender.amount_minor), else_=0)
    found = func.coalesce(asked.c.amount, 0)
    statement = (
        select(_A.number.label("subject"), expected.label("expected"), found.label("found"))
        .select_from(RefundTender)
        .join(Tender, Tender.id == RefundTender.tender_id)
        .join(_A, _A.id == Tender.attempt_id)
        .join(asked, asked.c.refund_tender_id == RefundTender.id, isouter=True)
        .where(expected != found)
    )
    yield from finding(read, "asked back", statement, money)


def held(read: Read) -> Iterator[Fault]:
    """M3: captured money that is not booked waits for an open sale or order, or has all gone back."""
    open_sale = exists(
        select(Checkout.id).where(
            literal("sale:") + Checkout.client_key == _A.subject, Checkout.state == "open"
        )
    )
    unpaid = exists(select(Order.id).where(Order.id == _A.order_id, Order.status == UNPAID))
    waits = and_(_A.state == "succeeded", or_(_A.mismatch, open_sale, unpaid, _A.ended_at > read.now - GRACE))
    statement = select(
        _A.number.label("subject"), _A.paid_minor.label("expected"), _A.refunded_minor.label("found")
    ).where(_A.booked.is_(False), _A.paid_minor > 0, _A.refunded_minor < _A.paid_minor, ~waits)
    yield from finding(read, "held", statement, money)


def one_open(read: Read) -> Iterator[Fault]:
    """M2: at most one attempt for the same thing is under way."""
    many = func.count(_A.id)
    statement = (
        select(func.min(_A.number).label("subject"), literal(1).label("expected"), many.label("found"))
        .where(_A.state.in_(OPEN))
        .group_by(_A.subject)
        .having(many > 1)
    )
    yield from finding(read, "open payments", statement, count)


CHECKS = (booked, given_back, sent_back, held, one_open)
