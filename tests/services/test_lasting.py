"""Orders are promised pieces that last until they leave; one that waited too long is named, with what to do."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from desktop.basics.clock import HandClock, shop_day
from desktop.basics.errors import OutOfStock
from desktop.basics.ids import new_key
from desktop.models.order_terms import TERMS
from desktop.models.settings import EXPIRED_GOODS, SHIP_HOURS
from desktop.queries.checkout import search_goods
from desktop.queries.stuck import stuck_orders
from desktop.queries.verify import verify
from desktop.services.batch_book import BatchIn
from desktop.services.batches import track_batches
from desktop.services.fulfilment import ship_order
from desktop.services.orders import edit_order
from desktop.services.settings import set_setting
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop.shop import Shop
from tests.helpers.back_office import draft, order_of, pay, placed, stock
from tests.helpers.goods import MILK, Stocked, open_stocked
from tests.helpers.sales import sell

PIECE = 1_000


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop; 4 milk end today, 5 in ten days, orders leave within 36 hours."""
    return _filled(open_stocked(shop))


@pytest.fixture
def one(sqlite_shop: Shop) -> Stocked:
    """The same where no statement differs."""
    return _filled(open_stocked(sqlite_shop))


def _filled(made: Stocked) -> Stocked:
    sell(made, made.cart((MILK, 8)))
    made.shop.do(track_batches, [made.skus[MILK]])
    add(made, 4, 0)
    add(made, 5, 10)
    return made


def add(stocked: Stocked, pieces: int, days: int) -> None:
    """So many pieces come in that last so many days more."""
    shop = stocked.shop
    last = shop_day(shop.clock.now(), ZoneInfo("Asia/Shanghai")) + timedelta(days=days)
    line = ReceivedLine(stocked.skus[MILK], pieces * PIECE, batches=(BatchIn(f"L{days}", last),))
    shop.do(receive_stock, [line], client_key=new_key())


def expiring(stocked: Stocked) -> list[tuple[int, int, int]]:
    """Orders that hold what will have expired: id, held, lasting pieces."""
    found = [one for one in stocked.shop.ask(stuck_orders) if one.kind == "expiring"]
    return [(one.subject_id, one.expected // PIECE, one.found // PIECE) for one in found]


@pytest.mark.req("I11")
def test_only_pieces_that_last_until_the_order_leaves_are_promised(stocked: Stocked) -> None:
    shop = stocked.shop
    first = placed(stocked, (MILK, 3))
    with pytest.raises(OutOfStock):
        placed(stocked, (MILK, 3))
    assert stock(stocked, MILK) == (9, 3), "nothing of the refused one stays"
    (found,) = shop.ask(search_goods, "鲜牛奶", 5, "store")
    assert found.available_milli == 2 * PIECE, "the order sheet says what can be promised"
    placed(stocked, (MILK, 2))
    sell(stocked, stocked.cart((MILK, 4)))  # the counter sells those that end today
    with pytest.raises(OutOfStock):
        shop.do(edit_order, first, draft(stocked, (MILK, 4)))
    add(stocked, 1, 30)
    assert shop.do(edit_order, first, draft(stocked, (MILK, 4))) > 0, "control: fresh goods can be promised"
    assert expiring(stocked) == []
    assert shop.ask(verify).faults == ()


@pytest.mark.req("I11")
def test_a_shop_that_sells_expired_goods_promises_them(one: Stocked) -> None:
    with pytest.raises(OutOfStock):
        placed(one, (MILK, 6))
    one.shop.do(set_setting, EXPIRED_GOODS.key, "warn")
    assert placed(one, (MILK, 6))
    assert expiring(one) == []


@pytest.mark.req("I11")
def test_how_soon_orders_leave_decides_which_pieces_last(one: Stocked) -> None:
    one.shop.do(set_setting, SHIP_HOURS.key, 4)
    assert placed(one, (MILK, 9)), "they leave today, and today is the last day"
    one.shop.do(set_setting, SHIP_HOURS.key, 36)
    assert [row[1:] for row in expiring(one)] == [(9, 5)], "control: with more time they do not last"


@pytest.mark.req("I11", "O3")
def test_types_that_may_wait_wish_for_what_does_not_last(one: Stocked) -> None:
    one.shop.do(set_setting, TERMS["b2b"].need_stock.key, False)
    assert placed(one, (MILK, 6), order_type="b2b", member_id=one.member_id)
    assert stock(one, MILK) == (9, 0)


@pytest.mark.req("I11", "O19")
def test_an_order_whose_goods_expire_while_it_waits_is_named_with_its_next_step(
    stocked: Stocked, clock: HandClock
) -> None:
    order = placed(stocked, (MILK, 5))
    pay(stocked, order)
    assert expiring(stocked) == []
    clock.pass_time(timedelta(days=11))
    assert expiring(stocked) == [(order, 5, 0)]
    (finding,) = [one for one in stocked.shop.ask(stuck_orders) if one.kind == "expiring"]
    assert order_of(stocked, order).code in str(finding)
    assert any("L10" in line or "2026-12-01" in line for line in finding.proof)
    with pytest.raises(OutOfStock):
        stocked.shop.do(ship_order, order, client_key=new_key())
    add(stocked, 5, 20)
    assert expiring(stocked) == [], "control: with fresh goods nothing is wrong"
