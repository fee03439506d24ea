"""Every way a sale by wallet can go: each behaviour of the provider at each call, the program killed at each boundary.

The shop's own code runs on a real database; only the provider and the killing are played. Paths that differ in nothing
that happened are one path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select, text

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.basics.money import Money
from desktop.gateways.payment import Attempt, State
from desktop.models.checkout import Checkout
from desktop.models.payments import Tender
from desktop.queries.attempts import payments_of
from desktop.queries.checkout import checkout_view
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import drop_checkout, save_checkout
from desktop.services.paying import LEASE_SECONDS, next_at, recover, run_due
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.databases import MORNING
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.pay_office import BEHAVIOURS, PayOffice, gateways_of

TRIES = 2  # payments the customer begins before the sale is cleared
MOST_TURNS = 150
CODE = "28512345678901234"
_numbers = count()


class Killed(BaseException):
    """The program ends here, as by a power cut."""


class Paths:
    """All sequences of choices, one after the other, the first choices varying last."""

    def __init__(self) -> None:
        self._path: list[list[int]] = []
        self._at = 0

    def choose(self, many: int) -> int:
        """One of so many, on this path."""
        if self._at == len(self._path):
            self._path.append([0, many])
        self._at += 1
        return self._path[self._at - 1][0]

    def go_on(self) -> bool:
        """Whether there is another path."""
        self._at = 0
        while self._path and self._path[-1][0] == self._path[-1][1] - 1:
            self._path.pop()
        if not self._path:
            return False
        self._path[-1][0] += 1
        return True

    def __str__(self) -> str:
        return "".join(str(choice) for choice, _many in self._path)


@dataclass
class Counted:
    """What all paths together came to."""

    runs: int = 0
    lost: int = 0  # the customer's money stands nowhere
    doubled: int = 0  # the customer paid more than the sale costs
    paid: int = 0
    killed: int = 0
    worst: str = ""

    def note(self, path: str, *, net: int, booked: int, due: int) -> None:
        """Judge one path when everything has come to rest."""
        self.runs += 1
        self.paid += booked == due
        self.lost += net > booked or booked > net
        self.doubled += net > due
        if net != booked and not self.worst:
            self.worst = f"{path}: paid {net}, booked {booked} of {due}"

    def add(self, other: Counted, *, killed: bool) -> None:
        """Take in what follows from one more way to go on."""
        self.runs += other.runs
        self.lost += other.lost
        self.doubled += other.doubled
        self.paid += other.paid
        self.killed += other.killed + other.runs * killed
        self.worst = self.worst or other.worst


class Chosen:
    """The script of a provider whose first calls are chosen."""

    def __init__(self, paths: Paths, free: int, among: tuple[str, ...] = BEHAVIOURS) -> None:
        self._paths, self._left, self._among = paths, free, among

    def __len__(self) -> int:
        return self._left

    def popleft(self) -> str:
        self._left -= 1
        return self._among[self._paths.choose(len(self._among))]


class Street:
    """One shop all paths run through, a sale after the other."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(MORNING)
        self._storage = open_storage(f"sqlite:///{folder / 'shop.db'}")
        event.listen(self._storage.write, "connect", _in_memory)
        self._killing: Callable[[str], None] = lambda _where: None
        event.listen(self._storage.write, "commit", lambda _c: self._killing("commit"))
        self.shop = Shop(self._storage, actor=actors.console(), clock=self.clock)
        self.shop.listen(lambda _changes: self._killing("committed"))

    def open(self) -> Stocked:
        """Fill the shop."""
        stocked = open_stocked(self.shop)
        with self._storage.write.begin() as connection:
            connection.execute(text("UPDATE stock SET on_hand_milli = on_hand_milli + 1000000000"))
        return stocked

    def raw(self) -> Any:
        """A connection of the driver's own to the same database."""
        return self._storage.write.raw_connection().driver_connection

    @contextmanager
    def told_of(self, statement: Callable[[str], None]) -> Iterator[None]:
        """Within this, `statement` hears what is about to be executed."""

        def hear(_connection: Any, _cursor: Any, text_of_it: str, *_more: Any) -> None:
            statement(text_of_it)

        event.listen(self._storage.write, "before_cursor_execute", hear)
        try:
            yield
        finally:
            event.remove(self._storage.write, "before_cursor_execute", hear)

    @contextmanager
    def killed_by(self, killing: Callable[[str], None]) -> Iterator[None]:
        """Within this, whoever wants to kill is asked at each boundary."""
        self._killing = killing
        try:
            yield
        finally:
            self._killing = lambda _where: None

    def close(self) -> None:
        """Give everything back."""
        self.shop.news.close()
        self._storage.close()


def _in_memory(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # kills are played, the power stays on


def explore(
    stocked: Stocked, street: Street, *, free: int, kills: int, among: tuple[str, ...] = BEHAVIOURS
) -> Counted:
    """Go through every path: `free` calls behave in every way, and the program is killed up to `kills` times."""
    counted, paths = Counted(), Paths()
    while True:
        _one(stocked, street, paths, counted, Chosen(paths, free, among), kills)
        if not paths.go_on():
            return counted


def _one(
    stocked: Stocked, street: Street, paths: Paths, counted: Counted, script: Chosen, kills: int
) -> None:
    left = kills

    def maybe(_where: str) -> None:
        nonlocal left
        if left and paths.choose(2):
            left -= 1
            counted.killed += 1
            raise Killed

    office = PayOffice(script=script, before_call=maybe, after_call=maybe)
    key = f"model-{next(_numbers)}"
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)))
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    front = Front(stocked, key, version, due, street.clock)
    with street.killed_by(maybe):
        _live(stocked, street, office, front)
    counted.note(str(paths), net=office.net_minor, booked=booked_for(stocked, key), due=due)


def _live(stocked: Stocked, street: Street, office: PayOffice, front: Front) -> None:
    """Days go by, with a new start after each kill, until nothing is due any more."""
    outside = gateways_of(office)
    for _turn in range(MOST_TURNS):
        try:
            recover(stocked.shop)
            at_rest = front.step()
            due = next_at(stocked.shop, outside)
            if due is None and at_rest:
                return
            if due is not None and due > street.clock.now():
                street.clock.pass_time(due - street.clock.now())
            run_due(stocked.shop, outside, lanes=1)
        except Killed:
            street.clock.pass_time(timedelta(seconds=LEASE_SECONDS + 1))
    raise AssertionError("payments never come to rest")


@dataclass
class Front:
    """A till that remembers nothing: each look begins with what the shop knows."""

    stocked: Stocked
    key: str
    version: int
    due: int
    clock: HandClock

    def step(self) -> bool:
        """Do the next thing a customer or the staff would do; whether there is nothing left to do."""
        kiosk = self.stocked.kiosk
        if kiosk.ask(checkout_view, self.key).state != "open":
            return True
        seen = kiosk.ask(payments_of, f"sale:{self.key}")
        if seen.open is not None:
            if seen.open.may_take_cash:
                cash = [TenderIn("cash", self.due)]
                self.stocked.cashier.do(settle, self.key, cash, self.version, warned=True)
            return False
        if any(one.state == "succeeded" for one in seen.attempts):
            return False
        if len(seen.attempts) >= TRIES:
            kiosk.do(drop_checkout, self.key)
            return True
        try:
            kiosk.do(
                begin_attempt, f"sale:{self.key}", "alipay", self.due, way="take", customer_code=CODE,
                version=self.version, client_key=f"{self.key}:{len(seen.attempts)}",
            )  # fmt: skip
        except Refused:  # after many failures this way to pay rests for some minutes
            self.clock.pass_time(timedelta(minutes=5))
        return False


def booked_for(stocked: Stocked, key: str) -> int:
    """What of the sale's money came from the provider, as the order says."""
    order = select(Checkout.order_id).where(Checkout.client_key == key).scalar_subquery()
    money = select(func.coalesce(func.sum(Tender.amount_minor), 0))
    with stocked.shop.storage.read.connect() as connection:
        return int(
            connection.execute(
                money.where(Tender.order_id == order, Tender.attempt_id.is_not(None))
            ).scalar_one()
        )


# -- the control: what many tills do -------------------------------------------------------------------------------


def explore_naively(*, free: int, kills: int) -> Counted:
    """The same provider and kills, but: no answer is a failure, and the next try has a new number."""
    counted, paths, now = Counted(), Paths(), MORNING
    amount = Money(3_990, "CNY")
    while True:
        left, booked, tries = kills, 0, 0

        def maybe(_where: str) -> None:
            nonlocal left
            if left and paths.choose(2):
                left -= 1
                raise Killed

        office = PayOffice(script=Chosen(paths, free), before_call=maybe, after_call=maybe)
        while not booked and tries < TRIES:
            tries += 1
            attempt = Attempt(f"NAIVE{tries}", amount, "x", now, now)
            try:
                if office.take_code(attempt, CODE).state is State.SUCCEEDED:
                    booked = amount.amount
            except Killed:
                counted.killed += 1
        office.land()
        counted.note(str(paths), net=office.net_minor, booked=booked, due=amount.amount)
        if not paths.go_on():
            return counted
