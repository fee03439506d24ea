"""Stock as it stands: what is here, what it should be, how fast it goes, how long it lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.basics.money import MILLI, half_up
from desktop.models.people import Permission
from desktop.models.products import Category, Price, PriceList, Product, Sku
from desktop.models.shelves import Photo
from desktop.models.stock import OTHER_SHOP, Location, Stock
from desktop.queries import slow_goods
from desktop.queries.batches import expiring_goods, expiring_minor, next_days, soon_skus
from desktop.queries.coming import on_the_way
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.queries.stock_board import ENDLESS, STOCKED_KINDS, Board
from desktop.shop.action import question
from desktop.shop.work import Read

BASE_LIST = "retail"
OUT, UNDER_MINIMUM, UNDER_SAFETY, ENOUGH = "out", "under_minimum", "under_safety", "enough"
EXPIRING = "expiring"
VIEWS = ("all", "low", "out", EXPIRING, *slow_goods.VIEWS, "off")


@dataclass(frozen=True, slots=True)
class StockFilter:
    """Which goods: `view` is all, low (under safety, out included), out, expiring, slow, surplus, or off (the shelf)."""

    view: str = "all"
    text: str = ""
    category_id: int | None = None
    place: int | None = None  # None: all shop floors and store rooms


@dataclass(frozen=True, slots=True)
class StockRow:
    """One SKU's stock, quantities in thousandths; cover in tenths of a day, None when it does not sell."""

    id: int  # of the SKU
    product_id: int
    code: str
    name: str
    variant: str
    pack: str
    unit: str
    picture: str
    has_photo: bool
    category: str
    on_shelf: bool
    on_hand_milli: int
    reserved_milli: int
    available_milli: int
    minimum_milli: int
    safety_milli: int
    daily_milli: int
    cover_tenths: int | None
    state: str
    coming_milli: int  # ordered and not there yet
    set_aside_milli: int = 0  # for campaigns; part of what is reserved
    sells: bool = True  # False: damaged, in transit or in another shop, none of it available
    expires_on: date | None = None  # the soonest last day, when it is near or over
    slow: bool = False


@dataclass(frozen=True, slots=True)
class StockCounts:
    """The strip above the table; `missed_minor` is what a day's sales of the goods that are out come to."""

    on_sale: int
    new_this_week: int
    under_safety: int
    under_minimum: int
    out: int
    off_shelf: int
    missed_minor: int
    expiring: int = 0  # soon or over
    expired: int = 0
    slow: int = 0
    surplus: int = 0
    warn_days: int = 0


@dataclass(frozen=True, slots=True)
class StockValue:
    """What all stock cost, in minor units, and how many tenths of a day its sales take to use it up."""

    value_minor: int
    turnover_tenths: int | None
    expiring_minor: int = 0  # of what expires soon or has


def state_of(available_milli: int, minimum_milli: int, safety_milli: int) -> str:
    """out, under_minimum, under_safety or enough."""
    if available_milli <= 0:
        return OUT
    if available_milli < minimum_milli:
        return UNDER_MINIMUM
    return UNDER_SAFETY if available_milli < safety_milli else ENOUGH


# -- questions ----------------------------------------------------------------------------------------------------


@question(permission=Permission.SEE_STOCK)
def stock_page(
    read: Read,
    which: StockFilter,
    after: Position | None = None,
    *,
    sort: str = "cover",
    descending: bool = False,
) -> Page[StockRow]:
    """200 goods in this order; first what runs out soonest."""
    board = Board(read, place=which.place)
    column = board.sort_by(sort)
    ranked = _figures(board, column, levels=_levelled(which)).where(*_seen(read, board, which))
    ranked = in_order(ranked, (column, Sku.id), after, descending=descending)
    return page_of(*_rows(read, board, ranked, descending))


@question(permission=Permission.SEE_STOCK)
def stock_count(read: Read, which: StockFilter) -> int:
    """How many goods the filter finds."""
    board = Board(read, place=which.place)
    return int(
        read.value(
            board.select(func.count(), levels=_levelled(which), sales=which.view in slow_goods.VIEWS).where(
                *_seen(read, board, which)
            )
        )
        or 0
    )


@question(permission=Permission.SEE_STOCK)
def stock_of(read: Read, sku_id: int, place: int | None = None) -> StockRow:
    """One SKU's stock, at one place or in all. Raises `NotFound` for services and unknown goods."""
    board = Board(read, sku_id, place)
    rows, make, _position = _rows(read, board, _figures(board, Sku.id).where(Sku.id == sku_id), False)
    if not rows:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return make(rows[0])


@question(permission=Permission.SEE_STOCK)
def stock_counts(read: Read, place: int | None = None) -> StockCounts:
    """The figures above the table, of goods on the shelf; at one place of what is kept there."""
    board = Board(read, place=place)
    day = read.now.astimezone(read.zone)
    week = (day - timedelta(days=day.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    on, low = Product.on_shelf, board.available < board.safety

    def count(*wanted: Any) -> Any:
        return func.count().filter(*wanted)

    kept = [board.on_hand > 0] if board.own else []
    row = read.rows(
        board.select(
            count(on), count(on, Product.created_at >= week), count(on, low),
            count(on, low, board.available < board.minimum), count(on, board.available <= 0), count(~on),
            levels=True, sales=False,
        ).where(*kept)
    ).one()  # fmt: skip
    on_sale, fresh, safety, minimum, out, off = (int(number) for number in row)
    near, expired, warn_days = expiring_goods(read, board.places)
    lying = slow_goods.counted(read, board)
    return StockCounts(
        on_sale, fresh, safety, minimum, out, off, _missed(read, board), near, expired, lying.slow, lying.surplus,
        warn_days,
    )  # fmt: skip


def _levelled(which: StockFilter) -> bool:
    return which.view == "low" or which.view in slow_goods.VIEWS


def _seen(read: Read, board: Board, which: StockFilter) -> list[Any]:
    """The conditions of a filter, those that other rooms define among them."""
    found: list[Any] = board.seen(read, which)
    if which.view == EXPIRING:
        found.append(Sku.id.in_(soon_skus(read, board.places)))
    elif which.view in slow_goods.VIEWS:
        found.append(slow_goods.condition(read, board, which.view))
    return found


def _missed(read: Read, board: Board) -> int:
    """What a day's average sales of the goods that are out would bring, in minor units."""
    amount = func.sum(board.sales * Price.amount_minor)
    statement = (
        board.select(amount)
        .join(Price, Price.sku_id == Sku.id)
        .join(PriceList, PriceList.id == Price.list_id)
    )
    base = (PriceList.key == BASE_LIST, Price.unit == "", Price.min_qty_milli == 0)
    total = read.value(statement.where(*base, Product.on_shelf, board.available <= 0, board.sales > 0))
    return half_up(int(total or 0), MILLI * board.days)


@question(permission=Permission.SEE_COST)
def stock_value(read: Read, place: int | None = None) -> StockValue:
    """What the stock cost, and how long it lasts at the average sale."""
    board = Board(read, place=place)
    used = int(read.value(board.select(func.sum(board.sales * Sku.cost_minor))) or 0)
    worth = _worth(read, place)
    turnover = worth * 10 * board.days // used if used else None
    return StockValue(half_up(worth, MILLI), turnover, expiring_minor(read, board.places))


def _worth(read: Read, place: int | None) -> int:
    """What lies in the shop at cost, in transit and damaged goods too: they are its own until written off."""
    own = Location.id == place if place is not None else Location.kind != OTHER_SHOP
    statement = (
        select(cast(func.sum(Stock.on_hand_milli * Sku.cost_minor), BigInteger))
        .join(Sku, Sku.id == Stock.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(Location, Location.id == Stock.location_id)
        .where(own, Product.kind.in_(STOCKED_KINDS))
    )
    return int(read.value(statement) or 0)


# -- making rows --------------------------------------------------------------------------------------------------


def _figures(board: Board, sorted_by: Any, *, levels: bool = False) -> Select[Any]:
    """Only what ranks the goods: names and levels are read for the rows of one page."""
    return board.select(
        Sku.id, board.on_hand.label("on_hand"), board.reserved.label("reserved"), board.sales.label("sales"),
        board.set_aside.label("set_aside"),
        board.available.label("available"), board.cover.label("cover"), sorted_by.label("sorted_by"), levels=levels,
    )  # fmt: skip


def _rows(
    read: Read, board: Board, figures: Select[Any], descending: bool
) -> tuple[Sequence[Any], Callable[[Any], StockRow], Callable[[Any], Position]]:
    """The page's database rows, how one becomes a `StockRow`, and how to read its position."""
    ranked = figures.subquery("ranked")
    statement = select(
        *ranked.c, Sku.product_id, Sku.code, Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture,
        func.coalesce(Category.name, "").label("category"), Product.on_shelf,
        Product.created_at, board.minimum.label("minimum"), board.safety.label("safety"),
    ).select_from(ranked)  # fmt: skip
    statement = statement.join(Sku, Sku.id == ranked.c.id).join(Product, Product.id == Sku.product_id)
    statement = board.with_levels(statement).join(Category, Category.id == Product.category_id, isouter=True)
    order = [c.desc() if descending else c.asc() for c in (ranked.c.sorted_by, ranked.c.id)]
    rows = read.rows(statement.order_by(*order)).all()
    pictured = select(Photo.product_id).where(Photo.product_id.in_([row.product_id for row in rows]))
    photos, coming = {row.product_id for row in read.rows(pictured)}, on_the_way(read)
    marks = next_days(read, [row.id for row in rows], board.places), slow_goods.slow_among(read, rows)
    return rows, lambda row: _row(row, board, photos, coming, marks), lambda row: (row.sorted_by, row.id)


def _row(
    row: Any,
    board: Board,
    photos: set[int],
    coming: dict[int, int],
    marks: tuple[dict[int, date], frozenset[int]],
) -> StockRow:
    available = row.on_hand - row.reserved if board.sells else 0
    return StockRow(
        id=row.id, product_id=row.product_id, code=row.code, name=row.name, variant=row.variant, pack=row.pack,
        unit=row.unit, picture=row.picture, has_photo=row.product_id in photos, category=row.category,
        on_shelf=row.on_shelf, on_hand_milli=row.on_hand, reserved_milli=row.reserved, available_milli=available,
        minimum_milli=row.minimum, safety_milli=row.safety, daily_milli=half_up(row.sales, board.days),
        cover_tenths=None if row.cover >= ENDLESS else row.cover,
        state=state_of(available, row.minimum, row.safety), coming_milli=coming.get(row.id, 0),
        set_aside_milli=row.set_aside, sells=board.sells, expires_on=marks[0].get(row.id), slow=row.id in marks[1],
    )  # fmt: skip
