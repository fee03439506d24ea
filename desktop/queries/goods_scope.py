"""Which goods something is about: chosen by category, tag, words, a list, or what is low at a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sqlalchemy import func, select

from desktop.models.products import Product, Sku
from desktop.models.stock import Stock
from desktop.models.stocktakes import POSTED, Stocktake, StocktakeLine
from desktop.queries.page import AnySelect
from desktop.queries.places import main_place
from desktop.queries.products import ProductFilter, conditions_of
from desktop.queries.stock_board import STOCKED_KINDS, Board
from desktop.shop.work import Read

ALL, CATEGORY, TAG, LIST, STALE, SAMPLE, LOW = "all", "category", "tag", "list", "stale", "sample", "low"
SCOPES = (ALL, CATEGORY, TAG, LIST, STALE, SAMPLE, LOW)


@dataclass(frozen=True, slots=True)
class GoodsScope:
    """Goods by one way of choosing; `days` for stale (not counted for so long), `size` for a random sample."""

    kind: str = ALL
    category_id: int | None = None
    tag: str = ""
    sku_ids: tuple[int, ...] = ()
    days: int = 30
    size: int = 20


def goods_in(read: Read, scope: GoodsScope, location_id: int, seed: str = "") -> list[int]:
    """The SKUs of a scope that are kept at a place, in order; a sample is the same for the same `seed`."""
    words = ProductFilter(
        "", scope.category_id if scope.kind == CATEGORY else None, scope.tag if scope.kind == TAG else ""
    )
    lies = (Stock.sku_id == Sku.id) & (Stock.location_id == location_id)
    statement = (
        select(Sku.id)
        .join(Product, Product.id == Sku.product_id)
        .join(Stock, lies, isouter=True)
        .where(Product.kind.in_(STOCKED_KINDS), *conditions_of(read, words))
    )
    here = func.coalesce(Stock.on_hand_milli, 0) > 0
    if scope.kind == LIST:
        statement = statement.where(Sku.id.in_(scope.sku_ids))
    else:  # the shelf holds what is for sale even when none is left; other places only what lies there
        statement = statement.where(here | Product.on_shelf if location_id == main_place(read) else here)
    if scope.kind == STALE:
        statement = statement.where(Sku.id.not_in(_counted_since(read, scope.days, location_id)))
    if scope.kind == LOW:
        statement = statement.where(Sku.id.in_(_low(read, location_id)))
    found = [int(row[0]) for row in read.rows(statement.order_by(Sku.id))]
    if scope.kind == SAMPLE and len(found) > scope.size:
        found = sorted(Random(seed).sample(found, scope.size))
    return found


def _counted_since(read: Read, days: int, location_id: int) -> AnySelect:
    return (
        select(StocktakeLine.sku_id)
        .join(Stocktake, Stocktake.id == StocktakeLine.stocktake_id)
        .where(
            Stocktake.state == POSTED, Stocktake.location_id == location_id,
            StocktakeLine.counted_at >= read.now - timedelta(days=days),
        )
    )  # fmt: skip


def _low(read: Read, location_id: int) -> AnySelect:
    board = Board(read, place=location_id)
    return board.select(Sku.id, levels=True, sales=False).where(board.available < board.safety)
