"""The three kinds of transactions as rows of one list: tenders, refunds, and payments that brought nothing (yet)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, select

from desktop.models.orders import Order
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.payments import PaymentMethod, RefundTender, Tender
from desktop.models.statements import PAY, StatementRow
from desktop.models.statements import REFUND as BACK
from desktop.queries.page import AnySelect

TAKEN, RETURNED, PROCESSING = "taken", "returned", "processing"
PAID_LATE = ("succeeded", "refunding", "partly refunded", "refunded", "refund abnormal")
A, T, RT = PaymentAttempt, Tender, RefundTender


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One transaction; refunds have negative amounts (minor units) and points. `id` is unique over all kinds.

    `state` is taken, returned or processing, or that of a payment through a provider that brought nothing (yet).
    `fee_minor` is what the bill says, before it came what the agreed rate says (`fee_told` tells which); None: nobody knows.
    """

    id: int
    at: datetime
    method: str
    reference: str
    order_id: int | None
    order_code: str
    amount_minor: int
    points: int
    currency: str
    refund: bool
    state: str = "taken"
    fee_minor: int | None = None
    fee_told: bool = False
    archived: bool = False


@dataclass(frozen=True)
class Kind:
    """Where a kind of transaction stands: its place among the kinds, its moment and key, and what narrows it."""

    place: int
    rows: Callable[[], AnySelect]
    counted: Callable[[], AnySelect]
    at: Any
    key: Any
    meant: Any  # the column words are looked up for
    method: Any
    only: tuple[ColumnElement[bool], ...] = ()


def _fee(column: Any, of: Any, kind: str = PAY) -> Any:
    """What a bill says of its fee; the rows of ours beside a bill say nothing."""
    told = (StatementRow.kind == kind, StatementRow.row_key.not_like("ours:%"))
    return select(func.max(StatementRow.fee_minor)).where(column == of, *told).scalar_subquery().label("fee")


def _tenders() -> AnySelect:
    return (
        select(
            T.id, T.at, T.method_key, T.reference, T.order_id, Order.short_code, T.amount_minor, T.points, T.currency,
            Order.receipt_number, PaymentMethod.fee_bp, PaymentMethod.kind.label("sort"),
            _fee(StatementRow.tender_id, T.id), literal(TAKEN).label("state"),
        )
        .join(Order, Order.id == T.order_id)
        .join(PaymentMethod, PaymentMethod.key == T.method_key)
    )  # fmt: skip


def _refunds() -> AnySelect:
    moving = (
        select(func.max(ProviderRefund.state))
        .where(ProviderRefund.refund_tender_id == RT.id, ProviderRefund.state != "replaced")
        .scalar_subquery()
    )
    return (
        select(
            RT.id, RT.at, T.method_key, T.reference, T.order_id, Order.short_code, RT.amount_minor, RT.points,
            T.currency, Order.receipt_number, PaymentMethod.fee_bp, PaymentMethod.kind.label("sort"),
            _fee(StatementRow.refund_tender_id, RT.id, BACK), moving.label("state"),
        )
        .join(T, T.id == RT.tender_id)
        .join(Order, Order.id == T.order_id)
        .join(PaymentMethod, PaymentMethod.key == T.method_key)
    )  # fmt: skip


def _attempts() -> AnySelect:
    return (
        select(
            A.id, A.created_at.label("at"), A.method_key, A.reference, A.number, A.order_id, Order.short_code,
            A.amount_minor, literal(0).label("points"), A.currency, PaymentMethod.fee_bp,
            PaymentMethod.kind.label("sort"), _fee(StatementRow.attempt_id, A.id), A.state, A.paid_minor,
        )
        .outerjoin(Order, Order.id == A.order_id)
        .join(PaymentMethod, PaymentMethod.key == A.method_key)
    )  # fmt: skip


def _refund_count() -> AnySelect:
    return select(func.count()).select_from(RT).join(T, T.id == RT.tender_id)


TENDER = Kind(0, _tenders, lambda: select(func.count()).select_from(T), T.at, T.id, T.id, T.method_key)
REFUND = Kind(1, _refunds, _refund_count, RT.at, RT.id, RT.tender_id, T.method_key)
ATTEMPT = Kind(
    2, _attempts, lambda: select(func.count()).select_from(A), A.created_at, A.id, A.id, A.method_key,
    (~exists().where(T.attempt_id == A.id),),
)  # fmt: skip
KINDS = (TENDER, REFUND, ATTEMPT)


def row_of(row: Any, kind: Kind, live_from: datetime) -> PaymentRow:
    """A row of the list from what its statement found."""
    sign = -1 if kind is REFUND else 1
    number = row.reference or (row.number if kind is ATTEMPT else row.receipt_number)
    state = row.state
    if kind is REFUND:
        state = {None: RETURNED, "succeeded": RETURNED}.get(state, state)
    elif kind is ATTEMPT and state in PAID_LATE:
        state = TAKEN if state == "succeeded" else state
    brought = kind is not ATTEMPT or bool(row.paid_minor)
    fee, told = _fee_of(row, sign) if brought else (None, False)
    return PaymentRow(
        row.id * len(KINDS) + kind.place, row.at, row.method_key, number, row.order_id, row.short_code or "",
        sign * row.amount_minor, sign * row.points, row.currency, kind is REFUND, state, fee, told, row.at < live_from,
    )  # fmt: skip


def _fee_of(row: Any, sign: int) -> tuple[int | None, bool]:
    """The fee and whether a bill told it."""
    if row.fee is not None:
        return int(row.fee), True
    if row.fee_bp:
        return sign * ((row.amount_minor * row.fee_bp + 5_000) // 10_000), False
    return (0, False) if row.sort == "cash" else (None, False)
