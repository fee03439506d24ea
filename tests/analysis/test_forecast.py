"""The forecast against rivals, and what it makes of empty shelves, campaigns, seasons and goods that rarely sell."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.analysis.forecast import RARE, TOO_SHORT, forecast, shop_seasons
from desktop.analysis.history import Day
from tests.helpers.demand import AHEAD, OLIST, days_of, made_up, mean_scores, origins, real

FIRST = date(2025, 1, 6)  # a Monday
needs_orders = pytest.mark.skipif(not OLIST.exists(), reason="the real orders beside the project are absent")


def steady(days: int, a_day: float = 20.0, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(a_day, days).astype(float)


@pytest.mark.req("I6")
def test_a_made_up_shop_is_foreseen_better_than_by_naive_guesses() -> None:
    shop, *goods = made_up()
    whole, single = mean_scores((shop,)), mean_scores(tuple(goods))
    assert whole["forecast"] <= whole["seasonal naive"]
    assert single["forecast"] <= single["ets"] * 1.1
    assert single["forecast"] <= min(single["naive"], single["seasonal naive"])
    assert single["naive"] > single["ets"] * 1.1  # the bar can be missed: a naive guess misses it


@needs_orders
@pytest.mark.req("I6")
def test_real_orders_are_foreseen_no_worse_than_the_bars() -> None:
    shop, *kinds = real()
    whole, single = mean_scores((shop,)), mean_scores(tuple(kinds))
    assert whole["forecast"] <= whole["seasonal naive"]
    assert single["forecast"] <= single["ets"] * 1.1
    assert single["seasonal naive"] > single["ets"] * 1.1


@pytest.mark.req("I6")
def test_the_range_holds_four_of_five_sums() -> None:
    inside = []
    for series in made_up()[1:]:
        for origin in origins(len(series.sold)):
            seen = forecast(days_of(series.first, series.sold[:origin]), AHEAD).over(AHEAD)
            came = int(series.sold[origin : origin + AHEAD].sum() * 1000)
            inside.append(seen.low_milli <= came <= seen.high_milli)
    assert 0.70 <= float(np.mean(inside)) <= 0.92


@pytest.mark.req("I6")
def test_days_without_stock_are_not_days_without_demand() -> None:
    sold = steady(120)
    empty = np.arange(120) % 10 >= 6
    sold[empty] = 0
    days = [Day(FIRST + timedelta(days=n), int(v * 1000), in_stock=not empty[n]) for n, v in enumerate(sold)]
    blind = [Day(day.day, day.sold_milli) for day in days]
    assert forecast(days, 7).over(7).expected_milli == pytest.approx(140_000, rel=0.12)
    assert forecast(blind, 7).over(7).expected_milli < 110_000  # what a forecast that is not told believes


@pytest.mark.req("I6")
def test_a_campaign_neither_lifts_ordinary_days_nor_is_forgotten() -> None:
    sold = steady(140)
    campaign = (np.arange(140) // 7) % 5 == 4
    sold[campaign] *= 3
    days = [
        Day(FIRST + timedelta(days=n), int(v * 1000), promoted=bool(campaign[n])) for n, v in enumerate(sold)
    ]
    blind = [Day(day.day, day.sold_milli) for day in days]
    after = FIRST + timedelta(days=140)
    plain = forecast(days, 7).over(7).expected_milli
    loud = forecast(days, 7, promoted={after + timedelta(days=n) for n in range(7)}).over(7).expected_milli
    assert plain == pytest.approx(140_000, rel=0.12)
    assert loud == pytest.approx(420_000, rel=0.2)
    assert forecast(blind, 7).over(7).expected_milli > 165_000


@pytest.mark.req("I6")
def test_the_weekday_and_the_time_of_year_are_learned() -> None:
    days = 800
    rng, today = np.random.default_rng(5), np.arange(days)
    year = 1 + 0.5 * np.sin(2 * np.pi * today / 364)
    week = np.where((today % 7) >= 5, 1.6, 0.8)
    sold = rng.poisson(30 * year * week).astype(float)
    seen = forecast(days_of(FIRST, sold[:-70]), 56)
    weekend = sum(day.expected_milli for n, day in enumerate(seen.days) if (730 + n) % 7 >= 5) / 16
    workday = sum(day.expected_milli for n, day in enumerate(seen.days) if (730 + n) % 7 < 5) / 40
    assert weekend / workday == pytest.approx(2.0, rel=0.15)
    came = sold[730 + 28 : 730 + 56].sum()
    late = seen.over(56).expected_milli - seen.over(28).expected_milli
    short = forecast(days_of(FIRST, sold[-170:-70]), 56)  # the same weeks without a year behind them
    blind = short.over(56).expected_milli - short.over(28).expected_milli
    assert abs(late / 1000 - came) < abs(blind / 1000 - came)


@pytest.mark.req("I6")
def test_goods_that_rarely_sell_keep_their_mean() -> None:
    rng = np.random.default_rng(2)
    sold = np.where(rng.random(300) < 0.08, rng.integers(2, 6, 300), 0).astype(float)
    seen = forecast(days_of(FIRST, sold), 28)
    assert seen.method == RARE
    assert seen.over(28).expected_milli == pytest.approx(sold.mean() * 28_000, rel=0.35)


def test_a_short_history_leans_on_the_shop() -> None:
    shop = shop_seasons(days_of(FIRST, np.array([10, 10, 10, 10, 10, 30, 30] * 20, dtype=float)), 7)
    seen = forecast(days_of(FIRST, np.full(10, 4.0)), 7, seasons=shop)
    assert seen.method == TOO_SHORT
    assert seen.accuracy is None
    by_day = {
        (seen.first + timedelta(days=n)).weekday(): day.expected_milli for n, day in enumerate(seen.days)
    }
    assert by_day[5] > by_day[1] * 1.3


def test_how_long_a_stock_lasts() -> None:
    seen = forecast(days_of(FIRST, np.full(60, 5.0)), 14)
    assert seen.lasts(0) == 0
    assert seen.lasts(12_000) == 2
    assert seen.lasts(1_000_000) is None
    assert seen.over(28).expected_milli == 2 * seen.over(14).expected_milli
    assert seen.over(0).high_milli == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.booleans(), st.booleans()), min_size=1, max_size=90),
    st.integers(1, 30),
)
def test_any_history_gives_ordered_ranges_that_add_up(rows: list[tuple[int, bool, bool]], ahead: int) -> None:
    days = [Day(FIRST + timedelta(days=n), sold, seen, loud) for n, (sold, seen, loud) in enumerate(rows)]
    seen = forecast(days, ahead)
    assert len(seen.days) == len(seen.sums) == ahead
    for one in (*seen.days, *seen.sums):
        assert 0 <= one.low_milli <= one.expected_milli <= one.high_milli
    total = 0
    for day, summed in zip(seen.days, seen.sums, strict=True):
        total += day.expected_milli
        assert abs(total - summed.expected_milli) <= ahead
    assert seen == forecast(list(reversed(days)), ahead)
