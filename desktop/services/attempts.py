"""Attempts to be paid by a provider: written down before anything is sent, moved by one table, booked when they succeed.

Every step is one transaction. Programs take turns by leases; whatever an old holder still says is judged by the state.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways.payment import FINAL, SHOW, TAKE, Answer, Attempt, Reason, State
from desktop.models.pay_times import CANCEL_EVERY, CODE_MINUTES, LASTING, LOOK_BACK, PACES
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.payments import PaymentMethod
from desktop.models.people import Permission
from desktop.queries.pay_health import TROUBLE
from desktop.services import pay_booking, pay_steps
from desktop.services.pay_limits import TAKE as TAKE_MONEY
from desktop.services.pay_limits import check_amount, tell_approval
from desktop.services.pay_methods import check_offer, count_use, discount_of
from desktop.services.pay_numbers import pay_number
from desktop.services.pay_stopping import ended, stop_row
from desktop.services.pay_subjects import ORDER, Due, subject_of
from desktop.services.pay_waiting import Paying, read_paying
from desktop.services.provider_refunds import move_attempt, tell
from desktop.shop.action import action
from desktop.shop.work import Read, Work

SHORTEST = timedelta(seconds=20)  # for less no payment begins
AGAIN = timedelta(seconds=2)  # before the next try when no connection came about
SHOWN = ("reason", "trouble", "reference", "code")  # what is news to whoever looks at an open attempt
_A = PaymentAttempt
_ROW = select(_A.__table__).where(_A.id == bindparam("attempt")).with_for_update()
_KIND = select(PaymentMethod.kind).where(PaymentMethod.key == bindparam("method"))
_KNOWN = select(_A.id, _A.subject, _A.amount_minor, _A.discount_minor, _A.method_key).where(
    _A.client_key == bindparam("key")
)


@dataclass(frozen=True, slots=True)
class Call:
    """An attempt claimed for one call: what to ask, and the lease under which the answer is written."""

    id: int
    gateway: str
    attempt: Attempt
    asked: str
    lease: str
    customer_code: str = ""

    def __repr__(self) -> str:
        return f"Call({self.attempt.number}, {self.asked})"  # never the customer's code


@action(permission=Permission.KIOSK)
def begin_attempt(
    work: Work,
    subject: str,
    method_key: str,
    amount_minor: int,
    *,
    way: str,
    customer_code: str = "",
    version: int = 0,
    client_key: str,
    till_id: int | None = None,
    approval: int = 0,
) -> int:
    """Write an attempt down; the machine sends it after this commit. Returns its id, a retry with the same key too.

    `amount_minor` is what it covers of what is due; what the method takes off comes off the amount that is asked for.
    `way` is `show` (they scan our code) or `take` (we scanned `customer_code`); `version` the one of the bill agreed to.
    Raises `Refused` for a method that is not offered, more than is due, and while another attempt is under way.
    """
    known = work.first(_KNOWN, {"key": client_key})
    if known is not None:
        return _same(known, subject, method_key, amount_minor)
    due = subject_of(subject).due(work, subject.partition(":")[2])  # locked from here on: others wait
    paying = _check_due(work, subject, due, amount_minor, version)
    given = sum(row.discount_minor for row in paying.held if row.method_key == method_key)
    till = till_id or due.till_id or work.actor.till_id or None
    _check_own(work, subject, due, till)
    _check_offered(work, method_key, till, due, amount_minor, approval)
    off = discount_of(work, method_key, amount_minor, given) if due.discounts else 0
    row = _row(work, due, amount_minor - off, till, _checked(way, customer_code)) | {"discount_minor": off}
    attempt_id = work.post(_A, [row | {
        "subject": subject, "method_key": method_key, "gateway": _gateway(work, method_key),
        "customer_code": customer_code, "client_key": client_key, "deadline_at": _deadline(work, method_key, way, due.until),
        "request": {"words": due.words},
    }], ids=True)[0]  # fmt: skip
    count_use(work, method_key, f"attempt:{client_key}", member_id=due.member_id, amount_minor=amount_minor,
              currency=due.amount.currency)  # fmt: skip
    tell(work, attempt_id, "", str(State.CREATED))
    work.touch(*due.row)  # whoever shows what is being paid looks again
    return attempt_id


def _check_offered(
    work: Work, method_key: str, till: int | None, due: Due, amount_minor: int, approval: int
) -> None:
    """May so much be paid that way here, and by whoever acts?"""
    check_offer(
        work, method_key, till_id=till, member_id=due.member_id, amount_minor=amount_minor,
        currency=due.amount.currency,
    )  # fmt: skip
    check_amount(work, TAKE_MONEY, amount_minor, approval)
    if due.order_id:
        tell_approval(work, due.order_id, approval)


def _check_own(work: Work, subject: str, due: Due, till: int | None) -> None:
    """A kiosk takes money for its own sales at its own till; orders are paid to people."""
    if work.actor.kind != "kiosk":
        return
    if subject.startswith(f"{ORDER}:") or {due.till_id, till} != {work.actor.till_id}:
        raise Refused(N_("This payment belongs to another till."))


def _checked(way: str, customer_code: str) -> str:
    if way not in (SHOW, TAKE) or (way == TAKE) != bool(customer_code):
        raise ValueError("an attempt shows a code, or takes the customer’s")
    return way


def _same(known: Any, subject: str, method_key: str, amount_minor: int) -> int:
    covered = known.amount_minor + known.discount_minor
    if (known.subject, known.method_key, covered) != (subject, method_key, amount_minor):
        raise Refused(N_("This was already saved with other contents. Refresh, then look at what is there."))
    return int(known.id)


def _under_way() -> Refused:
    return Refused(
        N_("An earlier payment is still under way. Wait until it has ended, then try again."),
        next_step="wait_for_payment",
    )


def _check_due(work: Work, subject: str, due: Due, amount_minor: int, version: int) -> Paying:
    """What was paid of it already; raises when so much can't be paid now."""
    paying = read_paying(work, subject)
    if paying.open is not None:
        raise _under_way()
    if paying.doubtful:
        raise Refused(
            N_(
                "The provider says that another amount was paid than asked for. Somebody must look at it first."
            ),
            next_step="payment_doubtful",
        )
    if version and version != due.version:
        raise Changed(N_("The sale changed meanwhile. Check the amounts, then pay."), next_step="look_again")
    if not 0 < amount_minor <= due.amount.amount:
        raise Changed(
            N_("{due} is due, {paid} was entered. Check the amounts."), next_step="look_again",
            due=str(due.amount), paid=str(Money(amount_minor, due.amount.currency)),
        )  # fmt: skip
    return paying


def _row(work: Work, due: Due, amount_minor: int, till: int | None, way: str) -> dict[str, Any]:
    return {
        "number": pay_number(work, till), "order_id": due.order_id, "way": way, "amount_minor": amount_minor,
        "currency": due.amount.currency, "state": str(State.CREATED), "version": due.version, "till_id": till,
        "member_id": due.member_id, "next_at": work.now, "created_at": work.now, "actor": work.actor.key,
    }  # fmt: skip


def _gateway(work: Work, method_key: str) -> str:
    kind = work.value(_KIND, {"method": method_key})
    if kind != "wallet":
        raise Refused(N_("This way to pay is taken by hand, not through a provider."))
    return method_key


def _deadline(work: Work, method_key: str, way: str, until: datetime | None) -> datetime:
    """When the provider is told to forget it; not after the subject's own deadline."""
    if until is not None and until < work.now + SHORTEST:
        raise Refused(N_("The time to pay for this is over."))
    pace = PACES.get(method_key, PACES["unionpay"])
    patience = timedelta(seconds=work.setting(pace.patience))
    if way == SHOW:
        minutes = work.setting(CODE_MINUTES)
        patience = timedelta(minutes=min(minutes, LASTING.get(method_key, minutes)))
    return min(work.now + patience, until or work.now + patience)


@action(permission=Permission.KIOSK)
def stop_attempt(work: Work, attempt_id: int) -> str:
    """Nobody wants it any more: what was never sent is over, everything else is cancelled with the provider.

    Returns its state. One that has succeeded or ended stays as it is.
    """
    row = _locked(work, attempt_id)
    if work.actor.kind == "kiosk" and row.till_id != work.actor.till_id:
        raise Refused(N_("This payment belongs to another till."))
    stop_row(work, row)
    return str(_locked(work, attempt_id).state)


# -- the machine's steps ------------------------------------------------------------------------------------------


@action(permission=Permission.PAY)
def claim_attempt(work: Work, attempt_id: int, seen: datetime, lease: str, seconds: int) -> Call | None:
    """Take an attempt that still waits as it was seen, for one call; None when another program was faster.

    What goes out for the first time is written down as sent by this commit, so before any byte leaves. One that
    was sent by a program that died is unknown from here on.
    """
    row = _locked(work, attempt_id)
    if row.next_at != seen or row.next_at > work.now or (row.lease_until and row.lease_until > work.now):
        return None
    state, until = State(row.state), work.now + timedelta(seconds=seconds)
    if state is State.CREATED and row.deadline_at <= work.now:
        move_attempt(
            work, row, (State.CLOSED,), **ended(work, row), reason=row.reason or str(Reason.NO_CONNECTION)
        )
        return None
    held = {"lease_owner": lease, "lease_until": until, "tries": row.tries + 1, "next_at": until}
    asked = pay_steps.what_to_ask(state, row.way, row.code, row.tries)
    if state is State.CREATED:
        move_attempt(work, row, (State.SENT,), **held, sent_at=row.sent_at or work.now)
    elif state is State.SENT:
        move_attempt(work, row, (State.UNKNOWN,), **held, reason=str(Reason.NO_ANSWER))
        asked = pay_steps.what_to_ask(State.UNKNOWN, row.way, row.code, row.tries)
    else:
        work.rows(update(_A).where(_A.id == attempt_id, _A.state == row.state).values(held))
    return Call(row.id, row.gateway, _as_asked(row), asked, lease, row.customer_code)


def _as_asked(row: Any) -> Attempt:
    amount = Money(row.amount_minor, row.currency)
    return Attempt(
        row.number, amount, row.request["words"], row.created_at, row.deadline_at, row.reference, row.way
    )


@action(permission=Permission.PAY)
def record_answer(work: Work, call: Call, answer: Answer) -> str:
    """Write down what a provider said, and everything that follows from it, in this one transaction; returns the state.

    Twice the same answer changes nothing. A success is booked at once; what can't be booked goes back by itself.
    """
    row = _locked(work, call.id)
    mine = row.lease_owner == call.lease
    if answer.state is State.CREATED and not mine:
        return str(row.state)  # somebody else has sent it meanwhile
    answer = _understood(row, answer)
    over = row.deadline_at <= work.now
    steps = pay_steps.after(State(row.state), pay_steps.Said(answer, call.asked, over))
    free: dict[str, Any] = {"lease_owner": "", "lease_until": None} if mine else {}
    if not steps:
        _stay(work, row, answer, free, call.asked)
        return str(row.state)
    if steps[-1] is State.SUCCEEDED:
        return pay_booking.succeed(work, row, answer, free)
    _move(work, row, steps, answer, free)
    return str(steps[-1])


def _understood(row: Any, answer: Answer) -> Answer:
    """A provider that never heard of a code nobody has scanned yet says nothing new."""
    shown = row.way == SHOW and row.code and answer.state is State.UNKNOWN
    if shown and answer.reason is Reason.NOT_FOUND:
        return Answer(State.PENDING, reason=answer.reason, detail=answer.detail, wait=answer.wait)
    return answer


def _stay(work: Work, row: Any, answer: Answer, free: dict[str, Any], asked: str) -> None:
    """The state is the same: when to ask next, and what the customer scans if that came only now."""
    values: dict[str, Any] = dict(free)
    state = State(row.state)
    if asked == pay_steps.LOOK_BACK:
        again = row.tries < pay_steps.LOOKS_BACK and state is State.CLOSED
        values["next_at"] = work.now + timedelta(seconds=pay_steps.LATER_LOOK) if again else None
    elif state in pay_steps.OPEN and free:
        values["next_at"] = _next_at(work, row, state, answer, row.tries)
    said = _said(row, answer)
    if state in pay_steps.OPEN and any(getattr(row, name) != said[name] for name in SHOWN):
        values |= said
        work.update(_A, row.id, values, _A.state == row.state)
    elif values:
        work.rows(update(_A).where(_A.id == row.id, _A.state == row.state).values(values))


def _said(row: Any, answer: Answer) -> dict[str, Any]:
    # why it is cancelled stays: that the provider can't be reached now, or finds nothing left, is no news for the customer
    silent = answer.reason in TROUBLE
    no_news = silent or answer.reason in (Reason.NONE, Reason.NOT_FOUND)
    keep = row.state == State.CANCELLING and no_news and row.reason
    return {
        "reason": row.reason if keep else str(answer.reason), "detail": answer.detail[:200] or row.detail,
        "trouble": str(answer.reason) if keep and silent else "",
        "reference": answer.reference or row.reference, "code": answer.code or row.code,
    }  # fmt: skip


def _move(work: Work, row: Any, steps: tuple[State, ...], answer: Answer, free: dict[str, Any]) -> None:
    end = steps[-1]
    values = free | _said(row, answer)
    if end is State.CANCELLING:
        values |= {"tries": 0, "next_at": work.now + timedelta(seconds=answer.wait)}
        if answer.reason is Reason.NONE or answer.reason is Reason.NOT_FOUND:
            values["reason"] = row.reason or str(Reason.EXPIRED)
    elif end in FINAL:
        values |= ended(work, row)
        values["reason"] = values["reason"] or row.reason
        if end is State.CLOSED and row.sent_at is not None:  # what got lost on the way may still arrive
            values |= {"tries": 0, "next_at": work.now + timedelta(seconds=work.setting(LOOK_BACK))}
    else:
        changed = end is not State(row.state)
        values["next_at"] = _next_at(work, row, end, answer, 1 if changed and row.tries <= 1 else row.tries)
    move_attempt(work, row, steps, **values)


def _next_at(work: Work, row: Any, state: State, answer: Answer, tries: int) -> datetime:
    """When the provider is asked next: when it says so, at its own pace, and at the deadline at the latest."""
    if state is State.CREATED:
        soon: datetime = min(work.now + AGAIN, max(row.deadline_at, work.now))
        return soon
    if state is State.CANCELLING:
        seconds = max(answer.wait, pay_steps.cancel_wait(tries, work.setting(CANCEL_EVERY)))
        return work.now + timedelta(seconds=seconds)
    pace = PACES.get(row.gateway, PACES["unionpay"])
    seconds = answer.wait or work.setting(pace.first if tries <= 1 else pace.every)
    at: datetime = max(work.now, min(work.now + timedelta(seconds=seconds), row.deadline_at))
    return at


def _locked(work: Read, attempt_id: int) -> Any:
    return work.rows(_ROW, {"attempt": attempt_id}).one()
