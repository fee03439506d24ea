"""Time: aware UTC inside, the shop's zone only at the edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Whoever needs the time is handed one of these."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class HandClock:
    """A clock that moves only when told: for tests, the tour and trial runs."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was last set to, in UTC."""
        return self._at

    def pass_time(self, span: timedelta) -> None:
        """Let time pass (or go back)."""
        self._at += span


def shop_day(moment: datetime, zone: ZoneInfo) -> date:
    """The business day of a moment."""
    return moment.astimezone(zone).date()


def day_starts(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a business day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
