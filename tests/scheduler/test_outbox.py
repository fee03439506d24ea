"""What leaves the shop, worked off beside the rules: nothing holds up anything else, and closing waits only so long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from desktop.basics.clock import SystemClock
from desktop.scheduler.clockwork import Clockwork
from desktop.services.sending import WAYS, senders
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import Storage
from tests.helpers.goods import open_stocked
from tests.helpers.logs import Logs
from tests.helpers.rules import Believing

BUSY = "maximum number of running instances"


class Slow:
    """Something to send that takes until it is told to end."""

    def __init__(self) -> None:
        self.began, self.ending = threading.Event(), threading.Event()

    def __call__(self) -> None:
        """One round."""
        self.began.set()
        self.ending.wait(30)


class Quick:
    """Something to send that is through at once; `three` is set after three rounds."""

    def __init__(self) -> None:
        self.rounds, self.three = 0, threading.Event()

    def __call__(self) -> None:
        """One round."""
        self.rounds += 1
        if self.rounds >= 3:
            self.three.set()


@pytest.fixture
def open_shop(storage: Storage, logs: Logs) -> Iterator[Shop]:
    """A shop by the machine's own clock."""
    logs.allow(BUSY)
    shop = Shop(storage, actor=actors.console(), clock=SystemClock())
    open_stocked(shop)
    yield shop
    shop.news.close()


@pytest.fixture
def slow() -> Iterator[Slow]:
    """Ended however the test ends."""
    made = Slow()
    yield made
    made.ending.set()


def started(shop: Shop, *sends: Callable[[], object]) -> Clockwork:
    """A clock that runs."""
    made = Clockwork(shop, sends=sends, beat_seconds=0.1, trust=Believing())
    made.start()
    return made


@pytest.mark.req("R6")
def test_a_long_check_holds_up_no_message(open_shop: Shop, slow: Slow) -> None:
    quick = Quick()
    work = started(open_shop, slow, quick)
    assert slow.began.wait(20)
    before = quick.rounds
    quick.three.clear()
    assert quick.three.wait(20)
    assert quick.rounds > before
    slow.ending.set()
    work.stop()


def test_control_in_one_go_the_message_waits(open_shop: Shop, slow: Slow) -> None:
    quick = Quick()

    def in_one_go() -> None:
        slow()
        quick()

    work = started(open_shop, in_one_go)
    assert slow.began.wait(20)
    assert not quick.three.wait(1)
    slow.ending.set()
    assert quick.three.wait(20)
    work.stop()


@pytest.mark.req("R6")
def test_closing_waits_so_long_for_all_of_them_together(open_shop: Shop, slow: Slow) -> None:
    second = Slow()
    work = started(open_shop, slow, second)
    assert slow.began.wait(20)
    assert second.began.wait(20)
    begun = time.monotonic()
    work.stop(wait_seconds=2)
    took = time.monotonic() - begun
    second.ending.set()
    assert 1.5 < took < 3.5


@pytest.mark.req("R6")
def test_every_kind_of_row_has_somebody_who_works_it_off(open_shop: Shop) -> None:
    made = senders(open_shop)
    assert [send.keywords["kinds"] for send in made] == [(name,) for name in WAYS]  # type: ignore[attr-defined]
    assert all(send().done == 0 for send in made)
