"""A year that passes in seconds, and a plain model of what rules should have done in it, written apart from the engine."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from desktop.basics.clock import HandClock

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHTS = {  # when the clocks change, UTC
    "Europe/Berlin": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
}


@dataclass
class Time:
    """True time, which nobody sets, and the machine's clock, which somebody does."""

    clock: HandClock
    steady: float = 0.0
    wrong: timedelta = timedelta()

    def passes(self, span: timedelta) -> None:
        """Both go on."""
        self.clock.pass_time(span)
        self.steady += span.total_seconds()

    def set_by(self, span: timedelta) -> None:
        """Somebody sets the machine's clock."""
        self.clock.pass_time(span)
        self.wrong += span

    def set_right(self) -> None:
        """Somebody sets it to the true time."""
        self.set_by(-self.wrong)


def moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A time of day in UTC: what was meant before the night of the change counts for both odd hours."""
    target = datetime.combine(day, time(minutes // 60, minutes % 60))
    noon = [datetime.combine(day + timedelta(days=d), time(12), tzinfo=zone).utcoffset() for d in (-1, 1)]
    guesses = [(target - (offset or timedelta())).replace(tzinfo=UTC) for offset in noon]
    right = [guess for guess in guesses if guess.astimezone(zone).replace(tzinfo=None) == target]
    return min(right, default=guesses[0])


@dataclass
class Calendar:
    """A rule of the calendar as anybody would explain it: the newest turn, unless its day was had."""

    minutes: int
    on: Callable[[date], bool]
    since: datetime
    last_day: date = date.min
    last_turn: datetime = datetime.min.replace(tzinfo=UTC)

    def due(self, now: datetime, zone: ZoneInfo) -> list[datetime]:
        """The turn that comes now, if one does."""
        day = now.astimezone(zone).date() + timedelta(days=1)
        while True:
            day -= timedelta(days=1)
            turn = moment(day, self.minutes, zone)
            if turn <= now and self.on(day):
                break
        if turn <= max(self.since, self.last_turn) or day <= self.last_day:
            return []
        self.last_day, self.last_turn = day, turn
        return [turn]


@dataclass
class Interval:
    """Every so many minutes since the year 2000."""

    every: timedelta
    since: datetime

    def due(self, now: datetime, _zone: ZoneInfo) -> list[datetime]:
        """The newest of them, once."""
        start = datetime(2000, 1, 1, tzinfo=UTC)
        turn = start + timedelta(
            seconds=(now - start).total_seconds() // self.every.total_seconds() * self.every.total_seconds()
        )
        if turn <= self.since:
            return []
        self.since = turn
        return [turn]


@dataclass
class Waiting:
    """Orders that wait: chased after `delay`, again every `every`, at most `times` times."""

    delay: timedelta
    every: timedelta
    times: int
    since: dict[int, datetime] = field(default_factory=dict)
    had: dict[int, int] = field(default_factory=dict)

    def due(self, now: datetime) -> dict[int, datetime]:
        """Whose turn comes now, and which."""
        found = {}
        for order_id, start in self.since.items():
            lasted = now - start - self.delay
            if lasted < timedelta():
                continue
            turn = min(int(lasted / self.every), self.times - 1)
            if turn > self.had.get(order_id, -1):
                self.had[order_id] = turn
                found[order_id] = start + self.delay + turn * self.every
        return found


def on_monthday(wanted: int) -> Callable[[date], bool]:
    """This day, or the month's last where it has none."""
    return lambda day: day.day == min(wanted, monthrange(day.year, day.month)[1])


def step(random: Random, now: datetime, zone: str) -> timedelta:
    """How long until the next look: short in the nights the clocks change, else minutes to most of a day."""
    for nights in NIGHTS.values():
        if any(abs(now - night) < 4 * HOUR for night in nights):
            return timedelta(minutes=random.randint(7, 25))
    soon = [
        night - 3 * HOUR - now for nights in NIGHTS.values() for night in nights if night - 3 * HOUR > now
    ]
    usual = timedelta(minutes=random.choice((3, 40, 400, 900, 1_300, 1_440, 2_000)) + random.randint(0, 120))
    return min([usual, *soon])
