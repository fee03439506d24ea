"""A posted stocktake taken back: the books as before, both movements kept, once, and only while it harms nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from desktop.basics.clock import HandClock
from desktop.basics.errors import Malformed, Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.batches import Batch, BatchStock
from desktop.models.stock import StockMovement
from desktop.queries.goods_scope import GoodsScope
from desktop.queries.movements import movements_page
from desktop.queries.stock import stock_of
from desktop.queries.stocktakes import stocktake_of
from desktop.queries.verify import verify
from desktop.services.batch_book import BatchIn
from desktop.services.batches import track_batches
from desktop.services.locations import add_location
from desktop.services.stock import AdjustLine, ReceivedLine, adjust_stock, receive_stock
from desktop.services.stocktake_undo import take_back_stocktake
from desktop.services.stocktakes import CountPlan, begin_stocktake, count_goods, post_stocktake
from desktop.shop.shop import Shop
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, as_role, open_stocked
from tests.helpers.sales import sell

PIECE = 1_000


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database: 30 tea, 8 milk, 6 cakes, 32 nuts."""
    return open_stocked(shop)


@pytest.fixture
def one(sqlite_shop: Shop) -> Stocked:
    """The same where no statement differs."""
    return open_stocked(sqlite_shop)


def posted(stocked: Stocked, *counted: tuple[int, int], post: bool = True) -> int:
    """A posted stocktake of (goods, pieces) pairs; without `post` it stays open."""
    shop, skus = stocked.shop, stocked.skus
    scope = GoodsScope("list", sku_ids=tuple(skus[goods] for goods, _pieces in counted))
    take = shop.do(begin_stocktake, CountPlan(stocked.location_id, scope), client_key=new_key())
    for goods, pieces in counted:
        shop.do(count_goods, take, skus[goods], pieces * PIECE, client_key=new_key(), whole=True)
    if post:
        shop.do(post_stocktake, take, client_key=new_key())
    pass_time(stocked)
    return take


def pass_time(stocked: Stocked) -> None:
    """A minute later."""
    assert isinstance(stocked.shop.clock, HandClock)
    stocked.shop.clock.pass_time(timedelta(minutes=1))


def back(stocked: Stocked, take: int, why: str = "盘错了库位") -> int:
    """Take it back."""
    return stocked.shop.do(take_back_stocktake, take, why, client_key=new_key())


def pieces(stocked: Stocked, goods: int) -> int:
    """On hand."""
    return stocked.shop.ask(stock_of, stocked.skus[goods]).on_hand_milli // PIECE


@pytest.mark.req("I9")
def test_the_books_are_as_before_and_both_movements_name_the_stocktake(stocked: Stocked) -> None:
    take = posted(stocked, (NUTS, 30), (CAKE, 9), (MILK, 8))
    assert (pieces(stocked, NUTS), pieces(stocked, CAKE)) == (30, 9)
    sell(stocked, stocked.cart((NUTS, 5), (CAKE, 1)))
    key = new_key()
    owner = as_role(stocked.shop, "merchant")
    undo = [owner.do(take_back_stocktake, take, "盘错了库位", client_key=key) for _try in range(2)]
    assert undo == [2, 2], "the answer got lost; it happens once"
    assert (pieces(stocked, NUTS), pieces(stocked, CAKE), pieces(stocked, MILK)) == (27, 5, 8)
    moves = stocked.shop.ask(movements_page, stocked.skus[NUTS]).rows
    counts = [move for move in moves if move.reason == "count"]
    assert [(move.delta_milli, move.why) for move in counts] == [(2_000, "undone"), (-2_000, "count")]
    row = stocked.shop.ask(stocktake_of, take)
    assert {move.document_code for move in counts} == {row.code}
    assert (row.state, row.note, row.undone_by) == ("undone", "盘错了库位", "merchant")
    assert stocked.shop.ask(verify).faults == ()
    with pytest.raises(Refused):
        back(stocked, take)
    assert pieces(stocked, NUTS) == 27


@pytest.mark.req("I9")
def test_what_was_found_and_is_gone_cant_be_taken_back(one: Stocked) -> None:
    take = posted(one, (CAKE, 9), (NUTS, 30))
    sell(one, one.cart((CAKE, 7)))
    with pytest.raises(Refused):
        back(one, take)
    assert (pieces(one, CAKE), pieces(one, NUTS)) == (2, 30), "nothing of it happened"
    one.shop.do(receive_stock, [ReceivedLine(one.skus[CAKE], 1 * PIECE)], client_key=new_key())
    assert back(one, take) == 2, "control: with what it takes on hand it goes"
    assert (pieces(one, CAKE), pieces(one, NUTS)) == (0, 32)


@pytest.mark.req("I9")
def test_goods_counted_again_keep_the_first_count(stocked: Stocked) -> None:
    first, other = posted(stocked, (NUTS, 30)), posted(stocked, (TEA, 29))
    second = posted(stocked, (NUTS, 29))
    with pytest.raises(Refused):
        back(stocked, first)
    assert back(stocked, second) == 1
    assert back(stocked, first) == 1, "control: the later one first"
    stocked.shop.do(
        adjust_stock, [AdjustLine(stocked.skus[TEA], 28 * PIECE)], reason="count", client_key=new_key()
    )
    with pytest.raises(Refused):
        back(stocked, other)
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I9")
def test_one_being_counted_waits_and_another_place_does_not_matter(one: Stocked) -> None:
    shop, take = one.shop, posted(one, (NUTS, 30))
    posted(one, (NUTS, 31), post=False)
    with pytest.raises(Refused):
        back(one, take)
    tea = posted(one, (TEA, 31))
    store = shop.do(add_location, "store room", "后仓")
    plan = CountPlan(store, GoodsScope("list", sku_ids=(one.skus[TEA],)))
    there = shop.do(begin_stocktake, plan, client_key=new_key())
    shop.do(count_goods, there, one.skus[TEA], 4 * PIECE, client_key=new_key(), whole=True)
    assert back(one, tea) == 1


@pytest.mark.req("I9")
def test_it_needs_a_reason_and_a_posted_count(one: Stocked) -> None:
    take = posted(one, (NUTS, 30))
    with pytest.raises(Malformed):
        back(one, take, "  ")
    with pytest.raises(Refused):
        back(one, posted(one, (TEA, 30), post=False))
    with pytest.raises(ShopError):
        back(one, 10**6)
    assert back(one, take) == 1


@pytest.mark.req("I9", "I11")
def test_batches_get_back_what_the_count_took_and_give_back_what_it_found(stocked: Stocked) -> None:
    shop, milk = stocked.shop, stocked.skus[MILK]
    shop.do(track_batches, [milk])
    for code, day in (("A", date(2099, 1, 1)), ("B", date(2099, 2, 1))):
        line = ReceivedLine(milk, 4 * PIECE, batches=(BatchIn(code, day),))
        shop.do(receive_stock, [line], client_key=new_key())

    def lying() -> list[tuple[str, int]]:
        rows = select(Batch.code, func.sum(BatchStock.qty_milli)).join(BatchStock).group_by(Batch.code)
        with shop.storage.read.connect() as connection:
            return [(code, int(qty)) for code, qty in connection.execute(rows.order_by(Batch.code))]

    before = lying()
    for counted in (13, 18):
        take = posted(stocked, (MILK, counted))
        assert lying() != before
        back(stocked, take)
        assert lying() == before
    assert shop.ask(verify).faults == ()


@pytest.mark.req("I9")
def test_control_the_check_finds_a_count_taken_back_by_half(one: Stocked) -> None:
    take = posted(one, (NUTS, 30))
    back(one, take)
    with one.shop.storage.write.begin() as connection:
        row = connection.execute(
            select(StockMovement.__table__).where(StockMovement.note.like("undone%"))
        ).one()
        values = {**row._mapping, "id": None, "client_key": new_key(), "delta_milli": 1_000}
        values.pop("id")
        connection.execute(StockMovement.__table__.insert().values(**values))
    assert any(fault.kind == "stocktake" for fault in one.shop.ask(verify).faults)
