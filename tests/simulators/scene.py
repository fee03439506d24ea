"""A sale at one provider: the shop's real gateway, a simulated provider, and what the ledger knows to be true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count

from desktop.basics.clock import HandClock
from desktop.basics.money import Money
from desktop.gateways.payment import SHOW, TAKE, Answer, Attempt, Back, Gateway, Reason, RefundState, State
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault
from tests.simulators.fixture import gateway_to
from tests.simulators.ledger import OPEN, RefundStage

CNY = 8888
PROVIDERS = ("alipay", "wechat", "wechat v2", "unionpay")
CHANGED = {"wechat v2": {"code_api": "v2"}}
IMPATIENT = 0.15  # seconds
MORNING = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
STARTS = {"alipay": "28", "wechat": "13", "wechat v2": "13", "unionpay": "620"}
_numbers = count(1)


@dataclass
class Scene:
    """One attempt and everything around it."""

    office: PayOffice
    clock: HandClock
    provider: str
    gateway: Gateway
    attempt: Attempt
    code: str

    def begin(self) -> Answer:
        """The sale's first call, of its own way."""
        if self.attempt.way == SHOW:
            return self.gateway.show_code(self.attempt)
        return self.gateway.take_code(self.attempt, self.code)

    def paid(self) -> Scene:
        """The same after the customer paid, with the provider's number as the shop learned it."""
        begun = self.begin()
        assert begun.state in (State.PENDING, State.SUCCEEDED), begun
        if self.attempt.way == SHOW:
            assert self.office.pay(self.attempt.number)
        known = self.gateway.query(self.attempt)
        assert (known.state, known.reason) == (State.SUCCEEDED, Reason.NONE), known
        self.attempt = replace(self.attempt, reference=known.reference)
        self.pass_time(20)
        return self

    def pass_time(self, seconds: float) -> None:
        """On both sides."""
        self.clock.pass_time(timedelta(seconds=seconds))

    @property
    def net(self) -> int:
        """The money the merchant has of it."""
        return self.office.net(self.attempt.number)

    @property
    def can_still_be_paid(self) -> bool:
        """Whether the provider would still take the customer's money for it."""
        try:
            order = self.office.order(self.attempt.number)
        except KeyError:
            return False
        return order.stage in OPEN and not order.dead

    def is_true(self, answer: Answer) -> None:
        """No success that is none, and nothing called over that is not."""
        if answer.state is State.SUCCEEDED and answer.reason is not Reason.AMOUNT:
            assert self.office.order(self.attempt.number).paid_minor == self.attempt.amount.amount
            assert answer.paid == self.attempt.amount
        if answer.state is State.CREATED:
            assert self.net == 0
            assert not self.can_still_be_paid
        if answer.state in (State.FAILED, State.CLOSED, State.REVERSED):
            assert self.net == 0, answer
            assert not self.can_still_be_paid, answer

    def is_true_of(self, back: Back, number: str) -> None:
        """The same of a refund."""
        refunds = self.office.order(self.attempt.number).refunds
        if back.state is RefundState.SUCCEEDED:
            assert refunds[number].stage is RefundStage.SUCCESS
        if back.state in (RefundState.REFUSED, RefundState.CREATED):
            assert number not in refunds or refunds[number].stage is RefundStage.CLOSED

    def end(self) -> Answer:
        """Cancel and ask, as the shop does, until it is over or was paid."""
        for _try in range(12):
            self.pass_time(30)
            answer = self.gateway.cancel(self.attempt)
            self.is_true(answer)
            if answer.state in (State.CLOSED, State.REVERSED, State.SUCCEEDED):
                return answer
            self.pass_time(answer.wait)
        raise AssertionError(f"never ended: {answer}")


def scene(
    office: PayOffice, clock: HandClock, provider: str, way: str = TAKE, seconds: float = 10.0
) -> Scene:
    """A new sale of 88.88."""
    number = next(_numbers)
    name = provider.split()[0]
    start = STARTS[provider]
    code = start + str(number).rjust((19 if name == "unionpay" else 18) - len(start), "0")
    now = clock.now()
    attempt = Attempt(
        f"T1A001{number:026d}", Money(CNY, "CNY"), "收银 3 件", now, now + timedelta(minutes=5), way=way
    )
    return Scene(office, clock, provider, _gateway(office, provider, clock, seconds), attempt, code)


@cache
def _gateway(office: PayOffice, provider: str, clock: HandClock, seconds: float) -> Gateway:
    """One for all sales, as in the program: reading the keys takes longer than a call."""
    return gateway_to(office, provider.split()[0], clock, seconds, **CHANGED.get(provider, {}))


def patience(fault: Fault) -> float:
    """Seconds the shop waits for an answer: little where none is going to come."""
    return IMPATIENT if fault in (Fault.SILENT, Fault.DRIP) else 10.0
