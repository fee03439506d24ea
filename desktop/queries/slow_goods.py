"""Goods that lie: slow ones, which hardly sell, and surplus, of which there is far more than is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, func, or_, select

from desktop.basics.i18n import N_
from desktop.basics.money import MILLI, half_up
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.purchasing import SupplierSku
from desktop.models.settings import SLOW_COVER, SLOW_DAYS, SURPLUS_DAYS
from desktop.models.stock import StockMovement
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.queries.stock_board import AVERAGE_DAYS, ENDLESS, Board
from desktop.shop.action import question
from desktop.shop.work import Read

SLOW, SURPLUS = "slow", "surplus"
VIEWS = (SLOW, SURPLUS)
MARK_DOWN, RETURN, SELL_FIRST = "mark_down", "return", "sell_first"
ADVICE = {
    MARK_DOWN: N_("Mark down, or move to another place"),
    RETURN: N_("Return to the supplier"),
    SELL_FIRST: N_("Buy no more for now"),
}


@dataclass(frozen=True, slots=True)
class SlowRow:
    """Goods that lie: quantities in thousandths, cover in tenths of a day (None: no sale), money in minor units.

    `spare_milli` is what is not needed, `advice` one of mark_down, return, sell_first.
    """

    id: int  # of the SKU
    product_id: int
    code: str
    name: str
    variant: str
    pack: str
    unit: str
    picture: str
    available_milli: int
    spare_milli: int
    daily_milli: int
    cover_tenths: int | None
    last_sale: datetime | None
    tied_minor: int | None
    advice: str


@dataclass(frozen=True, slots=True)
class SlowCounts:
    """How many goods are slow and surplus."""

    slow: int
    surplus: int


@dataclass(frozen=True, slots=True)
class SlowWorth:
    """What the goods that lie cost, in minor units: of slow ones everything, of surplus what is not needed."""

    slow_minor: int
    surplus_minor: int


def is_slow(read: Read, board: Board) -> ColumnElement[bool]:
    """More than the safety stock lies here, for long, without a sale lately or for very long at its pace."""
    since = read.now - timedelta(days=read.setting(SLOW_DAYS))
    # read once for all goods, by the index over what sells
    sold = select(StockMovement.sku_id).where(StockMovement.reason == "sale", StockMovement.at >= since)
    crawls = and_(board.sales > 0, board.cover > read.setting(SLOW_COVER) * 10)
    return and_(board.available > board.safety, Product.created_at <= since, or_(Sku.id.not_in(sold), crawls))


def is_surplus(read: Read, board: Board) -> ColumnElement[bool]:
    """It sells, and what lies here lasts longer than anybody needs."""
    old = Product.created_at <= read.now - timedelta(days=AVERAGE_DAYS)
    much = and_(board.sales > 0, board.cover > read.setting(SURPLUS_DAYS) * 10)
    return and_(board.available > board.safety, old, much, ~is_slow(read, board))


def condition(read: Read, board: Board, view: str) -> ColumnElement[bool]:
    """The goods of a view; needs levels and sales joined."""
    return is_slow(read, board) if view == SLOW else is_surplus(read, board)


def _spare(read: Read, board: Board, view: str) -> ColumnElement[int]:
    """What is not needed: of slow goods all, of others what is left after the days a surplus begins at."""
    needed = board.sales * read.setting(SURPLUS_DAYS) // board.days
    spare: ColumnElement[int] = board.available if view == SLOW else board.available - needed
    return spare


def slow_among(read: Read, rows: Sequence[Any]) -> frozenset[int]:
    """The slow ones among rows of a list (id, available, safety, sales, cover, created_at), by what they already say."""
    since, crawl = read.now - timedelta(days=read.setting(SLOW_DAYS)), read.setting(SLOW_COVER) * 10
    lying = [row for row in rows if row.available > row.safety and row.created_at <= since]
    slow = {int(row.id) for row in lying if row.sales > 0 and row.cover > crawl}
    others = sorted(int(row.id) for row in lying if row.id not in slow)
    if others:
        sold = select(StockMovement.sku_id).where(
            StockMovement.sku_id.in_(others), StockMovement.reason == "sale", StockMovement.at >= since
        )
        slow |= set(others) - set(read.rows(sold.distinct()).scalars())
    return frozenset(slow)


# -- questions ----------------------------------------------------------------------------------------------------


@question(permission=Permission.SEE_STOCK)
def slow_counts(read: Read) -> SlowCounts:
    """How many goods on the shelf lie."""
    return counted(read, Board(read))


def counted(read: Read, board: Board) -> SlowCounts:
    """How many goods on the shelf lie at the board's places."""
    counts = [func.count().filter(condition(read, board, view)) for view in VIEWS]
    found: Any = read.rows(board.select(*counts, levels=True).where(Product.on_shelf)).one()
    slow, surplus = found
    return SlowCounts(int(slow), int(surplus))


@question(permission=Permission.SEE_COST)
def slow_worth(read: Read) -> SlowWorth:
    """What they cost."""
    board = Board(read)
    sums = [
        cast(
            func.sum(_spare(read, board, view) * Sku.cost_minor).filter(condition(read, board, view)),
            BigInteger,
        )
        for view in VIEWS
    ]
    row = read.rows(board.select(*sums, levels=True).where(Product.on_shelf)).one()
    return SlowWorth(*(half_up(int(number or 0), MILLI) for number in row))


@question(permission=Permission.SEE_STOCK)
def slow_page(read: Read, view: str = SLOW, after: Position | None = None) -> Page[SlowRow]:
    """200 goods that lie, the longest cover on top."""
    return _page(read, view, after, cost=False)


@question(permission=Permission.SEE_COST)
def slow_with_cost(read: Read, view: str = SLOW, after: Position | None = None) -> Page[SlowRow]:
    """The same by the money tied up in them."""
    return _page(read, view, after, cost=True)


@question(permission=Permission.SEE_STOCK)
def slow_of(read: Read, sku_id: int) -> SlowRow | None:
    """Whether and why one SKU lies; None when it doesn't."""
    for view in VIEWS:
        found = _page(read, view, None, cost=False, sku_id=sku_id).rows
        if found:
            return found[0]
    return None


def _page(
    read: Read, view: str, after: Position | None, *, cost: bool, sku_id: int | None = None
) -> Page[SlowRow]:
    board = Board(read, sku_id)
    spare = _spare(read, board, view)
    key = spare * Sku.cost_minor if cost else board.cover
    last = select(func.max(StockMovement.at)).where(
        StockMovement.sku_id == Sku.id, StockMovement.reason == "sale"
    )
    supplied = exists(select(SupplierSku.sku_id).where(SupplierSku.sku_id == Sku.id))
    statement = board.select(
        Sku.id, Sku.product_id, Sku.code, Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture,
        board.available.label("available"), spare.label("spare"), board.sales.label("sales"),
        board.cover.label("cover"), last.correlate(Sku).scalar_subquery().label("last_sale"), Sku.cost_minor,
        supplied.label("supplied"), key.label("key"), levels=True,
    ).where(Product.on_shelf, condition(read, board, view))  # fmt: skip
    if sku_id is not None:
        statement = statement.where(Sku.id == sku_id)
    rows = read.rows(in_order(statement, (key, Sku.id), after)).all()
    return page_of(rows, lambda row: _row(row, board.days, view, cost), lambda row: (row.key, row.id))


def _row(row: Any, days: int, view: str, cost: bool) -> SlowRow:
    spare = max(0, int(row.spare))
    return SlowRow(
        id=row.id, product_id=row.product_id, code=row.code, name=row.name, variant=row.variant, pack=row.pack,
        unit=row.unit, picture=row.picture, available_milli=int(row.available), spare_milli=spare,
        daily_milli=half_up(int(row.sales), days), cover_tenths=None if row.cover >= ENDLESS else int(row.cover),
        last_sale=row.last_sale, tied_minor=half_up(spare * row.cost_minor, MILLI) if cost else None,
        advice=_advice(row, view),
    )  # fmt: skip


def _advice(row: Any, view: str) -> str:
    """What goods nobody buys go back as, if somebody supplies them; what sells slowly is marked down."""
    if view == SURPLUS:
        return SELL_FIRST
    return RETURN if row.sales <= 0 and row.supplied else MARK_DOWN
