"""Many goods put right at once: as previewed, all or nothing, back as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.errors import Changed
from desktop.basics.ids import new_key
from desktop.queries.goods_scope import GoodsScope
from desktop.queries.stock import stock_of
from desktop.queries.stock_bulk import BulkChange, BulkPreview, after_change, bulk_preview
from desktop.queries.verify import verify
from desktop.services.orders import OrderDraft, create_order
from desktop.services.stock import AdjustLine
from desktop.services.stock_bulk import adjust_many
from desktop.shop.shop import Shop
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked, open_stocked
from tests.helpers.refusals import refused
from tests.helpers.sales import sell

PIECE = 1_000


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database: 30 tea, 8 milk, 6 cakes, 32 nuts."""
    return open_stocked(shop)


def preview(stocked: Stocked, change: BulkChange, *goods: int) -> BulkPreview:
    """What the change would do to these goods, or all."""
    scope = GoodsScope("list", sku_ids=tuple(stocked.skus[g] for g in goods)) if goods else GoodsScope()
    return stocked.shop.ask(bulk_preview, scope, change, stocked.location_id)


def lines(found: BulkPreview) -> list[AdjustLine]:
    """The lines the sheet sends."""
    return [
        AdjustLine(row.sku_id, counted_milli=row.after_milli, seen_milli=row.before_milli)
        for row in found.good
    ]


def pieces(stocked: Stocked) -> list[int]:
    """On hand of all goods."""
    return [stocked.shop.ask(stock_of, sku).on_hand_milli // PIECE for sku in stocked.skus]


@pytest.mark.req("I5")
def test_what_was_previewed_is_done_and_taken_back_as_one(stocked: Stocked) -> None:
    found = preview(stocked, BulkChange("percent", -1_000))
    after = {row.sku_id: row.after_milli // PIECE for row in found.rows}
    assert after == dict(zip(stocked.skus, (27, 7, 5, 29), strict=True))  # 7.2, 5.4, 28.8: whole pieces
    key = new_key()
    for _press in range(2):
        made = stocked.shop.do(adjust_many, lines(found), reason="lost", client_key=key, note="水淹")
    assert pieces(stocked) == [27, 7, 5, 29]
    stocked.shop.do(adjust_many, [change.back for change in made], reason="undone", client_key=new_key())
    assert pieces(stocked) == [30, 8, 6, 32]
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("I5")
def test_what_cant_be_is_shown_and_left_alone(stocked: Stocked) -> None:
    stocked.shop.do(create_order, OrderDraft(tuple(stocked.cart((NUTS, 10)))), new_key())
    found = preview(stocked, BulkChange("take", 7 * PIECE), CAKE, MILK)
    assert [(row.sku_id, bool(row.problem)) for row in found.rows] == [
        (stocked.skus[MILK], False), (stocked.skus[CAKE], True),
    ]  # fmt: skip
    found = preview(stocked, BulkChange("set", 8 * PIECE))
    problems = {row.sku_id: bool(row.problem) for row in found.rows}
    assert problems == {stocked.skus[TEA]: False, stocked.skus[CAKE]: False, stocked.skus[NUTS]: True}
    assert found.unchanged == 1
    stocked.shop.do(adjust_many, lines(found), reason="count", client_key=new_key())
    assert pieces(stocked) == [8, 8, 8, 32]


@pytest.mark.req("I5", "R2")
def test_a_sale_after_the_preview_stops_all_of_it(stocked: Stocked) -> None:
    found = preview(stocked, BulkChange("add", 5 * PIECE))
    sell(stocked, stocked.cart((NUTS, 1)))
    with refused("changed from", Changed):
        stocked.shop.do(adjust_many, lines(found), reason="found", client_key=new_key())
    assert pieces(stocked) == [30, 8, 6, 31]
    # control: without what was seen the change would count the sold piece as there
    blind = [AdjustLine(line.sku_id, counted_milli=line.counted_milli) for line in lines(found)]
    stocked.shop.do(adjust_many, blind, reason="found", client_key=new_key())
    assert pieces(stocked)[NUTS] == 37


@given(st.integers(0, 10**9), st.integers(-10_000, 100_000))
def test_a_percentage_of_pieces_is_whole_and_within_half_a_piece(before: int, percent: int) -> None:
    change = BulkChange("percent", percent)
    after = after_change(change, before * PIECE, whole_pieces=True)
    assert after % PIECE == 0
    assert abs(after * 10_000 - before * PIECE * (10_000 + percent)) <= PIECE * 10_000 // 2
