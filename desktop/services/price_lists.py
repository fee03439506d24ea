"""Price lists: made, copied with a factor, given a time, filled like a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import BASIS, LARGEST
from desktop.models.members import Tier
from desktop.models.orders import ORDER_TYPES
from desktop.models.people import Permission
from desktop.models.products import Price, PriceList, Sku, SkuUnit
from desktop.models.shelves import CHANNELS, PriceChanged
from desktop.pricing.exchange import carried_over
from desktop.queries.exchange_prices import check_list_currency, price_rate
from desktop.services.prices import BASE_LIST, PriceChange, put_price
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_NAME = 40
MOST_FACTOR = 100 * BASIS
MOST_CELLS = 5_000
SHIPPED = ("retail", "distribution", "b2b")


@dataclass(frozen=True, slots=True)
class ListFacts:
    """For whom a list is and when it holds (UTC, until excluded; None: no bound); `currency` empty: the shop's."""

    name: str
    order_type: str = "retail"
    tier_key: str = ""
    channel: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    active: bool = True
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid: the price of a SKU unit in a list; None takes it away."""

    sku_id: int
    change: PriceChange


@action(permission=Permission.EDIT_GOODS)
def make_list(work: Work, facts: ListFacts, like: int = 0, factor_bp: int = BASIS) -> int:
    """A new list; with `like`, its prices are those of that list times the factor (basis points), half up.

    Between two currencies they are changed at the rate in force. Raises `Refused` without one.
    """
    _check(work, facts)
    currency = "" if facts.currency == work.currency else facts.currency
    if currency:
        check_list_currency(work, currency)
    if not facts.name.strip():
        raise Malformed(N_("Give the price list a name."))
    if not 0 < factor_bp <= MOST_FACTOR:
        raise Malformed(N_("The factor must be above zero and at most 10,000%."))
    number = int(work.value(select(func.max(PriceList.id))) or 0) + 1
    made = work.add(PriceList(key=f"list-{number}", currency=currency, **_columns(facts)))
    if like:
        _copy(work, work.get(PriceList, like), made, factor_bp)
    return made.id


@action(permission=Permission.EDIT_GOODS)
def edit_list(work: Work, list_id: int, facts: ListFacts) -> None:
    """Change name, time and whether it is used; the shelf prices hold always and for everybody.

    Its currency stays: with another one, each of its prices would be another.
    """
    row = work.get(PriceList, list_id, lock=True)
    _check(work, facts)
    if (facts.currency or work.currency) != (row.currency or work.currency):
        raise Refused(N_("A list keeps its currency. Make another list for prices in {currency}."),
                      currency=facts.currency or work.currency)  # fmt: skip
    columns = _columns(facts)
    if row.key == BASE_LIST:
        same = ("order_type", "tier_key", "channel", "valid_from", "valid_until", "active")
        if any(getattr(row, field) != columns[field] for field in same):
            raise Refused(
                N_("The shelf prices hold always and for everybody. Make another list for what differs.")
            )
    if row.key in SHIPPED and columns["order_type"] != row.order_type:
        raise Refused(N_("This list belongs to its order type. Make another list for what differs."))
    for field, value in columns.items():
        setattr(row, field, value)


@action(permission=Permission.EDIT_GOODS)
def set_cells(work: Work, cells: Sequence[Cell]) -> int:
    """Write what was typed or pasted into the grid, all of it or nothing; returns how many prices changed."""
    if len(cells) > MOST_CELLS:
        raise Refused(N_("At most {limit} prices at once."), limit=f"{MOST_CELLS:,}")
    changed = 0
    for cell in cells:
        sku = work.get(Sku, cell.sku_id)
        if cell.change.unit and work.session.get(SkuUnit, (cell.sku_id, cell.change.unit)) is None:
            raise Refused(
                N_("These goods aren’t sold by “{unit}”. Add the unit first."), unit=cell.change.unit
            )
        work.get(PriceList, cell.change.list_id)
        changed += put_price(work, cell.sku_id, cell.change)
        work.touch("product", sku.product_id)
    return changed


def _columns(facts: ListFacts) -> dict[str, Any]:
    return {
        "name": facts.name.strip()[:LONGEST_NAME], "order_type": facts.order_type,
        "tier_key": facts.tier_key or None, "channel": facts.channel or None, "valid_from": facts.valid_from,
        "valid_until": facts.valid_until, "active": facts.active,
    }  # fmt: skip


def _check(work: Work, facts: ListFacts) -> None:
    if facts.order_type not in ORDER_TYPES:
        raise Malformed(N_("There is no order type “{key}”."), key=facts.order_type)
    if facts.channel and facts.channel not in CHANNELS:
        raise Malformed(N_("There is no channel “{channel}”."), channel=facts.channel)
    if facts.tier_key and work.value(select(Tier.key).where(Tier.key == facts.tier_key)) is None:
        raise Malformed(N_("There is no tier “{key}”."), key=facts.tier_key)
    if facts.valid_from and facts.valid_until and facts.valid_until <= facts.valid_from:
        raise Malformed(N_("The end of the time is before its beginning."))


def _copy(work: Work, like: PriceList, made: PriceList, factor_bp: int) -> None:
    statement = select(Price.sku_id, Price.unit, Price.min_qty_milli, Price.amount_minor)
    one, other = (_worth(work, row.currency) for row in (like, made))
    rows = [
        {
            "list_id": made.id, "sku_id": row.sku_id, "unit": row.unit, "min_qty_milli": row.min_qty_milli,
            "amount_minor": min(LARGEST, carried_over(row.amount_minor, one, other, factor_bp)),
        }
        for row in work.rows(statement.where(Price.list_id == like.id))
    ]  # fmt: skip
    if not rows:
        return
    work.rows(insert(Price), rows)
    history = [
        {
            **{key: row[key] for key in ("list_id", "sku_id", "unit", "min_qty_milli")}, "before_minor": None,
            "after_minor": row["amount_minor"], "actor": work.actor.key, "at": work.now,
        }
        for row in rows
    ]  # fmt: skip
    work.post(PriceChanged, history)
    work.touch("price", made.id)
    work.note(copied_from=like.id, prices=len(rows), factor_bp=factor_bp)


def _worth(work: Work, currency: str) -> tuple[str, Decimal]:
    return (currency, price_rate(work, currency).market) if currency else (work.currency, Decimal(1))
