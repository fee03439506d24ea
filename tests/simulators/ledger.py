"""The providers' one ledger: what was ordered, what the customer did, which money really moved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

PASSWORD_ABOVE = 100_000  # minor units; a scanned code pays more only after the password
CODE_LIVES = timedelta(hours=2)


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> datetime:
        """Aware, in UTC."""


class SimulatedClock:
    """The providers' time: the shop's clock, moved on by the test; signatures are held against the unmoved one."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base
        self._moved = timedelta()
        self._set = timedelta()
        self._pinned: datetime | None = None

    def _shown(self) -> datetime:
        return (self._base.now() if self._base else datetime.now(UTC)) + self._set

    def signing(self) -> datetime:
        """The time for signatures."""
        return self._pinned or self._shown()

    def now(self) -> datetime:
        """The time of the ledger."""
        return self._shown() + self._moved

    @contextmanager
    def as_of(self, moment: datetime) -> Iterator[None]:
        """Hold signatures against this moment: when a request came, however late it is worked off."""
        self._pinned = moment
        try:
            yield
        finally:
            self._pinned = None

    def advance(self, seconds: float) -> None:
        """Let the ledger's time pass: codes expire, deadlines go by, while signatures stay fresh."""
        self._moved += timedelta(seconds=seconds)

    def set_to(self, moment: datetime) -> None:
        """Go on from this moment, for signatures too: for a shop whose clock stands elsewhere."""
        self._set += moment - self._shown()


class Stage(StrEnum):
    """Where an order stands, in words of no provider."""

    OFFERED = "offered"  # a code is shown; for Alipay no trade exists yet
    WAITING = "waiting"
    ASKING = "asking"  # the customer is typing the password
    PAID = "paid"
    CLOSED = "closed"
    REVOKED = "revoked"
    FAILED = "failed"


OPEN = frozenset({Stage.OFFERED, Stage.WAITING, Stage.ASKING})


class Then(StrEnum):
    """What the customer does in the end."""

    PAY = "pay"
    DECLINE = "decline"
    NEVER = "never"


class CodeOutcome(StrEnum):
    """What a scanned code leads to."""

    PAY = "pay"
    PASSWORD = "password"
    EXPIRED = "expired"
    INVALID = "invalid"
    MONEY = "money"
    LIMIT = "limit"
    RISK = "risk"
    DECLINED = "declined"


class RefundStage(StrEnum):
    """Where a refund stands."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    ABNORMAL = "ABNORMAL"
    CLOSED = "CLOSED"


@dataclass
class Refund:
    """Money on its way back."""

    number: str
    minor: int
    at: datetime
    stage: RefundStage
    reference: str
    ends: RefundStage = RefundStage.SUCCESS
    polls: int = 0


@dataclass
class Order:
    """One order at one provider, whatever the provider calls it."""

    provider: str
    number: str
    minor: int
    subject: str
    way: str  # "shown" or "scanned"
    created: datetime
    until: datetime
    reference: str
    fingerprint: str = ""
    code: str = ""
    code_until: datetime | None = None
    dead: bool = False  # the shown code can't be scanned any more
    stage: Stage = Stage.WAITING
    paid_minor: int = 0
    buyer_minor: int = 0
    paid_at: datetime | None = None
    polls: int = 0
    then: Then = Then.NEVER
    why: str = ""
    refunds: dict[str, Refund] = field(default_factory=dict)

    @property
    def returned(self) -> int:
        """What went back or is about to."""
        gone = (RefundStage.PROCESSING, RefundStage.SUCCESS)
        return sum(refund.minor for refund in self.refunds.values() if refund.stage in gone)

    @property
    def net(self) -> int:
        """The money the merchant has of it."""
        done = (r.minor for r in self.refunds.values() if r.stage is RefundStage.SUCCESS)
        return self.paid_minor - sum(done)


class Ledger:
    """All orders of all providers; every change happens under its lock."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.orders: dict[tuple[str, str], Order] = {}
        self.used_codes: dict[str, str] = {}
        self.code_outcomes: dict[str, CodeOutcome] = {}
        self.scanned = (0, Then.PAY)
        self.shown = (0, Then.NEVER)
        self.refund_polls = 1
        self._last = 0

    def next_reference(self, start: str, length: int) -> str:
        """A provider's own number."""
        self._last += 1
        return f"{start}{self._last:0{length - len(start)}d}"

    def get(self, provider: str, number: str) -> Order | None:
        """The order as it stands now, its deadlines considered."""
        order = self.orders.get((provider, number))
        if order is not None:
            self._expire(order)
        return order

    def find(self, number: str, provider: str = "") -> Order:
        """An order by its number, its provider's number or its code. Raises `KeyError`."""
        for order in self:
            known = (order.number, order.reference, order.code)
            if number in known and provider in ("", order.provider):
                self._expire(order)
                return order
        raise KeyError(number)

    def __iter__(self) -> Iterator[Order]:
        return iter(list(self.orders.values()))

    def add(self, order: Order) -> Order:
        """Keep a new order, with what its customer is going to do."""
        order.polls, order.then = self.shown if order.way == "shown" else self.scanned
        self.orders[order.provider, order.number] = order
        return order

    def _expire(self, order: Order) -> None:
        now = self.clock.now()
        if order.code_until and now >= order.code_until:
            order.dead = True
        if order.stage in OPEN and now >= order.until:
            order.dead = True
            if order.stage is not Stage.OFFERED:
                order.stage = Stage.CLOSED

    # What customers do

    def scan(self, order: Order) -> bool:
        """The customer scans a shown code; False when nothing came of it."""
        self._expire(order)
        if order.dead or order.stage not in (Stage.OFFERED, Stage.WAITING):
            return False
        order.stage = Stage.WAITING
        return True

    def pay(self, order: Order, *, by_wallet: int = 0) -> bool:
        """The money moves; `by_wallet` of it is the wallet's present. False when the order is over."""
        self._expire(order)
        if order.stage not in (Stage.WAITING, Stage.ASKING):
            return False
        order.stage, order.paid_at = Stage.PAID, self.clock.now()
        order.paid_minor, order.buyer_minor = order.minor, order.minor - by_wallet
        return True

    def decline(self, order: Order) -> None:
        """The customer will not pay."""
        if order.way == "scanned" and order.stage is Stage.ASKING and order.provider != "alipay":
            order.stage, order.why = Stage.FAILED, CodeOutcome.DECLINED
        order.then = Then.NEVER

    def polled(self, order: Order) -> None:
        """The shop asks: after as many times as were set, the customer does what was set."""
        if order.stage not in OPEN or order.then is Then.NEVER:
            return
        if order.polls > 0:
            order.polls -= 1
            return
        if order.then is Then.DECLINE:
            self.decline(order)
        elif order.way == "scanned" or self.scan(order):
            self.pay(order)

    def take_code(self, order: Order, code: str) -> CodeOutcome:
        """Charge a scanned code: single use, and above a limit only with the password."""
        outcome = self.code_outcomes.get(code, CodeOutcome.PAY)
        if self.used_codes.setdefault(code, order.number) != order.number:
            outcome = CodeOutcome.INVALID
        if outcome is CodeOutcome.PAY and (
            order.polls or order.then is not Then.PAY or order.minor > PASSWORD_ABOVE
        ):
            outcome = CodeOutcome.PASSWORD
        if outcome is CodeOutcome.PASSWORD:
            order.stage = Stage.ASKING
            if self.scanned == (0, Then.PAY):
                order.then = Then.NEVER  # nobody said when: it takes somebody who enters it
        elif outcome is CodeOutcome.PAY:
            order.stage = Stage.WAITING
            self.pay(order)
        else:
            order.stage, order.why = Stage.FAILED, outcome
        return outcome

    # Money going back

    def refund(self, order: Order, number: str, minor: int, stage: RefundStage, reference: str) -> Refund:
        """Note a refund the provider has accepted."""
        refund = Refund(number, minor, self.clock.now(), stage, reference, polls=self.refund_polls)
        order.refunds[number] = refund
        return refund

    def refund_polled(self, refund: Refund) -> None:
        """The shop asks after a refund: it comes to its end after as many times as were set."""
        if refund.stage is RefundStage.PROCESSING:
            if refund.polls > 0:
                refund.polls -= 1
            else:
                refund.stage = refund.ends

    # For the invariants

    def net(self, number: str) -> int:
        """The money the merchant has for this number, at whichever provider."""
        return sum(order.net for order in self if order.number == number)

    def total(self) -> int:
        """The money the merchant has altogether."""
        return sum(order.net for order in self)
