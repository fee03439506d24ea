"""Figures come from the daily totals, compare like with like, and agree with the pictures of the sample shop."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, text

from desktop.basics.clock import HandClock
from desktop.queries.figures import (
    PERIODS,
    daily_orders,
    days_in,
    key_figures,
    month_before,
    monthly_sales,
)
from desktop.queries.waiting import alerts
from desktop.shop.shop import Shop
from tests.helpers.sample import PICTURED


def percent(shop: Shop, period: str = "today") -> list[int | None]:
    """The five changes in tenths of a percent, as the cards show them."""
    figures = shop.ask(key_figures, period)
    found = [getattr(figures, name).change_bp for name in ("sales", "orders", "average", "points", "members")]
    return [None if bp is None else round(bp / 10) for bp in found]


@pytest.mark.req("R1", "R2", "O17")
def test_today_is_as_pictured(sample: Shop) -> None:
    figures = sample.ask(key_figures, "today")
    names = ("sales", "orders", "average", "points", "members")
    assert [getattr(figures, name).now for name in names] == [842_650, 96, 8_778, 61_240, 14]
    assert percent(sample) == [124, 79, 42, 31, -176]
    assert figures.points_share_bp == 727
    assert all(len(getattr(figures, name).trend) == 14 for name in names)
    assert figures.opened_at == PICTURED - timedelta(hours=6, minutes=20)


@pytest.mark.req("O17")
def test_every_period_adds_up_to_its_days(sample: Shop) -> None:
    days = {figure.day: figure for figure in sample.ask(daily_orders, 60)}
    today = date(2026, 11, 21)
    firsts = {
        "today": today,
        "week": date(2026, 11, 15),
        "month30": date(2026, 10, 23),
        "month": date(2026, 11, 1),
    }
    for period in PERIODS:
        figures = sample.ask(key_figures, period)
        inside = [figure for day, figure in days.items() if day >= firsts[period]]
        assert figures.sales.now == sum(figure.sales_minor for figure in inside)
        assert figures.orders.now == sum(figure.shop_orders + figure.online_orders for figure in inside)
        assert figures.sales.trend[-1] == figures.sales.now


@pytest.mark.req("R1")
def test_months_with_estimate(sample: Shop) -> None:
    months = sample.ask(monthly_sales)
    assert (months[0].month, months[-1].month) == (date(2025, 12, 1), date(2026, 11, 1))
    assert [round(m.sales_minor / 100_000) for m in months] == [
        152,
        178,
        216,
        143,
        151,
        169,
        184,
        172,
        168,
        195,
        209,
        146,
    ]
    assert round((months[-1].estimate_minor or 0) / 100_000) == 209  # 14.63 ÷ 21 × 30
    assert [m.estimate_minor for m in months[:-1]] == [None] * 11


@pytest.mark.req("O17")
def test_the_same_time_is_compared_not_the_whole_day(sample: Shop) -> None:
    clock = sample.clock
    assert isinstance(clock, HandClock)
    before = sample.ask(key_figures).orders.before
    clock.pass_time(timedelta(hours=8))  # 23:20: nearly all of that Saturday counts now
    assert before == 89
    assert sample.ask(key_figures).orders.before == 140


@pytest.mark.req("R1")
def test_figures_never_read_all_orders(sample: Shop) -> None:
    """The control for the daily totals: without their rows there is nothing, however many orders there are."""
    said: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(sample.storage.read, "before_cursor_execute", listen)
    sample.ask(daily_orders)
    sample.ask(monthly_sales)
    assert said
    assert not [statement for statement in said if "sale_order" in statement or "tender" in statement]
    with sample.storage.write.begin() as connection:
        connection.execute(text("DELETE FROM daily_total"))
    assert sum(figure.shop_orders for figure in sample.ask(daily_orders)) == 0


@pytest.mark.req("I2", "O8")
def test_alerts(sample: Shop) -> None:
    found = sample.ask(alerts)
    assert [(g.name, g.available_milli, g.cover_tenths, g.out) for g in found.goods] == [
        ("原味酸奶", 0, 0, True),
        ("鲜牛奶", 8_000, 13, False),
        ("手工云片糕", 6_000, 19, False),
    ]
    assert [(o.number, o.deadline) for o in found.orders] == [
        ("1120-0017", datetime(2026, 11, 21, 5, 40, tzinfo=UTC))
    ]
    assert (found.points.members, found.points.points) == (23, 8_640)


@pytest.mark.req("R2")
def test_an_empty_shop_has_zeros(shop: Shop) -> None:
    for period in PERIODS:
        figures = shop.ask(key_figures, period)
        assert (figures.sales.now, figures.average.now, figures.sales.change_bp) == (0, 0, None)
    assert shop.ask(alerts).orders == ()
    assert [m.sales_minor for m in shop.ask(monthly_sales)] == [0] * 12


def test_calendar_arithmetic() -> None:
    assert month_before(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert month_before(date(2026, 12, 5), -1) == date(2027, 1, 1)
    assert [days_in(date(2028, 2, 9)), days_in(date(2026, 2, 1)), days_in(date(2026, 12, 31))] == [29, 28, 31]
