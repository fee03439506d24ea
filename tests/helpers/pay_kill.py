"""A till that pays through simulated providers over HTTP until its process is killed, and another that goes on after it."""

from __future__ import annotations

import random
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import httpx
from sqlalchemy import func, select

from desktop.basics.errors import Refused, Unavailable
from desktop.basics.ids import new_key
from desktop.gateways.payment import Gateway
from desktop.gateways.providers import ACCOUNTS, Secrets, make
from desktop.models.checkout import Checkout
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.payments import Tender
from desktop.queries.attempts import payments_of
from desktop.queries.checkout import checkout_view
from desktop.services.attempts import begin_attempt, stop_attempt
from desktop.services.checkout import drop_checkout, save_checkout
from desktop.services.paying import LEASE_SECONDS, next_at, recover, run_due
from desktop.services.sending import Gateways
from desktop.services.settlement import TenderIn, settle
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.tills import CONTEXT, PATIENCE, ids_of, leave
from tests.simulators.control import ROOM, PayOffice

CODES = {"alipay": "28", "wechat": "13"}
OPEN_SALES = 3  # at one time
TRIES = 2
SECONDS = 2.0  # before a call counts as unanswered
MOST_CALLS = 9  # of a provider until the kill
LONGEST = 0.08  # seconds more
TROUBLE = (
    "lost request", "done, then cut", "502", "done, then 502", "429", "system error", "done, then system error",
    "half an answer", "bad signature", "no signature", "200 with a web page",
)  # fmt: skip
Accounts = Mapping[str, Mapping[str, Any]]


class SharedClock:
    """A clock several processes turn by hand: seconds since 1970 in memory they share."""

    def __init__(self, seconds: Any) -> None:
        self.seconds = seconds

    def now(self) -> datetime:
        """The moment all of them agree on."""
        return datetime.fromtimestamp(self.seconds.value, UTC)

    def pass_to(self, moment: datetime) -> None:
        """Turn it on, never back."""
        self.seconds.value = max(self.seconds.value, moment.timestamp())


def shared_clock(start: datetime) -> SharedClock:
    """A new one."""
    return SharedClock(CONTEXT.RawValue("d", start.timestamp()))


@dataclass
class PayingTill:
    """A till that knows only what stands in the shop, so that any process can go on with it."""

    stocked: Stocked
    clock: SharedClock
    accounts: Accounts
    control: str

    def __post_init__(self) -> None:
        no_roots = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._customers = httpx.Client(verify=no_roots, timeout=PATIENCE)
        self._made: dict[str, Gateway] = {
            name: make(
                ACCOUNTS[name](**given["account"]), Secrets(given["secrets"]), self.clock, no_roots, SECONDS
            )
            for name, given in self.accounts.items()
            if name in CODES
        }
        self.outside = Gateways(pay=lambda _shop, name: self._made.get(name))

    def close(self) -> None:
        """Give everything back."""
        self._customers.close()
        leave(self.stocked)

    def open_sale(self) -> None:
        """One more customer."""
        self.stocked.kiosk.do(save_checkout, new_key(), self.stocked.cart((NUTS, 1)))

    def round(self) -> bool:
        """Every customer takes the next step, then the time passes to the next call; whether anything is left to do."""
        recover(self.stocked.shop)
        waiting = [self._customer(key) for key in self.open_keys()]
        due = next_at(self.stocked.shop, self.outside)
        if due is not None:
            self.clock.pass_to(due)
            run_due(self.stocked.shop, self.outside)
        return any(waiting) or due is not None

    def open_keys(self) -> Sequence[str]:
        """The sales nobody has finished."""
        with self.stocked.shop.storage.read.connect() as connection:
            return (
                connection.execute(select(Checkout.client_key).where(Checkout.state == "open"))
                .scalars()
                .all()
            )

    def _customer(self, key: str) -> bool:
        """Pay, pay the code on the screen, try again, or go."""
        kiosk = self.stocked.kiosk
        seen = kiosk.ask(payments_of, f"sale:{key}")
        if seen.open is not None:
            if seen.open.code and random.Random(seen.open.number).random() < 0.7:
                self._pays_code(seen.open.number)
            elif seen.open.state == "pending" and random.random() < 0.2:
                kiosk.do(stop_attempt, seen.open.id)
            elif seen.open.may_take_cash:
                self._cash(key)
            return True
        if any(one.state == "succeeded" for one in seen.attempts):
            return True
        if len(seen.attempts) >= TRIES:
            kiosk.do(drop_checkout, key)
        else:
            self._begin(key, len(seen.attempts))
        return True

    def _begin(self, key: str, number: int) -> None:
        view = self.stocked.kiosk.ask(checkout_view, key)
        chance = random.Random(f"{key}{number}")
        method, way = chance.choice(list(CODES)), chance.choice(["take", "take", "show"])
        code = CODES[method] + "".join(chance.choices("0123456789", k=16)) if way == "take" else ""
        try:
            self.stocked.kiosk.do(
                begin_attempt, f"sale:{key}", method, view.bill.to_pay_minor, way=way, customer_code=code,
                version=view.version, client_key=f"{key}:{number}",
            )  # fmt: skip
        except Refused:  # after many failures this way to pay rests for some minutes
            self.clock.pass_to(self.clock.now() + timedelta(minutes=5))

    def _pays_code(self, number: str) -> None:
        self._customers.post(f"{self.control}/pay", json={"number": number})

    def _cash(self, key: str) -> None:
        view = self.stocked.kiosk.ask(checkout_view, key)
        cash = [TenderIn("cash", view.bill.to_pay_minor)]
        try:
            self.stocked.cashier.do(settle, key, cash, view.version, warned=True)
        except Refused:
            return  # the provider's answer came in between


def fill(url: str, clock: SharedClock) -> Stocked:
    """Open the shop, with enough of everything; the ids alone, to hand to other processes."""
    stocked = open_stocked(Shop(open_storage(url), actor=actors.console(), clock=clock))
    enough = [ReceivedLine(sku, 10_000_000) for sku in stocked.skus]
    stocked.shop.do(receive_stock, enough, client_key=new_key())
    leave(stocked)
    return ids_of(stocked)


def enter(url: str, ids: Stocked, clock: SharedClock) -> Stocked:
    """The shop as this process opens it, by the shared clock."""
    return replace(ids, shop=Shop(open_storage(url), actor=actors.console(), clock=clock))


def pay_until_killed(
    url: str, ids: Stocked, seconds: Any, accounts: Accounts, control: str, ready: Any
) -> None:
    """Go on with what a killed till left behind, and serve more customers, without end."""
    clock = SharedClock(seconds)
    till = PayingTill(enter(url, ids, clock), clock, accounts, control)
    clock.pass_to(clock.now() + timedelta(seconds=LEASE_SECONDS + 1))
    ready.send("ready")
    while True:
        for _more in range(OPEN_SALES - len(till.open_keys())):
            till.open_sale()
        with suppress(Unavailable):  # too many programs on a slow machine: the next round goes on
            till.round()


def kill_again_and_again(
    url: str, ids: Stocked, clock: SharedClock, office: PayOffice, times: int, chance: random.Random
) -> None:
    """So many processes, each killed (SIGKILL) at a random moment while it talks to the providers."""
    control = office.base + ROOM
    for _time in range(times):
        for trouble in chance.sample(TROUBLE, 3):
            office.inject(trouble, on=chance.choice(list(CODES)))
        hears, says = CONTEXT.Pipe(duplex=False)
        arguments = (url, ids, clock.seconds, office.account(), control, says)
        process = CONTEXT.Process(target=pay_until_killed, args=arguments, daemon=True)
        process.start()
        says.close()
        assert hears.poll(PATIENCE)
        hears.recv()
        _let_it_call(office, process, chance.randint(0, MOST_CALLS))
        process.join(chance.uniform(0, LONGEST))
        assert process.exitcode is None, "the till ended by itself"
        process.kill()
        process.join(PATIENCE)
        hears.close()


def _let_it_call(office: PayOffice, process: Any, calls: int) -> None:
    """Wait until the providers were asked so many times more, so that a slow machine is killed in the middle, too."""
    enough, until = len(office.calls) + calls, monotonic() + PATIENCE
    while len(office.calls) < enough and process.is_alive() and monotonic() < until:
        process.join(0.002)


def come_to_rest(till: PayingTill, most: int = 400) -> None:
    """The last till: it opens no more sales, and all providers are well again."""
    till.clock.pass_to(till.clock.now() + timedelta(seconds=LEASE_SECONDS + 1))
    for _round in range(most):
        if not till.round():
            return
    raise AssertionError("payments never come to rest")


@dataclass(frozen=True)
class Balance:
    """What providers have and what the shop knows, number by number."""

    numbers: int
    paid: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    strangers: tuple[str, ...]  # the provider knows a number the shop does not


def compare(stocked: Stocked, office: PayOffice) -> Balance:
    """Hold the ledger of the providers against the shop's books."""
    with stocked.shop.storage.read.connect() as connection:
        tender = select(Tender.attempt_id, func.sum(Tender.amount_minor).label("booked")).group_by(
            Tender.attempt_id
        )
        mine = tender.subquery()
        rows = connection.execute(
            select(PaymentAttempt.number, PaymentAttempt.subject, func.coalesce(mine.c.booked, 0).label("booked"))
            .join(mine, mine.c.attempt_id == PaymentAttempt.id, isouter=True)
        ).all()  # fmt: skip
    net = {one.number: one.net for one in office.standing()}
    lost = tuple(row.number for row in rows if net.get(row.number, 0) != row.booked)
    by_sale: dict[str, int] = {}
    for row in rows:
        by_sale[row.subject] = by_sale.get(row.subject, 0) + (net.get(row.number, 0) > 0)
    return Balance(
        len(rows), sum(1 for row in rows if row.booked), lost, tuple(s for s, many in by_sale.items() if many > 1),
        tuple(set(net) - {row.number for row in rows}),
    )  # fmt: skip
