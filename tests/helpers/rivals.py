"""What a forecast is measured against: naive guesses and exponential smoothing with trend and season (ETS)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

WEEK = 7
Floats = NDArray[np.float64]
Rival = Callable[[Floats, int], Floats]


def naive(sold: Floats, ahead: int) -> Floats:
    """As on the last day."""
    return np.full(ahead, sold[-1])


def seasonal_naive(sold: Floats, ahead: int) -> Floats:
    """As on the same weekday of the last week."""
    return np.resize(sold[-WEEK:], ahead)


# speed of level, trend and season, damping of the trend; without a trend its speed is 0
_GRID = [
    *product((0.01, 0.03, 0.1, 0.2, 0.4), (0.0,), (0.001, 0.03, 0.1, 0.2), (1.0,)),
    *product((0.01, 0.03, 0.1, 0.2, 0.4), (0.01, 0.05), (0.001, 0.03, 0.1, 0.2), (0.9, 0.98)),
]


def ets(sold: Floats, ahead: int) -> Floats:
    """ETS(A,N,A) and ETS(A,Ad,A) with a week's season, the parameters of the best AICc on a grid.

    Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing (2008), table 2.2.
    """
    alpha, beta, gamma, phi = (np.array(column) for column in zip(*_GRID, strict=True))
    first = sold[: 4 * WEEK]
    level, trend = np.full(len(alpha), first.mean()), np.zeros(len(alpha))
    season = np.array([np.full(len(alpha), first[day::WEEK].mean() - first.mean()) for day in range(WEEK)])
    wrong = np.zeros(len(alpha))
    for day, value in enumerate(sold):
        carried = phi * trend * (beta > 0)
        error = value - (level + carried + season[day % WEEK])
        wrong += error * error
        level, trend = level + carried + alpha * error, carried + beta * error
        season[day % WEEK] += gamma * error
    count, free = len(sold), np.where(beta > 0, 13, 10)
    best = int(np.argmin(count * np.log(wrong / count) + 2 * free * count / (count - free - 1)))
    steps = np.cumsum(phi[best] ** np.arange(1, ahead + 1)) if beta[best] else np.zeros(ahead)
    days = (count + np.arange(ahead)) % WEEK
    return np.asarray(np.maximum(level[best] + trend[best] * steps + season[days, best], 0.0))


RIVALS: dict[str, Rival] = {"naive": naive, "seasonal naive": seasonal_naive, "ets": ets}
