"""Demand read from the movements: sold days, empty days, days before the goods came, undone sales."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.people import Permission
from desktop.queries.demand import demand_of, forecasts, goods_forecast, shop_days
from desktop.services.checkout import save_checkout
from desktop.services.set_aside import AsideLine, set_aside
from desktop.services.settlement import TenderIn, settle
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop.action import question
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from tests.helpers.goods import MILK, NUTS, TEA, Stocked, open_stocked


@question(permission=Permission.SEE_STOCK)
def _demand(read: Read, skus: tuple[int, ...]) -> object:
    return demand_of(read, skus), shop_days(read), forecasts(read, skus, 7)


def sell(stocked: Stocked, goods: int, pieces: int) -> None:
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((goods, pieces)))
    price = {TEA: 12_800, MILK: 1_690, NUTS: 3_990}[goods]
    stocked.cashier.do(settle, key, [TenderIn("cash", price * pieces)], version)


@pytest.mark.req("I6")
def test_days_are_those_of_the_shop_and_an_empty_shelf_is_said(shop: Shop, clock: HandClock) -> None:
    stocked = open_stocked(shop)
    milk, nuts = stocked.skus[MILK], stocked.skus[NUTS]
    sell(stocked, MILK, 3)
    clock.pass_time(timedelta(days=1))
    sell(stocked, MILK, 5)  # the last of eight
    clock.pass_time(timedelta(days=1))  # nothing to sell all day
    clock.pass_time(timedelta(days=1))
    shop.do(receive_stock, [ReceivedLine(milk, 20_000)], client_key=new_key())
    sell(stocked, MILK, 4)
    clock.pass_time(timedelta(days=1))
    sell(stocked, MILK, 1)  # today is not over and does not count
    by_sku, whole_shop, ahead = shop.ask(_demand, (milk, nuts))
    assert [(day.sold_milli, day.in_stock) for day in by_sku[milk]] == [
        (3_000, True),
        (5_000, False),
        (0, False),
        (4_000, True),
    ]
    assert [day.sold_milli for day in by_sku[nuts]] == [0, 0, 0, 0]
    assert [day.in_stock for day in by_sku[nuts]] == [False, True, True, True]  # the first day began empty
    assert sum(day.sold_milli for day in whole_shop) == 3_000  # three orders before today
    assert set(ahead) == {milk, nuts}


@pytest.mark.req("I6")
def test_goods_that_never_moved_have_no_forecast(shop: Shop, clock: HandClock) -> None:
    stocked = open_stocked(shop)
    assert shop.ask(goods_forecast, 999_999, 7) is None
    sell(stocked, TEA, 2)
    clock.pass_time(timedelta(days=1))
    seen = shop.ask(goods_forecast, stocked.skus[TEA], 7)
    assert seen is not None
    assert sum(day.sold_milli for day in seen.past) == 2_000
    assert len(seen.ahead.days) == 7
    assert seen.ahead.first == seen.past[-1].day + timedelta(days=1)


@pytest.mark.req("I6")
def test_days_of_a_campaign_are_marked_behind_and_ahead(shop: Shop, clock: HandClock) -> None:
    stocked = open_stocked(shop)
    tea = stocked.skus[TEA]
    for _day in range(15):
        sell(stocked, TEA, 1)
        clock.pass_time(timedelta(days=1))
    plain = shop.ask(goods_forecast, tea, 7)
    now = clock.now()
    shop.do(
        set_aside,
        "双十二",
        [AsideLine(tea, 5_000)],
        starts_at=now,
        ends_at=now + timedelta(days=3),
        client_key=new_key(),
    )
    for _day in range(2):
        sell(stocked, TEA, 4)
        clock.pass_time(timedelta(days=1))
    seen = shop.ask(goods_forecast, tea, 7)
    assert plain is not None
    assert seen is not None
    assert [day.promoted for day in seen.past] == [False] * 15 + [True, True]
    expected = [day.expected_milli for day in seen.ahead.days]
    assert min(expected[:2]) > max(expected[2:])  # two days of it are still to come
    assert max(expected[2:]) < 2 * plain.ahead.days[0].expected_milli  # ordinary days are not lifted by it
