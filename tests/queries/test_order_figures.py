"""Statistics of orders: every split adds up to the whole, and the whole is what the home screen says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from desktop.basics.clock import shop_day
from desktop.basics.errors import NotAllowed, Refused
from desktop.pricing.cart import CartLine
from desktop.queries.figure_cells import CATEGORY, CHANNEL, SPLITS
from desktop.queries.figure_spans import MOST_DAYS, OWN, SPANS, YEAR, Span, span_before, span_of
from desktop.queries.figures import daily_orders, key_figures
from desktop.queries.local_days import stretches
from desktop.queries.order_figures import (
    BY_DAY,
    BY_HOUR,
    BY_MONTH,
    BY_WEEK,
    BY_WEEKHOUR,
    ROWS,
    WHOLE,
    FigureRow,
    FiguresWanted,
    OrderFigures,
    order_figures,
)
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, new_goods, open_stocked
from tests.helpers.sales import sell

TODAY = date(2026, 11, 21)
NAMES = ("orders", "cancelled", "pieces_milli", "amount_minor", "refunds_minor", "points_minor")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def asked(
    shop: Shop, first: date, last: date, rows: str = WHOLE, split: str = "", period: str = OWN, **more: object
) -> OrderFigures:
    """The statistics of these days."""
    return shop.ask(order_figures, FiguresWanted(period, first, last, rows, split, **more))  # type: ignore[arg-type]


def numbers(row: FigureRow, names: tuple[str, ...] = NAMES) -> list[int]:
    """What stands in a row."""
    return [getattr(row, name) for name in names]


def summed(figures: OrderFigures, names: tuple[str, ...] = NAMES) -> list[int]:
    """What the rows but the first add up to."""
    return [sum(getattr(row, name) for row in figures.rows[1:]) for name in names]


@pytest.mark.req("O17")
def test_every_split_and_every_row_adds_up_to_the_same_whole(sample: Shop) -> None:
    for first in (TODAY, date(2026, 11, 15), date(2026, 11, 1)):
        whole = numbers(asked(sample, first, TODAY).total)
        assert whole[0]
        assert whole[3]
        for rows in ROWS:
            for split in (one for one in SPLITS if one != CATEGORY):
                found = asked(sample, first, TODAY, rows, split)
                assert numbers(found.total) == summed(found) == whole, (first, rows, split)
        assert len({row.part for row in asked(sample, first, TODAY, WHOLE, CHANNEL).rows[1:]}) > 1


@pytest.mark.req("O17")
def test_categories_add_up_to_the_goods_sold_and_given_back(sample: Shop) -> None:
    names = ("pieces_milli", "amount_minor", "refunds_minor")
    with sample.storage.read.connect() as connection:
        sold = connection.execute(
            text(
                "SELECT SUM(CASE WHEN p.kind = 'weighed' THEN 1000 ELSE l.qty_milli END), SUM(l.total_minor),"
                " SUM(l.qty_milli) FROM order_line l JOIN sale_order o ON o.id = l.order_id"
                " JOIN sku s ON s.id = l.sku_id JOIN product p ON p.id = s.product_id WHERE o.status <> 'cancelled'"
            )
        ).one()
        back = connection.execute(text("SELECT SUM(amount_minor) FROM refund_line")).scalar()
    assert int(sold[0]) % 1000 == 0 != int(sold[2]) % 1000  # control: by weight they are not whole
    first = TODAY - timedelta(days=MOST_DAYS - 1)
    for rows in ROWS:
        found = asked(sample, first, TODAY, rows, CATEGORY)
        assert (
            numbers(found.total, names)
            == summed(found, names)
            == [int(sold[0]), int(sold[1]), int(back or 0)]
        )
    parts = asked(sample, first, TODAY, WHOLE, CATEGORY).rows[1:]
    assert len(parts) > 3
    assert all(row.part_name for row in parts)
    assert [row.amount_minor for row in parts] == sorted((row.amount_minor for row in parts), reverse=True)


@pytest.mark.req("O17", "R1")
def test_the_statistics_say_what_the_home_screen_says(sample: Shop) -> None:
    for period in ("today", "week", "month30", "month"):
        span = span_of(period, TODAY)
        home = sample.ask(key_figures, period)
        here = asked(sample, span.first, span.last, BY_DAY, period=period)
        for name, theirs in (
            ("orders", "orders"), ("amount", "sales"), ("average", "average"), ("points", "points"),
        ):  # fmt: skip
            mine, other = getattr(here, name), getattr(home, theirs)
            assert (mine.now, mine.before) == (other.now, other.before), (period, name)
        assert here.orders.now == here.total.orders
        assert here.same_time
    days = {figure.day: figure for figure in sample.ask(daily_orders, 30)}
    for row in asked(sample, TODAY - timedelta(days=29), TODAY, BY_DAY).rows[1:]:
        assert row.start == row.end
        assert row.start is not None
        figure = days[row.start]
        assert (row.orders, row.amount_minor) == (
            figure.shop_orders + figure.online_orders,
            figure.sales_minor,
        )


@pytest.mark.req("O17")
def test_without_the_days_own_figures_the_hours_still_know(sample: Shop) -> None:
    """The control for both sources: one reads the days' figures, the other the orders themselves."""
    by_hour = numbers(asked(sample, TODAY, TODAY, BY_HOUR).total)
    with sample.storage.write.begin() as connection:
        connection.execute(text("DELETE FROM daily_total"))
    assert asked(sample, TODAY, TODAY, BY_DAY).total.orders == 0
    assert numbers(asked(sample, TODAY, TODAY, BY_HOUR).total) == by_hour
    assert by_hour[0] == 96


@pytest.mark.req("O17")
def test_weeks_and_months_stay_inside_the_days_asked_for(sample: Shop) -> None:
    first, last = date(2026, 10, 7), date(2026, 11, 18)
    weeks = [(row.start, row.end) for row in asked(sample, first, last, BY_WEEK).rows[1:]]
    assert weeks[0] == (date(2026, 11, 16), last)
    assert weeks[-1] == (first, date(2026, 10, 11))
    months = [(row.start, row.end) for row in asked(sample, first, last, BY_MONTH).rows[1:]]
    assert months == [(date(2026, 11, 1), last), (first, date(2026, 10, 31))]
    days = asked(sample, first, last, BY_DAY)
    assert len(days.rows) == 1 + 43
    inside = [row for row in days.rows[1:] if row.start and row.start >= date(2026, 11, 16)]
    assert sum(row.orders for row in inside) == asked(sample, first, last, BY_WEEK).rows[1].orders


@pytest.mark.req("O17")
def test_the_peak_is_the_busiest_hour_of_its_weekday(sample: Shop) -> None:
    found = asked(sample, TODAY - timedelta(days=29), TODAY, BY_WEEKHOUR)
    assert sum(found.days_of) == 30
    assert found.days_of[TODAY.weekday()] == 5  # a Saturday; five of them in these thirty days
    peak = found.peak
    assert peak is not None
    assert peak.weekday is not None

    def each(row: FigureRow) -> float:
        return row.orders / found.days_of[row.weekday or 0]

    best = max(found.rows[1:], key=each)
    assert (best.weekday, best.hour, best.orders) == (peak.weekday, peak.hour, peak.orders)
    assert peak.each_tenths == round(each(best) * 10)
    assert found.peak == asked(sample, TODAY - timedelta(days=29), TODAY, BY_WEEKHOUR, CHANNEL).peak
    assert asked(sample, TODAY, TODAY, BY_DAY).peak is None


@pytest.mark.req("O17")
def test_rows_can_be_sorted(sample: Shop) -> None:
    first = TODAY - timedelta(days=6)
    for key in ("orders", "amount", "average", "refunds", "points", "pieces"):
        attribute = {"orders": "orders", "pieces": "pieces_milli"}.get(key, f"{key}_minor")
        found = asked(sample, first, TODAY, BY_DAY, "", sort=key, descending=False).rows
        values = [getattr(row, attribute) for row in found[1:]]
        assert values == sorted(values)
        assert found[0].id == 0


@pytest.mark.req("O17")
def test_what_was_brought_over_is_told_where_hours_are_asked(sample: Shop) -> None:
    span = span_of(YEAR, TODAY)
    by_day = asked(sample, span.first, span.last, BY_MONTH)
    by_hour = asked(sample, span.first, span.last, BY_HOUR)
    assert by_hour.loose_orders
    assert by_day.total.orders == by_hour.total.orders + by_hour.loose_orders
    rows = by_day.rows[1:]
    assert sum(row.loose for row in rows) == by_day.total.loose == by_day.loose_orders
    assert asked(sample, TODAY, TODAY, BY_DAY).total.loose == 0


@pytest.mark.req("O17")
def test_what_is_weighed_is_one_piece_however_heavy(shop: Shop) -> None:
    stocked = open_stocked(shop)
    nuts = new_goods(shop, "散装核桃", 4_000, pieces=9, kind="weighed", unit="kg")
    loose = [CartLine(nuts, "", 437), CartLine(nuts, "", 2_000)]
    sell(stocked, [*stocked.cart((MILK, 3)), loose[0]])
    sell(stocked, [loose[1]])
    today = shop_day(shop.clock.now(), SHANGHAI)
    for rows, split in ((BY_DAY, ""), (BY_HOUR, ""), (WHOLE, CATEGORY)):
        assert asked(shop, today, today, rows, split).total.pieces_milli == 5_000  # 3 and 2, not 5.437


@pytest.mark.req("O17")
def test_an_empty_shop_and_too_many_days(shop: Shop) -> None:
    today = shop_day(shop.clock.now(), SHANGHAI)
    for rows in ROWS:
        for split in SPLITS:
            found = asked(shop, today - timedelta(days=6), today, rows, split)
            assert numbers(found.total) == [0] * 6
            assert found.peak is None
            assert found.orders.change_bp is None
    for first, last in ((today, today - timedelta(days=1)), (today - timedelta(days=MOST_DAYS), today)):
        with pytest.raises(Refused):
            asked(shop, first, last)
    with pytest.raises(Refused):
        asked(shop, today, today, "moon")


@pytest.mark.req("O17")
def test_only_who_may_see_figures_sees_the_statistics(sample: Shop) -> None:
    with pytest.raises(NotAllowed):
        asked(sample.acting_as(actors.guest()), TODAY, TODAY)


@given(st.dates(date(2001, 1, 1), date(2090, 12, 31)))
def test_every_period_is_compared_with_days_before_it(today: date) -> None:
    for period in SPANS:
        if period == OWN:
            continue
        span = span_of(period, today)
        before = span_before(period, span)
        assert before.last < span.first or period == "today"
        assert 1 <= before.days <= span.days + 3
        assert span.first <= today


def test_periods_by_name() -> None:
    leap = date(2028, 2, 29)
    assert span_before(YEAR, span_of(YEAR, leap)) == Span(date(2027, 1, 1), date(2027, 2, 28))
    assert span_of("last_month", date(2026, 3, 31)) == Span(date(2026, 2, 1), date(2026, 2, 28))
    assert span_before("month", span_of("month", date(2026, 3, 31))) == Span(
        date(2026, 2, 1), date(2026, 2, 28)
    )
    assert span_before(OWN, Span(date(2026, 3, 5), date(2026, 3, 7))) == Span(
        date(2026, 3, 2), date(2026, 3, 4)
    )


@pytest.mark.req("O17")
def test_days_keep_their_hours_when_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first, last = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)
    found = list(stretches(berlin, first, last))
    assert [distance for _start, _end, distance in found] == [3600, 7200, 3600]
    assert [found[0][1], found[1][1]] == [
        datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]  # fmt: skip
    assert found[0][0] <= first
    assert found[-1][1] > last
