"""The alarm in its own thread: it looks, hurries, survives a clock that is set under it, and lets others go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from desktop.basics.clock import HandClock, SystemClock
from desktop.models.rules import ClockBeat
from desktop.scheduler.clockwork import Clockwork, Look
from desktop.scheduler.trust import BACK, FORWARD, SERVER
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import Storage, open_storage
from tests.helpers.back_office import order_of, pay, placed
from tests.helpers.goods import TEA, Stocked, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.rules import clockwork, only, runs

PATIENCE = 30.0
BEAT = 0.2
BUSY = "maximum number of running instances"  # a beat while it still looks, on a slow machine
DOUBT = "rules that can't be taken back wait"


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> bool:
    """Wait for a condition; whether it came true in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return True
        pause.wait(0.02)
    return bool(condition())


class Counted(Clockwork):
    """A clock that counts its looks."""

    looks = 0

    def look(self) -> Look:
        """One more."""
        seen = super().look()
        self.looks += 1
        return seen


@pytest.fixture
def now_shop(storage: Storage) -> Iterator[Stocked]:
    """The pictures' shop by the machine's own clock, on each kind of database."""
    shop = Shop(storage, actor=actors.console(), clock=SystemClock())
    stocked = open_stocked(shop)
    clockwork(shop)
    yield stocked
    shop.news.close()


@pytest.fixture
def running(now_shop: Stocked, logs: Logs) -> Iterator[Callable[..., Counted]]:
    """Starts clocks and stops them afterwards."""
    logs.allow(BUSY)
    started: list[Counted] = []

    def start(**more: Any) -> Counted:
        clock = Counted(now_shop.shop, **{"beat_seconds": BEAT, "steady_wait": 0.05, **more})
        clock.start()
        started.append(clock)
        return clock

    yield start
    for clock in started:
        clock.stop()


def beat(shop: Shop) -> Any:
    """The clock's row."""
    with shop.storage.read.connect() as connection:
        return connection.execute(select(ClockBeat.__table__)).one_or_none()


def doubt(shop: Shop) -> str | None:
    """Why the clock is not believed; None before its first look."""
    row = beat(shop)
    return None if row is None else row.doubt


@pytest.mark.req("O6", "O7")
def test_it_looks_by_itself_and_hurries_when_something_happens(
    now_shop: Stocked, running: Callable[..., Counted]
) -> None:
    only(now_shop.shop, "paid")
    order_id = placed(now_shop, (TEA, 1))
    clock = running(beat_seconds=600)
    assert until(lambda: clock.looks == 1)
    pay(now_shop, order_id)
    assert until(lambda: runs(now_shop.shop))  # long before the next beat
    assert runs(now_shop.shop)[0].subject_id == order_id


def test_control_a_deaf_clock_waits_for_its_beat(now_shop: Stocked, running: Callable[..., Counted]) -> None:
    only(now_shop.shop, "paid")
    order_id = placed(now_shop, (TEA, 1))
    clock = running(beat_seconds=600)
    assert until(lambda: clock.looks == 1)
    clock._deaf()
    pay(now_shop, order_id)
    assert not until(lambda: runs(now_shop.shop), 1.5)


@pytest.mark.req("O6")
def test_when_it_stops_another_goes_on_at_once(now_shop: Stocked, running: Callable[..., Counted]) -> None:
    clock = running()
    assert until(lambda: clock.looks)
    another = clockwork(now_shop.shop)
    assert not another.look().held  # the control: while the first one works
    clock.stop()
    assert beat(now_shop.shop).holder == ""
    assert another.look().held


@pytest.mark.req("O6")
def test_a_killed_program_keeps_the_clock_no_longer_than_its_lease(now_shop: Stocked) -> None:
    killed = clockwork(now_shop.shop, lease_seconds=1)
    another = clockwork(now_shop.shop, lease_seconds=1)
    assert (killed.look().held, another.look().held) == (True, False)
    fence = beat(now_shop.shop).fence
    assert until(lambda: another.look().held)
    assert (beat(now_shop.shop).fence, beat(now_shop.shop).holder) == (fence + 1, another.holder)


@pytest.mark.req("O6", "O9")
def test_a_clock_set_back_or_forward_is_doubted_and_the_alarm_goes_on(sqlite_url: str, logs: Logs) -> None:
    logs.allow(DOUBT)
    logs.allow(BUSY)
    stocked = open_stocked(Shop(open_storage(sqlite_url), actor=actors.console(), clock=SystemClock()))
    clock = Counted(stocked.shop, beat_seconds=BEAT, steady_wait=0.05)
    clock.start()
    try:
        for away, why in ((timedelta(hours=-3), BACK), (timedelta(days=2), FORWARD)):
            assert until(lambda: doubt(stocked.shop) == "")
            order_id = placed(stocked, (TEA, 1))
            with time_machine.travel(datetime.now(UTC) + away, tick=True):
                seen = clock.looks
                assert until(lambda seen=seen: clock.looks >= seen + 3)  # type: ignore[misc]
                assert until(lambda why=why: doubt(stocked.shop) == why)  # type: ignore[misc]
                assert (
                    order_of(stocked, order_id).status == "unpaid"
                )  # though its time is over, says the clock
        assert until(lambda: doubt(stocked.shop) == "")
    finally:
        clock.stop()
        stocked.shop.news.close()
        stocked.shop.storage.close()


def test_control_a_plain_alarm_stops_when_the_clock_is_set_back() -> None:
    rang = threading.Event()
    plain = BackgroundScheduler(timezone=UTC)
    plain.add_job(rang.set, "interval", seconds=BEAT)
    plain.start()
    assert rang.wait(PATIENCE)
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=3), tick=True):
        rang.wait(1)
        rang.clear()
        assert not rang.wait(10 * BEAT)  # ten beats without a look, and three hours to go
    plain.shutdown()


@pytest.mark.req("O6", "O9")
def test_a_program_with_a_wrong_clock_does_not_keep_the_right_one_out(postgres_url: str, logs: Logs) -> None:
    logs.allow(DOUBT)
    stocked = open_stocked(Shop(open_storage(postgres_url), actor=actors.console(), clock=SystemClock()))
    wrong = Shop(
        stocked.shop.storage, actor=actors.console(), clock=HandClock(datetime.now(UTC) + timedelta(hours=5))
    )
    ahead, right = Clockwork(wrong), Clockwork(stocked.shop)
    order_id = placed(stocked, (TEA, 1))
    assert ahead.look().held
    assert doubt(wrong) == SERVER
    assert order_of(stocked, order_id).status == "unpaid"
    assert right.look().held
    assert doubt(wrong) == ""
    assert not ahead.look().held
    for shop in (wrong, stocked.shop):
        shop.news.close()
    stocked.shop.storage.close()
