"""Places goods lie: a till sells from its own, damaged goods are never for sale, an empty place closes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.errors import OutOfStock
from desktop.basics.ids import new_key
from desktop.models.orders import OrderLine
from desktop.models.people import Permission
from desktop.queries.checkout import find_goods
from desktop.queries.goods_scope import GoodsScope
from desktop.queries.places import places, places_list, stock_by_place, till_places
from desktop.queries.stock import StockFilter, stock_counts, stock_of, stock_page, stock_value
from desktop.queries.verify import verify
from desktop.services import posting
from desktop.services.locations import (
    add_location,
    close_location,
    open_place,
    rename_location,
    reopen_location,
    set_till_place,
    special,
)
from desktop.services.orders import OrderDraft, create_order
from desktop.services.posting import StockStep
from desktop.services.refunds import refund_lines
from desktop.services.stock import AdjustLine, ReceivedLine, adjust_stock, receive_stock
from desktop.services.stocktakes import CountPlan, begin_stocktake, cancel_stocktake
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import open_storage
from tests.helpers.goods import GOODS, MILK, Stocked, open_stocked
from tests.helpers.refusals import refused
from tests.helpers.sales import sell
from tests.helpers.tills import PATIENCE, leave

PIECE = 1_000


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@action(permission=Permission.EDIT_STOCK)
def _special(work: Work, kind: str) -> int:
    return special(work, kind)


@action(permission=Permission.EDIT_STOCK)
def _lay(work: Work, place: int, sku_id: int, milli: int) -> None:
    posting.step_stock(work, [StockStep("put", sku_id, milli)], place)
    posting.post_movements(work, place, "opening", "test", new_key(), [(sku_id, milli, 0)])


@pytest.mark.req("I10")
def test_the_place_of_damaged_goods_is_made_once_however_many_ask(stocked: Stocked) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _n: stocked.shop.do(_special, "damaged"), range(4)))
    assert len(made) == 1
    assert [place.kind for place in stocked.shop.ask(places)] == ["floor", "damaged"]


@pytest.mark.req("I10")
def test_a_till_sells_from_its_own_place_and_shows_what_lies_there(stocked: Stocked) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    room = shop.do(add_location, "store room", "后仓")
    shop.do(_lay, room, milk, 20 * PIECE)
    with pytest.raises(OutOfStock):  # control: from the shop floor there are only 8
        sell(stocked, stocked.cart((MILK, 9)))
    shop.do(set_till_place, stocked.kiosk_till, room)
    [goods] = stocked.kiosk.ask(find_goods, GOODS[MILK][3])
    assert goods.available_milli == 20 * PIECE
    sell(stocked, stocked.cart((MILK, 9)))
    draft = OrderDraft(tuple(stocked.cart((MILK, 2))))
    shop.do(create_order, draft, new_key())  # the console's order is the first till's: the shop floor
    found = {row.location_id: row for row in shop.ask(stock_by_place, milk)}
    assert (found[room].on_hand_milli, found[room].available_milli) == (11 * PIECE, 11 * PIECE)
    floor = found[stocked.location_id]
    assert (floor.on_hand_milli, floor.reserved_milli, floor.available_milli) == (8_000, 2_000, 6_000)
    choice = {row.id: row.location_id for row in shop.ask(till_places)}
    assert choice[stocked.kiosk_till] == room


@pytest.mark.req("I1")
def test_what_is_damaged_is_on_hand_and_never_available(stocked: Stocked) -> None:
    milk, place = stocked.skus[MILK], stocked.shop.do(_special, "damaged")
    stocked.shop.do(_lay, place, milk, 5 * PIECE)
    row = next(r for r in stocked.shop.ask(stock_by_place, milk) if r.location_id == place)
    assert (row.on_hand_milli, row.available_milli) == (5 * PIECE, 0)
    with refused("sells from"):
        stocked.shop.do(set_till_place, stocked.kiosk_till, place)
    with pytest.raises(OutOfStock):
        sell(stocked, stocked.cart((MILK, 9)))


@pytest.mark.req("I10")
def test_only_an_empty_place_closes_and_it_opens_again(stocked: Stocked) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    room = shop.do(add_location, "store room", "后仓")
    with refused("already"):
        shop.do(add_location, "store room", "后仓")
    shop.do(rename_location, room, "冷库")
    shop.do(_lay, room, milk, PIECE)
    with refused("still lie"):
        shop.do(close_location, room)
    shop.do(_lay, room, milk, -PIECE)
    shop.do(set_till_place, stocked.kiosk_till, room)
    with refused("another place"):
        shop.do(close_location, room)
    shop.do(set_till_place, stocked.kiosk_till, None)
    plan = CountPlan(room, GoodsScope("list", sku_ids=(milk,)))
    take = shop.do(begin_stocktake, plan, client_key=new_key())
    with refused("stocktake is still open"):
        shop.do(close_location, room)
    shop.do(cancel_stocktake, take)
    shop.do(close_location, room)
    assert [place.id for place in shop.ask(places)] == [stocked.location_id]
    with refused("closed"):
        shop.do(set_till_place, stocked.kiosk_till, room)
    shop.do(reopen_location, room)
    assert [place.name for place in shop.ask(places_list)][1:] == ["冷库"]
    with refused("stays open"):
        shop.do(close_location, stocked.location_id)


@pytest.mark.req("I10")
def test_goods_in_transit_change_by_their_transfer_alone(stocked: Stocked) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    transit, room = shop.do(_special, "transit"), shop.do(add_location, "store room", "后仓")
    delivery, more = [ReceivedLine(milk, PIECE)], [AdjustLine(milk, delta_milli=PIECE)]
    with refused("in transit"):
        shop.do(receive_stock, delivery, client_key=new_key(), location_id=transit)
    with refused("in transit"):
        shop.do(adjust_stock, more, reason="found", client_key=new_key(), location_id=transit)
    shop.do(
        receive_stock, delivery, client_key=new_key(), location_id=room
    )  # control: any other place takes them
    shop.do(adjust_stock, more, reason="found", client_key=new_key(), location_id=room)
    lies = {place.location_id: place.on_hand_milli for place in shop.ask(stock_by_place, milk)}
    assert lies == {stocked.location_id: 8 * PIECE, room: 2 * PIECE}


@pytest.mark.req("C9", "I10")
@pytest.mark.parametrize("closed", [True, False])
def test_goods_given_back_lie_where_a_place_is_open(stocked: Stocked, closed: bool) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    room = shop.do(add_location, "store room", "后仓")
    shop.do(_lay, room, milk, 2 * PIECE)
    shop.do(set_till_place, stocked.kiosk_till, room)
    _key, sale = sell(stocked, stocked.cart((MILK, 2)))
    shop.do(set_till_place, stocked.kiosk_till, None)
    if closed:
        shop.do(close_location, room)
    with shop.storage.read.connect() as connection:
        line = select(OrderLine.id).where(OrderLine.order_id == sale.order_id)
        line_id = connection.execute(line).scalar_one()
    shop.do(refund_lines, sale.order_id, [(line_id, PIECE)], "坏了", new_key())
    lies = {place.location_id: place.on_hand_milli for place in shop.ask(stock_by_place, milk)}
    assert lies == (
        {stocked.location_id: 9 * PIECE} if closed else {stocked.location_id: 8 * PIECE, room: PIECE}
    )
    assert shop.ask(verify).faults == ()


@action(permission=Permission.EDIT_STOCK)
def _hold_the_place(work: Work, place: int, held: Event, go: Event) -> None:
    open_place(work, place)
    held.set()
    assert go.wait(PATIENCE)


def test_sales_go_on_while_somebody_begins_a_count_or_a_delivery(postgres_url: str, clock: HandClock) -> None:
    shop = Shop(open_storage(postgres_url), actor=actors.console(), clock=clock)
    stocked, held, go = open_stocked(shop), Event(), Event()
    with ThreadPoolExecutor(3) as pool:
        holding = pool.submit(shop.do, _hold_the_place, stocked.location_id, held, go)
        assert held.wait(PATIENCE)
        selling = pool.submit(sell, stocked, stocked.cart((MILK, 1)))
        done, _waiting = wait([selling], timeout=2.5)  # a lock is waited for 3 s
        # control: who changes the place itself waits
        closing = pool.submit(shop.do, rename_location, stocked.location_id, "前厅")
        early, _waiting = wait([closing], timeout=0.3)
        go.set()
        holding.result()
        closing.result()
    leave(stocked)
    assert done
    assert not early


@pytest.mark.req("I1", "I10")
def test_all_locations_add_up_what_is_for_sale_and_one_shows_only_itself(stocked: Stocked) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    room, broken = shop.do(add_location, "store room", "后仓"), shop.do(_special, "damaged")
    shop.do(_lay, room, milk, 20 * PIECE)
    shop.do(_lay, broken, milk, 3 * PIECE)
    whole, here, bad = (shop.ask(stock_of, milk, place) for place in (None, room, broken))
    assert (whole.on_hand_milli, whole.available_milli) == (28 * PIECE, 28 * PIECE)
    assert (here.on_hand_milli, here.available_milli) == (20 * PIECE, 20 * PIECE)
    assert (bad.on_hand_milli, bad.available_milli, bad.sells) == (3 * PIECE, 0, False)
    listed = {
        place: [row.id for row in shop.ask(stock_page, StockFilter(place=place)).rows]
        for place in (room, broken)
    }
    assert listed == {room: [milk], broken: [milk]}
    assert len(shop.ask(stock_page, StockFilter()).rows) == 4
    assert shop.ask(stock_counts, room).on_sale == 1
    # what is damaged was paid for too: it counts in the value until it is written off
    alone = shop.ask(stock_value, broken).value_minor
    assert alone == 3 * 1690 * 6 // 10
    assert shop.ask(stock_value).value_minor == sum(
        shop.ask(stock_value, place).value_minor for place in (stocked.location_id, room, broken)
    )
