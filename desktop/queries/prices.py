"""The price book: which lists there are, their grid with cost and margin, and how prices changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.basics.money import BASIS, half_up
from desktop.models.members import Tier
from desktop.models.people import Permission, Staff
from desktop.models.products import Price, PriceList, Product, Sku
from desktop.models.shelves import PriceChanged
from desktop.queries.page import PAGE_ROWS, Page, Position, in_order, page_of
from desktop.queries.products import ProductFilter, conditions_of
from desktop.shop.action import question
from desktop.shop.work import Read

BASE_LIST = "retail"
WAITING, HOLDING, OVER, OFF = "waiting", "holding", "over", "off"


@dataclass(frozen=True, slots=True)
class BookRow:
    """One list with everything that decides when it holds; `state` is waiting, holding, over or off."""

    id: int
    key: str
    name: str
    order_type: str
    tier_key: str
    tier: str
    channel: str
    valid_from: datetime | None
    valid_until: datetime | None
    active: bool
    state: str
    prices: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """One SKU unit in the grid: its cost (None: may not be seen), shelf price and price in the list, minor units."""

    id: int
    sku_id: int
    unit: str
    unit_name: str
    code: str
    name: str
    picture: str
    cost_minor: int | None
    base_minor: int | None
    amount_minor: int | None
    steps: tuple[tuple[int, int], ...]  # from this quantity on (thousandths), this price

    @property
    def margin_bp(self) -> int | None:
        """What of the price is earned, in basis points."""
        price = self.amount_minor if self.amount_minor is not None else self.base_minor
        if not price or not self.cost_minor:
            return None
        return half_up((price - self.cost_minor) * BASIS, price)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of one price."""

    at: datetime
    list_key: str
    list_name: str
    unit: str
    min_qty_milli: int
    before_minor: int | None
    after_minor: int | None
    who: str


@question(permission=Permission.SEE_STOCK)
def price_book(read: Read) -> tuple[BookRow, ...]:
    """All lists in their order with how many prices each has."""
    many = select(func.count()).where(Price.list_id == PriceList.id).scalar_subquery()
    statement = select(PriceList, Tier.name.label("tier"), many.label("many")).join(
        Tier, Tier.key == PriceList.tier_key, isouter=True
    )
    columns = statement.with_only_columns(
        *PriceList.__table__.columns, Tier.name.label("tier"), many.label("many")
    )
    return tuple(
        BookRow(
            r.id, r.key, r.name, r.order_type, r.tier_key or "", r.tier or "", r.channel or "", r.valid_from,
            r.valid_until, r.active, _state(r, read.now), int(r.many),
        )
        for r in read.rows(columns.order_by(PriceList.id))
    )  # fmt: skip


def _state(row: object, now: datetime) -> str:
    active, begins, ends = (getattr(row, name) for name in ("active", "valid_from", "valid_until"))
    if not active:
        return OFF
    if begins is not None and begins > now:
        return WAITING
    return OVER if ends is not None and ends <= now else HOLDING


@question(permission=Permission.SEE_STOCK)
def price_grid(
    read: Read, list_id: int, which: ProductFilter, after: Position | None = None
) -> Page[GridRow]:
    """200 goods with their price in this list, without costs."""
    return _grid(read, list_id, which, after, costs=False)


@question(permission=Permission.SEE_COST)
def price_grid_with_costs(
    read: Read, list_id: int, which: ProductFilter, after: Position | None = None
) -> Page[GridRow]:
    """200 goods with their price in this list and what they cost."""
    return _grid(read, list_id, which, after, costs=True)


def _grid(
    read: Read, list_id: int, which: ProductFilter, after: Position | None, *, costs: bool
) -> Page[GridRow]:
    statement = (
        select(
            Sku.id, Sku.code, Sku.unit, Sku.cost_minor, Sku.variant, Product.name, Product.pack, Product.picture,
            Product.pinyin,
        )
        .join(Product, Product.id == Sku.product_id)
        .where(~Sku.retired, *conditions_of(read, which))
    )  # fmt: skip
    rows = read.rows(in_order(statement, (Product.pinyin, Sku.id), after)).all()
    ids = [row.id for row in rows[:PAGE_ROWS]]
    base = read.value(select(PriceList.id).where(PriceList.key == BASE_LIST)) or 0
    prices: dict[tuple[int, int, str], dict[int, int]] = {}
    found = select(Price).where(Price.sku_id.in_(ids), Price.list_id.in_((base, list_id)))
    for p in read.rows(found.with_only_columns(*Price.__table__.columns)):
        prices.setdefault((p.sku_id, p.list_id, p.unit), {})[p.min_qty_milli] = p.amount_minor

    def make(row: Any) -> GridRow:
        sku_id = row.id
        name = " ".join(part for part in (row.name, row.variant, row.pack) if part)
        mine = prices.get((sku_id, list_id, ""), {})
        return GridRow(
            id=sku_id, sku_id=sku_id, unit="", unit_name=row.unit, code=row.code, name=name,
            picture=row.picture, cost_minor=row.cost_minor if costs else None,
            base_minor=prices.get((sku_id, base, ""), {}).get(0), amount_minor=mine.get(0),
            steps=tuple(sorted((least, amount) for least, amount in mine.items() if least)),
        )  # fmt: skip

    return page_of(rows, make, lambda row: (row.pinyin, row.id))


@question(permission=Permission.SEE_STOCK)
def price_history(read: Read, sku_id: int, limit: int = 100) -> tuple[ChangeRow, ...]:
    """How the prices of a SKU changed, the newest first."""
    statement = (
        select(
            PriceChanged.at, PriceList.key, PriceList.name, PriceChanged.unit, PriceChanged.min_qty_milli,
            PriceChanged.before_minor, PriceChanged.after_minor, PriceChanged.actor,
        )
        .join(PriceList, PriceList.id == PriceChanged.list_id)
        .where(PriceChanged.sku_id == sku_id)
        .order_by(PriceChanged.at.desc(), PriceChanged.id.desc())
        .limit(limit)
    )  # fmt: skip
    names = {f"staff:{r.id}": r.name for r in read.rows(select(Staff.id, Staff.name))}
    return tuple(_changed(r, names.get(r.actor, r.actor)) for r in read.rows(statement))


def _changed(row: Any, who: str) -> ChangeRow:
    *values, _actor = row
    return ChangeRow(*[*values, who])


@question(permission=Permission.SEE_STOCK)
def skus_by_code(read: Read, codes: tuple[str, ...]) -> dict[str, int]:
    """Which SKU each code (upper or lower case) is, for prices pasted from a spreadsheet."""
    wanted = {code.strip().lower() for code in codes if code.strip()}
    statement = select(Sku.id, Sku.code).where(func.lower(Sku.code).in_(wanted))
    return {row.code.lower(): row.id for row in read.rows(statement)}


@question(permission=Permission.SEE_STOCK)
def tier_choices(read: Read) -> tuple[tuple[str, str], ...]:
    """The tiers a list may be for, from the lowest: key and name."""
    rows = read.rows(select(Tier.key, Tier.name).order_by(Tier.position))
    return tuple((row.key, row.name) for row in rows)
