"""What a person decides about a difference, each kind its own verbs; a decision can be taken back, booked ones by an entry.

Tenders and orders stay as they were: a subsidy or a correction says what the provider owes, beside what was sold.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways.payment import Answer, Attempt, State
from desktop.models.pay_offers import NEGOTIATE, PaymentCase
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.people import Permission
from desktop.models.statements import (
    AMOUNT,
    CROSSED,
    DUPLICATE,
    FEE,
    OPEN,
    OURS_ONLY,
    PAY,
    PROVIDER_ONLY,
    RESOLVED,
    Statement,
    StatementEntry,
    StatementRow,
)
from desktop.queries.pay_words import BILL
from desktop.services.attempts import Call, record_answer
from desktop.services.pay_steps import PAID, QUERY
from desktop.services.statements.shape import CURRENCY
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST = 300
SUBSIDY, CORRECTION, FEE_ACCEPTED = "subsidy", "correction", "fee"
ATTACHED, IGNORED, CHECKED, PAIRED = "attached", "ignored", "checked", "paired"
BOOKED = (SUBSIDY, CORRECTION, FEE_ACCEPTED)
FOR_GOOD = (ATTACHED,)  # money was booked or is on its way back: nothing takes that back here


@action(permission=Permission.RECONCILE)
def book_subsidy(work: Work, row_id: int) -> None:
    """The provider paid less because the wallet gave the customer something: what is missing is its subsidy."""
    row = _open(work, row_id, (AMOUNT,), SUBSIDY)
    if row is not None:
        if row.kind != PAY or row.amount_minor > row.ours_minor:
            raise Refused(N_("Only a payment the provider settles lower can be a subsidy."))
        _book(work, row, SUBSIDY, _difference(row), "")


@action(permission=Permission.RECONCILE)
def correct_ours(work: Work, row_id: int, note: str = "") -> None:
    """Ours was written down wrongly: a counter-entry brings it to what the bill says. The order keeps its sum."""
    row = _open(work, row_id, (AMOUNT,), CORRECTION)
    if row is not None:
        attempt = work.session.get(PaymentAttempt, row.attempt_id) if row.attempt_id else None
        if attempt is not None and attempt.mismatch:
            raise Refused(
                N_("The provider itself told two sums. Ask it first, then decide in the payment’s case.")
            )
        _book(work, row, CORRECTION, _difference(row), note)


@action(permission=Permission.RECONCILE)
def accept_fee(work: Work, row_id: int) -> None:
    """The fee differs from the agreed rate and is accepted as it is."""
    row = _open(work, row_id, (FEE,), FEE_ACCEPTED)
    if row is not None:
        _book(work, row, FEE_ACCEPTED, row.fee_minor - (row.ours_fee_minor or 0), "")


@action(permission=Permission.RECONCILE)
def accept_fees(work: Work, statement_id: int) -> int:
    """Accept all fees of a bill that differ; returns how many."""
    statement = work.get(Statement, statement_id)
    there = select(StatementRow.id).where(
        StatementRow.gateway == statement.gateway,
        StatementRow.day == statement.day,
        StatementRow.state == FEE,
    )
    ids = list(work.rows(there).scalars())
    for row_id in ids:
        accept_fee.run(work, row_id)
    return len(ids)


@action(permission=Permission.RECONCILE)
def attach_row(work: Work, row_id: int) -> str:
    """The bill says a payment came that we gave up: it is booked late, or goes back by itself when the sale is gone.

    Returns the attempt's state.
    """
    row = _open(work, row_id, (PROVIDER_ONLY,), ATTACHED)
    if row is None:
        return ""
    if row.attempt_id is None or row.kind != PAY:
        raise Refused(
            N_("No payment of ours has this number. Hand it to somebody, or say why it is left aside.")
        )
    attempt = work.get(PaymentAttempt, row.attempt_id, lock=True)
    if attempt.state in PAID:
        raise Changed(N_("This payment was booked meanwhile. Match the bill again."))
    paid = Money(row.amount_minor, attempt.currency)
    call = Call(attempt.id, attempt.gateway, _asked(attempt), QUERY, "")
    state = record_answer.run(work, call, Answer(State.SUCCEEDED, row.reference, paid=paid, buyer_paid=None))
    row.ours_minor, row.ours_at = row.amount_minor, work.now
    _resolve(work, row, ATTACHED, "")
    return state


@action(permission=Permission.RECONCILE)
def pair_rows(work: Work, row_id: int, ours_id: int) -> None:
    """A payment of the bill and one of ours without a number are the same: of one kind, provider, day and amount."""
    theirs = _open(work, row_id, (PROVIDER_ONLY, DUPLICATE), PAIRED)
    if theirs is None:
        return
    ours = _open(work, ours_id, (OURS_ONLY, CROSSED), PAIRED)
    if ours is None:
        raise Changed(N_("Somebody settled this meanwhile. Look again."))
    told = (theirs.gateway, theirs.kind, theirs.amount_minor)
    if told != (ours.gateway, ours.kind, ours.ours_minor) or theirs.attempt_id is not None:
        raise Refused(N_("These two differ in provider, kind or amount and can’t be the same."))
    theirs.ours_minor, theirs.ours_at, theirs.order_id = ours.ours_minor, ours.ours_at, ours.order_id
    note = f"{PAIRED}:{ours.id}"
    _resolve(work, theirs, PAIRED, note)
    _resolve(work, ours, PAIRED, f"{PAIRED}:{theirs.id}")


@action(permission=Permission.RECONCILE)
def ignore_row(work: Work, row_id: int, reason: str) -> None:
    """Leave a row of the bill aside, with a reason; it stays on the bill and out of our books."""
    row = _open(work, row_id, (PROVIDER_ONLY, DUPLICATE), IGNORED)
    if row is not None:
        _resolve(work, row, IGNORED, _said(reason))


@action(permission=Permission.RECONCILE)
def mark_checked(work: Work, row_id: int, note: str) -> None:
    """Somebody looked where our payment is and says what was found; the money stays as it is booked."""
    row = _open(work, row_id, (OURS_ONLY, CROSSED, AMOUNT), CHECKED)
    if row is not None:
        _resolve(work, row, CHECKED, _said(note))


@action(permission=Permission.RECONCILE)
def hand_over(work: Work, row_id: int) -> int:
    """Open a case for a person about a difference; returns its id. A difference has one case, which opens again."""
    row = work.get(StatementRow, row_id, lock=True)
    source = f"{BILL}:{row.id}"
    known = work.find(select(PaymentCase).where(PaymentCase.source == source).with_for_update())
    if row.state not in OPEN and (known is None or known.done_at is not None):
        raise _settled()
    if known is not None:
        known.done_at, known.done_by, known.done_note = None, "", ""
        work.flush()
        return known.id
    case = {
        "source": source, "kind": BILL, "attempt_id": row.attempt_id, "order_id": row.order_id, "reason": "",
        "way": NEGOTIATE, "amount_minor": abs(_difference(row)) or row.amount_minor, "currency": CURRENCY,
        "note": "", "opened_at": work.now, "done_by": "", "done_note": "",
    }  # fmt: skip
    work.touch(StatementRow.__tablename__, row.id)
    return int(work.offer(PaymentCase, case) or 0)


@action(permission=Permission.RECONCILE)
def undo_fix(work: Work, row_id: int) -> None:
    """Take a decision back; what it booked is met by a counter-entry. Raises `Refused` where money has moved."""
    row = work.get(StatementRow, row_id, lock=True)
    if row.state != RESOLVED:
        return
    if row.resolution in FOR_GOOD:
        raise Refused(
            N_("This payment was booked or is going back; that can’t be undone here. Refund it instead.")
        )
    if row.resolution in BOOKED:
        _counter(work, row)
    if row.resolution == PAIRED:
        other = work.get(StatementRow, int(row.note.partition(":")[2]), lock=True)
        _reopen(other)
    _reopen(row)


# -- parts ------------------------------------------------------------------------------------------------------


def _open(work: Work, row_id: int, states: tuple[str, ...], resolution: str) -> StatementRow | None:
    """The row, locked, if it waits for a decision; None when the very same was decided already."""
    row = work.get(StatementRow, row_id, lock=True)
    if row.state == RESOLVED and row.resolution == resolution:
        return None
    if row.state not in states:
        raise _settled()
    return row


def _settled() -> Changed:
    return Changed(N_("Somebody settled this meanwhile. Look again."))


def _difference(row: StatementRow) -> int:
    """What the bill says less what we say, as money to us: a refund counts the other way."""
    more = row.amount_minor - row.ours_minor
    return more if row.kind == PAY else -more


def _book(work: Work, row: StatementRow, kind: str, minor: int, note: str) -> None:
    work.post(StatementEntry, [{
        "row_id": row.id, "kind": kind, "amount_minor": minor, "currency": CURRENCY, "note": note.strip()[:LONGEST],
        "undoes_id": None, "actor": work.actor.key, "at": work.now,
    }])  # fmt: skip
    _resolve(work, row, kind, note.strip()[:LONGEST])


def _counter(work: Work, row: StatementRow) -> None:
    """Meet the entry that stands by its opposite."""
    undone = select(StatementEntry.undoes_id).where(StatementEntry.undoes_id.is_not(None))
    entry: Any = work.first(
        select(StatementEntry.id, StatementEntry.kind, StatementEntry.amount_minor, StatementEntry.currency)
        .where(StatementEntry.row_id == row.id, StatementEntry.undoes_id.is_(None), ~StatementEntry.id.in_(undone))
        .order_by(StatementEntry.id.desc())
    )  # fmt: skip
    if entry is None:
        return
    work.post(StatementEntry, [{
        "row_id": row.id, "kind": entry.kind, "amount_minor": -entry.amount_minor, "currency": entry.currency,
        "undoes_id": entry.id, "note": "", "actor": work.actor.key, "at": work.now,
    }])  # fmt: skip


def _resolve(work: Work, row: StatementRow, resolution: str, note: str) -> None:
    row.before, row.state, row.resolution, row.note = row.state, RESOLVED, resolution, note
    row.resolved_by, row.resolved_at = work.actor.key, work.now


def _reopen(row: StatementRow) -> None:
    if row.before == PROVIDER_ONLY and row.resolution == PAIRED:
        row.ours_minor, row.ours_at, row.order_id = 0, None, None
    row.state, row.before, row.resolution, row.note = row.before, "", "", ""
    row.resolved_by, row.resolved_at = "", None


def _said(note: str) -> str:
    text = " ".join(note.split())
    if not text:
        raise Refused(N_("Say in a few words why."))
    return text[:LONGEST]


def _asked(attempt: PaymentAttempt) -> Any:

    amount = Money(attempt.amount_minor, attempt.currency)
    words = str((attempt.request or {}).get("words", ""))
    return Attempt(attempt.number, amount, words, attempt.created_at, attempt.deadline_at, attempt.reference)
