"""Every change of stock as one list: by place, reason, day, goods or document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from desktop.basics.clock import day_starts
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import StockMovement
from desktop.queries.documents import CODES, document_codes
from desktop.queries.movements import MovementRow, Shown, movement, place_names
from desktop.queries.order_detail import actor_names
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.queries.products import ProductFilter, conditions_of
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements; days are the shop's, both included; `text` is a document's code or words of goods."""

    place: int | None = None
    reason: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A movement with its goods; `move.after_milli` is not reckoned here."""

    move: MovementRow
    sku_id: int
    code: str
    name: str
    unit: str
    picture: str

    @property
    def id(self) -> int:
        """Of the movement."""
        return self.move.id


def _conditions(read: Read, which: MovementFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if which.place is not None:
        found.append(StockMovement.location_id == which.place)
    if which.reason:
        found.append(StockMovement.reason == which.reason)
    if which.since is not None:
        found.append(StockMovement.at >= day_starts(which.since, read.zone))
    if which.until is not None:
        found.append(StockMovement.at < day_starts(which.until + timedelta(days=1), read.zone))
    text = which.text.strip()
    if text:
        sources = _sources(read, text)
        if sources:
            found.append(StockMovement.source.in_(sources))
        else:
            goods = select(Sku.id).join(Product, Product.id == Sku.product_id)
            found.append(StockMovement.sku_id.in_(goods.where(*conditions_of(read, ProductFilter(text)))))
    return found


def _sources(read: Read, text: str) -> list[str]:
    """The documents of this very code."""
    found: list[str] = []
    for kind, (key, code) in CODES.items():
        rows = read.rows(select(key).where(code.in_((text, text.upper()))).limit(20))
        found += [f"{kind}:{row[0]}" for row in rows]
    return found


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(StockMovement)
        .join(Sku, Sku.id == StockMovement.sku_id)
        .join(Product, Product.id == Sku.product_id)
    )


@question(permission=Permission.SEE_STOCK)
def movements_list(read: Read, which: MovementFilter, after: Position | None = None) -> Page[MoveLine]:
    """200 movements that fit, the newest first."""
    move = StockMovement
    statement = _joined(
        move.id, move.at, move.delta_milli, move.reason, move.note, move.source, move.actor, move.location_id,
        move.sku_id, Sku.code, Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture,
    ).where(*_conditions(read, which))  # fmt: skip
    rows = read.rows(in_order(statement, (move.at, move.id), after)).all()
    shown = Shown(
        document_codes(read, {row.source for row in rows}), actor_names(read, {row.actor for row in rows}),
        place_names(read),
    )  # fmt: skip
    return page_of(rows, lambda row: _line(row, shown), lambda row: (row.at, row.id))


def _line(row: Any, shown: Shown) -> MoveLine:
    name = " ".join(part for part in (row.name, row.variant, row.pack) if part)
    return MoveLine(movement(row, 0, shown), row.sku_id, row.code, name, row.unit, row.picture)


@question(permission=Permission.SEE_STOCK)
def movements_count(read: Read, which: MovementFilter) -> int:
    """How many movements fit."""
    return int(read.value(_joined(func.count()).where(*_conditions(read, which))) or 0)
