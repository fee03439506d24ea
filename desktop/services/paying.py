"""Works off attempts to be paid and refunds by providers: claim, call, write down; no transaction is open while calling.

Any number of programs may do so. Each takes only providers whose gateway it can make; leases keep them apart, and what a
program that died had claimed is taken up again when its lease is over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Event, Lock, Thread
from time import monotonic

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.gateways.payment import Answer, Back, Gateway, Reason, RefundState, State
from desktop.models.payment_attempts import PaymentAttempt
from desktop.queries import pay_trouble
from desktop.queries.attempts import Waiting, attempt_to_refund, due_payments, next_payment_at
from desktop.services import pay_cases, pay_recovery, pay_steps
from desktop.services.attempts import Call, claim_attempt, record_answer
from desktop.services.pay_accounts import gateway_for
from desktop.services.provider_refunds import RefundCall, claim_refund, record_refund
from desktop.services.sending import Gateways
from desktop.shop import actors
from desktop.shop.shop import Shop

LEASE_SECONDS = 60  # longer than all time-outs of a call together
LANES = 6  # calls to one provider beside each other
PAUSE = 0.5  # seconds, after trouble with the database
REST = 60.0  # after a mistake of ours
PATIENCE = 2  # more tries to write an answer down
MOST_CALLS = 6  # of one payment in one go: sent, asked, cancelled
_turn = Lock()  # calls go on beside each other, writes one after the other: SQLite's writers don't queue
log = logging.getLogger("zhanggui.paying")


def run_due(
    shop: Shop, gateways: Gateways | None = None, *, lease_seconds: int = LEASE_SECONDS, lanes: int = LANES
) -> int:
    """Work off every payment and refund that is due and can be called from here; returns how many calls were made.

    Waits for all of them; a program that goes on meanwhile has `Lanes`.
    """
    clock, makers = shop.acting_as(actors.clock()), _Makers(shop, gateways or Gateways())
    work = _due(clock, makers.all())
    if not work:
        return 0

    def follow(one: Waiting) -> int:
        gateway = makers.get(one.gateway)
        assert gateway is not None
        return _follow(clock, one, gateway, lease_seconds)

    if min(lanes, len(work)) == 1:
        return sum(map(follow, work))
    with ThreadPoolExecutor(min(lanes, len(work)), "paying") as pool:
        return sum(pool.map(follow, work))


def _due(clock: Shop, gateways: Sequence[str]) -> list[Waiting]:
    """What is to be called now; what was never sent in time is over without a call."""
    due = clock.ask(due_payments, gateways)
    if any(one.too_late for one in due):
        clock.do(pay_recovery.close_unsent)
    return [one for one in due if not one.too_late]


class Lanes:
    """The calls that are under way from this program: some beside each other for each provider, none waits for others.

    `freed` is called whenever one has ended, on its thread.
    """

    def __init__(self, shop: Shop, gateways: Gateways, freed: Callable[[], None]) -> None:
        self._shop, self._gateways, self._freed = shop, gateways, freed
        self._clock = shop.acting_as(actors.clock())
        self._ending = Event()
        self._held = Lock()
        self._busy: dict[tuple[str, int], tuple[str, Thread]] = {}

    def start_due(self) -> int:
        """Begin what is due and finds a lane; returns how much that was. Does not wait for any provider."""
        makers = _Makers(self._shop, self._gateways)
        begun = 0
        for one in _due(self._clock, self._free(makers.all())):
            gateway = makers.get(one.gateway)
            begun += gateway is not None and self._start(one, gateway)
        return begun

    def next_at(self) -> datetime | None:
        """When the next call is due; a provider whose lanes are full is looked at again when one is freed."""
        makers = _Makers(self._shop, self._gateways)
        return self._clock.ask(next_payment_at, self._free(makers.all()))

    def end(self, wait_seconds: float) -> None:
        """Begin nothing more, and wait for what is under way; what takes longer is taken up at the next start."""
        self._ending.set()
        until = monotonic() + wait_seconds
        with self._held:
            threads = [thread for _gateway, thread in self._busy.values()]
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))

    def _free(self, names: Sequence[str]) -> Sequence[str]:
        with self._held:
            busy = [gateway for gateway, _thread in self._busy.values()]
        return tuple(name for name in names if busy.count(name) < LANES)

    def _start(self, one: Waiting, gateway: Gateway) -> bool:
        key = (one.what, one.id)
        thread = Thread(target=self._run, args=(key, one, gateway), name="paying", daemon=True)
        with self._held:
            busy = [name for name, _thread in self._busy.values()]
            if self._ending.is_set() or key in self._busy or busy.count(one.gateway) >= LANES:
                return False
            self._busy[key] = one.gateway, thread
        thread.start()
        return True

    def _run(self, key: tuple[str, int], one: Waiting, gateway: Gateway) -> None:
        try:
            _follow(self._clock, one, gateway, LEASE_SECONDS)
        except ShopError as error:
            log.warning("a payment waits: %s", type(error).__name__)
            self._ending.wait(PAUSE)
        except Exception as error:  # a bug of ours must not stop the others
            log.error("a payment waits: %s", type(error).__name__)
            self._ending.wait(REST)
        finally:
            with self._held:
                del self._busy[key]
            self._freed()


def recover(shop: Shop) -> int:
    """Look after money that was taken and belongs nowhere yet; returns how many payments were moved.

    What needs a person then gets a case.
    """
    clock = shop.acting_as(actors.clock())
    moved = pay_recovery.look_after(clock)
    more = clock.ask(pay_cases.cases_differ)
    while more:  # a long list in parts, so that no other program waits long
        more = clock.do(pay_cases.find_cases) >= pay_trouble.PART
    return moved


def next_at(shop: Shop, gateways: Gateways) -> datetime | None:
    """When the next call is due that can be made from here."""
    makers = _Makers(shop, gateways)
    return shop.acting_as(actors.clock()).ask(next_payment_at, makers.all())


class _Makers:
    """The gateways this machine can make, each made once."""

    def __init__(self, shop: Shop, gateways: Gateways) -> None:
        self._shop, self._make = shop, gateways.pay or gateway_for
        self._made: dict[str, Gateway | None] = {}

    def get(self, name: str) -> Gateway | None:
        if name not in self._made:
            try:
                self._made[name] = self._make(self._shop, name)
            except ShopError as error:
                log.warning("the gateway of %s can't be made: %s", name, type(error).__name__)
                self._made[name] = None
        return self._made[name]

    def all(self) -> Sequence[str]:
        return tuple(name for name in pay_steps.PROVIDERS if self.get(name) is not None)


def _follow(clock: Shop, one: Waiting, gateway: Gateway, seconds: int) -> int:
    """Call as often as makes sense now: what is sent and over at once is cancelled at once."""
    work = _attempt if one.what == PaymentAttempt.__tablename__ else _refund
    calls, seen = 0, one.at
    while calls < MOST_CALLS:
        done, again = work(clock, one.id, seen, gateway, seconds)
        calls += done
        if again is None or not done:
            break
        seen = again
    return calls


def _attempt(
    clock: Shop, attempt_id: int, seen: datetime, gateway: Gateway, seconds: int
) -> tuple[int, datetime | None]:
    with _turn:
        call = clock.do(claim_attempt, attempt_id, seen, new_key(), seconds)
    if call is None:
        return 0, None
    state = _write_down(partial(clock.do, record_answer, call, _ask(gateway, call)))
    log.info("payment %s: %s, now %s", call.attempt.number, call.asked, state)
    if state not in pay_steps.OPEN:
        return 1, None
    return 1, clock.ask(next_payment_at, (call.gateway,), attempt_id)


def _write_down(write: Callable[[], str]) -> str:
    """Write an answer down, with patience: a database that is busy now must not make us ask again."""
    for _try in range(PATIENCE):
        try:
            with _turn:
                return write()
        except Unavailable as error:
            log.warning("an answer waits to be written down: %s", type(error).__name__)
    with _turn:
        return write()


def _ask(gateway: Gateway, call: Call) -> Answer:
    calls: dict[str, Callable[[], Answer]] = {
        pay_steps.SEND: lambda: _send(gateway, call),
        pay_steps.CANCEL: lambda: gateway.cancel(call.attempt),
    }
    try:
        return calls.get(call.asked, lambda: gateway.query(call.attempt))()
    except (
        Exception
    ) as error:  # a bug of ours is no answer either; its words may hold what must not be logged
        log.error("payment %s: %s", call.attempt.number, type(error).__name__)
        return Answer(State.UNKNOWN, reason=Reason.UNREADABLE)


def _send(gateway: Gateway, call: Call) -> Answer:
    if call.customer_code:
        return gateway.take_code(call.attempt, call.customer_code)
    return gateway.show_code(call.attempt)


def _refund(
    clock: Shop, refund_id: int, seen: datetime, gateway: Gateway, seconds: int
) -> tuple[int, datetime | None]:
    with _turn:
        call = clock.do(claim_refund, refund_id, seen, new_key(), seconds)
    if call is None:
        return 0, None
    state = _write_down(partial(clock.do, record_refund, call, _ask_back(clock, gateway, call)))
    log.info("refund %s: %s, now %s", call.number, call.asked, state)
    return 1, clock.ask(next_payment_at, (), None, refund_id)


def _ask_back(clock: Shop, gateway: Gateway, call: RefundCall) -> Back:
    attempt = clock.ask(attempt_to_refund, call.attempt_id)
    try:
        if call.asked == pay_steps.QUERY:
            return gateway.query_refund(attempt, call.number)
        return gateway.refund(attempt, call.number, Money(call.amount_minor, call.currency), call.why)
    except Exception as error:
        log.error("refund %s: %s", call.number, type(error).__name__)
        return Back(RefundState.UNKNOWN, reason=Reason.UNREADABLE)


__all__ = ["LEASE_SECONDS", "PAUSE", "REST", "Lanes", "next_at", "recover", "run_due"]
