"""Whether the machine's clock may be believed: a wrong one must never cancel, complete or give anything."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from desktop.basics.i18n import N_

JUMP = timedelta(minutes=10)
LONGEST_AWAY = timedelta(days=60)
BACK = N_("The machine’s clock was set back.")
FORWARD = N_("The machine’s clock jumped forward.")
AWAY = N_("The machine’s clock is more than 60 days ahead of its last day.")
SERVER = N_("The machine’s clock differs from the database’s by more than 10 minutes.")


def steady() -> float:
    """Seconds that also pass while the machine sleeps and that nobody can set."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


class Trust:
    """Compares wall time with steady time, with the database's time and with the last sweep."""

    def __init__(self, steady_seconds: Callable[[], float] = steady) -> None:
        self._steady = steady_seconds
        self._anchor: tuple[datetime, float] | None = None

    def judge(self, now: datetime, swept_at: datetime | None, server_now: datetime | None) -> str:
        """Why the time is not believed, as a sentence key; empty when it is (all times UTC)."""
        passed = self._passed(now)
        if server_now is not None:
            return SERVER if abs(now - server_now) > JUMP else ""
        if swept_at is not None and now < swept_at - JUMP:
            return BACK
        if passed is not None and passed > JUMP:
            return FORWARD
        if passed is None and swept_at is not None and now > swept_at + LONGEST_AWAY:
            return AWAY
        return ""

    def _passed(self, now: datetime) -> timedelta | None:
        """How much further the wall clock went than steady time since the last look; None at the first."""
        steady_now = self._steady()
        before, self._anchor = self._anchor, (now, steady_now)
        if before is None:
            return None
        return (now - before[0]) - timedelta(seconds=steady_now - before[1])
