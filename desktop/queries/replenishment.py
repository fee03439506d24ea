"""What should be bought, reckoned from levels, sales and what is on its way; and the list it became."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, or_, select

from desktop.analysis.forecast import TOO_SHORT, Forecast
from desktop.basics.money import MILLI, half_up
from desktop.models.people import Permission
from desktop.models.products import Category, Product, Sku
from desktop.models.purchasing import Supplier, SupplierSku
from desktop.models.replenishment import OPEN, Replenishment, ReplenishmentLine
from desktop.models.settings import RESTOCK_DAYS
from desktop.models.stock import StockMovement
from desktop.queries.coming import on_the_way
from desktop.queries.demand import forecasts
from desktop.queries.order_detail import actor_names
from desktop.queries.stock_board import Board
from desktop.queries.supply import Supply, supply_of
from desktop.shop.action import question
from desktop.shop.work import Read

MOST_LINES = 500  # of one list; what is more urgent comes first


@dataclass(frozen=True, slots=True)
class Need:
    """Why one SKU should be bought, in thousandths; `sold_milli` is what `sold_days` days sold.

    `expected_milli` is what the next `days` days sell, four of five times between `low_milli` and `high_milli`, by
    `method` (empty: average sales). Bought in packs of `pack_milli` at `price_minor`, None without a supplier.
    """

    sku_id: int
    available_milli: int
    minimum_milli: int
    safety_milli: int
    sold_milli: int
    sold_days: int
    coming_milli: int
    suggested_milli: int
    supplier_id: int | None = None
    pack_milli: int = MILLI
    price_minor: int | None = None
    lead_days: int = 0
    days: int = 0
    expected_milli: int = 0
    low_milli: int = 0
    high_milli: int = 0
    method: str = ""
    error_milli: int | None = None
    naive_milli: int | None = None


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
    supplier_id: int | None
    supplier: str
    pack_milli: int
    lead_days: int
    days: int
    expected_milli: int
    low_milli: int
    high_milli: int
    method: str
    error_milli: int | None
    naive_milli: int | None


@dataclass(frozen=True, slots=True)
class RestockGroup:
    """What is bought at one supplier (None: nobody sells it yet)."""

    supplier_id: int | None
    name: str
    lead_days: int
    lines: tuple[RestockLine, ...]


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
    groups: tuple[RestockGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class RestockCosts:
    """What the goods of a list cost in minor units: (so much, for so many thousandths) by SKU.

    A pack at its supplier's price, or one base unit at the average; `least` is the least order value by supplier.
    """

    of_sku: dict[int, tuple[int, int]]
    least: dict[int, int] = field(default_factory=dict)


def suggest(need_milli: int) -> int:
    """What to buy so that this much is there: whole units, never below zero (thousandths)."""
    return max(0, -(-need_milli // MILLI) * MILLI)


def needs(read: Read, also: Collection[int] = ()) -> Needs:
    """Goods on the shelf below the level they are bought at (`Board.reorder`), and `also` these SKUs.

    Goods with a supplier count as below it when average sales bring them there before a delivery can come. Enough is
    the safety stock left after the days of the setting (at least until a day after the delivery), by the forecast or,
    for goods too young for one, at average sales; rounded to whole units, then up to whole packs.
    """
    board, cover_days, supply = Board(read), read.setting(RESTOCK_DAYS), supply_of(read)
    bought = select(SupplierSku.sku_id).where(SupplierSku.preferred)
    low = Product.on_shelf & ((board.available < board.reorder) | Sku.id.in_(bought))
    columns = (
        Sku.id, board.available.label("available"), board.reorder.label("reorder"), board.safety.label("safety"),
    )  # fmt: skip
    found = read.rows(
        board.select(*columns, levels=True, sales=False).where(or_(low, Sku.id.in_(sorted(also))))
    ).all()
    coming, sold = on_the_way(read), _sold(read, board, [row.id for row in found])
    short, due = [], set()
    for row in found:
        until = supply[row.id].lead_days if row.id in supply else 0
        gone = -(-max(0, sold.get(row.id, 0)) * until // board.days)
        if row.available + coming.get(row.id, 0) - gone < row.reorder:
            due.add(row.id)
        if row.id in due or row.id in also:
            short.append(row)
    days = {
        row.id: max(cover_days, supply[row.id].lead_days + 1) if row.id in supply else cover_days
        for row in short
    }
    ahead = _forecasts(read, [row.id for row in short if sold.get(row.id, 0) > 0], days)
    rows = []
    for row in short:
        sales = (sold.get(row.id, 0), board.days)
        demand = _demand(sales, days[row.id], ahead.get(row.id))
        rows.append(_need(row, sales, coming.get(row.id, 0), demand, supply.get(row.id), row.id in due))
    rows.sort(key=_urgency)
    kept = [need for place, need in enumerate(rows) if place < MOST_LINES or need.sku_id in also]
    return Needs(tuple(kept), len(rows) - len(kept), cover_days)


def _forecasts(read: Read, sku_ids: Sequence[int], days: dict[int, int]) -> dict[int, Forecast]:
    """The forecast of those that sell, as far ahead as the farthest of them needs."""
    wanted = list(sku_ids)[: 2 * MOST_LINES]
    return forecasts(read, wanted, max(max(days[sku_id] for sku_id in wanted), 1)) if wanted else {}


def _demand(sales: tuple[int, int], days: int, ahead: Forecast | None) -> dict[str, Any]:
    """What the coming days sell (thousandths), and how sure that is."""
    sold, in_days = sales
    if ahead is None or ahead.method == TOO_SHORT or sold <= 0:
        expected = -(-max(0, sold) * days // in_days)
        return {"days": days, "expected_milli": expected, "low_milli": expected, "high_milli": expected}
    total, known = ahead.over(days), ahead.accuracy
    return {
        "days": days, "expected_milli": total.expected_milli, "low_milli": total.low_milli,
        "high_milli": total.high_milli, "method": ahead.method,
        "error_milli": known.error_milli if known else None, "naive_milli": known.naive_milli if known else None,
    }  # fmt: skip


def _need(
    row: Any, sales: tuple[int, int], on_way: int, demand: dict[str, Any], supply: Supply | None, due: bool
) -> Need:
    wanted = max(row.safety, row.reorder) + demand["expected_milli"] - row.available - on_way if due else 0
    sold, in_days = sales
    known = (row.id, row.available, row.reorder, row.safety, sold, in_days, on_way)
    if supply is None:
        return Need(*known, suggest(wanted), **demand)
    packs = supply.packs(max(0, half_up(wanted, MILLI) * MILLI))  # a tenth of a piece opens no further pack
    return Need(
        *known, packs * supply.pack_milli, supply.supplier_id, supply.pack_milli, supply.price(packs),
        supply.lead_days, **demand,
    )  # fmt: skip


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
    """What the goods of a list cost at their suppliers, or cost last."""
    line = ReplenishmentLine
    statement = (
        select(
            Sku.id, Sku.cost_minor, line.price_minor, line.pack_milli, line.supplier_id, Supplier.least_minor
        )
        .join(line, line.sku_id == Sku.id)
        .join(Supplier, Supplier.id == line.supplier_id, isouter=True)
        .where(line.list_id == list_id)
    )
    rows = read.rows(statement).all()
    costs = {
        row.id: (row.cost_minor, MILLI) if row.price_minor is None else (row.price_minor, row.pack_milli)
        for row in rows
    }
    return RestockCosts(costs, {row.supplier_id: row.least_minor for row in rows if row.least_minor})


def _list(read: Read, statement: Select[Any]) -> RestockList | None:
    found = read.first(statement)
    if found is None:
        return None
    line = ReplenishmentLine
    rows = read.rows(
        select(
            line.__table__, Sku.code, Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture,
            func.coalesce(Category.name, "").label("category"), func.coalesce(Supplier.name, "").label("supplier"),
        )
        .join(Sku, Sku.id == line.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .join(Category, Category.id == Product.category_id, isouter=True)
        .join(Supplier, Supplier.id == line.supplier_id, isouter=True)
        .where(line.list_id == found.id, ~line.removed)
    ).all()  # fmt: skip
    ordered = sorted(rows, key=_urgency)
    who = actor_names(read, {found.actor}).get(found.actor, "")
    return RestockList(
        found.id, found.day, found.state, found.origin == "clock", who, found.at, found.cover_days,
        found.left_out, tuple(_line(row) for row in ordered), _groups(ordered),
    )  # fmt: skip


def _groups(rows: Sequence[Any]) -> tuple[RestockGroup, ...]:
    """By supplier, the one with the most urgent goods first; goods nobody sells last."""
    parts: dict[int | None, list[Any]] = {}
    for row in rows:
        parts.setdefault(row.supplier_id, []).append(row)
    ordered = sorted(parts.items(), key=lambda part: part[0] is None)
    return tuple(
        RestockGroup(
            supplier_id, lines[0].supplier, max(line.lead_days for line in lines),
            tuple(_line(line) for line in lines),
        )
        for supplier_id, lines in ordered
    )  # fmt: skip


def _line(row: Any) -> RestockLine:
    sells = row.sold_milli > 0
    lasts = max(0, row.available_milli) * 10 * row.sold_days // row.sold_milli if sells else None
    return RestockLine(
        id=row.id, sku_id=row.sku_id, code=row.code, name=row.name, variant=row.variant, pack=row.pack,
        unit=row.unit, picture=row.picture, category=row.category, suggested_milli=row.suggested_milli,
        wanted_milli=row.wanted_milli, changed=row.changed, available_milli=row.available_milli,
        minimum_milli=row.minimum_milli, safety_milli=row.safety_milli, coming_milli=row.coming_milli,
        daily_milli=_daily(row) if sells else 0, cover_tenths=lasts, supplier_id=row.supplier_id,
        supplier=row.supplier, pack_milli=row.pack_milli, lead_days=row.lead_days,
        days=row.days, expected_milli=row.expected_milli, low_milli=row.low_milli, high_milli=row.high_milli,
        method=row.method, error_milli=row.error_milli, naive_milli=row.naive_milli,
    )  # fmt: skip


def _daily(row: Any) -> int:
    """What is expected to sell a day; without a forecast what sold."""
    if row.method and row.days:
        return half_up(row.expected_milli, row.days)
    return half_up(row.sold_milli, row.sold_days)
