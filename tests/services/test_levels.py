"""Levels of goods at one place: inherited, alerted once for each fall, armed again when they recover."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Malformed, Refused
from desktop.basics.ids import new_key
from desktop.models.stock import STORE_ROOM
from desktop.queries.levels import PlaceLevels, place_levels
from desktop.queries.stock import StockFilter, stock_page
from desktop.services.levels import set_place_levels
from desktop.services.locations import add_location
from desktop.services.stock import AdjustLine, Levels, ReceivedLine, adjust_stock, receive_stock, set_levels
from desktop.shop.shop import Shop
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.rules import clockwork, only

PIECE = 1_000


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop, with a store room that holds 20 bags of nuts."""
    made = open_stocked(shop)
    room = made.shop.do(add_location, STORE_ROOM, "后仓")
    line = ReceivedLine(made.skus[NUTS], 20 * PIECE)
    made.shop.do(receive_stock, [line], client_key=new_key(), location_id=room)
    made.shop.do(set_levels, Levels(alert_milli=10 * PIECE), sku_ids=[made.skus[NUTS]])
    return made


def levels(stocked: Stocked) -> tuple[PlaceLevels, PlaceLevels]:
    """Floor and store room."""
    floor, room = stocked.shop.ask(place_levels, stocked.skus[NUTS])
    return floor, room


def sell(stocked: Stocked, pieces: int, place: int) -> None:
    """Pieces leave (or come, below zero) at a place."""
    line = AdjustLine(stocked.skus[NUTS], -pieces * PIECE)
    stocked.shop.do(adjust_stock, [line], reason="lost", client_key=new_key(), location_id=place)


@pytest.mark.req("I2")
def test_a_place_inherits_from_the_goods_the_category_and_the_setting(stocked: Stocked) -> None:
    floor, room = levels(stocked)
    assert (floor.alert.milli, floor.alert.origin) == (10 * PIECE, "sku")
    assert (room.minimum.milli, room.minimum.origin) == (None, "")
    own = Levels(alert_milli=6 * PIECE, minimum_milli=2 * PIECE)
    stocked.shop.do(set_place_levels, own, sku_ids=[stocked.skus[NUTS]], location_id=room.location_id)
    floor, room = levels(stocked)
    assert (room.alert.milli, room.alert.origin, room.alert.inherited_milli) == (
        6 * PIECE,
        "place",
        10 * PIECE,
    )
    assert (floor.alert.milli, floor.minimum.milli) == (10 * PIECE, None)
    row = stocked.shop.ask(stock_page, StockFilter(place=room.location_id)).rows[0]
    assert row.minimum_milli == 2 * PIECE
    stocked.shop.do(set_levels, Levels(), sku_ids=[stocked.skus[NUTS]])
    assert levels(stocked)[0].alert.origin == "setting"
    stocked.shop.do(set_place_levels, Levels(), sku_ids=[stocked.skus[NUTS]], location_id=room.location_id)
    assert levels(stocked)[1].alert.origin == "setting"


@pytest.mark.req("I2")
def test_levels_that_make_no_sense_are_refused(stocked: Stocked) -> None:
    sku_ids, place = [stocked.skus[NUTS]], stocked.location_id
    with pytest.raises(Malformed):
        stocked.shop.do(set_place_levels, Levels(alert_milli=-1), sku_ids=sku_ids, location_id=place)
    wrong = Levels(minimum_milli=5, safety_milli=4)
    with pytest.raises(Refused):
        stocked.shop.do(set_place_levels, wrong, sku_ids=sku_ids, location_id=place)


@pytest.mark.req("I2", "I3")
def test_a_place_below_its_own_level_alerts_once_until_it_recovers(
    stocked: Stocked, clock: HandClock
) -> None:
    work = clockwork(stocked.shop)
    only(stocked.shop, "stock_alert")
    stocked.shop.do(set_levels, Levels(alert_milli=1), sku_ids=list(stocked.skus))
    room = levels(stocked)[1].location_id
    work.look()
    own = Levels(alert_milli=15 * PIECE)
    stocked.shop.do(set_place_levels, own, sku_ids=[stocked.skus[NUTS]], location_id=room)
    assert work.look().fired == 0  # 20 are there
    sell(stocked, 6, room)  # 46 in all, but 14 in the store room
    assert (work.look().fired, work.look().fired) == (1, 0)
    sell(stocked, 2, room)
    assert work.look().fired == 0  # still the same fall
    sell(stocked, -5, room)
    assert work.look().fired == 0  # recovered: armed again
    clock.pass_time(timedelta(minutes=1))
    sell(stocked, 4, room)
    assert work.look().fired == 1


@pytest.mark.req("I2")
def test_control_without_a_level_of_its_own_the_place_does_not_alert(stocked: Stocked) -> None:
    work = clockwork(stocked.shop)
    only(stocked.shop, "stock_alert")
    stocked.shop.do(set_levels, Levels(alert_milli=1), sku_ids=list(stocked.skus))
    work.look()
    sell(stocked, 19, levels(stocked)[1].location_id)
    assert work.look().fired == 0
