"""Days and hours of the shop's zone inside SQL: stretches of time in which the distance from UTC stays the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, cast, extract, func

from desktop.shop.work import Read

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def stretches(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    """(from, until, seconds from UTC) for every stretch of constant distance that holds both moments.

    Zones change at full hours; between two that are alike a day apart there is no change.
    """

    def distance(at: datetime) -> int:
        found = at.astimezone(zone).utcoffset()
        return int(found.total_seconds()) if found else 0

    start = at = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end, now = last + HOUR, distance(start)
    while at < end:
        if distance(at + DAY) == now:
            at += DAY
            continue
        at += HOUR
        if distance(at) != now:
            yield start, at, now
            start, now = at, distance(at)
    yield start, at + HOUR, now


def local_day(read: Read, moment: Any, distance: int) -> Any:
    """The day of a moment so far from UTC; SQLite says it as text."""
    if read.is_sqlite:
        return func.date(moment, f"{distance:+d} seconds")
    return func.date(func.timezone("UTC", moment) + timedelta(seconds=distance))


def local_hour(read: Read, moment: Any, distance: int) -> Any:
    """Weekday × 100 + hour of a moment so far from UTC; Sunday is 0."""
    if read.is_sqlite:
        return cast(func.strftime("%w%H", moment, f"{distance:+d} seconds"), Integer)
    local = func.timezone("UTC", moment) + timedelta(seconds=distance)
    return cast(extract("dow", local) * 100 + extract("hour", local), Integer)
