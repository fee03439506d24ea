"""What a forecast looks back on: one value a day, with what is known of each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

WEEK = 7
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Day:
    """What one day sold in thousandths of the base unit.

    `in_stock` is False when the goods ran out, so that more might have sold; `promoted` when a campaign ran.
    """

    day: date
    sold_milli: int
    in_stock: bool = True
    promoted: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Unbroken days, oldest first, as arrays in units (not thousandths)."""

    first: date
    sold: Floats
    seen: Flags  # the day says what people wanted
    promoted: Flags

    @classmethod
    def of(cls, days: Sequence[Day]) -> History:
        """From days in any order; a day that is missing between two others sold nothing."""
        if not days:
            raise ValueError("a history needs at least one day")
        known = {day.day: day for day in days}
        first, last = min(known), max(known)
        span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        rows = [known.get(day) or Day(day, 0) for day in span]
        return cls(
            first,
            np.array([max(0, row.sold_milli) / 1_000 for row in rows]),
            np.array([row.in_stock for row in rows]),
            np.array([row.promoted for row in rows]),
        )

    def __len__(self) -> int:
        return len(self.sold)

    @property
    def next_day(self) -> date:
        """The day after the last one."""
        return self.first + timedelta(days=len(self))

    def until(self, count: int) -> History:
        """The first `count` days alone."""
        return History(self.first, self.sold[:count], self.seen[:count], self.promoted[:count])

    def weekdays(self, ahead: int = 0) -> NDArray[np.int64]:
        """The weekday of each day, Monday 0, and of `ahead` days more."""
        return (np.arange(len(self) + ahead) + self.first.weekday()) % WEEK
