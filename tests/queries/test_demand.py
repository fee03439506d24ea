"""Demand read from the movements: sold days, empty days, days before the goods came, undone sales."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.people import Permission
from desktop.queries.demand import demand_of, forecasts, goods_forecast, shop_days
from desktop.services.checkout import save_checkout
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
