"""What the coming days will sell, with the range it may miss by and what it is worth against a naive guess."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from desktop.analysis.history import WEEK, Day, Floats, History
from desktop.analysis.methods import WARM, Method, demand_and_size, smooth_level
from desktop.analysis.seasons import Seasons, ahead_factors, learn, past_factors

SMOOTHED, RARE, TOO_SHORT = "smoothed", "rare", "too short"
RESTS = 0.6  # goods that sell on fewer days than 40 % are looked at as rare
LEAST_DAYS = 2 * WEEK
LOOK_BACK = 26 * WEEK  # evenings whose errors speak for the next ones
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Range:
    """An expected quantity and the bounds four of five such sums stay within (thousandths)."""

    expected_milli: int
    low_milli: int
    high_milli: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Mean error by day over past forecasts (thousandths), of this method and of “as on the same weekday last week”."""

    error_milli: int
    naive_milli: int

    @property
    def better(self) -> bool:
        """Whether the forecast beat the naive guess."""
        return self.error_milli <= self.naive_milli


@dataclass(frozen=True, slots=True)
class Forecast:
    """Demand by day from `first` on (thousandths), and its range over the first n days together."""

    method: str
    first: date
    days: tuple[Range, ...]
    sums: tuple[Range, ...]  # sums[n - 1]: the first n days together
    accuracy: Accuracy | None  # None while the history is too short to look back

    def over(self, days: int) -> Range:
        """The range of the first `days` days together; beyond the last one it goes on at the mean."""
        if days <= 0:
            return Range(0, 0, 0)
        if days <= len(self.sums):
            return self.sums[days - 1]
        last, count = self.sums[-1], len(self.sums)
        return Range(
            *(value * days // count for value in (last.expected_milli, last.low_milli, last.high_milli))
        )

    def lasts(self, stock_milli: int) -> int | None:
        """Whole days a stock covers, None if longer than was looked ahead."""
        return next((n for n, total in enumerate(self.sums) if total.expected_milli > stock_milli), None)


def shop_seasons(history: Sequence[Day], days_ahead: int) -> Seasons:
    """The seasons of the whole shop, for goods whose own history is too short to show them."""
    return learn(History.of(history), days_ahead)


def forecast(
    history: Sequence[Day],
    days_ahead: int,
    *,
    seasons: Seasons | None = None,
    promoted: Collection[date] = (),
) -> Forecast:
    """Look `days_ahead` days past the last day of the history.

    `seasons` are the shop's (`shop_seasons`, learned for at least as many days ahead), `promoted` the coming days
    with a campaign. Days out of stock count as unknown, not as no demand.
    """
    past = History.of(history)
    learned = learn(past, days_ahead, seasons)
    method, look = choose(past)
    coming = np.array([past.next_day + timedelta(days=n) in promoted for n in range(days_ahead)], dtype=bool)
    factors, ahead = past_factors(past, learned), ahead_factors(past, learned, coming)
    levels = look(past, factors)
    expected = levels[-1] * ahead
    short = len(past) < LEAST_DAYS
    single = _ranges(past, factors, levels, expected, [1] * days_ahead)
    sums = _ranges(past, factors, levels, np.cumsum(expected), range(1, days_ahead + 1))
    return Forecast(
        TOO_SHORT if short else method,
        past.next_day,
        single,
        sums,
        None if short else _accuracy(past, factors, levels),
    )


def choose(past: History) -> tuple[str, Method]:
    """The method for goods that sell like this; measured in `tests/bench/forecast.py`, reasons in ADR 17."""
    seen = past.sold[past.seen]
    if len(seen) and float((seen <= 0).mean()) > RESTS:
        return RARE, demand_and_size
    return SMOOTHED, smooth_level


def _ranges(
    past: History, factors: Floats, levels: Floats, expected: Floats, spans: Sequence[int]
) -> tuple[Range, ...]:
    """Each expected quantity with the bounds that past evenings' errors over as many days give it."""
    known: dict[int, tuple[float, float]] = {}
    rows = []
    for value, span in zip(expected, spans, strict=True):
        if span not in known:
            known[span] = _spread(past, factors, levels, span)
        low, high = known[span]
        root = float(np.sqrt(value + 1.0))
        rows.append(
            Range(
                _milli(value), _milli(min(value, value + low * root)), _milli(max(value, value + high * root))
            )
        )
    return tuple(rows)


def _spread(past: History, factors: Floats, levels: Floats, span: int) -> tuple[float, float]:
    """How far sums over `span` days missed, in roots of what was expected: the lower and the upper bound.

    Few past sums are widened by what chance alone would do (a root of the sum for goods bought one by one).
    """
    start = max(WARM, len(past) - LOOK_BACK)
    evenings = np.arange(start, len(past) - span)
    chance = 1.2816  # of a normal distribution, 10 % beyond it on either side
    if len(evenings) < 2 * WEEK:
        return -chance, chance
    sold = np.concatenate(([0.0], np.cumsum(np.where(past.seen, past.sold, 0.0))))
    usual = np.concatenate(([0.0], np.cumsum(np.where(past.seen, factors, 0.0))))
    wanted = levels[evenings] * (usual[evenings + 1 + span] - usual[evenings + 1])
    came = sold[evenings + 1 + span] - sold[evenings + 1]
    misses = (came - wanted) / np.sqrt(wanted + 1.0)
    low, high = np.quantile(misses, [LOW, HIGH])
    # overlapping sums tell less than they are many; long ones are few and get more room
    room = 1.0 + span / len(evenings)
    return float(low) * room, float(high) * room


def _accuracy(past: History, factors: Floats, levels: Floats) -> Accuracy | None:
    """Errors one to seven days ahead over the last evenings, against last week's same weekday."""
    start = max(WARM, len(past) - LOOK_BACK)
    own, naive = [], []
    for ahead in range(1, WEEK + 1):
        days = np.arange(start + ahead, len(past))
        days = days[past.seen[days] & past.seen[days - WEEK]]
        own.append(np.abs(past.sold[days] - levels[days - ahead] * factors[days]))
        naive.append(np.abs(past.sold[days] - past.sold[days - WEEK]))
    errors, guesses = np.concatenate(own), np.concatenate(naive)
    return Accuracy(_milli(float(errors.mean())), _milli(float(guesses.mean()))) if len(errors) else None


def _milli(value: float) -> int:
    return max(0, round(float(value) * 1_000))
