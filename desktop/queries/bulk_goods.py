"""What a bulk edit of goods would do: before and after of every row, and what can't be changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.basics.money import BASIS, LARGEST, half_up
from desktop.models.people import Permission
from desktop.models.products import Category, Price, PriceList, Product, ProductTag, Sku, Tag
from desktop.models.shelves import BulkEdit, Shelf
from desktop.models.stock import Level
from desktop.queries.products import ProductFilter, conditions_of
from desktop.shop.action import question
from desktop.shop.work import Read

MOST = 20_000
PRICE, CATEGORY, TAG_ON, TAG_OFF, LEVELS, SHELF, CHANNEL = (
    "price", "category", "tag on", "tag off", "levels", "shelf", "channel",
)  # fmt: skip
KINDS = (PRICE, CATEGORY, TAG_ON, TAG_OFF, LEVELS, SHELF, CHANNEL)
MODES = ("set", "add", "percent")
ENDINGS = {"": None, "00": 0, "50": 50, "80": 80, "88": 88, "90": 90, "99": 99}
NO_PRICE = N_("Has no price in this list")
TOO_LOW = N_("The price would be below zero")
TOO_HIGH = N_("The price would be too high")


@dataclass(frozen=True, slots=True)
class Scope:
    """Ticked SKUs, or with none ticked everything a filter finds."""

    sku_ids: tuple[int, ...] = ()
    which: ProductFilter = field(default_factory=ProductFilter)


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to do with all of them. A price in minor units or basis points; levels in thousandths, None: inherit."""

    kind: str
    list_id: int = 0
    mode: str = "set"
    value: int = 0
    ending: str = ""
    category_id: int = 0
    tag: str = ""
    alert_milli: int | None = None
    minimum_milli: int | None = None
    safety_milli: int | None = None
    on: bool = True
    channel: str = ""


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One SKU (price, levels) or product (everything else): what it is and would be, as the kind has it."""

    id: int
    code: str
    name: str
    before: Any
    after: Any
    problem: str = ""  # a sentence key; such a row is left out

    @property
    def changes(self) -> bool:
        """Whether it would be written."""
        return not self.problem and self.before != self.after


@dataclass(frozen=True, slots=True)
class Done:
    """A bulk edit that may still be taken back."""

    id: int
    kind: str
    rows: int
    state: str


@question(permission=Permission.EDIT_GOODS)
def bulk_preview(read: Read, scope: Scope, change: BulkChange) -> tuple[BulkRow, ...]:
    """Every row a bulk edit would touch or has to leave out. Raises `Malformed` for a change that makes no sense."""
    return tuple(plan(read, scope, change))


@question(permission=Permission.EDIT_GOODS)
def bulk_edits(read: Read, limit: int = 10) -> tuple[Done, ...]:
    """The newest bulk edits."""
    statement = select(BulkEdit.id, BulkEdit.kind, BulkEdit.rows, BulkEdit.state)
    return tuple(Done(*tuple(row)) for row in read.rows(statement.order_by(BulkEdit.id.desc()).limit(limit)))


def plan(read: Read, scope: Scope, change: BulkChange) -> list[BulkRow]:
    """The rows of a bulk edit, one for each SKU or product."""
    check(read, change)
    statement = (
        select(
            Sku.id, Sku.product_id, Sku.code, Sku.variant, Product.name, Product.category_id, Product.on_shelf
        )
        .join(Product, Product.id == Sku.product_id)
        .order_by(Product.pinyin, Sku.id)
        .limit(MOST + 1)
    )
    if scope.sku_ids:
        rows = [r for ids in _parts(scope.sku_ids) for r in read.rows(statement.where(Sku.id.in_(ids)))]
    else:
        rows = list(read.rows(statement.where(~Sku.retired, *conditions_of(read, scope.which))))
    if len(rows) > MOST:
        raise Malformed(N_("At most {limit} goods at once. Narrow the filter."), limit=f"{MOST:,}")
    per_sku = change.kind in (PRICE, LEVELS)
    if not per_sku:
        rows = list({row.product_id: row for row in reversed(rows)}.values())[::-1]
    ids = [row.id if per_sku else row.product_id for row in rows]
    have = current(read, change.kind, ids, change.list_id, change.channel)
    return [_row(row, row_id, have[row_id], change) for row, row_id in zip(rows, ids, strict=True)]


def check(read: Read, change: BulkChange) -> None:
    """Raises `Malformed` for a change that makes no sense."""
    if change.kind not in KINDS or change.mode not in MODES or change.ending not in ENDINGS:
        raise Malformed(N_("Choose what to change."))
    if change.kind == PRICE:
        if read.value(select(PriceList.id).where(PriceList.id == change.list_id)) is None:
            raise Malformed(N_("Choose a price list."))
        if change.mode == "set" and not 0 <= change.value <= LARGEST:
            raise Malformed(N_("A price can’t be below zero."))
        if change.mode == "percent" and not -BASIS < change.value <= 10 * BASIS:
            raise Malformed(N_("A price can fall by less than 100% and rise by up to 1,000%."))
    if change.kind == CATEGORY and change.category_id:
        there = read.value(select(Category.id).where(Category.id == change.category_id))
        if there is None:
            raise Malformed(N_("This category no longer exists."))
    if change.kind in (TAG_ON, TAG_OFF) and not change.tag.strip():
        raise Malformed(N_("Type the tag first."))


def new_price(before: int, change: BulkChange) -> int:
    """The price after the change, ending as wanted: the nearest amount with these last two digits."""
    if change.mode == "set":
        after = change.value
    elif change.mode == "add":
        after = before + change.value
    else:
        after = half_up(before * (BASIS + change.value), BASIS)
    ending = ENDINGS[change.ending]
    if ending is None:
        return after
    below = (after - ending) // 100 * 100 + ending
    nearest = below if after - below < below + 100 - after else below + 100
    return nearest if nearest > 0 or after <= 0 else ending or 100


def _parts(ids: Sequence[int], size: int = 1_000) -> list[Sequence[int]]:
    return [ids[i : i + size] for i in range(0, len(ids), size)]


def _row(row: Any, row_id: int, before: Any, change: BulkChange) -> BulkRow:
    name, problem, after = f"{row.name} {row.variant}".rstrip(), "", before
    if change.kind == PRICE and before is None and change.mode != "set":
        problem = NO_PRICE
    else:
        after = _after(before, change)
    if change.kind == PRICE and after is not None and not 0 <= after <= LARGEST:
        problem = TOO_LOW if after < 0 else TOO_HIGH
    return BulkRow(row_id, row.code, name, before, after, problem)


def _after(before: Any, change: BulkChange) -> Any:
    tag = change.tag.strip()
    match change.kind:
        case "price":
            return new_price(before or 0, change)
        case "category":
            return change.category_id
        case "tag on":
            return sorted({*before, tag})
        case "tag off":
            return sorted({*before} - {tag})
        case "levels":
            return [change.alert_milli, change.minimum_milli, change.safety_milli]
        case "shelf":
            return change.on
        case _:
            return [change.on, None, None]


def current(read: Read, kind: str, ids: Sequence[int], list_id: int = 0, channel: str = "") -> dict[int, Any]:
    """What these SKUs or products are now, as the kind has it and JSON can keep it."""
    plain: dict[str, Any] = {
        PRICE: None, CATEGORY: 0, LEVELS: [None, None, None], SHELF: False, CHANNEL: [True, None, None],
    }  # fmt: skip
    found: dict[int, Any] = {}
    for part in _parts(ids):
        if kind in (TAG_ON, TAG_OFF):
            statement = select(ProductTag.product_id, Tag.name).join(Tag, Tag.id == ProductTag.tag_id)
            for r in read.rows(statement.where(ProductTag.product_id.in_(part)).order_by(Tag.name)):
                found.setdefault(r.product_id, []).append(r.name)
        else:
            found |= {r[0]: _kept(kind, r) for r in read.rows(_STATEMENTS[kind](part, list_id, channel))}
    return {row_id: found.get(row_id, plain.get(kind, [])) for row_id in ids}


def _kept(kind: str, row: Any) -> Any:
    if kind == LEVELS:
        return list(row[1:])
    if kind == CHANNEL:
        return [row[1], *(t.isoformat() if t else None for t in row[2:])]
    return (row[1] or 0) if kind == CATEGORY else row[1]


_STATEMENTS: dict[str, Callable[[Sequence[int], int, str], Any]] = {
    PRICE: lambda ids, list_id, _channel: select(Price.sku_id, Price.amount_minor).where(
        Price.sku_id.in_(ids), Price.list_id == list_id, Price.unit == "", Price.min_qty_milli == 0
    ),
    CATEGORY: lambda ids, _list, _channel: select(Product.id, Product.category_id).where(Product.id.in_(ids)),
    SHELF: lambda ids, _list, _channel: select(Product.id, Product.on_shelf).where(Product.id.in_(ids)),
    LEVELS: lambda ids, _list, _channel: select(
        Level.sku_id, Level.alert_milli, Level.minimum_milli, Level.safety_milli
    ).where(Level.sku_id.in_(ids)),
    CHANNEL: lambda ids, _list, channel: select(
        Shelf.product_id, Shelf.is_open, Shelf.from_at, Shelf.until_at
    ).where(Shelf.product_id.in_(ids), Shelf.channel == channel),
}


def written(change: BulkChange, rows: Sequence[BulkRow]) -> str:
    """What is kept of an edit for taking it back."""
    facts = {"list": change.list_id, "channel": change.channel}
    return json.dumps({**facts, "rows": [[r.id, r.before, r.after] for r in rows]}, ensure_ascii=False)
