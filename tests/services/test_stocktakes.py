"""A count finds what is there, not what was sold meanwhile; every scan is kept; it changes the books once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from desktop.basics.errors import NotAllowed, OutOfStock
from desktop.basics.ids import new_key
from desktop.models.people import Permission
from desktop.models.stock import Stock
from desktop.queries.checkout import find_goods
from desktop.queries.goods_scope import GoodsScope
from desktop.queries.places import stock_by_place
from desktop.queries.stock import stock_of
from desktop.queries.verify import verify
from desktop.services.fulfilment import ship_order
from desktop.services.locations import add_location
from desktop.services.orders import OrderDraft, create_order
from desktop.services.stock import AdjustLine, ReceivedLine, adjust_stock, receive_stock
from desktop.services.stocktakes import (
    CountPlan,
    begin_stocktake,
    cancel_stocktake,
    count_again,
    count_goods,
    explain_difference,
    post_stocktake,
)
from desktop.services.transfers import TransferItem, draft_transfer, send_transfer
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.back_office import pay, placed
from tests.helpers.goods import CAKE, GOODS, MILK, NUTS, TEA, Stocked, as_role, new_goods, open_stocked
from tests.helpers.refusals import refused
from tests.helpers.sales import sell

PIECE = 1_000


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database: 30 tea, 8 milk, 6 cakes, 32 nuts."""
    return open_stocked(shop)


def begin(stocked: Stocked, *goods: int, frozen: bool = False) -> int:
    """A stocktake of these goods, or of all."""
    scope = GoodsScope("list", sku_ids=tuple(stocked.skus[g] for g in goods)) if goods else GoodsScope()
    plan = CountPlan(stocked.location_id, scope, frozen=frozen)
    return stocked.shop.do(begin_stocktake, plan, client_key=new_key())


def scan(stocked: Stocked, take: int, goods: int, pieces: int, *, whole: bool = False) -> int:
    """Count; returns the pieces counted so far."""
    found = stocked.shop.do(
        count_goods, take, stocked.skus[goods], pieces * PIECE, client_key=new_key(), whole=whole
    )
    return found.counted_milli // PIECE


def pieces(stocked: Stocked, goods: int) -> int:
    """On hand."""
    return stocked.shop.ask(stock_of, stocked.skus[goods]).on_hand_milli // PIECE


@action(permission=Permission.EDIT_STOCK)
def _set_naively(work: Work, sku_id: int, counted: int) -> None:
    """What must not be done: the books become what was counted, whatever was sold since."""
    row = work.find(select(Stock).where(Stock.sku_id == sku_id))
    assert row is not None
    row.on_hand_milli = counted


@pytest.mark.req("I9")
def test_what_is_sold_after_the_count_is_no_difference(stocked: Stocked) -> None:
    take = begin(stocked)
    assert scan(stocked, take, NUTS, 30, whole=True) == 30  # two are missing
    assert scan(stocked, take, MILK, 8, whole=True) == 8
    sell(stocked, stocked.cart((NUTS, 5), (MILK, 3)))
    stocked.shop.do(receive_stock, [ReceivedLine(stocked.skus[MILK], 4 * PIECE)], client_key=new_key())
    assert stocked.shop.do(post_stocktake, take, client_key=new_key()) == 1
    assert (pieces(stocked, NUTS), pieces(stocked, MILK)) == (25, 9)
    assert (pieces(stocked, TEA), pieces(stocked, CAKE)) == (30, 6)  # nobody counted them
    assert stocked.shop.ask(verify).faults == ()
    # control: setting the books to the count gives back what was sold
    stocked.shop.do(_set_naively, stocked.skus[NUTS], 30 * PIECE)
    assert pieces(stocked, NUTS) != 25


@pytest.mark.req("I9", "R2")
def test_counting_while_tills_sell_ends_with_what_is_there(stocked: Stocked) -> None:
    """Two pieces were stolen before; the counter counts between the sales of two tills, again and again."""
    take, shop, nuts = begin(stocked, NUTS), stocked.shop, stocked.skus[NUTS]
    together, counted = threading.Barrier(3), threading.Event()

    def till(_n: int) -> None:
        together.wait(20)
        for sale in range(6):
            sell(stocked, stocked.cart((NUTS, 1)))
            if sale == 3:
                counted.wait(20)

    with ThreadPoolExecutor(2) as pool:
        sales = [pool.submit(till, n) for n in range(2)]
        together.wait(20)
        for _look in range(3):
            shop.do(_count_the_shelf, take, nuts, 2 * PIECE)
        counted.set()
        for sale in sales:
            sale.result()
    shop.do(post_stocktake, take, client_key=new_key())
    assert pieces(stocked, NUTS) == 32 - 12 - 2
    assert shop.ask(verify).faults == ()


@action(permission=Permission.EDIT_STOCK)
def _count_the_shelf(work: Work, take: int, sku_id: int, stolen: int) -> None:
    """Look and scan in one moment, as somebody does who stands before the shelf."""
    statement = select(Stock.on_hand_milli).where(Stock.sku_id == sku_id).with_for_update()
    there = int(work.value(statement)) - stolen
    count_goods.run(work, take, sku_id, there, client_key=new_key(), whole=True)


@pytest.mark.req("I9")
def test_two_counters_add_up_and_a_retry_counts_once(stocked: Stocked) -> None:
    take, nuts = begin(stocked), stocked.skus[NUTS]

    def counter(_n: int) -> None:
        for _scan in range(5):
            key = new_key()
            for _try in range(2):  # the scanner's answer got lost
                stocked.shop.do(count_goods, take, nuts, PIECE, client_key=key)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(counter, range(2)))
    assert scan(stocked, take, NUTS, 0) == 10  # control: without keys it would be 20
    assert scan(stocked, take, NUTS, -1) == 9
    with refused("Fewer than nothing"):
        scan(stocked, take, NUTS, -10)


@pytest.mark.req("I9")
def test_frozen_goods_cannot_move_until_the_count_is_over(stocked: Stocked) -> None:
    shop, room = stocked.shop, stocked.shop.do(add_location, "store room", "后仓")
    order = OrderDraft(tuple(stocked.cart((NUTS, 1))))
    take = begin(stocked, NUTS, frozen=True)
    at_till = stocked.kiosk.ask(find_goods, GOODS[NUTS][3])
    assert at_till[0].available_milli == 0  # said at the scan, not when the customer has paid
    milk = [ReceivedLine(stocked.skus[NUTS], PIECE)]
    moves: list[Callable[[], object]] = [
        lambda: sell(stocked, stocked.cart((NUTS, 1))),
        lambda: shop.do(create_order, order, new_key()),
        lambda: shop.do(receive_stock, milk, client_key=new_key()),
        lambda: shop.do(
            adjust_stock, [AdjustLine(stocked.skus[NUTS], -PIECE)], reason="lost", client_key=new_key()
        ),
    ]
    for move in moves:
        with refused("is being counted", OutOfStock):
            move()
    items = [TransferItem(stocked.skus[NUTS], PIECE)]
    load = shop.do(draft_transfer, stocked.location_id, room, items, client_key=new_key())
    with refused("is being counted", OutOfStock):
        shop.do(send_transfer, load.id, client_key=new_key())
    sell(stocked, stocked.cart((MILK, 1)))  # control: what is not counted goes on
    scan(stocked, take, NUTS, 31, whole=True)
    shop.do(post_stocktake, take, client_key=new_key())
    assert pieces(stocked, NUTS) == 31
    for move in moves:
        move()
    assert shop.ask(verify).faults == ()


@pytest.mark.req("I9")
def test_held_for_an_order_or_found_unexpected_goods_stay_while_all_is_counted(stocked: Stocked) -> None:
    shop = stocked.shop
    order_id = placed(stocked, (NUTS, 1))
    pay(stocked, order_id)
    take = begin(stocked, frozen=True)
    found = new_goods(shop, "新货")
    delivery = [ReceivedLine(found, PIECE)]
    shop.do(count_goods, take, found, 2 * PIECE, client_key=new_key())
    for move in (
        lambda: shop.do(ship_order, order_id, "SF1"),
        lambda: shop.do(receive_stock, delivery, client_key=new_key()),
    ):
        with refused("is being counted", OutOfStock):
            move()
    shop.do(post_stocktake, take, client_key=new_key())
    shop.do(ship_order, order_id, "SF1")  # control: afterwards both move
    shop.do(receive_stock, delivery, client_key=new_key())
    assert (pieces(stocked, NUTS), shop.ask(stock_of, found).on_hand_milli) == (31, 3 * PIECE)
    assert shop.ask(verify).faults == ()


@pytest.mark.req("I9")
def test_cancelled_it_changes_nothing_and_holds_nothing(stocked: Stocked) -> None:
    take = begin(stocked, frozen=True)
    scan(stocked, take, NUTS, 1, whole=True)
    stocked.shop.do(cancel_stocktake, take)
    sell(stocked, stocked.cart((NUTS, 1)))
    assert pieces(stocked, NUTS) == 31
    with refused("is over"):
        scan(stocked, take, NUTS, 1)
    with refused("is over"):
        stocked.shop.do(post_stocktake, take, client_key=new_key())


@pytest.mark.req("I9")
def test_posting_happens_once_and_names_its_document(stocked: Stocked) -> None:
    take, key = begin(stocked, NUTS, TEA), new_key()
    scan(stocked, take, NUTS, 30)
    stocked.shop.do(explain_difference, take, [stocked.skus[NUTS]], "lost")
    with ThreadPoolExecutor(4) as pool:
        done = pool.map(
            lambda _n: stocked.shop.do(post_stocktake, take, client_key=key, missing_is_none=True), range(4)
        )
        assert set(done) == {2}
    assert (pieces(stocked, NUTS), pieces(stocked, TEA)) == (30, 0)
    with refused("is over"):
        stocked.shop.do(post_stocktake, take, client_key=new_key())
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I9")
def test_a_line_counted_again_forgets_its_first_count(stocked: Stocked) -> None:
    take = begin(stocked, NUTS, MILK)
    scan(stocked, take, NUTS, 3, whole=True)
    scan(stocked, take, MILK, 8, whole=True)
    stocked.shop.do(count_again, take, [stocked.skus[NUTS], stocked.skus[MILK]], client_key=new_key())
    assert scan(stocked, take, NUTS, 32) == 32
    assert stocked.shop.do(post_stocktake, take, client_key=new_key()) == 0
    assert (pieces(stocked, NUTS), pieces(stocked, MILK)) == (32, 8)


@pytest.mark.req("I9")
def test_a_count_by_hand_meanwhile_is_not_corrected_twice(stocked: Stocked) -> None:
    take = begin(stocked, NUTS)
    scan(stocked, take, NUTS, 30, whole=True)
    stocked.shop.clock.pass_time(timedelta(minutes=1))  # type: ignore[attr-defined]
    line = AdjustLine(stocked.skus[NUTS], counted_milli=30 * PIECE)
    stocked.shop.do(adjust_stock, [line], reason="count", client_key=new_key())
    with refused("counted by hand"):
        stocked.shop.do(post_stocktake, take, client_key=new_key())
    scan(stocked, take, NUTS, 30, whole=True)
    stocked.shop.do(post_stocktake, take, client_key=new_key())
    assert pieces(stocked, NUTS) == 30


@pytest.mark.req("I9")
def test_goods_promised_to_orders_are_not_counted_away(stocked: Stocked) -> None:
    take = begin(stocked, NUTS)
    stocked.shop.do(create_order, OrderDraft(tuple(stocked.cart((NUTS, 10)))), new_key())
    scan(stocked, take, NUTS, 9, whole=True)
    with refused("promised to orders"):
        stocked.shop.do(post_stocktake, take, client_key=new_key())
    assert pieces(stocked, NUTS) == 32
    scan(stocked, take, NUTS, 10, whole=True)
    stocked.shop.do(post_stocktake, take, client_key=new_key())
    assert pieces(stocked, NUTS) == 10


@pytest.mark.req("I9")
def test_the_same_goods_are_counted_by_one_stocktake_at_a_time(stocked: Stocked) -> None:
    shop = stocked.shop
    begin(stocked, NUTS)
    with refused("already"):
        begin(stocked)
    plan = CountPlan(stocked.location_id, GoodsScope("sample", size=10))
    take = shop.do(begin_stocktake, plan, client_key=new_key())
    with refused("not part of this stocktake"):
        scan(stocked, take, NUTS, 1)
    scan(stocked, take, MILK, 8, whole=True)
    shop.do(post_stocktake, take, client_key=new_key())
    stale = CountPlan(stocked.location_id, GoodsScope("stale", days=30))
    take = shop.do(begin_stocktake, stale, client_key=new_key())
    with refused("not part of this stocktake"):  # milk was counted a moment ago
        scan(stocked, take, MILK, 1)
    room = shop.do(add_location, "store room", "后仓")
    with refused("no goods to count"):
        shop.do(begin_stocktake, CountPlan(room), client_key=new_key())
    assert (pieces(stocked, NUTS), pieces(stocked, MILK)) == (32, 8)


@pytest.mark.req("I9")
def test_a_cashier_counts_and_only_who_may_change_stock_posts(stocked: Stocked) -> None:
    shop = stocked.shop
    cashier = as_role(shop, "cashier")
    plan = CountPlan(stocked.location_id)
    with pytest.raises(NotAllowed):
        cashier.do(begin_stocktake, CountPlan(stocked.location_id, frozen=True), client_key=new_key())
    take = cashier.do(begin_stocktake, plan, client_key=new_key())
    cashier.do(count_goods, take, stocked.skus[NUTS], 31 * PIECE, client_key=new_key())
    with pytest.raises(NotAllowed):
        cashier.do(post_stocktake, take, client_key=new_key())
    shop.do(post_stocktake, take, client_key=new_key())
    [floor] = shop.ask(stock_by_place, stocked.skus[NUTS])
    assert floor.on_hand_milli == 31 * PIECE
