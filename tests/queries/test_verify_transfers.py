"""The books of transfers and stocktakes: each way they could be wrong is found, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from desktop.basics.ids import new_key
from desktop.models.stock import Stock, StockMovement
from desktop.models.stocktakes import StocktakeLine
from desktop.models.transfers import TransferLine
from desktop.queries.goods_scope import GoodsScope
from desktop.queries.verify import verify
from desktop.services.locations import add_location
from desktop.services.stocktakes import CountPlan, begin_stocktake, count_goods, post_stocktake
from desktop.services.transfers import TransferItem, draft_transfer, send_transfer
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, NUTS, Stocked, open_stocked

PIECE = 1_000


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop with goods on their way and a posted stocktake; its books balance."""
    stocked = open_stocked(shop)
    room = shop.do(add_location, "store room", "后仓")
    items = [TransferItem(stocked.skus[NUTS], 5 * PIECE)]
    made = shop.do(draft_transfer, stocked.location_id, room, items, client_key=new_key())
    shop.do(send_transfer, made.id, client_key=new_key())
    plan = CountPlan(stocked.location_id, GoodsScope("list", sku_ids=(stocked.skus[MILK],)))
    take = shop.do(begin_stocktake, plan, client_key=new_key())
    shop.do(count_goods, take, stocked.skus[MILK], 7 * PIECE, client_key=new_key())
    shop.do(post_stocktake, take, client_key=new_key())
    assert shop.ask(verify).faults == ()
    return stocked


def kinds(stocked: Stocked) -> set[str]:
    """What kinds of faults there are."""
    return {fault.kind for fault in stocked.shop.ask(verify).faults}


@pytest.mark.req("I10")
def test_a_piece_missing_in_transit_is_found(stocked: Stocked) -> None:
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(TransferLine).values(received_milli=PIECE))
    assert kinds(stocked) == {"in transit"}


@pytest.mark.req("I9")
def test_a_stocktake_posted_twice_is_found(stocked: Stocked) -> None:
    with stocked.shop.storage.write.begin() as connection:
        first = connection.execute(
            select(StockMovement.__table__).where(StockMovement.reason == "count")
        ).one()
        again = {**first._asdict(), "client_key": "again"}
        del again["id"]
        connection.execute(insert(StockMovement), [again])
        less = Stock.on_hand_milli + first.delta_milli
        here = (Stock.sku_id == first.sku_id, Stock.location_id == first.location_id)
        connection.execute(update(Stock).where(*here).values(on_hand_milli=less))
    assert kinds(stocked) == {"stocktake"}  # the balance itself follows its movements


@pytest.mark.req("I9")
def test_a_difference_said_but_not_moved_is_found(stocked: Stocked) -> None:
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(StocktakeLine).values(posted_milli=-3 * PIECE))
    assert kinds(stocked) == {"stocktake"}


@pytest.mark.req("I9")
def test_goods_held_by_a_stocktake_that_is_over_are_found(stocked: Stocked) -> None:
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(Stock).where(Stock.sku_id == stocked.skus[MILK]).values(frozen_by=1))
    assert kinds(stocked) == {"held still"}
