"""A year by a clock that is stopped, set and carried through time zones: nothing twice, nothing skipped, nothing early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.rules import ClockBeat
from desktop.models.settings import SHOP_ZONE
from desktop.rules.beat import confirm_clock
from desktop.rules.spec import Limits, Step
from desktop.scheduler.clockwork import Clockwork
from desktop.scheduler.trust import Trust
from desktop.services.fulfilment import ship_order
from desktop.services.settings import set_setting
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.back_office import pay, placed
from tests.helpers.databases import migrate
from tests.helpers.goods import TEA, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.rules import Believing, clockwork, new_rule, only, rule_id, runs
from tests.helpers.virtual_year import (
    DAY,
    HOUR,
    MINUTE,
    Calendar,
    Interval,
    Time,
    Waiting,
    on_monthday,
    step,
)  # fmt: skip

START = datetime(2026, 1, 5, 3, 17, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Asia/Kathmandu")
JUMP = timedelta(minutes=10)
DOUBT = "rules that can't be taken back wait"


@pytest.fixture(autouse=True)
def _doubts(logs: Logs) -> None:
    logs.allow(DOUBT)


class Year:
    """One shop and one year of its clock, held against the model look by look."""

    def __init__(self, url: str, random: Random, zone: str) -> None:
        self.random, self.zone = random, zone
        self.time = Time(HandClock(START))
        self.stocked = open_stocked(Shop(open_storage(url), actor=actors.console(), clock=self.time.clock))
        self.shop = self.stocked.shop
        tea = [ReceivedLine(self.stocked.skus[TEA], 10_000_000)]
        self.shop.do(receive_stock, tea, client_key=new_key())
        self.work = self.opened()
        only(self.shop, "retail_unpaid")
        self.closing = rule_id(self.shop, "retail_unpaid")
        self.shop.do(set_setting, SHOP_ZONE.key, zone)
        now = self.time.clock.now()
        weekdays: dict[str, Any] = {"weekdays": ["0", "5"]}
        self.calendar: dict[int, Calendar | Interval] = {
            new_rule(self.shop, "daily", time=150): Calendar(150, lambda _day: True, now),  # 02:30
            new_rule(self.shop, "daily", time=9 * 60): Calendar(540, lambda _day: True, now),
            new_rule(self.shop, "weekly", time=61, **weekdays): Calendar(
                61, lambda d: d.weekday() in (0, 5), now
            ),
            new_rule(self.shop, "monthly", time=1439, day=31): Calendar(1439, on_monthday(31), now),
            new_rule(self.shop, "interval", minutes=420): Interval(7 * HOUR, now),
        }
        chase: dict[str, Any] = {"state": "to_ship", "minutes": 24 * 60}
        limits = Limits(every_minutes=12 * 60, times=3)
        self.chasing = new_rule(self.shop, "in_state", Step("chase_order"), limits=limits, **chase)
        self.waiting = Waiting(DAY, 12 * HOUR, 3)
        self.unpaid: dict[int, datetime] = {}
        self.kept = 0  # runs seen
        self.fired = self.doubtful = 0
        self.anchor: timedelta | None = None  # how wrong the clock was when this program last believed it

    def opened(self) -> Clockwork:
        """A program with a clock, just started."""
        return clockwork(self.shop, trust=Trust(lambda: self.time.steady))

    def live(self) -> None:
        """Until the year is over."""
        while self.time.clock.now() < START + 366 * DAY:
            self.something_happens()
            self.time.passes(step(self.random, self.time.clock.now(), self.zone))
            self.look()

    def something_happens(self) -> None:
        """Business, closing hours, and people at the clock."""
        dice = self.random.random()
        if dice < 0.16:
            order_id = placed(self.stocked, (TEA, 1))
            pay(self.stocked, order_id)
            self.waiting.since[order_id] = self.time.clock.now()
        elif dice < 0.24:
            order_id = placed(self.stocked, (TEA, 1))
            self.unpaid[order_id] = self.time.clock.now() + 30 * MINUTE
        elif dice < 0.32 and self.waiting.since:
            order_id = self.random.choice(list(self.waiting.since))
            self.shop.do(ship_order, order_id)
            del self.waiting.since[order_id]
        elif dice < 0.36:  # closed, for hours to weeks
            self.time.set_right()
            self.time.passes(timedelta(hours=self.random.choice((5, 30, 100, 500))))
            self.work, self.anchor = self.opened(), None
        elif dice < 0.40 and not self.time.wrong:
            hours = self.random.choice((-20, -3, -0.3, 0.3, 3, 30, 50))
            self.time.set_by(timedelta(hours=hours))
        elif dice < 0.44:
            self.zone = self.random.choice(ZONES)
            self.shop.do(set_setting, SHOP_ZONE.key, self.zone)
        elif dice < 0.60 and self.time.wrong:
            self.time.set_right()
        elif dice < 0.80 and not self.time.wrong and self.doubt():
            self.shop.do(confirm_clock)
            self.anchor = None  # a person's word counts

    def doubt(self) -> str:
        """Why the clock is not believed."""
        with self.shop.storage.read.connect() as connection:
            return connection.execute(select(ClockBeat.doubt)).scalar() or ""

    def look(self) -> None:
        """One look, and whether it did what the model says, no more and no less."""
        look = self.work.look()
        assert (look.held, look.complete, look.failed) == (True, True, 0)
        now, zone, trusted = self.time.clock.now(), ZoneInfo(self.zone), not self.doubt()
        if self.anchor is not None:
            assert trusted == (abs(self.time.wrong - self.anchor) <= JUMP) or not trusted
        if trusted:
            self.anchor = self.time.wrong
        self.doubtful += not trusted
        new = runs(self.shop)[self.kept :]
        self.kept += len(new)
        self.fired += len(new)
        happened = {(run.rule_id, run.subject_id, run.due_at) for run in new}
        assert len(happened) == len(new)
        assert all(run.due_at <= now == run.at for run in new)
        assert happened == (self.expected(now, zone) if trusted else set())

    def expected(self, now: datetime, zone: ZoneInfo) -> set[tuple[int, int, datetime]]:
        """What the model says."""
        found = {(rule, 0, turn) for rule, model in self.calendar.items() for turn in model.due(now, zone)}
        found |= {(self.chasing, order, turn) for order, turn in self.waiting.due(now).items()}
        late = {order: turn for order, turn in self.unpaid.items() if turn <= now}
        for order in late:
            del self.unpaid[order]
        return found | {(self.closing, order, turn) for order, turn in late.items()}


@pytest.mark.req("O6", "O7", "O9")
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@settings(
    max_examples=2,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_a_year_brings_every_turn_once(
    tmp_path_factory: pytest.TempPathFactory, zone: str, seed: int
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('year')}/shop.db"
    migrate(url)
    year = Year(url, Random(seed), zone)
    year.live()
    assert year.fired > 600
    assert year.doubtful > 0
    year.shop.news.close()
    year.shop.storage.close()


@pytest.fixture
def daily(sqlite_shop: Shop) -> int:
    """A rule of 9:00 in the pictures' shop; it is 10:00."""
    open_stocked(sqlite_shop)
    clockwork(sqlite_shop)
    only(sqlite_shop)
    return new_rule(sqlite_shop, "daily", time=9 * 60)


def days(shop: Shop) -> list[int]:
    """The days of the month on which the rule had its turn."""
    return [run.due_at.day for run in runs(shop)]


@pytest.mark.req("O7")
@pytest.mark.parametrize(
    "believing, expected", [(False, [22, 23, 24]), (True, [24])], ids=["doubting", "control"]
)
def test_a_clock_two_days_ahead_takes_no_turn_away(
    sqlite_shop: Shop, clock: HandClock, daily: int, believing: bool, expected: list[int]
) -> None:
    time = Time(clock)
    trust = Believing() if believing else Trust(lambda: time.steady)
    work = clockwork(sqlite_shop, trust=trust)
    work.look()
    time.set_by(3 * DAY)
    time.passes(MINUTE)
    work.look()
    time.set_right()
    for _hour in range(3 * 24):
        time.passes(HOUR)
        work.look()
    assert days(sqlite_shop) == expected


@pytest.mark.req("O7", "O14")
def test_what_came_due_while_the_shop_was_closed_is_done_when_it_opens(
    sqlite_shop: Shop, clock: HandClock, daily: int
) -> None:
    clockwork(sqlite_shop).look()
    clock.pass_time(22 * HOUR)  # 8:00, closed until 10:00
    alarm = CronTrigger(hour=9, timezone=ZoneInfo("Asia/Shanghai"))
    clock.pass_time(2 * HOUR)
    assert clockwork(sqlite_shop).look().fired == 1
    assert days(sqlite_shop) == [22]
    knows_only_the_next = alarm.get_next_fire_time(None, clock.now())
    assert knows_only_the_next is not None
    assert knows_only_the_next.day == 23  # the control: today's is gone
