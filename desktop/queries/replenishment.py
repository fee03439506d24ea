"""What should be bought, reckoned from levels, sales and what is on its way; and the list it became."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, or_, select

from desktop.basics.money import MILLI, half_up
from desktop.models.people import Permission
from desktop.models.products import Category, Product, Sku
from desktop.models.replenishment import OPEN, Replenishment, ReplenishmentLine
from desktop.models.settings import RESTOCK_DAYS
from desktop.models.stock import StockMovement
from desktop.queries.coming import on_the_way
from desktop.queries.order_detail import actor_names
from desktop.queries.stock import Board
from desktop.shop.action import question
from desktop.shop.work import Read

MOST_LINES = 500  # of one list; what is more urgent comes first


@dataclass(frozen=True, slots=True)
class Need:
    """Why one SKU should be bought, in thousandths; `sold_milli` is what `sold_days` days sold."""

    sku_id: int
    available_milli: int
    minimum_milli: int
    safety_milli: int
    sold_milli: int
    sold_days: int
    coming_milli: int
    suggested_milli: int


@dataclass(frozen=True, slots=True)
class Needs:
    """The goods to buy, most urgent first, and how many more a longer list would hold."""

    rows: tuple[Need, ...]
    left_out: int
    cover_days: int


@dataclass(frozen=True, slots=True)
class RestockLine:
    """One line of the list, in thousandths; cover in tenths of a day, None when it does not sell."""

    id: int
    sku_id: int
    code: str
    name: str
    variant: str
    pack: str
    unit: str
    picture: str
    category: str
    suggested_milli: int
    wanted_milli: int
    changed: bool
    available_milli: int
    minimum_milli: int
    safety_milli: int
    coming_milli: int
    daily_milli: int
    cover_tenths: int | None


@dataclass(frozen=True, slots=True)
class RestockList:
    """A list of goods to buy with its lines, most urgent first."""

    id: int
    day: date
    state: str
    by_clock: bool
    who: str
    at: datetime
    cover_days: int
    left_out: int
    lines: tuple[RestockLine, ...]


@dataclass(frozen=True, slots=True)
class RestockCosts:
    """What one base unit of each SKU on the list cost, in minor units."""

    of_sku: dict[int, int]


def suggest(need_milli: int) -> int:
    """What to buy so that this much is there: whole units, never below zero (thousandths)."""
    return max(0, -(-need_milli // MILLI) * MILLI)


def needs(read: Read, also: Collection[int] = ()) -> Needs:
    """Goods on the shelf below the level they are bought at (`Board.reorder`), and `also` these SKUs.

    Enough is the safety stock left after the days of the setting at average sales, rounded up to whole units.
    """
    board, cover_days = Board(read), read.setting(RESTOCK_DAYS)
    low = Product.on_shelf & (board.available < board.reorder)
    columns = (
        Sku.id, board.available.label("available"), board.reorder.label("reorder"), board.safety.label("safety"),
    )  # fmt: skip
    found = read.rows(
        board.select(*columns, levels=True, sales=False).where(or_(low, Sku.id.in_(sorted(also))))
    ).all()
    coming = on_the_way(read)
    due = {row.id: row.available + coming.get(row.id, 0) < row.reorder for row in found}
    short = [row for row in found if due[row.id] or row.id in also]
    sold = _sold(read, board, [row.id for row in short])
    rows = []
    for row in short:
        sales, on_way = sold.get(row.id, 0), coming.get(row.id, 0)
        enough = max(row.safety, row.reorder) + -(-sales * cover_days // board.days)
        wanted = suggest(enough - row.available - on_way) if due[row.id] else 0
        rows.append(Need(row.id, row.available, row.reorder, row.safety, sales, board.days, on_way, wanted))
    rows.sort(key=_urgency)
    kept = [need for place, need in enumerate(rows) if place < MOST_LINES or need.sku_id in also]
    return Needs(tuple(kept), len(rows) - len(kept), cover_days)


def _urgency(need: Any) -> tuple[int, int, int]:
    """What is out and sells comes first, then what lasts shortest, then what does not sell."""
    if need.sold_milli <= 0:
        return 2, need.available_milli, need.sku_id
    if need.available_milli <= 0:
        return 0, -need.sold_milli, need.sku_id
    return 1, need.available_milli * need.sold_days * 1_000 // need.sold_milli, need.sku_id


def _sold(read: Read, board: Board, sku_ids: Sequence[int]) -> dict[int, int]:
    """What these SKUs sold in the board's days, in thousandths."""
    quantity = cast(func.sum(-StockMovement.delta_milli), BigInteger()).label("quantity")
    statement = select(StockMovement.sku_id, quantity).where(
        StockMovement.reason == "sale", StockMovement.at >= board.since
    )
    if len(sku_ids) <= MOST_LINES:
        statement = statement.where(StockMovement.sku_id.in_(sku_ids))
    return {row.sku_id: int(row.quantity) for row in read.rows(statement.group_by(StockMovement.sku_id))}


# -- questions ----------------------------------------------------------------------------------------------------


@question(permission=Permission.SEE_STOCK)
def open_restock(read: Read) -> RestockList | None:
    """The list that waits for somebody, or None."""
    return _list(read, select(Replenishment.__table__).where(Replenishment.state == OPEN))


@question(permission=Permission.SEE_STOCK)
def restock_list(read: Read, list_id: int) -> RestockList | None:
    """One list, open or closed, or None."""
    return _list(read, select(Replenishment.__table__).where(Replenishment.id == list_id))


@question(permission=Permission.SEE_COST)
def restock_costs(read: Read, list_id: int) -> RestockCosts:
    """What the goods of a list cost last."""
    statement = select(Sku.id, Sku.cost_minor).join(ReplenishmentLine, ReplenishmentLine.sku_id == Sku.id)
    rows = read.rows(statement.where(ReplenishmentLine.list_id == list_id))
    return RestockCosts({row.id: row.cost_minor for row in rows})


def _list(read: Read, statement: Select[Any]) -> RestockList | None:
    found = read.first(statement)
    if found is None:
        return None
    line = ReplenishmentLine
    rows = read.rows(
        select(
            line.__table__, Sku.code, Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture,
            func.coalesce(Category.name, "").label("category"),
        )
        .join(Sku, Sku.id == line.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(Category, Category.id == Product.category_id, isouter=True)
        .where(line.list_id == found.id, ~line.removed)
    ).all()  # fmt: skip
    ordered = sorted(rows, key=_urgency)
    who = actor_names(read, {found.actor}).get(found.actor, "")
    return RestockList(
        found.id, found.day, found.state, found.origin == "clock", who, found.at, found.cover_days,
        found.left_out, tuple(_line(row) for row in ordered),
    )  # fmt: skip


def _line(row: Any) -> RestockLine:
    sells = row.sold_milli > 0
    lasts = max(0, row.available_milli) * 10 * row.sold_days // row.sold_milli if sells else None
    return RestockLine(
        id=row.id, sku_id=row.sku_id, code=row.code, name=row.name, variant=row.variant, pack=row.pack,
        unit=row.unit, picture=row.picture, category=row.category, suggested_milli=row.suggested_milli,
        wanted_milli=row.wanted_milli, changed=row.changed, available_milli=row.available_milli,
        minimum_milli=row.minimum_milli, safety_milli=row.safety_milli, coming_milli=row.coming_milli,
        daily_milli=half_up(row.sold_milli, row.sold_days) if sells else 0, cover_tenths=lasts,
    )  # fmt: skip
