"""Money that goes back through the provider it came by: written down with its own number, then repeated until answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.gateways.payment import Back, Reason, State
from desktop.models.payment_attempts import PaymentAttempt, PaymentEvent, ProviderRefund
from desktop.models.people import Permission
from desktop.services import pay_steps
from desktop.services.pay_numbers import pay_number
from desktop.shop.action import action
from desktop.shop.work import Work

MOVING = ("created", "sent", "unknown", "processing")
TROUBLE = ("abnormal", "refused")
REPLACED = "replaced"
APART = timedelta(seconds=4)  # providers want some seconds between two refunds of one payment
_A, _R = PaymentAttempt, ProviderRefund
_REFUND = select(_R.__table__).where(_R.id == bindparam("refund")).with_for_update()


@dataclass(frozen=True, slots=True)
class RefundCall:
    """A refund claimed for one call: what to ask, and the lease under which its answer is written."""

    id: int
    attempt_id: int
    number: str
    amount_minor: int
    currency: str
    why: str
    asked: str
    first: bool
    lease: str


def begin_provider_refund(
    work: Work, refund_tender_id: int | None, attempt_id: int, amount_minor: int, why: str, client_key: str
) -> int:
    """Write a refund down; the machine sends it after this commit. Returns its id; a retry gets the first one's.

    Raises `Refused` for more than was captured less all refunds begun before, whichever till asks.
    """
    known = work.value(select(_R.id).where(_R.client_key == client_key))
    if known is not None:
        return int(known)
    room = _A.refunded_minor + amount_minor <= _A.paid_minor
    paid = _A.state.in_([str(state) for state in pay_steps.PAID])
    more = {"refunded_minor": _A.refunded_minor + amount_minor}
    if amount_minor <= 0 or not work.update(_A, attempt_id, more, room, paid):
        raise Refused(N_("More money would go back than was taken. Nothing was changed."))
    attempt = work.first(select(_A.__table__).where(_A.id == attempt_id))
    assert attempt is not None
    behind = work.value(select(func.max(_R.next_at)).where(_R.attempt_id == attempt_id, _R.state.in_(MOVING)))
    number = pay_number(work, attempt.till_id)
    refund_id = work.post(_R, [{
        "number": number, "attempt_id": attempt_id, "refund_tender_id": refund_tender_id,
        "amount_minor": amount_minor, "currency": attempt.currency, "why": why[:80], "state": "created",
        "next_at": max(work.now, behind + APART) if behind else work.now, "created_at": work.now,
        "client_key": client_key, "actor": work.actor.key,
    }], ids=True)[0]  # fmt: skip
    tell(work, attempt_id, "", "created", refund_number=number)
    move_attempt(work, attempt, (State.REFUNDING,) if attempt.state != State.REFUNDING else ())
    return refund_id


def give_held_back(work: Work, rows: Sequence[Any], why: str) -> None:
    """Parts that were taken and belong nowhere go back, each once."""
    for row in rows:
        begin_provider_refund(work, None, row.id, row.paid_minor, why, f"{row.client_key}:back")


def tell(
    work: Work,
    attempt_id: int,
    before: str,
    after: str,
    reason: str = "",
    detail: str = "",
    refund_number: str = "",
) -> None:
    """Write a step down."""
    work.post(PaymentEvent, [{
        "attempt_id": attempt_id, "refund_number": refund_number, "before": before, "after": after,
        "reason": reason, "detail": detail[:200], "actor": work.actor.key, "at": work.now,
    }])  # fmt: skip


def move_attempt(work: Work, row: Any, steps: tuple[State, ...], **values: Any) -> None:
    """Take an attempt through these states by one guarded update, with a row of its history for each."""
    if not steps:
        return
    before = State(row.state)
    pay_steps.check(before, steps)
    changed = {"state": str(steps[-1]), **values}
    if not _move(work, row.id, str(before), changed):
        raise Refused(N_("This payment changed meanwhile. Look again."), next_step="look_again")
    for step in steps:
        reason, detail = values.get("reason", ""), values.get("detail", "")
        tell(work, row.id, str(before), str(step), str(reason), str(detail))
        before = step


_moves: dict[
    tuple[str, ...], Any
] = {}  # statements by the columns they change: a payment takes few kinds of steps


def _move(work: Work, attempt_id: int, before: str, values: dict[str, Any]) -> bool:
    names = tuple(values)
    statement = _moves.get(names)
    if statement is None:
        types = _A.__table__.c
        new = {name: bindparam(f"new_{name}", type_=types[name].type) for name in names}
        mine = update(_A).where(_A.id == bindparam("attempt"), _A.state == bindparam("before"))
        statement = _moves[names] = mine.values(new).returning(_A.id)
    given = {"attempt": attempt_id, "before": before} | {
        f"new_{name}": value for name, value in values.items()
    }
    if work.rows(statement, given).first() is None:
        return False
    work.changed(_A, attempt_id, values)
    return True


# -- the machine's steps ------------------------------------------------------------------------------------------


@action(permission=Permission.PAY)
def claim_refund(work: Work, refund_id: int, seen: datetime, lease: str, seconds: int) -> RefundCall | None:
    """Take a refund that still waits as it was seen, for one call; None when another program was faster.

    One that was sent and never answered is asked after first; only a provider that never heard of it gets it again.
    """
    free = or_(_R.lease_until.is_(None), _R.lease_until <= work.now)
    row = work.first(select(_R.__table__).where(_R.id == refund_id).with_for_update())
    if row is None or row.state not in MOVING or row.next_at != seen:
        return None
    first = row.state == "created"
    again = row.state == "unknown" and row.reason == Reason.NOT_FOUND
    state = "sent" if first else "unknown" if row.state == "sent" else row.state
    values = {
        "state": state, "lease_owner": lease, "lease_until": work.now + timedelta(seconds=seconds),
        "tries": row.tries + 1, "next_at": work.now + timedelta(seconds=seconds),
    }  # fmt: skip
    claim = update(_R).where(_R.id == refund_id, _R.state == row.state, _R.next_at == seen, free)
    if work.rows(claim.values(values).returning(_R.id)).first() is None:
        return None
    if state != row.state:
        tell(work, row.attempt_id, row.state, state, refund_number=row.number)
    asked = pay_steps.SEND if first or again else pay_steps.QUERY
    return RefundCall(
        row.id, row.attempt_id, row.number, row.amount_minor, row.currency, row.why, asked, first, lease
    )


@action(permission=Permission.PAY)
def record_refund(work: Work, call: RefundCall, back: Back) -> str:
    """Write an answer about a refund down; returns its state. One that has ended stays as it is."""
    row = work.first(select(_R.__table__).where(_R.id == call.id).with_for_update())
    assert row is not None
    if row.state not in MOVING:
        return str(row.state)
    if back.state == "created" and row.lease_owner != call.lease:
        return str(row.state)  # somebody else has sent it meanwhile
    state = pay_steps.refund_after(row.state, back, first=call.first)
    ended = state not in MOVING
    values: dict[str, Any] = {
        "state": state, "reason": str(back.reason), "detail": back.detail[:200], "lease_owner": "", "lease_until": None,
        "reference": back.reference or row.reference,
        "next_at": work.now + timedelta(seconds=pay_steps.refund_wait(row.tries, back.reason, call.asked)),
    }  # fmt: skip
    if not ended and state == row.state and row.reason == back.reason:
        work.rows(update(_R).where(_R.id == row.id).values(values))  # nothing new: no news and no trail
        return state
    work.update(_R, row.id, values | ({"ended_at": work.now} if ended else {}))
    tell(work, row.attempt_id, row.state, state, str(back.reason), back.detail, row.number)
    if ended:
        settle_refunds(work, row.attempt_id)
    work.touch(_A.__tablename__, row.attempt_id)
    return state


def settle_refunds(work: Work, attempt_id: int) -> None:
    """An attempt says what its refunds say together: one under way, one in trouble, or how much went back."""
    attempt = work.first(select(_A.__table__).where(_A.id == attempt_id).with_for_update())
    assert attempt is not None
    states = set(work.rows(select(_R.state).where(_R.attempt_id == attempt_id)).scalars())
    if states & set(MOVING):
        target = State.REFUNDING
    elif states & set(TROUBLE):
        target = State.REFUND_ABNORMAL
    else:
        whole = attempt.refunded_minor == attempt.paid_minor
        target = State.REFUNDED if whole else State.PARTLY_REFUNDED
    if attempt.state == target:
        return
    between = () if State.REFUNDING in (target, attempt.state) else (State.REFUNDING,)
    move_attempt(work, attempt, (*between, target))


# -- what a person does about one that did not go through -----------------------------------------------------------


@action(permission=Permission.REFUND)
def retry_provider_refund(work: Work, refund_id: int) -> None:
    """Ask the provider once more, with the same number."""
    row = _in_trouble(work, refund_id)
    work.update(_R, row.id, {"state": "created", "tries": 0, "next_at": work.now, "ended_at": None})
    tell(work, row.attempt_id, row.state, "created", refund_number=row.number)
    settle_refunds(work, row.attempt_id)


@action(permission=Permission.REFUND)
def replace_provider_refund(work: Work, refund_id: int, note: str) -> None:
    """A person gave the money back another way, which the note says; the provider is not asked again."""
    row = _in_trouble(work, refund_id)
    if not note.strip():
        raise Refused(N_("Say how the money was given back."))
    _replaced(work, row, note)


@action(permission=Permission.REFUND)
def give_back_attempt(work: Work, attempt_id: int, note: str) -> int:
    """Send back what a provider took and what stands nowhere, such as another amount than asked for; the refund's id.

    A sum in another currency only the provider's own page can send back: then this says that somebody did, and it is 0.
    """
    row = work.first(select(_A.__table__).where(_A.id == attempt_id).with_for_update())
    if row is None or row.state != State.SUCCEEDED or row.booked:
        raise Refused(N_("This payment is booked or went back already. Refresh, then look again."))
    if not note.strip():
        raise Refused(N_("Say why it goes back."))
    work.note(why=note.strip()[:200])
    if not row.paid_minor:
        move_attempt(work, row, (State.REFUNDING, State.REFUNDED), detail=note.strip()[:200])
        return 0
    return begin_provider_refund(
        work, None, row.id, row.paid_minor, _("The purchase did not take place"), f"{row.client_key}:back"
    )


def count_as_given_back(work: Work, attempt_id: int, note: str) -> None:
    """A person gave back what a provider took and what stands nowhere; the provider is not asked to.

    Part of another deed, which asks for the right to refund.
    """
    refund_id = give_back_attempt.run(work, attempt_id, note)
    if refund_id:
        _replaced(work, work.first(_REFUND, {"refund": refund_id}), note)


def _replaced(work: Work, row: Any, note: str) -> None:
    work.update(_R, row.id, {"state": REPLACED, "ended_at": work.now})
    tell(work, row.attempt_id, row.state, REPLACED, detail=note.strip(), refund_number=row.number)
    settle_refunds(work, row.attempt_id)


def _in_trouble(work: Work, refund_id: int) -> Any:
    row = work.first(_REFUND, {"refund": refund_id})
    if row is None or row.state not in TROUBLE:
        raise Refused(N_("This refund is not in trouble any more. Refresh, then look again."))
    return row
