"""Parked sales: one till gets one, prices are today's, nothing is held; goods without a code cost what staff says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, NotFound, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.basics.money import LARGEST
from desktop.models.checkout import Checkout
from desktop.pricing.cart import CartLine
from desktop.queries.checkout import checkout_view, phone_view
from desktop.queries.order_detail import order_detail
from desktop.queries.parking import parked_sales
from desktop.services.checkout import agree_by_staff, join_by_phone, offer_to_phone, save_checkout
from desktop.services.parking import drop_parked, park_sale, sell_without_code, take_parked
from desktop.services.phone import take_offer
from desktop.services.settlement import TenderIn, settle
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import stock
from tests.helpers.goods import MILK, PHONE, TEA, Stocked, open_stocked
from tests.helpers.refusals import refused


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A small shop."""
    return open_stocked(shop)


def parked(stocked: Stocked, goods: int = MILK, pieces: int = 2) -> int:
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.cart((goods, pieces)))
    return stocked.cashier.do(park_sale, key)


@pytest.mark.req("Q6")
def test_a_parked_sale_comes_back_with_its_goods(stocked: Stocked) -> None:
    assert [parked(stocked), parked(stocked, TEA, 1)] == [1, 2]
    found = stocked.cashier.ask(parked_sales)
    assert [(sale.ticket, sale.first, sale.total_minor) for sale in found] == [
        (2, "明前龙井 罐装", 12_800),
        (1, "鲜牛奶", 3_380),
    ]
    assert stock(stocked, MILK) == (8, 0)  # a parked sale holds nothing
    key = stocked.cashier.do(take_parked, found[1].id)
    view = stocked.kiosk.ask(checkout_view, key)
    settled = stocked.cashier.do(settle, key, [TenderIn("cash", 3_380)], view.version)
    assert settled.to_pay_minor == 3_380
    assert [sale.ticket for sale in stocked.cashier.ask(parked_sales)] == [2]


@pytest.mark.req("Q6")
def test_only_one_of_four_tills_gets_it(stocked: Stocked) -> None:
    parked(stocked)
    number = stocked.cashier.ask(parked_sales)[0].id

    def take(_till: int) -> bool:
        try:
            stocked.cashier.do(take_parked, number)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as tills:
        assert sorted(tills.map(take, range(4))) == [False, False, False, True]


@pytest.mark.req("Q6")
def test_four_tills_that_sell_the_first_goods_without_a_code_share_their_entry(stocked: Stocked) -> None:
    keys = [new_key() for _till in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda key: stocked.cashier.do(sell_without_code, key, 500), keys)) == [1] * 4
    views = [stocked.kiosk.ask(checkout_view, key) for key in keys]
    assert len({view.lines[0].sku_id for view in views}) == 1
    assert [view.bill.to_pay_minor for view in views] == [500] * 4


@pytest.mark.req("Q6")
def test_the_members_word_does_not_stay_with_a_parked_sale(stocked: Stocked) -> None:
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.cart((TEA, 1)))
    stocked.kiosk.do(join_by_phone, key, PHONE)
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((TEA, 1)), 1_000)
    stocked.cashier.do(agree_by_staff, key, version)
    assert stocked.kiosk.ask(checkout_view, key).agreed
    stocked.cashier.do(park_sale, key)
    stocked.cashier.do(take_parked, stocked.cashier.ask(parked_sales)[0].id)
    view = stocked.kiosk.ask(checkout_view, key)
    assert not view.agreed
    assert view.member is not None


@pytest.mark.req("Q6")
def test_the_phone_of_a_parked_sale_is_out(stocked: Stocked) -> None:
    key = new_key()
    stocked.kiosk.do(save_checkout, key, stocked.cart((TEA, 1)))
    token = stocked.kiosk.do(offer_to_phone, key).token
    phone = stocked.shop.acting_as(actors.phone())
    phone.do(take_offer, token, "device")
    assert phone.ask(phone_view, token, "device").key == key  # control: until it is parked
    stocked.cashier.do(park_sale, key)
    stocked.cashier.do(take_parked, stocked.cashier.ask(parked_sales)[0].id)
    for deed in (
        lambda: phone.ask(phone_view, token, "device"),
        lambda: phone.do(take_offer, token, "device"),
    ):
        with refused("no longer valid", NotFound):
            deed()


@pytest.mark.req("Q6")
def test_one_sale_that_has_no_price_any_more_hides_no_other(stocked: Stocked) -> None:
    parked(stocked)
    stocked.kiosk.do(save_checkout, key := new_key(), [CartLine(stocked.skus[TEA], "", 1_000)])
    stocked.cashier.do(park_sale, key)
    with (
        stocked.shop.storage.write.begin() as connection
    ):  # as if it had been sold by weight when it was parked
        half = f'[[{stocked.skus[TEA]}, "", 500]]'
        connection.execute(update(Checkout).where(Checkout.client_key == key).values(lines=half))
    found = stocked.cashier.ask(parked_sales)
    assert [(sale.ticket, sale.total_minor) for sale in found] == [(2, None), (1, 3_380)]


@pytest.mark.req("Q6")
def test_old_ones_are_dropped_and_numbers_begin_anew(stocked: Stocked, clock: HandClock) -> None:
    parked(stocked)
    old = stocked.cashier.ask(parked_sales)[0].id
    clock.pass_time(timedelta(hours=25))
    assert stocked.cashier.ask(parked_sales) == ()
    assert parked(stocked) == 1
    with pytest.raises(Refused):
        stocked.cashier.do(take_parked, old)
    stocked.cashier.do(drop_parked, stocked.cashier.ask(parked_sales)[0].id)
    assert stocked.cashier.ask(parked_sales) == ()


@pytest.mark.req("Q6")
def test_an_empty_sale_is_not_parked_and_a_kiosk_alone_parks_nothing(stocked: Stocked) -> None:
    key = new_key()
    stocked.kiosk.do(save_checkout, key, [])
    with pytest.raises(ShopError):
        stocked.cashier.do(park_sale, key)
    with pytest.raises(NotAllowed):
        stocked.kiosk.do(park_sale, key)


@pytest.mark.req("P6")
def test_goods_without_a_code_cost_what_staff_types(stocked: Stocked) -> None:
    key = new_key()
    stocked.cashier.do(sell_without_code, key, 350)
    stocked.cashier.do(sell_without_code, key, 350)
    view = stocked.kiosk.ask(checkout_view, key)
    assert [line.total_minor for line in view.bill.lines] == [350, 350]
    version = stocked.kiosk.do(save_checkout, key, (*view.lines, *stocked.cart((MILK, 1))))
    settled = stocked.cashier.do(settle, key, [TenderIn("cash", 700 + 1_690)], version)
    order = stocked.shop.ask(order_detail, settled.order_id)
    assert [(line.name, line.total_minor) for line in order.lines][:2] == [("无码商品", 350)] * 2


@pytest.mark.req("P6")
def test_a_till_sets_no_price_by_itself(stocked: Stocked) -> None:
    key = new_key()
    stocked.cashier.do(sell_without_code, key, 5_000)
    line = stocked.kiosk.ask(checkout_view, key).lines[0]
    for cheap in (CartLine(line.sku_id, "", 1_000, 1), CartLine(stocked.skus[TEA], "", 1_000, 1)):
        with pytest.raises(Refused, match="店员"):
            stocked.kiosk.do(save_checkout, key, [line, cheap])
    for wrong in (0, -1, LARGEST + 1):
        with pytest.raises(Refused):
            stocked.cashier.do(sell_without_code, new_key(), wrong)
