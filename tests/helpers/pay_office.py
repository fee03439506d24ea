"""A payment provider in this process: keeps a ledger as a real one does, and goes wrong call by call as it is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from desktop.basics.clock import Clock, HandClock
from desktop.basics.errors import Refused
from desktop.basics.money import Money
from desktop.gateways.payment import (
    FINAL,
    Answer,
    Attempt,
    Back,
    Gateway,
    Notice,
    Reason,
    RefundState,
    State,
)
from desktop.queries.attempts import attempt_view
from desktop.services.paying import next_at, recover, run_due
from desktop.services.sending import Gateways
from desktop.shop.shop import Shop

# How one call goes: well; the customer still thinks; it never arrives; it arrives and its answer does not; no connection
# comes about; the provider says no for good; it arrives only after somebody cancelled what it asked for.
OK, WAIT, LOST, DEAF, DOWN, DECLINED, LATE = "ok", "wait", "lost", "deaf", "down", "declined", "late"
BEHAVIOURS = (OK, WAIT, LOST, DEAF, DOWN, DECLINED, LATE)
_NO_ANSWER = Answer(State.UNKNOWN, reason=Reason.NO_ANSWER)
_NO_LINE = Answer(State.CREATED, reason=Reason.NO_CONNECTION)
_UNKNOWN_NUMBER = Answer(State.UNKNOWN, reason=Reason.NOT_FOUND)


class Script(Protocol):
    """What says how the next call goes; empty: well."""

    def __len__(self) -> int: ...

    def popleft(self) -> str:
        """How the next one goes."""
        ...


@dataclass
class Trade:
    """What the provider knows under one number (minor units)."""

    amount: Money
    state: str = "waiting"  # waiting, paid, closed, reversed
    refunds: dict[str, int] = field(default_factory=dict)

    @property
    def net_minor(self) -> int:
        """What the customer has paid less what went back."""
        return self.amount.amount - sum(self.refunds.values()) if self.state == "paid" else 0


@dataclass
class PayOffice(Gateway):
    """`script` says how the next calls go, then all go well; `paid_amount` is another sum than asked for."""

    script: Script = field(default_factory=lambda: deque[str]())
    trades: dict[str, Trade] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    delayed: list[tuple[str, Attempt]] = field(default_factory=list)  # what arrives late, and for whom
    answers_to_refunds: deque[Back] = field(default_factory=deque)
    paid_amount: Money | None = None
    before_call: Callable[[str], None] = lambda _what: None
    after_call: Callable[[str], None] = lambda _what: None

    def show_code(self, attempt: Attempt) -> Answer:
        """A code; the customer scans it when `pay` says so."""

        return self._call("show", attempt, lambda: None)

    def take_code(self, attempt: Attempt, customer_code: str) -> Answer:
        """Charge the customer at once, unless the script says otherwise."""

        return self._call("take", attempt, lambda: self._open(attempt))

    def query(self, attempt: Attempt) -> Answer:
        """What the ledger says."""
        return self._call("query", attempt, lambda: None)

    def cancel(self, attempt: Attempt) -> Answer:
        """Close what waits, give back what was paid; an unknown number leaves no trace."""

        return self._call("cancel", attempt, lambda: None)

    def refund(self, attempt: Attempt, number: str, amount: Money, why: str) -> Back:
        """Give back once per number, never more than was paid."""
        self.before_call("refund")
        how = self.script.popleft() if self.script else OK
        self.calls.append("refund")
        if how == DOWN:
            return Back(RefundState.CREATED, reason=Reason.NO_CONNECTION)
        if how not in (LOST,):
            said = self._give_back(attempt, number, amount)
        self.after_call("refund")
        if self.answers_to_refunds and how == OK:
            return self.answers_to_refunds.popleft()
        return said if how in (OK, WAIT, DECLINED) else Back(RefundState.UNKNOWN, reason=Reason.NO_ANSWER)

    def query_refund(self, attempt: Attempt, number: str) -> Back:
        """What the ledger says of a refund."""
        self.before_call("query refund")
        self.calls.append("query refund")
        how = self.script.popleft() if self.script else OK
        self.after_call("query refund")
        if how in (LOST, DEAF, DOWN, LATE):
            return Back(RefundState.UNKNOWN, reason=Reason.NO_ANSWER)
        trade = self.trades.get(attempt.number)
        if trade is None or number not in trade.refunds:
            return Back(RefundState.UNKNOWN, reason=Reason.NOT_FOUND)
        return Back(RefundState.SUCCEEDED)

    def bill(self, day: date) -> bytes:
        """No statements here."""
        raise Refused("no bill")

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """No notices here."""
        raise Refused("no notice")

    # -- the customer, and what tests look at

    def pay(self, number: str) -> None:
        """The customer scans the code and pays, if the provider still lets that happen."""
        trade = self.trades[number]
        if trade.state == "waiting":
            trade.state = "paid"

    @property
    def net_minor(self) -> int:
        """What all customers have paid less what went back."""
        return sum(trade.net_minor for trade in self.trades.values())

    def _give_back(self, attempt: Attempt, number: str, amount: Money) -> Back:
        trade = self.trades[attempt.number]
        if number not in trade.refunds and amount.amount > trade.net_minor:
            return Back(RefundState.REFUSED, reason=Reason.REFUND_REFUSED)
        trade.refunds.setdefault(number, amount.amount)
        assert trade.refunds[number] == amount.amount, "the same number for another amount"
        return Back(RefundState.SUCCEEDED)

    def _open(self, attempt: Attempt) -> Trade | None:
        """The trade under this number, made when new; None when it is not waiting any more."""
        trade = self.trades.setdefault(attempt.number, Trade(attempt.amount))
        assert trade.amount == attempt.amount, "the same number for another amount"
        return trade if trade.state == "waiting" else None

    def _said(self, attempt: Attempt) -> Answer:
        trade = self.trades.get(attempt.number)
        if trade is None:
            return _UNKNOWN_NUMBER
        paid = self.paid_amount or trade.amount
        return {
            "waiting": Answer(State.PENDING),
            "paid": Answer(State.SUCCEEDED, f"T{attempt.number[-8:]}", paid=paid),
            "closed": Answer(State.CLOSED),
            "reversed": Answer(State.REVERSED),
        }[trade.state]

    def _done(self, what: str, attempt: Attempt) -> Answer:
        """What a call does that arrives, and what is said to it."""
        if what == "cancel":
            return self._cancelled(attempt)
        trade = self._open(attempt) if what in ("show", "take") else None
        if trade is not None and what == "show":
            return Answer(State.PENDING, code=f"https://pay.example/{attempt.number}")
        if trade is not None:
            trade.state = "paid"
        return self._said(attempt)

    def _cancelled(self, attempt: Attempt) -> Answer:
        trade = self.trades.get(attempt.number)
        if trade is None:
            return Answer(State.CLOSED, reason=Reason.NOT_FOUND)
        trade.state = {"waiting": "closed", "paid": "reversed"}.get(trade.state, trade.state)
        return self._said(attempt)

    def _call(self, what: str, attempt: Attempt, arrives: Callable[[], object]) -> Answer:
        self.before_call(what)
        how = self.script.popleft() if self.script else OK
        self.calls.append(what)
        answer = self._go(how, what, attempt, arrives)
        if what == "cancel" and how != LATE:
            self.land()
        self.after_call(what)
        return answer

    def _go(self, how: str, what: str, attempt: Attempt, arrives: Callable[[], object]) -> Answer:
        if how == DOWN:
            return _NO_LINE
        if how == LOST:
            return _NO_ANSWER
        if how == LATE:
            self.delayed.append((what, attempt))
            return _NO_ANSWER
        if how == DECLINED:
            return Answer(State.FAILED, reason=Reason.RISK)
        if how == WAIT:
            arrives()
            return Answer(State.PENDING)
        said = self._done(what, attempt)
        return said if how == OK else _NO_ANSWER

    def land(self) -> None:
        """What was delayed arrives."""
        landed, self.delayed = self.delayed, []
        for what, attempt in landed:
            self._done(what, attempt)


class NoClosing(PayOffice):
    """A provider without a call that takes a code back: it is over at its time, and what was paid by it goes back."""

    clock: Clock

    def cancel(self, attempt: Attempt) -> Answer:
        """Say that it waits, until its time is over."""
        trade = self.trades.get(attempt.number)
        if trade is not None and trade.state == "waiting" and self.clock.now() < attempt.until:
            self.calls.append("cancel")
            return Answer(State.CANCELLING, wait=30)
        return super().cancel(attempt)


def gateways_of(office: Gateway) -> Gateways:
    """The outside world with this one provider behind every name."""
    return Gateways(pay=lambda _shop, _name: office)


def drive(shop: Shop, office: Gateway, clock: HandClock, *, most: int = 200) -> None:
    """Let time pass from call to call until nothing is due any more."""
    outside = gateways_of(office)
    for _round in range(most):
        recover(shop)
        due = next_at(shop, outside)
        if due is None:
            return
        if due > clock.now():
            clock.pass_time(due - clock.now())
        run_due(shop, outside)
    raise AssertionError("payments never come to rest")


def ended(shop: Shop, attempt_id: int) -> bool:
    """Whether an attempt is over without money."""
    return shop.ask(attempt_view, attempt_id).state in {str(state) for state in FINAL}
