"""How well the forecast sees against ETS and naive guesses, and how long a whole shop takes."""

from __future__ import annotations

import time

from tests.bench.figures import Figure
from tests.helpers.demand import AHEAD, OLIST, Series, made_up, mean_scores, ours, real


def measure() -> list[Figure]:
    """Mean scaled errors over rolling origins as ratios; above 1 the rival saw better."""
    shop, *goods = made_up()
    figures = _ratios("made-up", shop, tuple(goods))
    if OLIST.exists():
        shop, *kinds = real()
        figures += _ratios("real", shop, tuple(kinds))
    began = time.perf_counter()
    for series in goods:
        ours(series, len(series.sold))
    spent = (time.perf_counter() - began) / len(goods)
    return [
        *figures,
        Figure(f"forecast of one of the goods, {AHEAD} days from two years", spent * 1000, "ms"),
    ]


def _ratios(kind: str, shop: Series, goods: tuple[Series, ...]) -> list[Figure]:
    whole, single = mean_scores((shop,)), mean_scores(goods)
    return [
        Figure(
            f"forecast error ÷ seasonal naive, {kind} shop (MASE)",
            whole["forecast"] / whole["seasonal naive"],
            "×",
            1.0,
        ),
        Figure(f"forecast error ÷ ETS, {kind} shop (MASE)", whole["forecast"] / whole["ets"], "×"),
        Figure(
            f"forecast error ÷ ETS, {len(goods)} {kind} goods (MASE)",
            single["forecast"] / single["ets"],
            "×",
            1.1,
        ),
        Figure(
            f"forecast error ÷ naive, {len(goods)} {kind} goods (MASE)",
            single["forecast"] / single["naive"],
            "×",
        ),
    ]
