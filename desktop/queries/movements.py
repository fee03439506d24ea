"""Why the stock of a SKU is what it is: its movements with the balance after each, and the levels it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.models.orders import Order
from desktop.models.people import Permission, Staff, Till
from desktop.models.products import Category, Product, Sku
from desktop.models.settings import ALERT_AT
from desktop.models.stock import Level, StockMovement
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

MOVEMENTS_PAGE = 50


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One change in thousandths and what was on hand after it; `why` is the first word of an adjustment's note."""

    id: int
    at: datetime
    delta_milli: int
    after_milli: int
    reason: str  # opening, sale, refund, receive, adjust, import
    why: str
    note: str
    order_id: int | None
    order_code: str
    who: str  # a person or till by name, else empty


@dataclass(frozen=True, slots=True)
class LevelSheet:
    """A SKU's own levels (None: inherited) and those it would inherit, in thousandths; from which category."""

    sku_id: int
    alert_milli: int | None
    minimum_milli: int | None
    safety_milli: int | None
    inherited_alert_milli: int
    inherited_minimum_milli: int | None
    inherited_safety_milli: int | None
    category_id: int | None
    category: str


@question(permission=Permission.SEE_STOCK)
def movements_page(read: Read, sku_id: int, after: Position | None = None) -> Page[MovementRow]:
    """50 movements of a SKU, newest first."""
    keys = (StockMovement.at, StockMovement.id)
    columns = (
        StockMovement.id, StockMovement.at, StockMovement.delta_milli, StockMovement.reason, StockMovement.note,
        StockMovement.source, StockMovement.actor,
    )  # fmt: skip
    statement = select(*columns).where(StockMovement.sku_id == sku_id)
    statement = in_order(statement, keys, after[:2] if after else None, size=MOVEMENTS_PAGE)
    rows = read.rows(statement).all()
    whole = select(func.sum(StockMovement.delta_milli)).where(StockMovement.sku_id == sku_id)
    balance = after[2] if after else int(read.value(whole) or 0)
    balances: dict[int, int] = {}
    for row in rows:
        balances[row.id] = balance
        balance -= row.delta_milli
    codes, names = _order_codes(read, rows), _actor_names(read, rows)

    def position(row: Any) -> Position:
        return (row.at, row.id, balances[row.id] - row.delta_milli)

    return page_of(rows, lambda row: _movement(row, balances, codes, names), position, size=MOVEMENTS_PAGE)


def _movement(
    row: Any, balances: dict[int, int], codes: dict[int, str], names: dict[str, str]
) -> MovementRow:
    order_id = _id_of(row.source, "order")
    why, _colon, more = row.note.partition(": ") if row.reason == "adjust" else ("", "", row.note)
    return MovementRow(
        id=row.id, at=row.at, delta_milli=row.delta_milli, after_milli=balances[row.id], reason=row.reason,
        why=why, note=more, order_id=order_id, order_code=codes.get(order_id or 0, ""),
        who=names.get(row.actor, ""),
    )  # fmt: skip


def _id_of(text: str, kind: str) -> int | None:
    """The number of `order:12`, when it is of this kind."""
    name, _colon, number = text.partition(":")
    return int(number) if name == kind and number.isdigit() else None


def _order_codes(read: Read, rows: Any) -> dict[int, str]:
    ids = sorted({found for row in rows if (found := _id_of(row.source, "order"))})
    statement = select(Order.id, Order.short_code).where(Order.id.in_(ids))
    return {row.id: row.short_code for row in read.rows(statement)} if ids else {}


def _actor_names(read: Read, rows: Any) -> dict[str, str]:
    names: dict[str, str] = {}
    for kind, entity in (("staff", Staff), ("kiosk", Till)):
        ids = sorted({found for row in rows if (found := _id_of(row.actor, kind))})
        if ids:
            statement = select(entity.id, entity.name).where(entity.id.in_(ids))
            names |= {f"{kind}:{row.id}": row.name for row in read.rows(statement)}
    return names


@question(permission=Permission.SEE_STOCK)
def levels_of(read: Read, sku_id: int) -> LevelSheet:
    """The levels of a SKU and those above it. Raises `NotFound`."""
    place = select(Product.category_id).join(Sku, Sku.product_id == Product.id).where(Sku.id == sku_id)
    found = read.first(place)
    if found is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    own = read.first(
        select(Level.alert_milli, Level.minimum_milli, Level.safety_milli).where(Level.sku_id == sku_id)
    )
    tree = select(
        Category.id, Category.parent_id, Category.name,
        Category.alert_milli, Category.minimum_milli, Category.safety_milli,
    )  # fmt: skip
    branches = {row.id: row for row in read.rows(tree)}
    inherited = {"alert_milli": None, "minimum_milli": None, "safety_milli": None}
    here = branches.get(found.category_id)
    while here is not None:
        for field, value in inherited.items():
            inherited[field] = getattr(here, field) if value is None else value
        here = branches.get(here.parent_id)
    alert = inherited["alert_milli"]
    return LevelSheet(
        sku_id=sku_id,
        alert_milli=own.alert_milli if own else None,
        minimum_milli=own.minimum_milli if own else None,
        safety_milli=own.safety_milli if own else None,
        inherited_alert_milli=read.setting(ALERT_AT) if alert is None else alert,
        inherited_minimum_milli=inherited["minimum_milli"],
        inherited_safety_milli=inherited["safety_milli"],
        category_id=found.category_id,
        category=branches[found.category_id].name if found.category_id in branches else "",
    )
