"""The thread that follows payments: at once when one begins, and by itself at the next start when it was left open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from desktop.basics.clock import SystemClock
from desktop.basics.ids import new_key
from desktop.gateways.payment import Answer, Attempt, Gateway
from desktop.queries.attempts import attempt_view
from desktop.queries.checkout import checkout_view
from desktop.scheduler.payer import Payer
from desktop.services.attempts import begin_attempt
from desktop.services.checkout import save_checkout
from desktop.services.paying import LANES
from desktop.services.sending import Gateways
from desktop.shop.shop import Shop
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.pay_office import PayOffice
from tests.scheduler.test_alarm import until

CODES = {"alipay": "28512345678901234", "wechat": "101234567890123456"}


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop by the machine's own clock."""
    return open_stocked(Shop(shop.storage, actor=shop.actor, clock=SystemClock()))


@pytest.fixture
def follow(stocked: Stocked) -> Iterator[Callable[..., Payer]]:
    """Start following with this provider, or with several by their names; ends with the test."""
    running: list[Payer] = []

    def started(office: Gateway | None = None, **offices: Gateway) -> Payer:
        outside = Gateways(pay=lambda _shop, name: office or offices.get(name))
        payer = Payer(stocked.shop, outside)
        payer.start()
        running.append(payer)
        return payer

    yield started
    for payer in running:
        payer.stop()


def begin(stocked: Stocked, method: str = "alipay") -> int:
    """A sale paid by a scanned code."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)))
    due = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor
    return stocked.kiosk.do(
        begin_attempt, f"sale:{key}", method, due, way="take", customer_code=CODES[method], version=version,
        client_key=new_key(),
    )  # fmt: skip


def booked(stocked: Stocked, attempt_id: int) -> Callable[[], bool]:
    """Whether it is paid and settled."""
    return lambda: stocked.kiosk.ask(attempt_view, attempt_id).booked


@pytest.mark.req("M1", "C4")
def test_it_calls_at_once_when_a_payment_begins(stocked: Stocked, follow: Callable[..., Payer]) -> None:
    follow(PayOffice())
    assert until(booked(stocked, begin(stocked)))


@pytest.mark.req("M2", "M3")
def test_what_was_left_open_is_taken_up_at_the_next_start(
    stocked: Stocked, follow: Callable[..., Payer]
) -> None:
    attempt = begin(stocked)
    assert not booked(stocked, attempt)()  # control: nobody follows yet
    follow(PayOffice())
    assert until(booked(stocked, attempt))


@pytest.mark.req("M2")
def test_a_mistake_of_a_gateway_is_no_answer_and_ends_nothing(
    stocked: Stocked, follow: Callable[..., Payer], logs: Logs
) -> None:
    logs.allow("RuntimeError")

    class Broken(PayOffice):
        def take_code(self, attempt: Attempt, customer_code: str) -> Answer:
            super().take_code(attempt, customer_code)
            raise RuntimeError("a mistake")

    attempt = begin(stocked)
    follow(Broken())
    assert until(booked(stocked, attempt))  # it is asked after, and was paid


class Slow(PayOffice):
    """A provider that answers only when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on, self.asked = threading.Event(), threading.Semaphore(0)

    def take_code(self, attempt: Attempt, customer_code: str) -> Answer:
        self.asked.release()
        assert self.go_on.wait(30)
        return super().take_code(attempt, customer_code)


@pytest.mark.req("C3", "C4", "M2")
def test_a_provider_that_does_not_answer_keeps_no_other_waiting(
    stocked: Stocked, follow: Callable[..., Payer]
) -> None:
    slow = Slow()
    follow(wechat=slow, alipay=PayOffice())
    waiting = [begin(stocked, "wechat") for _one in range(LANES)]
    for _one in waiting:
        assert slow.asked.acquire(timeout=30)  # every lane to it is taken
    behind = begin(stocked, "wechat")
    assert until(booked(stocked, begin(stocked)))  # the other one's customer is gone already
    assert not any(booked(stocked, attempt)() for attempt in waiting)
    assert not slow.asked.acquire(blocking=False)  # control: behind its own the next one does wait
    assert not booked(stocked, behind)()
    slow.go_on.set()
    assert all(until(booked(stocked, attempt)) for attempt in (*waiting, behind))
