"""Attempts to be paid as fronts see them, and what the machine of payments has to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, literal, or_, select

from desktop.basics.errors import NotFound, ShopError
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways.payment import FINAL, SHOW, Attempt
from desktop.models.base import UtcDateTime
from desktop.models.orders import Order
from desktop.models.pay_times import CASH_AFTER, LASTING, LASTING_GRACE
from desktop.models.payment_attempts import OPEN, PaymentAttempt, PaymentEvent, ProviderRefund
from desktop.models.payments import Refund, RefundTender
from desktop.models.people import Permission
from desktop.queries.page import AnySelect
from desktop.shop.action import question
from desktop.shop.work import Read

AT_ONCE = 100
MOVING = ("created", "sent", "unknown", "processing")
_A, _R = PaymentAttempt, ProviderRefund


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt (minor units, UTC). `why_not_booked` says in words why its money goes back."""

    id: int
    number: str
    subject: str
    method_key: str
    way: str
    state: str
    reason: str
    detail: str
    amount_minor: int
    currency: str
    code: str
    deadline_at: datetime
    order_id: int | None
    booked: bool
    may_try_again: bool  # nothing is under way any more: another attempt may begin
    may_take_cash: (
        bool  # nothing is under way, or no answer came for so long that cash is allowed after a warning
    )
    mismatch: bool
    why_not_booked: str
    paid_minor: int
    refunded_minor: int
    lasts_minutes: int  # a code nothing takes back is over within so many; 0: it can be cancelled


@dataclass(frozen=True, slots=True)
class SubjectPayments:
    """What providers were asked for one sale, order or top-up: the open attempt, and what is held until all is there."""

    attempts: tuple[AttemptView, ...]
    held_minor: int

    @property
    def open(self) -> AttemptView | None:
        """The attempt that is under way."""
        return next((one for one in self.attempts if one.state in OPEN), None)


@dataclass(frozen=True, slots=True)
class AttemptStep:
    """One step of an attempt or of a refund of it."""

    refund_number: str
    before: str
    after: str
    reason: str
    detail: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundTrouble:
    """A refund its provider did not make: somebody must see to it (minor units)."""

    refund_id: int
    number: str
    attempt_id: int
    attempt_number: str
    method_key: str
    order_id: int | None
    order_code: str
    amount_minor: int
    currency: str
    state: str
    reason: str
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of one of the two tables that is due for a call."""

    what: str
    id: int
    gateway: str
    at: datetime
    too_late: bool = False  # never sent, and its time is over


@question(permission=Permission.KIOSK)
def attempt_view(read: Read, attempt_id: int) -> AttemptView:
    """One attempt; a kiosk sees those of its own till only. Raises `NotFound`."""
    row = read.first(_seen_by(read, select(_A.__table__).where(_A.id == attempt_id)))
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return _view(read, row)


@question(permission=Permission.KIOSK)
def payments_of(read: Read, subject: str) -> SubjectPayments:
    """All attempts of a subject, the newest first: how a front finds what it was doing after a restart.

    A kiosk sees those of its own till only.
    """
    mine = _seen_by(read, select(_A.__table__).where(_A.subject == subject))
    rows = read.rows(mine.order_by(_A.id.desc())).all()
    held = sum(
        row.paid_minor + row.discount_minor
        for row in rows
        if row.state == "succeeded" and not row.booked and not row.mismatch
    )
    return SubjectPayments(tuple(_view(read, row) for row in rows), held)


def _seen_by(read: Read, statement: Any) -> Any:
    """Their subjects name open sales: whoever knows the name could clear the sale."""
    return statement.where(_A.till_id == read.actor.till_id) if read.actor.kind == "kiosk" else statement


def gave_up(read: Read, row: Any) -> bool:
    """Whether another way to pay may be taken, after a warning, though a payment is being cancelled still.

    After so many cancellings without an answer, and at once for a code that nothing takes back.
    """
    if row.state != "cancelling":
        return False
    return bool(row.tries >= (1 if _lasts(row) else read.setting(CASH_AFTER)))


def _lasts(row: Any) -> bool:
    return row.way == SHOW and row.method_key in LASTING


def _view(read: Read, row: Any) -> AttemptView:
    open_ = row.state in OPEN
    silent = gave_up(read, row)
    kept = row.refusal or {"sentence": "", "fields": {}}
    sentence, fields = kept["sentence"], kept["fields"]
    why = ShopError(sentence, **fields) if sentence else ""
    return AttemptView(
        row.id, row.number, row.subject, row.method_key, row.way, row.state, row.reason, row.detail,
        row.amount_minor, row.currency, row.code, row.deadline_at, row.order_id, row.booked,
        may_try_again=not open_ and not row.mismatch, may_take_cash=(not open_ or silent) and not row.mismatch,
        mismatch=row.mismatch, why_not_booked=str(why), paid_minor=row.paid_minor, refunded_minor=row.refunded_minor,
        lasts_minutes=LASTING[row.method_key] + LASTING_GRACE if _lasts(row) else 0,
    )  # fmt: skip


@question(permission=Permission.SEE_PAYMENTS)
def attempt_steps(read: Read, attempt_id: int) -> tuple[AttemptStep, ...]:
    """The history of an attempt and its refunds, the oldest first."""
    columns = [getattr(PaymentEvent, name) for name in AttemptStep.__dataclass_fields__]
    rows = read.rows(select(*columns).where(PaymentEvent.attempt_id == attempt_id).order_by(PaymentEvent.id))
    return tuple(AttemptStep(*tuple(row)) for row in rows)


@question(permission=Permission.SEE_PAYMENTS)
def refunds_in_trouble(read: Read) -> tuple[RefundTrouble, ...]:
    """Refunds that providers refused or that ended at the bank, the oldest first."""
    statement = (
        select(
            _R.id, _R.number, _R.attempt_id, _A.number, _A.method_key, Order.id, func.coalesce(Order.short_code, ""),
            _R.amount_minor, _R.currency, _R.state, _R.reason, _R.detail, func.coalesce(_R.ended_at, _R.created_at),
        )
        .join(_A, _A.id == _R.attempt_id)
        .join(RefundTender, RefundTender.id == _R.refund_tender_id, isouter=True)
        .join(Refund, Refund.id == RefundTender.refund_id, isouter=True)
        .join(Order, Order.id == func.coalesce(Refund.order_id, _A.order_id), isouter=True)
        .where(_R.state.in_(("abnormal", "refused")))
        .order_by(_R.id)
    )  # fmt: skip
    return tuple(RefundTrouble(*tuple(row)) for row in read.rows(statement))


# -- what the machine asks -----------------------------------------------------------------------------------------


def _free(table: Any) -> Any:
    return or_(table.lease_until.is_(None), table.lease_until <= _NOW)


_NOW = bindparam("moment", type_=UtcDateTime())
_CALLABLE = or_(  # open ones, and ended ones that are looked at once more
    _A.state.in_(OPEN), and_(_A.state.in_([str(state) for state in FINAL]), _A.sent_at.is_not(None))
)
_LATE = and_(_A.state == "created", _A.deadline_at <= _NOW)
_OURS = _A.gateway.in_(bindparam("gateways", expanding=True))
_DUE: tuple[tuple[str, AnySelect], ...] = (
    (
        _A.__tablename__,
        select(_A.id, _A.gateway, _A.next_at, _LATE.label("late"))
        .where(_A.next_at <= _NOW, _free(_A), _CALLABLE, or_(_OURS, _LATE))
        .order_by(_A.next_at)
        .limit(AT_ONCE),
    ),
    (
        _R.__tablename__,
        select(_R.id, _A.gateway, _R.next_at, literal(False).label("late"))
        .join(_A, _A.id == _R.attempt_id)
        .where(_R.state.in_(MOVING), _R.next_at <= _NOW, _free(_R), _OURS)
        .order_by(_R.next_at)
        .limit(AT_ONCE),
    ),
)


@question(permission=Permission.PAY)
def due_payments(read: Read, gateways: Sequence[str]) -> tuple[Waiting, ...]:
    """Attempts and refunds by these providers that are due and that no program holds now, the longest waiting first.

    Those of others, which nobody here can call, would stand in their way. What was never sent in time needs no call.
    """
    found = [
        Waiting(table, row.id, row.gateway, row.next_at, bool(row.late))
        for table, statement in _DUE
        for row in read.rows(statement, {"moment": read.now, "gateways": tuple(gateways)})
    ]
    return tuple(sorted(found, key=lambda one: one.at))


@question(permission=Permission.PAY)
def next_payment_at(
    read: Read, gateways: Sequence[str], attempt_id: int | None = None, refund_id: int | None = None
) -> datetime | None:
    """When the next call is due by these providers; of one attempt or refund alone: only if it is due now already."""
    if attempt_id is not None or refund_id is not None:
        table: Any = _A if attempt_id is not None else _R
        due = select(table.next_at).where(table.id == (attempt_id or refund_id), table.next_at <= read.now)
        if table is _R:
            due = due.where(_R.state.in_(MOVING))
        alone: datetime | None = read.value(due)
        return alone
    if not gateways:
        return None
    first = read.value(select(func.min(_A.next_at)).where(_A.next_at.is_not(None), _A.gateway.in_(gateways)))
    moving = select(func.min(_R.next_at)).join(_A, _A.id == _R.attempt_id)
    second = read.value(moving.where(_R.state.in_(MOVING), _A.gateway.in_(gateways)))
    return min((at for at in (first, second) if at is not None), default=None)


@question(permission=Permission.PAY)
def attempt_to_refund(read: Read, attempt_id: int) -> Attempt:
    """The attempt whose money goes back, as its provider knows it."""
    row = read.rows(select(_A.__table__).where(_A.id == attempt_id)).one()
    amount = Money(row.paid_minor, row.currency)
    return Attempt(
        row.number, amount, row.request["words"], row.created_at, row.deadline_at, row.reference, row.way
    )
