"""A provider took the money: written down with what it pays for, or sent back by itself when that is not there any more."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.gateways.payment import FINAL, Answer, Reason, State
from desktop.models.payment_attempts import PaymentAttempt
from desktop.services.pay_subjects import subject_of
from desktop.services.pay_waiting import mark_booked, read_paying
from desktop.services.provider_refunds import give_held_back, move_attempt
from desktop.shop import trouble
from desktop.shop.work import Work

LATE = N_("This payment came after it had been cancelled.")
MISTAKE = N_("The program made a mistake. The log says more.")
GIVEN_BACK = N_("The purchase did not take place")  # what the customer reads beside the refund
_A = PaymentAttempt
_ROW = select(_A.__table__).where(_A.id == bindparam("attempt"))
_STATE = select(_A.state).where(_A.id == bindparam("attempt"))
log = logging.getLogger("zhanggui.paying")


def succeed(work: Work, row: Any, answer: Answer, free: dict[str, Any]) -> str:
    """Record a success of an attempt that is locked, and book it in the same transaction; returns the state."""
    late = State(row.state) in FINAL
    agrees = answer.paid is None or (answer.paid.amount, answer.paid.currency) == (
        row.amount_minor,
        row.currency,
    )
    agrees = agrees and answer.state is State.SUCCEEDED
    move_attempt(work, row, (State.SUCCEEDED,), **free, **_facts(work, row, answer, agrees))
    if not agrees:
        log.warning("payment %s: another amount than asked for", row.number)
        return str(State.SUCCEEDED)  # a person must look
    if late:
        refuse(work, row.id, ShopError(LATE), alone=True)
    else:
        book(work, row.id, row.subject)
    return str(work.value(_STATE, {"attempt": row.id}))


def _facts(work: Work, row: Any, answer: Answer, agrees: bool) -> dict[str, Any]:
    paid, detail = row.amount_minor, answer.detail[:200]
    if not agrees and answer.paid is not None:  # another currency is no sum of ours
        paid = answer.paid.amount if answer.paid.currency == row.currency else 0
        detail = str(answer.paid)
    return {
        "paid_minor": paid, "buyer_paid_minor": answer.buyer_paid.amount if answer.buyer_paid else None,
        "mismatch": not agrees, "reason": str(Reason.NONE if agrees else Reason.AMOUNT), "detail": detail, "trouble": "",
        "reference": answer.reference or row.reference, "customer_code": "", "ended_at": work.now, "next_at": None,
    }  # fmt: skip


def book(work: Work, attempt_id: int, name: str) -> bool:
    """Put the money where it belongs; when the subject says no, all that was taken for it goes back."""
    subject, rest = subject_of(name), name.partition(":")[2]
    try:
        with work.part():
            row = work.first(_ROW, {"attempt": attempt_id})
            subject.book(work, rest, row)
            if not subject.parts:
                mark_booked(work, [attempt_id])
    except ShopError as error:
        refuse(work, attempt_id, error)
        return False
    except DBAPIError as error:
        if trouble.worth_retrying(error) or trouble.sentence_for(error):
            raise
        log.error("payment %s can't be booked: %s", attempt_id, type(error.orig).__name__)
        refuse(work, attempt_id, ShopError(MISTAKE))
        return False
    return True


def refuse(work: Work, attempt_id: int, why: ShopError, *, alone: bool = False) -> None:
    """Say why, and send back what is held for the subject: what can't be sold is not paid in part either.

    With `alone` only this one was too much.
    """
    said = {"sentence": why.sentence, "fields": {key: str(value) for key, value in why.fields.items()}}
    work.update(_A, attempt_id, {"refusal": {**said, "next_step": why.next_step}})
    row = work.first(_ROW, {"attempt": attempt_id})
    assert row is not None
    others = [one for one in read_paying(work, row.subject).held if one.id != attempt_id]
    give_held_back(work, [row] if alone else [row, *others], _(GIVEN_BACK))
