"""What the stock board says: levels down the tree, averages, days of cover, states, counts, running balances."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, NotFound
from desktop.basics.ids import new_key
from desktop.models.products import Sku
from desktop.models.settings import ALERT_AT
from desktop.models.stock import Stock, StockMovement
from desktop.queries.movements import levels_of, movements_page
from desktop.queries.stock import (
    ENOUGH,
    OUT,
    UNDER_MINIMUM,
    UNDER_SAFETY,
    VIEWS,
    StockFilter,
    stock_count,
    stock_counts,
    stock_of,
    stock_page,
    stock_value,
)
from desktop.queries.stock_board import Board
from desktop.services.categories import add_category
from desktop.services.products import set_on_shelf
from desktop.services.settings import set_setting
from desktop.services.stock import AdjustLine, Levels, ReceivedLine, adjust_stock, receive_stock, set_levels
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from tests.helpers.goods import new_goods, set_up

PIECE = 1_000


@pytest.fixture
def open_shop(shop: Shop) -> Shop:
    """A shop that is set up."""
    return set_up(shop)


def sold(shop: Shop, sku: int, pieces: int, days_ago: int = 1) -> None:
    """Let goods be sold on an earlier day."""
    at = shop.clock.now() - timedelta(days=days_ago)
    row = {
        "sku_id": sku,
        "location_id": 1,
        "reason": "sale",
        "source": "order:0",
        "actor": "console",
        "at": at,
    }
    with shop.storage.write.begin() as connection:
        values = {**row, "delta_milli": -pieces * PIECE, "client_key": new_key(), "note": ""}
        connection.execute(insert(StockMovement), values)
        change = {"on_hand_milli": Stock.on_hand_milli - pieces * PIECE}
        connection.execute(update(Stock).where(Stock.sku_id == sku).values(change))


@pytest.mark.req("I2")
def test_levels_come_from_the_goods_then_the_tree_then_the_setting(open_shop: Shop) -> None:
    food = open_shop.do(add_category, "食品")
    dairy = open_shop.do(add_category, "乳品", food)
    milk = new_goods(open_shop, "鲜牛奶", pieces=12, category_id=dairy)
    loose = new_goods(open_shop, "抽纸", pieces=12)

    def levels(sku: int) -> tuple[int, int, str]:
        row = open_shop.ask(stock_of, sku)
        return row.minimum_milli // PIECE, row.safety_milli // PIECE, row.state

    assert levels(milk) == (0, 50, UNDER_SAFETY)  # nothing said: the shop's alert level of 50
    open_shop.do(set_setting, ALERT_AT.key, 12 * PIECE)
    open_shop.do(set_levels, Levels(minimum_milli=PIECE), category_id=dairy)
    open_shop.do(set_levels, Levels(minimum_milli=5 * PIECE, safety_milli=20 * PIECE), category_id=food)
    assert levels(milk) == (1, 20, UNDER_SAFETY)  # the nearest branch that says something
    open_shop.do(set_levels, Levels(minimum_milli=13 * PIECE), sku_ids=[milk])
    assert levels(milk) == (13, 20, UNDER_MINIMUM)
    sheet = open_shop.ask(levels_of, milk)
    assert (sheet.minimum_milli, sheet.safety_milli) == (13_000, None)
    assert (sheet.inherited_minimum_milli, sheet.inherited_safety_milli) == (1_000, 20_000)
    assert sheet.category == "乳品"
    open_shop.do(set_levels, Levels(), sku_ids=[milk])
    assert levels(milk) == (1, 20, UNDER_SAFETY)
    assert levels(loose) == (0, 12, ENOUGH)


@pytest.mark.req("I2")
def test_each_level_is_a_column_that_needs_no_sales(open_shop: Shop) -> None:
    food = open_shop.do(add_category, "食品")
    dairy = open_shop.do(add_category, "乳品", food)
    skus = [
        new_goods(open_shop, name, pieces=9, category_id=place)
        for name, place in (("鲜牛奶", dairy), ("糕点", food), ("抽纸", None))
    ]
    open_shop.do(set_levels, Levels(alert_milli=30 * PIECE, minimum_milli=8 * PIECE), category_id=food)
    open_shop.do(set_levels, Levels(alert_milli=10 * PIECE), category_id=dairy)
    open_shop.do(set_levels, Levels(alert_milli=7 * PIECE, safety_milli=12 * PIECE), sku_ids=[skus[1]])
    with open_shop.storage.read.connect() as connection:
        read = Read(connection, open_shop.actor, open_shop.clock.now(), {})
        board = Board(read)
        columns = (board.available, board.alert, board.minimum, board.safety, board.reorder)
        statement = board.select(Sku.id, *columns, levels=True, sales=False).order_by(Sku.id)
        assert "stock_movement" not in str(statement)
        found = {row[0]: tuple(value // PIECE for value in row[1:]) for row in read.rows(statement)}
        low = board.select(Sku.id, levels=True, sales=False).where(board.available < board.alert)
        below = {row.id for row in read.rows(low)}
    assert found == {  # available, alert, minimum, safety, bought below
        skus[0]: (9, 10, 8, 10, 8), skus[1]: (9, 7, 8, 12, 8), skus[2]: (9, 50, 0, 50, 50),
    }  # fmt: skip
    assert below == {skus[0], skus[2]}


@pytest.mark.req("I1")
def test_what_runs_out_soonest_stands_first(open_shop: Shop) -> None:
    skus = {
        name: new_goods(open_shop, name, 1_000, pieces=pieces)
        for name, pieces in (("甲", 106), ("乙", 36), ("丙", 28), ("丁", 9))
    }
    sold(open_shop, skus["甲"], 56, days_ago=27)
    sold(open_shop, skus["乙"], 28, days_ago=27)
    sold(open_shop, skus["丙"], 28, days_ago=27)  # all of it
    sold(open_shop, skus["丁"], 2, days_ago=40)  # too long ago to count
    rows = open_shop.ask(stock_page, StockFilter()).rows
    assert [(row.name, row.daily_milli, row.cover_tenths) for row in rows] == [
        ("丙", 1_000, 0), ("乙", 1_000, 80), ("甲", 2_000, 250), ("丁", 0, None),
    ]  # fmt: skip
    assert [row.state for row in rows] == [OUT, UNDER_SAFETY, ENOUGH, UNDER_SAFETY]
    counts = open_shop.ask(stock_counts)
    assert (counts.on_sale, counts.new_this_week, counts.under_safety, counts.out, counts.missed_minor) == (
        4,
        4,
        3,
        1,
        1_000,
    )
    assert [open_shop.ask(stock_count, StockFilter(view)) for view in ("all", "low", "out", "off")] == [
        4,
        3,
        1,
        0,
    ]
    assert {
        open_shop.ask(stock_count, StockFilter(view)) for view in set(VIEWS) - {"all", "low", "out", "off"}
    } == {0}


def test_of_goods_that_are_out_the_best_seller_stands_first(open_shop: Shop) -> None:
    never, often, seldom = (
        new_goods(open_shop, name, pieces=pieces) for name, pieces in (("甲", 0), ("乙", 9), ("丙", 4))
    )
    sold(open_shop, often, 9)
    sold(open_shop, seldom, 4)
    assert [row.id for row in open_shop.ask(stock_page, StockFilter()).rows] == [often, seldom, never]


def test_a_young_shop_is_not_averaged_over_days_it_did_not_have(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "甲", pieces=40)
    sold(open_shop, sku, 30, days_ago=2)
    assert open_shop.ask(stock_of, sku).daily_milli == 10_000  # three days, not twenty-eight


def test_reserved_goods_are_not_available(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "甲", pieces=60)
    with open_shop.storage.write.begin() as connection:
        connection.execute(update(Stock).where(Stock.sku_id == sku).values(reserved_milli=25 * PIECE))
    row = open_shop.ask(stock_of, sku)
    assert (row.on_hand_milli, row.reserved_milli, row.available_milli, row.state) == (
        60_000,
        25_000,
        35_000,
        UNDER_SAFETY,
    )


def test_off_the_shelf_has_its_own_view_and_services_have_none(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "甲", pieces=60)
    service = new_goods(open_shop, "送货", kind="service")
    open_shop.do(set_on_shelf, [open_shop.ask(stock_of, sku).product_id], False)
    assert open_shop.ask(stock_page, StockFilter()).rows == ()
    assert [row.id for row in open_shop.ask(stock_page, StockFilter("off")).rows] == [sku]
    assert open_shop.ask(stock_counts).off_shelf == 1
    with pytest.raises(NotFound):
        open_shop.ask(stock_of, service)


def test_the_value_of_stock_is_for_who_may_see_cost(open_shop: Shop) -> None:
    sku = new_goods(open_shop, "甲")
    open_shop.do(receive_stock, [ReceivedLine(sku, 30_500, 333)], client_key=new_key())
    assert open_shop.ask(stock_value).value_minor == 10_157  # 30.5 × 3.33 = 101.565
    sold(open_shop, sku, 2, days_ago=0)
    assert open_shop.ask(stock_value).turnover_tenths == 142  # 28.5 left, 2 a day
    with pytest.raises(NotAllowed):
        open_shop.acting_as(actors.clock()).ask(stock_value)


@pytest.mark.req("I1")
def test_movements_tell_the_balance_after_each(open_shop: Shop, clock: HandClock) -> None:
    sku = new_goods(open_shop, "甲", pieces=5)
    for n in range(60):
        clock.pass_time(timedelta(minutes=1))
        open_shop.do(
            adjust_stock, [AdjustLine(sku, PIECE)], reason="found", client_key=f"k{n}", note="柜子后面"
        )
    first = open_shop.ask(movements_page, sku)
    second = open_shop.ask(movements_page, sku, first.after)
    rows = first.rows + second.rows
    assert [row.after_milli for row in rows] == [n * PIECE for n in range(65, 4, -1)]
    assert second.after is None
    assert (rows[0].reason, rows[0].why, rows[0].note, rows[-1].reason) == (
        "adjust",
        "found",
        "柜子后面",
        "receive",
    )
