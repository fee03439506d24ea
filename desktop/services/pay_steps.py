"""What an answer of a provider makes of an attempt: one table, without a database, so that it can be proved.

Only a provider's own words end an attempt. No answer is no failure, and a payment that is not wanted any more is cancelled
until the provider says that it is over.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.gateways.payment import FINAL, STEPS, Answer, Back, Reason, RefundState, State

PROVIDERS = ("alipay", "wechat", "unionpay")
SEND, QUERY, CANCEL, LOOK_BACK = "send", "query", "cancel", "look back"
OPEN = frozenset({State.CREATED, State.SENT, State.PENDING, State.UNKNOWN, State.CANCELLING})
PAID = frozenset(
    {State.SUCCEEDED, State.REFUNDING, State.PARTLY_REFUNDED, State.REFUNDED, State.REFUND_ABNORMAL}
)
LOOKS_BACK = 2  # at a cancelled attempt: soon, and when whatever was under way has arrived
LATER_LOOK = 900  # seconds until the last of them
SOON = (3, 10, 20)  # seconds between the first cancellings, while the customer stands there
REFUND_WAITS = (
    10,
    30,
    60,
    60,
    60,
    300,
)  # seconds; asked for less than 10 s ago a provider may not know of it


@dataclass(frozen=True, slots=True)
class Said:
    """An answer together with what was asked for it, and whether the attempt's time is over."""

    answer: Answer
    asked: str
    over: bool = False


def after(state: State, said: Said) -> tuple[State, ...]:
    """The states an attempt takes one after the other; none when it stays as it is."""
    new = said.answer.state
    if new in (State.SUCCEEDED, State.PARTLY_REFUNDED):
        return () if state in PAID or state is State.ORPHAN else (State.SUCCEEDED,)
    if state in FINAL or state in PAID or state is State.CREATED:
        return ()  # it has ended, or whoever asked has lost it meanwhile
    if new in (State.CLOSED, State.REVERSED, State.REFUNDED):
        end = State.CLOSED if new is State.CLOSED else State.REVERSED
        return (end,) if state is State.CANCELLING else (State.CANCELLING, end)
    if state is State.CANCELLING:
        return ()
    return _unfinished(state, said)


def _unfinished(state: State, said: Said) -> tuple[State, ...]:
    new = said.answer.state
    if new is State.CREATED:
        if state is not State.SENT or said.asked != SEND:  # an earlier call may have arrived
            return (State.CANCELLING,) if said.over else ()
        return (State.CREATED, State.CLOSED) if said.over else (State.CREATED,)
    if new is State.FAILED:
        return (State.FAILED,) if state is State.SENT else (State.CANCELLING,)
    if said.over or new is State.CANCELLING:
        return (State.CANCELLING,)
    waiting = State.PENDING if new is State.PENDING else State.UNKNOWN
    return () if waiting is state else (waiting,)


def stopped(state: State, *, under_way: bool) -> tuple[State, ...]:
    """What becomes of an attempt nobody wants any more; what was never sent is simply over."""
    if state is State.CREATED and not under_way:
        return (State.CLOSED,)
    return (State.CANCELLING,) if state in (State.SENT, State.PENDING, State.UNKNOWN) else ()


def check(before: State, steps: tuple[State, ...]) -> None:
    """Every step is one of the legal ones. Raises `ValueError`, which is a bug."""
    for after_it in steps:
        if (before, after_it) not in STEPS:
            raise ValueError(f"no step of a payment: {before} to {after_it}")
        before = after_it


def what_to_ask(state: State, way: str, code: str, tries: int) -> str:
    """What the next call is for; a code that never arrived is asked for again with the same number."""
    if state is State.CREATED:
        return SEND
    if state is State.CANCELLING:
        return QUERY if tries >= 2 and tries % 2 else CANCEL  # what can't be cancelled may have been paid
    if state in FINAL:
        return LOOK_BACK
    return SEND if way == "show" and not code else QUERY


def cancel_wait(tries: int, every: int) -> int:
    """Seconds until cancelling is tried again: soon at first, rarer when a provider stays away for long."""
    if tries <= len(SOON):
        return min(SOON[max(0, tries - 1)], every)
    return every if tries <= 30 else every * 10


def refund_wait(tries: int, reason: Reason, asked: str) -> int:
    """Seconds until a refund that is under way is looked after again."""
    if asked == QUERY and reason is Reason.NOT_FOUND:
        return 0  # it never arrived: it is sent again at once, with the same number
    return REFUND_WAITS[min(max(tries, 1), len(REFUND_WAITS)) - 1]


def refund_after(state: str, back: Back, *, first: bool) -> str:
    """Where a refund under way stands after an answer; only the provider's word ends it, no answer leaves it unsure."""
    if back.state is RefundState.CREATED:
        return "created" if first and state == "sent" else "unknown"
    return str(back.state)
