"""Goods between places: never lost on paper, never twice, never more than there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from desktop.basics.errors import Malformed, OutOfStock, ShopError
from desktop.basics.ids import new_key
from desktop.models.stock import StockMovement
from desktop.queries.movements import movements_page
from desktop.queries.places import stock_by_place
from desktop.queries.transfers import TransferCounts, transfer_counts, transfer_sheet, transfers_page
from desktop.queries.verify import verify
from desktop.services.locations import add_location, close_location
from desktop.services.transfers import (
    Arrival,
    TransferItem,
    cancel_transfer,
    draft_transfer,
    receive_transfer,
    restore_transfer,
    return_transfer,
    save_transfer,
    send_transfer,
)
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, NUTS, TEA, Stocked, open_stocked
from tests.helpers.refusals import refused

PIECE = 1_000


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


@pytest.fixture
def room(stocked: Stocked) -> int:
    """A store room beside the floor."""
    return stocked.shop.do(add_location, "store room", "后仓")


def drafted(stocked: Stocked, room: int, *wanted: tuple[int, int]) -> int:
    """A draft from the floor to the room; (goods, pieces)."""
    items = [TransferItem(stocked.skus[goods], pieces * PIECE) for goods, pieces in wanted]
    made = stocked.shop.do(draft_transfer, stocked.location_id, room, items, client_key=new_key())
    return made.id


def lying(stocked: Stocked, goods: int) -> dict[str, int]:
    """Pieces by kind of place."""
    found = stocked.shop.ask(stock_by_place, stocked.skus[goods])
    return {row.kind: row.on_hand_milli // PIECE for row in found}


def clean(stocked: Stocked) -> None:
    """The books balance."""
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I10")
def test_goods_pass_through_transit_and_differences_are_named(stocked: Stocked, room: int) -> None:
    shop, [milk, nuts] = stocked.shop, [stocked.skus[MILK], stocked.skus[NUTS]]
    made = drafted(stocked, room, (MILK, 5), (NUTS, 10))
    assert lying(stocked, MILK) == {"floor": 8}
    shop.do(send_transfer, made, client_key=new_key())
    assert lying(stocked, MILK) == {"floor": 3, "store room": 0, "transit": 5}
    coming = next(r for r in shop.ask(stock_by_place, milk) if r.location_id == room)
    assert (coming.on_hand_milli, coming.coming_milli) == (0, 5 * PIECE)
    transit = next(r for r in shop.ask(stock_by_place, milk) if r.kind == "transit")
    assert transit.available_milli == 0
    clean(stocked)
    state = shop.do(receive_transfer, made, [Arrival(milk, 3 * PIECE)], client_key=new_key())
    assert state == "part"
    assert lying(stocked, MILK) == {"floor": 3, "store room": 3, "transit": 2}
    arrivals = [Arrival(milk, PIECE, PIECE, "lost"), Arrival(nuts, 8 * PIECE, 2 * PIECE, "damaged")]
    assert shop.do(receive_transfer, made, arrivals, client_key=new_key()) == "closed"
    assert lying(stocked, MILK) == {"floor": 3, "store room": 4}
    assert lying(stocked, NUTS) == {"floor": 22, "store room": 8, "damaged": 2}
    sheet = shop.ask(transfer_sheet, made)
    assert [(line.received_milli, line.lost_milli, line.reason) for line in sheet.lines] == [
        (4 * PIECE, PIECE, "lost"), (8 * PIECE, 2 * PIECE, "damaged"),
    ]  # fmt: skip
    moves = shop.ask(movements_page, milk).rows
    assert {(m.reason, m.document) for m in moves if m.reason != "opening"} == {
        ("transfer", f"transfer:{made}"), ("adjust", f"transfer:{made}"),
    }  # fmt: skip
    clean(stocked)


@pytest.mark.req("I10")
def test_a_transfer_to_itself_or_into_a_closed_place_is_refused(stocked: Stocked, room: int) -> None:
    floor, milk = stocked.location_id, stocked.skus[MILK]
    items = [TransferItem(milk, PIECE)]
    with refused("to the place where they are"):
        stocked.shop.do(draft_transfer, floor, floor, items, client_key=new_key())
    with refused("zero", Malformed):
        stocked.shop.do(draft_transfer, floor, room, [TransferItem(milk, 0)], client_key=new_key())
    made = drafted(stocked, room, (MILK, 1))
    with refused("to the place where they are"):
        stocked.shop.do(save_transfer, made, room, room, items)
    with refused("still open"):
        stocked.shop.do(close_location, room)
    stocked.shop.do(cancel_transfer, made)
    stocked.shop.do(close_location, room)
    with refused("is closed"):
        stocked.shop.do(draft_transfer, floor, room, items, client_key=new_key())
    assert lying(stocked, MILK) == {"floor": 8}


@pytest.mark.req("I10")
def test_more_than_is_available_does_not_leave(stocked: Stocked, room: int) -> None:
    made = drafted(stocked, room, (TEA, 1), (MILK, 9))
    with pytest.raises(OutOfStock):
        stocked.shop.do(send_transfer, made, client_key=new_key())
    assert lying(stocked, TEA) == {"floor": 30}
    stocked.shop.do(
        save_transfer, made, stocked.location_id, room, [TransferItem(stocked.skus[MILK], 8 * PIECE)]
    )
    stocked.shop.do(send_transfer, made, client_key=new_key())
    with refused("no longer open"):
        stocked.shop.do(save_transfer, made, stocked.location_id, room, [])
    with refused("are on their way"):
        arrived = [Arrival(stocked.skus[MILK], 9 * PIECE)]
        stocked.shop.do(receive_transfer, made, arrived, client_key=new_key())
    with refused("Say why", Malformed):
        arrived = [Arrival(stocked.skus[MILK], 7 * PIECE, PIECE)]
        stocked.shop.do(receive_transfer, made, arrived, client_key=new_key())
    clean(stocked)


@pytest.mark.req("I10")
def test_cancelled_before_and_returned_after_sending(stocked: Stocked, room: int) -> None:
    shop, made = stocked.shop, drafted(stocked, room, (MILK, 5))
    shop.do(cancel_transfer, made)
    shop.do(restore_transfer, made)
    shop.do(send_transfer, made, client_key=new_key())
    with refused("no longer open"):
        shop.do(cancel_transfer, made)
    shop.do(receive_transfer, made, [Arrival(stocked.skus[MILK], 2 * PIECE)], client_key=new_key())
    shop.do(return_transfer, made, client_key=new_key())
    assert lying(stocked, MILK) == {"floor": 6, "store room": 2}
    assert shop.ask(transfer_sheet, made).row.state == "closed"
    other = drafted(stocked, room, (NUTS, 1))
    shop.do(send_transfer, other, client_key=new_key())
    shop.do(return_transfer, other, client_key=new_key())
    assert shop.ask(transfer_sheet, other).row.state == "returned"
    assert shop.ask(transfer_counts) == TransferCounts(open=0, underway=0, draft=0, ended=2)
    assert [row.id for row in shop.ask(transfers_page, "ended").rows] == [other, made]
    clean(stocked)


@pytest.mark.req("I10", "R2")
def test_a_second_press_moves_nothing_twice(stocked: Stocked, room: int) -> None:
    shop, made = stocked.shop, drafted(stocked, room, (NUTS, 10))
    key = new_key()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: shop.do(send_transfer, made, client_key=key), range(4)))
    assert lying(stocked, NUTS) == {"floor": 22, "store room": 0, "transit": 10}
    arrived, key = [Arrival(stocked.skus[NUTS], 4 * PIECE)], new_key()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: shop.do(receive_transfer, made, arrived, client_key=key), range(4)))
    assert lying(stocked, NUTS) == {"floor": 22, "store room": 4, "transit": 6}
    # control: with keys of their own the same press moves goods again
    for _again in range(2):
        shop.do(receive_transfer, made, [Arrival(stocked.skus[NUTS], PIECE)], client_key=new_key())
    assert lying(stocked, NUTS)["store room"] == 6
    clean(stocked)


def test_no_way_through_a_transfer_changes_the_sum(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    room = stocked.shop.do(add_location, "store room", "后仓")
    nuts = stocked.skus[NUTS]

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from(["damaged", "not sent"])),
            max_size=4,
        )
    )
    def way(parts: list[tuple[int, int, str]]) -> None:
        source = room if lying(stocked, NUTS).get("store room", 0) >= 6 else stocked.location_id
        target = stocked.location_id if source == room else room
        items = [TransferItem(nuts, 6 * PIECE)]
        made = stocked.shop.do(draft_transfer, source, target, items, client_key=new_key()).id
        stocked.shop.do(send_transfer, made, client_key=new_key())
        for received, missing, why in parts:
            arrival = Arrival(nuts, received * PIECE, missing * PIECE, why)
            with suppress(ShopError):  # more than was on its way
                stocked.shop.do(receive_transfer, made, [arrival], client_key=new_key())
        if stocked.shop.ask(transfer_sheet, made).row.state in ("sent", "part"):
            stocked.shop.do(return_transfer, made, client_key=new_key())
        total = sum(row.on_hand_milli for row in stocked.shop.ask(stock_by_place, nuts))
        assert total == 32 * PIECE
        assert lying(stocked, NUTS).get("transit", 0) == 0

    way()
    with stocked.shop.storage.read.connect() as connection:
        whole = connection.execute(
            select(func.sum(StockMovement.delta_milli)).where(StockMovement.sku_id == nuts)
        ).scalar_one()
    assert whole == 32 * PIECE
