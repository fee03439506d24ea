"""The price book: which lists there are, their grid with cost and margin, and how prices changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import Refused, ShopError
from desktop.basics.money import BASIS, half_up
from desktop.models.exchange import ForeignCurrency
from desktop.models.members import Tier
from desktop.models.people import Permission, Staff
from desktop.models.products import Price, PriceList, Product, Sku
from desktop.models.shelves import PriceChanged
from desktop.pricing.exchange import rate_text, to_base
from desktop.queries.exchange_prices import price_rates
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
    currency: str = ""  # of its prices


@dataclass(frozen=True, slots=True)
class GridRow:
    """One SKU unit in the grid: its cost (None: may not be seen), shelf price and price in the list, minor units.

    Price and steps are in the list's currency; `worth_minor` is the price in the shop's (None: there is no rate now).
    """

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
    worth_minor: int | None = None

    @property
    def margin_bp(self) -> int | None:
        """What of the price is earned, in basis points."""
        price = self.worth_minor if self.amount_minor is not None else self.base_minor
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
    currency: str
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
            r.valid_until, r.active, _state(r, read.now), int(r.many), r.currency or read.currency,
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
    worth = _worth(read, list_id)
    prices: dict[tuple[int, int, str], dict[int, int]] = {}
    found = select(Price).where(Price.sku_id.in_(ids), Price.list_id.in_((base, list_id)))
    for p in read.rows(found.with_only_columns(*Price.__table__.columns)):
        prices.setdefault((p.sku_id, p.list_id, p.unit), {})[p.min_qty_milli] = p.amount_minor

    def make(row: Any) -> GridRow:
        sku_id = row.id
        name = " ".join(part for part in (row.name, row.variant, row.pack) if part)
        mine = prices.get((sku_id, list_id, ""), {})
        amount = mine.get(0)
        return GridRow(
            id=sku_id, sku_id=sku_id, unit="", unit_name=row.unit, code=row.code, name=name,
            picture=row.picture, cost_minor=row.cost_minor if costs else None,
            base_minor=prices.get((sku_id, base, ""), {}).get(0), amount_minor=amount,
            steps=tuple(sorted((least, price) for least, price in mine.items() if least)),
            worth_minor=None if amount is None else worth(amount),
        )  # fmt: skip

    return page_of(rows, make, lambda row: (row.pinyin, row.id))


def _worth(read: Read, list_id: int) -> Callable[[int], int | None]:
    """What prices of a list come to in the shop's currency now."""
    code = read.value(select(PriceList.currency).where(PriceList.id == list_id))
    if not code:
        return lambda minor: minor
    rate = price_rates(read, (code,))[code]
    if isinstance(rate, Refused):
        return lambda minor: None
    return lambda minor: to_base(minor, rate.market, code, read.currency)


@dataclass(frozen=True, slots=True)
class ListRate:
    """By which rate a list's prices are reckoned now (decimal text, since when), or why by none."""

    currency: str
    rate: str
    since: datetime | None
    instead: bool
    refusal: ShopError | None


@question(permission=Permission.SEE_STOCK)
def list_rate(read: Read, list_id: int) -> ListRate | None:
    """The rate of a list in another currency; None for one in the shop's."""
    code = read.value(select(PriceList.currency).where(PriceList.id == list_id))
    if not code:
        return None
    rate = price_rates(read, (code,))[code]
    if isinstance(rate, Refused):
        return ListRate(code, "", None, False, rate)
    return ListRate(code, rate_text(rate.market), rate.fetched_at, rate.instead, None)


@question(permission=Permission.SEE_STOCK)
def list_currencies(read: Read) -> tuple[str, ...]:
    """The currencies a new list may be in: the shop's own, then those it takes."""
    taken = select(ForeignCurrency.code).where(ForeignCurrency.enabled).order_by(ForeignCurrency.id)
    return (read.currency, *read.rows(taken).scalars())


@question(permission=Permission.SEE_STOCK)
def price_history(read: Read, sku_id: int, limit: int = 100) -> tuple[ChangeRow, ...]:
    """How the prices of a SKU changed, the newest first."""
    statement = (
        select(
            PriceChanged.at, PriceList.key, PriceList.name, PriceChanged.unit, PriceChanged.min_qty_milli,
            PriceChanged.before_minor, PriceChanged.after_minor, PriceList.currency, PriceChanged.actor,
        )
        .join(PriceList, PriceList.id == PriceChanged.list_id)
        .where(PriceChanged.sku_id == sku_id)
        .order_by(PriceChanged.at.desc(), PriceChanged.id.desc())
        .limit(limit)
    )  # fmt: skip
    names = {f"staff:{r.id}": r.name for r in read.rows(select(Staff.id, Staff.name))}
    return tuple(_changed(r, read.currency, names.get(r.actor, r.actor)) for r in read.rows(statement))


def _changed(row: Any, currency: str, who: str) -> ChangeRow:
    *values, code, _actor = row
    return ChangeRow(*[*values, code or currency, who])


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
