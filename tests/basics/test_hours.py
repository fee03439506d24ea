"""Hours of the day, held against a walk minute by minute through days on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.basics.hours import Hours

# Days around which clocks were put forward, put back, moved by half an hour, or lost a whole day.
PLACES = {
    "Asia/Shanghai": datetime(2026, 11, 21, tzinfo=UTC),
    "Europe/Berlin": datetime(2026, 3, 29, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 5, tzinfo=UTC),
    "America/Santiago": datetime(2026, 9, 6, tzinfo=UTC),
    "Pacific/Apia": datetime(2011, 12, 30, tzinfo=UTC),
    "Asia/Kathmandu": datetime(2026, 6, 1, tzinfo=UTC),
}
minutes = st.integers(0, 24 * 60)


def walked(hours: Hours, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first open minute, found by looking at every one."""
    at = moment
    while not hours.open_at(at, zone):
        at = (at + timedelta(minutes=1)).replace(second=0, microsecond=0)
    return at


@pytest.mark.req("O3")
@given(
    start=minutes,
    end=minutes,
    place=st.sampled_from(sorted(PLACES)),
    offset=st.integers(-36 * 3600, 36 * 3600),
)
@example(start=150, end=600, place="Europe/Berlin", offset=0)  # 2:30 is left out that night
@example(start=90, end=600, place="America/New_York", offset=5 * 3600 + 45 * 60)  # 1:45 the first time
@example(start=1320, end=360, place="Pacific/Apia", offset=0)
def test_the_first_open_moment_is_the_one_a_walk_finds(start: int, end: int, place: str, offset: int) -> None:
    hours, zone = Hours(start, end), ZoneInfo(place)
    moment = PLACES[place] + timedelta(seconds=offset)
    found = hours.opens(moment, zone)
    assert found == walked(hours, moment, zone)
    assert hours.open_at(found, zone)
    assert found - moment <= timedelta(hours=50)


@pytest.mark.req("O3")
def test_over_midnight_the_whole_day_and_the_last_minute() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    noon = datetime(2026, 11, 21, 12, tzinfo=zone)
    assert [Hours(0, 1440).always, Hours(600, 600).always, Hours(0, 1439).always] == [True, True, False]
    night = Hours(22 * 60, 6 * 60)
    assert night.opens(noon, zone) == datetime(2026, 11, 21, 22, tzinfo=zone)
    assert night.open_at(datetime(2026, 11, 22, 5, 59, 59, tzinfo=zone), zone)
    assert not night.open_at(datetime(2026, 11, 22, 6, tzinfo=zone), zone)
    assert Hours(22 * 60, 1440).opens(noon, zone) == Hours(22 * 60, 0).opens(noon, zone)


@pytest.mark.req("O3")
def test_control_adding_hours_to_midnight_misses_the_day_clocks_change() -> None:
    """What not to do: on that day 6:00 is five hours after midnight, not six."""
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 3, 29, 0, 0, tzinfo=zone)
    naive = midnight.astimezone(UTC) + timedelta(hours=6)
    assert Hours(6 * 60, 22 * 60).opens(midnight, zone) == naive - timedelta(hours=1)
