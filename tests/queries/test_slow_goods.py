"""Goods that lie: which are slow, which are too many, what they tie up, and what may be done."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from desktop.basics.clock import HandClock
from desktop.models.settings import SLOW_COVER, SLOW_DAYS
from desktop.queries.slow_goods import (
    MARK_DOWN,
    SELL_FIRST,
    SLOW,
    SURPLUS,
    slow_counts,
    slow_of,
    slow_with_cost,
    slow_worth,
)
from desktop.queries.stock import StockFilter, stock_count, stock_counts, stock_of, stock_page
from desktop.services.batch_export import export_slow
from desktop.services.export import Progress
from desktop.services.settings import set_setting
from desktop.services.stock import Levels, set_levels
from desktop.shop.shop import Shop
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, open_stocked
from tests.helpers.sales import sell

DAY = timedelta(days=1)


@pytest.fixture
def stocked(shop: Shop, clock: HandClock) -> Stocked:
    """40 days on: tea sold one of 30 at the start, milk one of 8 lately, nuts 10 of 32 lately, cake nothing."""
    made = open_stocked(shop)
    made.shop.do(set_levels, Levels(safety_milli=0), sku_ids=list(made.skus))
    sell(made, made.cart((TEA, 1)))
    clock.pass_time(30 * DAY)
    sell(made, made.cart((NUTS, 10), (MILK, 3)))
    clock.pass_time(10 * DAY)
    return made


@pytest.mark.req("I1")
def test_slow_is_what_did_not_sell_for_long_or_never_ends_at_its_pace(stocked: Stocked) -> None:
    rows = {row.id: row for row in stocked.shop.ask(slow_with_cost, SLOW).rows}
    assert set(rows) == {stocked.skus[TEA], stocked.skus[CAKE]}
    tea = rows[stocked.skus[TEA]]
    assert (tea.spare_milli, tea.tied_minor, tea.advice) == (29_000, 29 * 7_680, MARK_DOWN)
    assert tea.last_sale is not None
    assert rows[stocked.skus[CAKE]].last_sale is None


@pytest.mark.req("I1")
def test_surplus_is_what_sells_but_lasts_too_long(stocked: Stocked) -> None:
    rows = stocked.shop.ask(slow_with_cost, SURPLUS).rows
    assert [row.id for row in rows] == [stocked.skus[NUTS]]  # 22 left, 10 in four weeks: 61 days
    assert (rows[0].spare_milli, rows[0].advice) == (22_000 - 10_000 * 60 // 28, SELL_FIRST)
    worth = stocked.shop.ask(slow_worth)
    assert worth.surplus_minor == rows[0].tied_minor


@pytest.mark.req("I1")
def test_the_settings_say_what_is_slow(stocked: Stocked) -> None:
    assert stocked.shop.ask(slow_counts).slow == 2
    stocked.shop.do(set_setting, SLOW_COVER.key, 50)
    assert stocked.shop.ask(slow_counts).slow == 3  # the nuts too
    stocked.shop.do(set_setting, SLOW_DAYS.key, 60)
    assert stocked.shop.ask(slow_counts).slow == 0  # nothing is here that long


@pytest.mark.req("I1", "I2")
def test_what_lies_under_its_safety_stock_is_no_burden(stocked: Stocked) -> None:
    stocked.shop.do(set_levels, Levels(safety_milli=50_000), sku_ids=[stocked.skus[TEA]])
    assert stocked.shop.ask(slow_counts).slow == 1


@pytest.mark.req("I1")
def test_list_counts_marks_and_panel_agree(stocked: Stocked) -> None:
    ask, counts = stocked.shop.ask, stocked.shop.ask(stock_counts)
    assert (counts.slow, counts.surplus) == (2, 1)
    for view, count in ((SLOW, 2), (SURPLUS, 1)):
        assert ask(stock_count, StockFilter(view)) == len(ask(stock_page, StockFilter(view)).rows) == count
    marked = {row.id for row in ask(stock_page, StockFilter()).rows if row.slow}
    assert marked == {row.id for row in ask(stock_page, StockFilter(SLOW)).rows}
    assert ask(stock_of, stocked.skus[TEA]).slow
    assert ask(slow_of, stocked.skus[MILK]) is None
    found = ask(slow_of, stocked.skus[NUTS])
    assert found is not None
    assert found.advice == SELL_FIRST


@pytest.mark.req("I1")
def test_control_goods_that_came_lately_are_not_slow(sqlite_shop: Shop) -> None:
    made = open_stocked(sqlite_shop)
    made.shop.do(set_levels, Levels(safety_milli=0), sku_ids=list(made.skus))
    assert made.shop.ask(slow_counts).slow == 0


@pytest.mark.req("I1")
def test_the_report_names_money_and_advice(stocked: Stocked, tmp_path: Path) -> None:
    path = tmp_path / "slow.csv"
    assert export_slow(stocked.shop, StockFilter(SLOW), path, Progress()) == 2
    first = path.read_text(encoding="utf-8-sig").splitlines()[1]
    assert "2227.20" in first
