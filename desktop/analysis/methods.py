"""Ways to look ahead, all of one shape, so that they can be measured against each other.

Each takes a history, the factor of each past day, the factors of the days ahead and gives the level it saw on
every evening: `levels[t]` times a day's factor is what that day was expected to sell, known on evening t.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from desktop.analysis.history import WEEK, Floats, History

SPEEDS = np.array([0.01, 0.02, 0.04, 0.08, 0.15, 0.3])
FIRST = 4 * WEEK  # days the first level is the mean of
WARM = 2 * WEEK  # days before errors count

Method = Callable[[History, Floats], Floats]


def smooth_level(history: History, factors: Floats) -> Floats:
    """Exponential smoothing of the level under known factors, at the speed that erred least.

    Error form of R. G. Brown's simple smoothing with multiplicative seasons (Hyndman et al., Forecasting with
    Exponential Smoothing, 2008, ch. 2), the step taken on the error itself: a day with a small factor moves the
    level little. Days without stock move it only when they sold more than was expected.
    """
    sold, seen = history.sold, history.seen
    level = np.full(len(SPEEDS), _first_level(history, factors))
    levels = np.empty((len(history), len(SPEEDS)))
    wrong = np.zeros(len(SPEEDS))
    for day in range(len(history)):
        error = sold[day] - level * factors[day]
        if not seen[day]:
            error = np.maximum(error, 0.0)
        elif day >= WARM:
            wrong += error * error
        level = np.maximum(level + SPEEDS * error, 0.0)
        levels[day] = level
    good = np.exp(-(wrong - wrong.min()) / max(float(wrong.min()) / max(1, len(history)), 1e-9) / 2)
    return np.asarray(levels @ (good / good.sum()))


def demand_and_size(history: History, factors: Floats) -> Floats:
    """For goods that rest on most days: how often somebody buys, times how much (TSB).

    Teunter, Syntetos and Babai, Intermittent demand: linking forecasting to inventory obsolescence, EJOR 214
    (2011): the chance is smoothed every day, the size on days with demand.
    """
    plain = history.sold / factors.clip(0.05)
    hits = plain > 0
    chance = float(hits[history.seen].mean()) if history.seen.any() else 0.0
    size = float(plain[hits].mean()) if hits.any() else 0.0
    levels = np.empty(len(history))
    for day in range(len(history)):
        if history.seen[day] or hits[day]:
            chance += 0.02 * (float(hits[day]) - chance)
        if hits[day]:
            size += 0.05 * (plain[day] - size)
        levels[day] = chance * size
    return levels


def _first_level(history: History, factors: Floats) -> float:
    usable = history.seen.copy()
    usable[FIRST:] = False
    if not usable.any():
        usable = history.seen
    weight = float(factors[usable].sum())
    return float(history.sold[usable].sum()) / weight if weight else 0.0
