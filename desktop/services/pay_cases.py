"""Payments and refunds somebody must see to: opened from what the machine wrote down, closed by a person or by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.gateways.payment import Reason
from desktop.models.pay_offers import WAYS, PaymentCase, ReasonPlan
from desktop.models.pay_times import CASH_AFTER, PART_MINUTES
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.people import Permission, Staff
from desktop.models.statements import OPEN as OPEN_ROWS
from desktop.models.statements import StatementRow
from desktop.queries.pay_cases import plan_of
from desktop.queries.pay_words import ABNORMAL, BILL, CASE_WAYS, MISMATCH, REFUSED, STUCK, UNBOOKED
from desktop.services.provider_refunds import (
    give_back_attempt,
    replace_provider_refund,
    retry_provider_refund,
)
from desktop.shop.action import action, question
from desktop.shop.work import Read, Work

MOST = 200  # cases looked at in one go
GRACE = timedelta(minutes=10)
LONGEST = 500
BY_ITSELF = N_("Settled by itself")
GONE = f"{BILL}:gone:"  # begins the name of a case whose row of a bill is there no more
_A, _R = PaymentAttempt, ProviderRefund
_SUMS = (_A.id, _A.order_id, _A.reason, _A.amount_minor, _A.paid_minor, _A.currency)


@action(permission=Permission.PAY)
def find_cases(work: Work) -> int:
    """Open a case for whatever needs a person and has none; close those that settled. Returns how many are new."""
    made = 0
    for kind, number, row, amount in _wrong(work):
        case = {
            "source": f"{kind}:{number}", "kind": kind, "attempt_id": row.id, "order_id": row.order_id,
            "reason": row.reason, "way": CASE_WAYS[kind], "amount_minor": amount, "currency": row.currency,
            "note": "", "opened_at": work.now, "done_by": "", "done_note": "",
        }  # fmt: skip
        plan = plan_of(work, row.reason) if row.reason else None
        if plan is not None:
            case |= {"owner_id": plan.owner_id, "note": plan.note}
        made += work.offer(PaymentCase, case) is not None or _again(work, case["source"])
    _close_settled(work)
    return made


def _again(work: Work, source: str) -> bool:
    """Open a case anew that had settled by itself: a refund asked for once more was refused once more."""
    mine = (PaymentCase.source == source, PaymentCase.done_note == BY_ITSELF)
    case = work.find(select(PaymentCase).where(*mine))
    if case is None:
        return False
    case.done_at, case.done_by, case.done_note, case.opened_at = None, "", "", work.now
    return True


@question(permission=Permission.PAY)
def cases_differ(read: Read) -> bool:
    """Whether `find_cases` would change anything: asked every minute, so that nothing is written for nothing."""
    wrong = {f"{kind}:{number}" for kind, number, _row, _amount in _wrong(read)}
    known = (
        set(
            read.rows(
                select(PaymentCase.source).where(
                    PaymentCase.source.in_(wrong), PaymentCase.done_note != BY_ITSELF
                )
            ).scalars()
        )
        if wrong
        else set()
    )
    if wrong - known:
        return True
    columns = (PaymentCase.kind, PaymentCase.source)
    rows = read.rows(
        select(*columns).where(PaymentCase.done_at.is_(None)).order_by(PaymentCase.id).limit(MOST)
    ).all()
    return any(not _still_wrong(read, row) for row in rows)


def _wrong(work: Read) -> Iterator[tuple[str, int, Any, int]]:
    """(kind, id of attempt or refund, the attempt's row, amount) of what needs somebody now."""
    refunds = select(
        _R.id.label("refund_id"),
        _R.state,
        _R.amount_minor.label("back"),
        _A.id,
        _A.order_id,
        _R.reason,
        _A.currency,
    )
    refunds = refunds.join(_A, _A.id == _R.attempt_id).where(_R.state.in_((ABNORMAL, REFUSED)))
    for row in work.rows(refunds.order_by(_R.id.desc()).limit(MOST)).all():
        yield row.state, row.refund_id, row, row.back
    taken = select(*_SUMS).where(_A.state == "succeeded", _A.booked.is_(False))
    for row in work.rows(taken.where(_A.mismatch).limit(MOST)).all():
        yield MISMATCH, row.id, row, row.paid_minor
    before = work.now - timedelta(minutes=work.setting(PART_MINUTES)) - GRACE
    late = taken.where(_A.mismatch.is_(False), _A.ended_at < before)
    for row in work.rows(late.limit(MOST)).all():
        yield UNBOOKED, row.id, row, row.paid_minor
    stuck = select(*_SUMS).where(_A.state == "cancelling", _A.tries >= work.setting(CASH_AFTER))
    for row in work.rows(stuck.where(_A.created_at < work.now - GRACE).limit(MOST)).all():
        yield STUCK, row.id, row, row.amount_minor


def _close_settled(work: Work) -> None:
    """Close the open cases whose attempt or refund has come right meanwhile."""
    rows = work.session.scalars(
        select(PaymentCase).where(PaymentCase.done_at.is_(None)).order_by(PaymentCase.id).limit(MOST)
    )
    for case in rows.all():
        if not _still_wrong(work, case):
            case.done_at, case.done_by, case.done_note = work.now, work.actor.key, BY_ITSELF


def _still_wrong(work: Read, case: Any) -> bool:
    if case.kind not in (*CASE_WAYS, BILL):  # another room's: it closes its own
        return True
    if case.source.startswith(GONE):
        return False
    number = int(case.source.partition(":")[2])
    if case.kind == BILL:
        open_row = select(StatementRow.id).where(StatementRow.id == number, StatementRow.state.in_(OPEN_ROWS))
        return work.value(open_row) is not None
    if case.kind in (ABNORMAL, REFUSED):
        return bool(work.value(select(_R.state).where(_R.id == number)) == case.kind)
    row = work.first(select(_A.state, _A.booked, _A.mismatch).where(_A.id == number))
    if row is None:
        return False
    if case.kind == STUCK:
        return bool(row.state == "cancelling")
    return bool(row.state == "succeeded" and not row.booked)


@action(permission=Permission.RECONCILE)
def assign_case(work: Work, case_id: int, staff_id: int | None) -> None:
    """Say who sees to it; nobody again with None."""
    case = _open(work, case_id)
    if staff_id is not None and not work.get(Staff, staff_id).active:
        raise Refused(N_("This person no longer works here."))
    case.owner_id = staff_id


@action(permission=Permission.RECONCILE)
def note_on_case(work: Work, case_id: int, note: str, way: str = "") -> None:
    """Write down what was agreed, and what is to be done if it differs from the usual."""
    case = _open(work, case_id)
    case.note = note.strip()[:LONGEST]
    if way:
        case.way = _known(way)


@action(permission=Permission.RECONCILE)
def finish_case(work: Work, case_id: int, note: str) -> None:
    """Somebody has seen to it; says what was done. A refund the bank sent back counts as paid back another way."""
    case = _open(work, case_id)
    if not note.strip():
        raise Refused(N_("Say what was done."))
    case.done_at, case.done_by, case.done_note = work.now, work.actor.key, note.strip()[:LONGEST]
    if case.kind in (ABNORMAL, REFUSED) and _still_wrong(work, case):
        work.require(Permission.REFUND)
        replace_provider_refund.run(work, int(case.source.partition(":")[2]), note)


@action(permission=Permission.REFUND)
def send_back(work: Work, case_id: int, why: str = "") -> None:
    """Have the provider give the money back: of a payment that stands nowhere, or once more of a refund it did not make.

    The case closes by itself once the provider has.
    """
    case = _open(work, case_id)
    if case.kind in (ABNORMAL, REFUSED):
        retry_provider_refund.run(work, int(case.source.partition(":")[2]))
    elif case.kind in (MISMATCH, UNBOOKED):
        give_back_attempt.run(work, int(case.source.partition(":")[2]), why)
    else:
        raise Refused(N_("Choose what is to be done."))


@action(permission=Permission.RECONCILE)
def reopen_case(work: Work, case_id: int) -> None:
    """It was not done after all; only for cases a person closed within the day."""
    case = work.get(PaymentCase, case_id, lock=True)
    if case.done_at is None:
        return
    if work.now - case.done_at > timedelta(days=1):
        raise Refused(N_("It was closed more than a day ago."))
    if case.kind in (ABNORMAL, REFUSED):
        raise Refused(N_("The refund counts as given back another way; that stays so."))
    case.done_at, case.done_by, case.done_note = None, "", ""


@action(permission=Permission.SETTINGS)
def plan_reason(work: Work, reason: str, way: str, owner_id: int | None = None, note: str = "") -> None:
    """Say what is done when a payment fails for this reason, who sees to it, and a note for them."""
    if reason not in set(Reason) - {Reason.NONE}:
        raise Refused(N_("This reason is not known."))
    if owner_id is not None:
        work.get(Staff, owner_id)
    kept = work.session.get(ReasonPlan, reason)
    if kept is None:
        kept = work.add(ReasonPlan(reason=reason, way=_known(way)))
    kept.way, kept.owner_id, kept.note = _known(way), owner_id, note.strip()[:LONGEST]


def _known(way: str) -> str:
    if way not in WAYS:
        raise Refused(N_("Choose what is to be done."))
    return way


def _open(work: Work, case_id: int) -> PaymentCase:
    case = work.get(PaymentCase, case_id, lock=True)
    if case.done_at is not None:
        raise Refused(N_("Somebody has closed this meanwhile."))
    return case
