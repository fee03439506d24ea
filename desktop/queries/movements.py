"""Why the stock of a SKU is what it is: its movements with the balance after each, and the levels it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.products import Category, Product, Sku
from desktop.models.settings import ALERT_AT
from desktop.models.stock import Level, Location, StockMovement
from desktop.queries.documents import document_codes, id_of
from desktop.queries.order_detail import actor_names
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
    reason: str  # opening, sale, refund, receive, adjust, import, transfer, count
    why: str
    note: str
    order_id: int | None
    order_code: str
    who: str  # a person or till by name, else empty
    document: str = ""  # what it belongs to: `transfer:3`
    document_code: str = ""  # how people call that
    place: str = ""  # where, in a shop with several places


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
    alert_from_category: bool = False  # else the setting's


@question(permission=Permission.SEE_STOCK)
def movements_page(read: Read, sku_id: int, after: Position | None = None) -> Page[MovementRow]:
    """50 movements of a SKU, newest first."""
    keys = (StockMovement.at, StockMovement.id)
    columns = (
        StockMovement.id, StockMovement.at, StockMovement.delta_milli, StockMovement.reason, StockMovement.note,
        StockMovement.source, StockMovement.actor, StockMovement.location_id,
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
    shown = Shown(
        document_codes(read, {row.source for row in rows}), _actor_names(read, rows), place_names(read)
    )

    def position(row: Any) -> Position:
        return (row.at, row.id, balances[row.id] - row.delta_milli)

    return page_of(rows, lambda row: movement(row, balances[row.id], shown), position, size=MOVEMENTS_PAGE)


@dataclass(frozen=True, slots=True)
class Shown:
    """The words of a page's movements: documents by source, actors by key, places by id."""

    codes: dict[str, str]
    names: dict[str, str]
    places: dict[int, str]


def place_names(read: Read) -> dict[int, str]:
    """The places by name; none in a shop with only one, where nobody needs to be told."""
    rows = read.rows(select(Location.id, Location.name).order_by(Location.id)).all()
    return {row.id: _(row.name) for row in rows} if len(rows) > 1 else {}


def movement(row: Any, after_milli: int, shown: Shown) -> MovementRow:
    """A movement as it is shown."""
    order_id, code = id_of(row.source, "order"), shown.codes.get(row.source, "")
    split = row.reason in ("adjust", "count")
    why, _colon, more = row.note.partition(": ") if split else ("", "", row.note)
    return MovementRow(
        id=row.id, at=row.at, delta_milli=row.delta_milli, after_milli=after_milli, reason=row.reason,
        why=why, note="" if more == code else more, order_id=order_id, order_code=code if order_id else "",
        who=shown.names.get(row.actor, ""), document=row.source, document_code=code,
        place=shown.places.get(row.location_id, ""),
    )  # fmt: skip


def _actor_names(read: Read, rows: Any) -> dict[str, str]:
    return actor_names(read, {row.actor for row in rows})


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
        alert_from_category=alert is not None,
    )
