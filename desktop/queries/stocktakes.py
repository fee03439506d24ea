"""Stocktakes as a list and one by one: what is counted, what is still to be, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_, _
from desktop.basics.money import MILLI, half_up
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import Location, Stock
from desktop.models.stocktakes import (
    CANCELLED,
    FROZEN,
    OPEN,
    POSTED,
    UNDONE,
    Stocktake,
    StocktakeLine,
    StocktakeScan,
)
from desktop.queries.goods_scope import ALL, CATEGORY, LIST, LOW, SAMPLE, STALE, TAG, GoodsScope, goods_in
from desktop.queries.order_detail import actor_names
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

STATE_WORDS = {
    OPEN: N_("Counting"), POSTED: N_("Posted"), CANCELLED: N_("Cancelled"), UNDONE: N_("Taken back"),
}  # fmt: skip
SCOPE_WORDS = {
    ALL: N_("All goods"),
    CATEGORY: N_("One category"),
    TAG: N_("One tag"),
    LIST: N_("Chosen goods"),
    STALE: N_("Not counted for long"),
    SAMPLE: N_("Random sample"),
    LOW: N_("Under safety stock"),
}
NEWEST_SCANS = 12
_MISSING = N_("This entry no longer exists. Refresh the list.")


@dataclass(frozen=True, slots=True)
class StocktakeRow:
    """One stocktake with how far it is: lines in all, counted, and differing among the counted."""

    id: int
    code: str
    name: str
    location_id: int
    place: str
    frozen: bool
    scope: str
    scope_words: str
    blind: bool
    state: str
    lines: int
    counted: int
    differing: int
    started_by: str
    started_at: datetime
    ended_by: str
    ended_at: datetime | None
    undone_by: str = ""
    undone_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CountLine:
    """A SKU of a stocktake, thousandths; `expected_milli` is None where it is hidden, `moved_milli` what moved in between."""

    id: int  # of the SKU
    code: str
    name: str
    pack: str
    unit: str
    picture: str
    expected_milli: int | None
    counted_milli: int | None
    before_milli: int | None
    moved_milli: int
    reason: str
    counted_at: datetime | None

    @property
    def difference_milli(self) -> int | None:
        """Counted less expected, when both are known."""
        if self.counted_milli is None or self.expected_milli is None:
            return None
        return self.counted_milli - self.expected_milli


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One scan as it was saved, thousandths."""

    id: int
    sku_id: int
    name: str
    unit: str
    kind: str  # add, set, again
    milli: int
    counted_milli: int | None
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TakeValue:
    """What the differences are worth at cost, in minor units: too many, too few; and the cost of one by SKU."""

    surplus_minor: int
    missing_minor: int
    cost_of: dict[int, int]


_DIFFERS = StocktakeLine.counted_milli != StocktakeLine.expected_milli
_MOVED = func.coalesce(StocktakeLine.expected_milli - StocktakeLine.first_milli, 0)
_VIEWS: dict[str, tuple[ColumnElement[bool], ...]] = {
    "all": (),
    "open": (StocktakeLine.counted_milli.is_(None),),
    "counted": (StocktakeLine.counted_milli.is_not(None),),
    "differ": (_DIFFERS,),
    "moved": (_MOVED != 0,),
}


def _takes() -> Select[Any]:
    line = StocktakeLine
    sums = (
        select(
            line.stocktake_id,
            func.count().label("lines"),
            func.count(line.counted_milli).label("counted"),
            func.count().filter(_DIFFERS).label("differing"),
        )
        .group_by(line.stocktake_id)
        .subquery("sums")
    )
    return (
        select(
            *Stocktake.__table__.c, Location.name.label("place"),
            *(func.coalesce(sums.c[name], 0).label(name) for name in ("lines", "counted", "differing")),
        )
        .join(Location, Location.id == Stocktake.location_id)
        .join(sums, sums.c.stocktake_id == Stocktake.id, isouter=True)
    )  # fmt: skip


def _take(row: Any, names: dict[str, str]) -> StocktakeRow:
    return StocktakeRow(
        row.id, row.code, row.name, row.location_id, _(row.place), row.mode == FROZEN, row.scope, row.scope_words,
        row.blind, row.state, row.lines, row.counted, row.differing, names.get(row.started_by, ""), row.started_at,
        names.get(row.ended_by, ""), row.ended_at, names.get(row.undone_by, ""), row.undone_at, row.note,
    )  # fmt: skip


@question(permission=Permission.COUNT_STOCK)
def stocktakes_page(read: Read, state: str = "", after: Position | None = None) -> Page[StocktakeRow]:
    """Stocktakes of a state (empty: all), newest first."""
    statement = _takes().where(*([Stocktake.state == state] if state else []))
    rows = read.rows(in_order(statement, (Stocktake.id,), after)).all()
    names = actor_names(read, {key for row in rows for key in (row.started_by, row.ended_by, row.undone_by)})
    return page_of(rows, lambda row: _take(row, names), lambda row: (row.id,))


@question(permission=Permission.COUNT_STOCK)
def stocktakes_count(read: Read, state: str = "") -> int:
    """How many there are in a state."""
    statement = select(func.count()).select_from(Stocktake)
    return int(read.value(statement.where(*([Stocktake.state == state] if state else []))) or 0)


@question(permission=Permission.COUNT_STOCK)
def stocktake_of(read: Read, stocktake_id: int) -> StocktakeRow:
    """One stocktake. Raises `NotFound`."""
    row = read.first(_takes().where(Stocktake.id == stocktake_id))
    if row is None:
        raise NotFound(_MISSING)
    return _take(row, actor_names(read, {row.started_by, row.ended_by, row.undone_by}))


@question(permission=Permission.COUNT_STOCK)
def scope_size(read: Read, scope: GoodsScope, location_id: int) -> int:
    """How many kinds of goods a stocktake of this scope would count."""
    return len(goods_in(read, scope, location_id))


@question(permission=Permission.COUNT_STOCK)
def count_lines(
    read: Read, stocktake_id: int, view: str = "all", after: Position | None = None
) -> Page[CountLine]:
    """Lines to count (`all`, `open`: not counted yet, `counted`: newest count first); blind ones hide what is expected."""
    blind = read.value(select(Stocktake.blind).where(Stocktake.id == stocktake_id, Stocktake.state == OPEN))
    return _lines(read, stocktake_id, view, after, hidden=bool(blind))


@question(permission=Permission.EDIT_STOCK)
def difference_lines(
    read: Read, stocktake_id: int, view: str = "differ", after: Position | None = None
) -> Page[CountLine]:
    """Lines with what was expected: `differ`, `moved` (goods moved while they were counted), or as `count_lines`."""
    return _lines(read, stocktake_id, view, after, hidden=False)


def _lines(
    read: Read, stocktake_id: int, view: str, after: Position | None, *, hidden: bool
) -> Page[CountLine]:
    line = StocktakeLine
    lying = func.coalesce(line.expected_milli, Stock.on_hand_milli, 0)
    statement = (
        select(
            line.sku_id, Sku.code, Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture,
            lying.label("expected"), line.counted_milli, line.before_milli, _MOVED.label("moved"), line.reason,
            line.counted_at, Product.pinyin,
        )
        .join(Stocktake, Stocktake.id == line.stocktake_id)
        .join(Sku, Sku.id == line.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(Stock, (Stock.sku_id == line.sku_id) & (Stock.location_id == Stocktake.location_id), isouter=True)
        .where(line.stocktake_id == stocktake_id)
    )  # fmt: skip
    keys = (Product.pinyin, line.sku_id)
    statement = in_order(statement.where(*_VIEWS[view]), keys, after, descending=False)
    rows = read.rows(statement).all()
    return page_of(rows, lambda row: _line(row, hidden), lambda row: (row.pinyin, row.sku_id))


def _line(row: Any, hidden: bool) -> CountLine:
    return CountLine(
        row.sku_id, row.code, " ".join(part for part in (row.name, row.variant) if part), row.pack, row.unit,
        row.picture, None if hidden else int(row.expected), row.counted_milli, row.before_milli, int(row.moved),
        row.reason, row.counted_at,
    )  # fmt: skip


@question(permission=Permission.COUNT_STOCK)
def newest_scans(read: Read, stocktake_id: int) -> tuple[ScanRow, ...]:
    """The last scans of everybody who counts, newest first."""
    scan, line = StocktakeScan, StocktakeLine
    both = (line.stocktake_id == scan.stocktake_id) & (line.sku_id == scan.sku_id)
    statement = (
        select(
            scan.id,
            scan.sku_id,
            Product.name,
            Sku.variant,
            Product.pack,
            Sku.unit,
            scan.kind,
            scan.milli,
            line.counted_milli,
            scan.actor,
            scan.at,
        )
        .join(Sku, Sku.id == scan.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(line, both)
        .where(scan.stocktake_id == stocktake_id)
        .order_by(scan.id.desc())
        .limit(NEWEST_SCANS)
    )
    rows = read.rows(statement).all()
    names = actor_names(read, {row.actor for row in rows})
    return tuple(
        ScanRow(
            row.id, row.sku_id, " ".join(part for part in (row.name, row.variant, row.pack) if part), row.unit,
            row.kind, row.milli, row.counted_milli, names.get(row.actor, ""), row.at,
        )
        for row in rows
    )  # fmt: skip


@question(permission=Permission.SEE_COST)
def stocktake_value(read: Read, stocktake_id: int) -> TakeValue:
    """What the differences are worth at cost."""
    line = StocktakeLine
    cost = case((line.posted_milli.is_not(None), line.unit_cost_minor), else_=Sku.cost_minor)
    statement = (
        select(
            line.sku_id,
            cost.label("cost"),
            cast(line.counted_milli - line.expected_milli, BigInteger).label("delta"),
        )
        .join(Sku, Sku.id == line.sku_id)
        .where(line.stocktake_id == stocktake_id, _DIFFERS)
    )
    rows = read.rows(statement).all()
    surplus = sum(row.delta * row.cost for row in rows if row.delta > 0)
    missing = sum(-row.delta * row.cost for row in rows if row.delta < 0)
    return TakeValue(half_up(surplus, MILLI), half_up(missing, MILLI), {row.sku_id: row.cost for row in rows})


@question(permission=Permission.COUNT_STOCK)
def lines_count(read: Read, stocktake_id: int, view: str = "all") -> int:
    """How many lines a view of a stocktake has."""
    statement = select(func.count()).where(StocktakeLine.stocktake_id == stocktake_id, *_VIEWS[view])
    return int(read.value(statement) or 0)
