"""When turns come: the arithmetic of steps and repetitions, times of day in odd nights, quiet hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.basics.clock import shop_day
from desktop.rules.catalogue import latest_offset, next_offset, steps_at
from desktop.rules.conditions.always import inside
from desktop.rules.firing import quiet_until
from desktop.rules.spec import Limits, Part, Spec, Step
from desktop.rules.triggers.times import local_moment
from desktop.shop import actors
from desktop.shop.work import Read
from tests.helpers.virtual_year import moment

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "America/New_York",
        "Asia/Shanghai",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    )
]
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
MINUTES = st.integers(0, 1439)
SPECS = st.builds(
    lambda waits, every, times: Spec(
        Part("in_state"),
        steps=tuple(Step("tell", {}, wait) for wait in (0, *waits)),
        limits=Limits(every_minutes=every, times=times),
    ),
    st.lists(st.integers(1, 5_000), max_size=3),
    st.one_of(st.just(0), st.integers(1, 3_000)),
    st.one_of(st.none(), st.integers(1, 6)),
)
LOOKS = st.lists(st.integers(0, 9_000), min_size=1, max_size=30).map(sorted)


def had_by(spec: Spec, minutes: int) -> set[int]:
    """Every turn up to then, counted minute by minute as the rule is said aloud."""
    limits, turns = spec.limits, {step.wait_minutes for step in spec.steps}
    if limits.every_minutes:
        most = minutes // limits.every_minutes if limits.times is None else limits.times - 1
        turns |= {limits.every_minutes * k for k in range(most + 1)}
    return {turn for turn in turns if turn <= minutes}


def walk(spec: Spec, looks: list[int]) -> list[tuple[int, list[int]]]:
    """The engine's own way through one subject's life: turns with their steps."""
    after: timedelta | None = None
    expected: timedelta | None = timedelta(0)
    turns = []
    for look in looks:
        lasted = look * MINUTE
        if expected is None or expected > lasted:
            continue
        offset = latest_offset(spec, lasted)
        turns.append((int(offset / MINUTE), steps_at(spec, after, offset)))
        after, expected = offset, next_offset(spec, offset)
    return turns


@pytest.mark.req("O7")
@given(SPECS, LOOKS)
def test_a_look_brings_the_newest_turn_once_and_none_before_its_time(spec: Spec, looks: list[int]) -> None:
    turns = walk(spec, looks)
    offsets = [turn for turn, _steps in turns]
    assert offsets == sorted(set(offsets))
    newest: list[int] = []
    for look in looks:
        there = max(had_by(spec, look))
        if not newest or there > newest[-1]:
            newest.append(there)
    assert offsets == newest


@pytest.mark.req("O7", "O8")
@given(SPECS, LOOKS)
def test_a_later_step_runs_once_and_the_first_ones_with_each_repetition(spec: Spec, looks: list[int]) -> None:
    turns = walk(spec, looks)
    ran = [index for _turn, steps in turns for index in steps]
    for index, step in enumerate(spec.steps):
        reached = step.wait_minutes <= looks[-1]
        if step.wait_minutes:
            assert ran.count(index) == reached
        else:
            every, times = spec.limits.every_minutes, spec.limits.times
            most = times if times is not None else (looks[-1] // every + 1 if every else 1)
            assert 1 <= ran.count(index) <= (most if every else 1)
    assert all(steps for _turn, steps in turns)  # no turn for nothing


@pytest.mark.req("O8")
@given(st.integers(1, 3_000), st.one_of(st.none(), st.integers(1, 6)), LOOKS)
def test_repetitions_keep_their_distance(every: int, times: int | None, looks: list[int]) -> None:
    spec = Spec(Part("in_state"), steps=(Step("tell"),), limits=Limits(every_minutes=every, times=times))
    offsets = [turn for turn, _steps in walk(spec, looks)]
    assert all(later - earlier >= every for earlier, later in zip(offsets, offsets[1:], strict=False))
    assert len(offsets) <= (times or len(looks))


def test_control_repeating_from_when_it_was_last_seen_drifts() -> None:
    every, at = 720, 0
    naive: list[int] = []
    for look in range(0, 5_000, 50):  # looked at every 50 minutes
        if not naive or look - at >= every:
            at = look
            naive.append(look)
    spec = Spec(Part("in_state"), steps=(Step("tell"),), limits=Limits(every_minutes=every))
    ours = [turn for turn, _steps in walk(spec, list(range(0, 5_000, 50)))]
    assert ours == [0, 720, 1440, 2160, 2880, 3600, 4320]
    assert naive == [0, 750, 1500, 2250, 3000, 3750, 4500]


@pytest.mark.req("O7")
@given(DAYS, MINUTES, st.sampled_from(ZONES))
def test_a_time_of_day_is_one_moment_of_its_business_day(day: date, minutes: int, zone: ZoneInfo) -> None:
    found = local_moment(day, minutes, zone)
    assert found == moment(day, minutes, zone)
    local = found.astimezone(zone)
    assert shop_day(found, zone) == day
    said = timedelta(hours=local.hour, minutes=local.minute) - minutes * MINUTE
    assert timedelta() <= said <= timedelta(hours=1)  # later only where that time is left out
    earlier = (found - timedelta(hours=1)).astimezone(zone)
    if said == timedelta() and earlier.hour * 60 + earlier.minute == minutes:
        pytest.fail("the second of two was taken")


@pytest.mark.req("O7")
def test_the_two_odd_nights_of_berlin() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert local_moment(spring, 150, BERLIN) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )  # 03:30: 02:30 is left out
    assert local_moment(autumn, 150, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of two


def test_control_a_plain_alarm_rings_twice_in_the_doubled_hour() -> None:
    alarm, at, rung = CronTrigger(hour=2, minute=30, timezone=BERLIN), None, []
    now = datetime(2026, 10, 24, 12, tzinfo=BERLIN)
    for _ in range(3):
        at = alarm.get_next_fire_time(at, now)
        assert at is not None
        rung.append(shop_day(at, BERLIN))
        now = at + timedelta(seconds=1)
    assert rung.count(date(2026, 10, 25)) > 1


def a_look(now: datetime, zone: ZoneInfo) -> Read:
    """A look at a shop of this zone that needs no database."""
    return Read(None, actors.clock(), now, {"shop.zone": f'"{zone.key}"'})  # type: ignore[arg-type]


@pytest.mark.req("R6")
@given(st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)), MINUTES, MINUTES, st.sampled_from(ZONES))
def test_quiet_hours_end_at_their_time_within_a_day(
    at: datetime, first: int, last: int, zone: ZoneInfo
) -> None:
    assume(first != last)
    now = at.replace(tzinfo=UTC, second=0, microsecond=0)
    local = now.astimezone(zone)
    until = quiet_until(a_look(now, zone), Limits(quiet=(first, last)))  # type: ignore[arg-type]
    if until is None:
        assert not inside(local.hour * 60 + local.minute, first, last)
        return
    assert inside(local.hour * 60 + local.minute, first, last)
    assert now < until <= now + timedelta(hours=25)
    ends = until.astimezone(UTC).astimezone(zone)
    assert (
        timedelta() <= timedelta(hours=ends.hour, minutes=ends.minute) - last * MINUTE <= timedelta(hours=1)
    )


@pytest.mark.parametrize("quiet", [None, (480, 480)])
def test_without_quiet_hours_everything_may_be_said(quiet: tuple[int, int] | None) -> None:
    now = datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert quiet_until(a_look(now, BERLIN), Limits(quiet=quiet)) is None  # type: ignore[arg-type]
