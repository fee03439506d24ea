"""The week, the year and campaigns: by how much a day sells more or less than an ordinary one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop.analysis.history import WEEK, Flags, Floats, History

YEAR = 52 * WEEK  # whole weeks, so that a Sunday is compared with a Sunday
SMOOTH = 21  # days a point of the yearly season is averaged over
RECENT = 26 * WEEK
WEEKDAY_FAITH = 15.0  # units sold that the prior’s weekday is worth
WEEKDAY_LEAST = 1.0  # … and days at least
PROMOTION_FAITH = 3.0  # ordinary days' worth a campaign must show before it is believed
YEARLY_FAITH = 0.5  # one year's shape is believed by half, on the scale of logarithms
LEAST_YEARLY = 2.0  # units a smoothed day; below it a year's shape is noise


@dataclass(frozen=True, slots=True)
class Seasons:
    """Factors around 1: the seven weekdays from Monday, a campaign day, and the days ahead by last year's shape."""

    weekday: Floats
    promotion: float
    ahead: Floats  # one for each day ahead; 1 where no year is known

    @classmethod
    def none(cls, ahead: int) -> Seasons:
        """Every day like the others."""
        return cls(np.ones(WEEK), 1.0, np.ones(ahead))


def learn(history: History, ahead: int, prior: Seasons | None = None) -> Seasons:
    """Learn the seasons of a history; what it is too short to show comes from `prior` (the whole shop's)."""
    known = prior or Seasons.none(ahead)
    weekday = _weekday(history, known.weekday)
    promotion = _promotion(history, weekday, known.promotion)
    own = _yearly(history, weekday, promotion, ahead)
    return Seasons(weekday, promotion, own if own is not None and prior is None else known.ahead)


def past_factors(history: History, seasons: Seasons) -> Floats:
    """The factor of each day of the history."""
    factors = seasons.weekday[history.weekdays()]
    return np.where(history.promoted, factors * seasons.promotion, factors)


def ahead_factors(history: History, seasons: Seasons, promoted: Flags) -> Floats:
    """The factor of each day ahead; `promoted` says which of them a campaign covers."""
    count = len(promoted)
    weekdays = history.weekdays(count)[len(history) :]
    factors = seasons.weekday[weekdays] * seasons.ahead[:count]
    return np.where(promoted, factors * seasons.promotion, factors)


def _weekday(history: History, prior: Floats) -> Floats:
    """Shares of the recent ordinary days, drawn towards the prior while there are few."""
    start = max(0, len(history) - RECENT)
    usable = (history.seen & ~history.promoted)[start:]
    sold, days = history.sold[start:][usable], history.weekdays()[start:][usable]
    mean = sold.mean() if len(sold) else 0.0
    if not mean:
        return prior
    sums = np.bincount(days, sold, WEEK)
    counts = np.bincount(days, minlength=WEEK)
    # one unit sold tells little, thousands tell much
    faith = WEEKDAY_LEAST + WEEKDAY_FAITH / mean
    factors = (sums + faith * prior * mean) / ((counts + faith) * mean)
    return np.asarray(factors * WEEK / factors.sum())


def _promotion(history: History, weekday: Floats, prior: float) -> float:
    """How much more campaign days sold than the ordinary days of the four weeks around them."""
    days = np.flatnonzero(history.promoted & history.seen)
    if not len(days):
        return prior
    plain = history.sold / weekday[history.weekdays()].clip(0.05)
    expected = got = 0.0
    for day in days:
        around = slice(max(0, day - 14), day + 15)
        usable = (history.seen & ~history.promoted)[around]
        if usable.any():
            expected += float(plain[around][usable].mean())
            got += float(plain[day])
    faith = PROMOTION_FAITH * max(expected / len(days), 0.1)
    return float(np.clip((got + faith * prior) / (expected + faith), 0.5, 10.0))


def _yearly(history: History, weekday: Floats, promotion: float, ahead: int) -> Floats | None:
    """Last year's move from this time of year to the days ahead, believed by half; None below one year."""
    if len(history) < YEAR + SMOOTH:
        return None
    plain = history.sold / past_factors(history, Seasons(weekday, promotion, np.ones(0))).clip(0.05)
    kernel = np.ones(SMOOTH)
    weights = np.convolve(history.seen.astype(float), kernel, "same")
    smooth = np.convolve(np.where(history.seen, plain, 0.0), kernel, "same") / weights.clip(1.0)
    here = len(history) - 1
    shapes = []
    for years in range(1, len(history) // YEAR + 1):
        base = here - years * YEAR
        then = base + 1 + np.arange(ahead)
        if base < SMOOTH // 2 or smooth[base] < LEAST_YEARLY or then[-1] >= len(history) - SMOOTH // 2:
            continue
        shapes.append(np.log((smooth[then] / smooth[base]).clip(0.25, 4.0)))
    if not shapes:
        return None
    faith = 1 - (1 - YEARLY_FAITH) ** len(shapes)
    return np.asarray(np.exp(faith * np.mean(shapes, axis=0)))
