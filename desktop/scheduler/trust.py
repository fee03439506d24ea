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
    """Holds the wall clock against steady time since it was last believed, the database's time and the last look.

    It believes again by itself when the wall clock is back where it belongs, or when a person confirmed the time.
    """

    def __init__(self, steady_seconds: Callable[[], float] = steady) -> None:
        self._steady = steady_seconds
        self._believed: tuple[datetime, float] | None = None  # wall and steady time, when they last agreed
        self._raised = ""
        self._written = False  # whether the doubt was seen in the database, so that it can be emptied there

    def judge(
        self, now: datetime, swept_at: datetime | None, server_now: datetime | None, kept: str = ""
    ) -> str:
        """Why the time is not believed, as a sentence key; empty when it is (all times UTC).

        `kept` is the doubt that stands in the database, whoever raised it; a person's word empties it.
        """
        if server_now is not None:
            return SERVER if abs(now - server_now) > JUMP else ""
        self._written = bool(self._raised) and (self._written or bool(kept))
        if self._written and not kept:
            why = ""  # confirmed
        elif self._believed is not None:
            why = self._drifted(now)
        elif kept and kept != self._raised:
            return kept  # raised by a program that is gone: nothing here can tell whether it was right
        else:
            why = _first_look(now, swept_at)
        self._raised = why
        if not why:
            self._believed = (now, self._steady())
        return why

    def _drifted(self, now: datetime) -> str:
        assert self._believed is not None
        wall, steady_then = self._believed
        drift = (now - wall) - timedelta(seconds=self._steady() - steady_then)
        if abs(drift) <= JUMP:
            return ""
        return FORWARD if drift > timedelta() else BACK


def _first_look(now: datetime, swept_at: datetime | None) -> str:
    if swept_at is None:
        return ""
    if now < swept_at - JUMP:
        return BACK
    return AWAY if now > swept_at + LONGEST_AWAY else ""
