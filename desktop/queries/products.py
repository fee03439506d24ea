"""Goods as lists and single sheets: found by name, pinyin, initials, code or barcode; the category tree."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from desktop.models.people import Permission
from desktop.models.products import (
    Barcode,
    Category,
    Price,
    PriceList,
    Product,
    ProductTag,
    Sku,
    Tag,
)
from desktop.models.shelves import Photo
from desktop.models.stock import Stock
from desktop.queries.page import PAGE_ROWS, Page, Position, contains, in_order, like, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

BASE_LIST = "retail"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which goods: words or a code, a category with all below it (0: without category), a tag."""

    text: str = ""
    category_id: int | None = None
    tag: str = ""
    on_shelf: bool | None = None


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One SKU in the list; price in minor units, quantities in thousandths (None: may not be seen)."""

    id: int  # of the SKU
    product_id: int
    code: str
    name: str
    variant: str
    pack: str
    kind: str
    unit: str
    picture: str
    has_photo: bool
    category_id: int | None
    category: str
    on_shelf: bool
    barcode: str
    barcodes: int
    price_minor: int | None
    on_hand_milli: int | None = None
    available_milli: int | None = None


_GOODS = (
    select(
        Sku.id, Sku.product_id, Sku.code, Product.name, Sku.variant, Product.pack, Product.kind, Sku.unit,
        Product.picture, Product.category_id, func.coalesce(Category.name, "").label("category"),
        Product.on_shelf,
    )
    .join(Product, Product.id == Sku.product_id)
    .join(Category, Category.id == Product.category_id, isouter=True)
)  # fmt: skip
_BASE_PRICE = (
    select(func.coalesce(func.max(Price.amount_minor), -1))
    .join(PriceList, PriceList.id == Price.list_id)
    .where(Price.sku_id == Sku.id, PriceList.key == BASE_LIST, Price.unit == "", Price.min_qty_milli == 0)
    .correlate(Sku)
    .scalar_subquery()
)
SORTS: dict[str, Any] = {
    "name": Product.pinyin,
    "code": Sku.code,
    "category": func.coalesce(Category.name, ""),
    "price": _BASE_PRICE,
    "newest": Product.created_at,
}


@question(permission=Permission.BROWSE_GOODS)
def products_page(
    read: Read,
    which: ProductFilter,
    after: Position | None = None,
    *,
    sort: str = "name",
    descending: bool = False,
) -> Page[ProductRow]:
    """200 goods in this order, without stock figures."""
    return _page(read, which, after, sort, descending, stock=False)


@question(permission=Permission.SEE_STOCK)
def products_with_stock(
    read: Read,
    which: ProductFilter,
    after: Position | None = None,
    *,
    sort: str = "name",
    descending: bool = False,
) -> Page[ProductRow]:
    """200 goods in this order, with what is on hand and available."""
    return _page(read, which, after, sort, descending, stock=True)


@question(permission=Permission.BROWSE_GOODS)
def products_count(read: Read, which: ProductFilter) -> int:
    """How many SKUs the filter finds."""
    found = _filtered(
        read, select(func.count()).select_from(Sku).join(Product, Product.id == Sku.product_id), which
    )
    return int(read.value(found) or 0)


def _page(
    read: Read, which: ProductFilter, after: Position | None, sort: str, descending: bool, *, stock: bool
) -> Page[ProductRow]:
    column = SORTS[sort]
    statement = _filtered(read, _GOODS.add_columns(column.label("sorted_by")), which)
    rows = read.rows(in_order(statement, (column, Sku.id), after, descending=descending)).all()
    return page_of(rows, _maker(read, rows[:PAGE_ROWS], stock), lambda row: (row.sorted_by, row.id))


def rows_of(read: Read, sku_ids: Sequence[int]) -> tuple[ProductRow, ...]:
    """These SKUs as rows of the list, without stock, in ascending order of id."""
    found = read.rows(_GOODS.where(Sku.id.in_(sku_ids)).order_by(Sku.id)).all()
    make = _maker(read, found, stock=False)
    return tuple(make(row) for row in found)


def _maker(read: Read, rows: Sequence[Any], stock: bool) -> Callable[[Any], ProductRow]:
    """How a database row becomes a `ProductRow`: prices, codes, photos, stock come in one statement each."""
    sku_ids = [row.id for row in rows]
    prices = _base_prices(read, sku_ids)
    codes: dict[int, list[str]] = {}
    statement = select(Barcode.sku_id, Barcode.code).where(Barcode.sku_id.in_(sku_ids)).order_by(Barcode.id)
    for row in read.rows(statement):
        codes.setdefault(row.sku_id, []).append(row.code)
    pictured = select(Photo.product_id).where(Photo.product_id.in_([row.product_id for row in rows]))
    photos = {row.product_id for row in read.rows(pictured)}
    held = _held(read, sku_ids) if stock else {}

    def make(row: Any) -> ProductRow:
        mine = codes.get(row.id, [])
        on_hand, available = held.get(row.id, (0, 0)) if stock else (None, None)
        return ProductRow(
            id=row.id, product_id=row.product_id, code=row.code, name=row.name, variant=row.variant,
            pack=row.pack, kind=row.kind, unit=row.unit, picture=row.picture,
            has_photo=row.product_id in photos, category_id=row.category_id, category=row.category,
            on_shelf=row.on_shelf, barcode=mine[0] if mine else "", barcodes=len(mine),
            price_minor=prices.get(row.id), on_hand_milli=on_hand, available_milli=available,
        )  # fmt: skip

    return make


def _base_prices(read: Read, sku_ids: Sequence[int]) -> dict[int, int]:
    statement = (
        select(Price.sku_id, Price.amount_minor)
        .join(PriceList, PriceList.id == Price.list_id)
        .where(
            Price.sku_id.in_(sku_ids), PriceList.key == BASE_LIST, Price.unit == "", Price.min_qty_milli == 0
        )
    )
    return {row.sku_id: row.amount_minor for row in read.rows(statement)}


def _held(read: Read, sku_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    on_hand = func.sum(Stock.on_hand_milli).label("on_hand")
    spoken_for = func.sum(Stock.reserved_milli + Stock.set_aside_milli).label("spoken_for")
    statement = (
        select(Stock.sku_id, on_hand, spoken_for).where(Stock.sku_id.in_(sku_ids)).group_by(Stock.sku_id)
    )
    return {r.sku_id: (int(r.on_hand), int(r.on_hand - r.spoken_for)) for r in read.rows(statement)}


# -- finding ----------------------------------------------------------------------------------------------


def _filtered(read: Read, statement: Select[Any], which: ProductFilter) -> Select[Any]:
    return statement.where(*conditions_of(read, which))


def conditions_of(read: Read, which: ProductFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of `Sku` and `Product`, for any statement that reads both."""
    conditions = [_word_found(word) for word in _words(which.text)]
    if which.category_id is not None:
        if which.category_id == 0:
            conditions.append(Product.category_id.is_(None))
        else:
            conditions.append(Product.category_id.in_(subtree(read, which.category_id)))
    if which.tag:
        tagged = (
            select(ProductTag.product_id).join(Tag, Tag.id == ProductTag.tag_id).where(Tag.name == which.tag)
        )
        conditions.append(Product.id.in_(tagged))
    if which.on_shelf is not None:
        conditions.append(Product.on_shelf.is_(which.on_shelf))
    return conditions


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFKC", text).lower().split()[:6]


def _word_found(word: str) -> ColumnElement[bool]:
    """Where one word may stand: letters in pinyin, initials, codes; digits in codes, barcodes, packs.

    Only as many places as the word can be in: each one reads all goods, and finding has one frame of time.
    """
    found = contains if any(letter.isascii() and letter.isalpha() for letter in word) else holds
    places = [found(Product.name, word)]
    if found is contains and word.isalnum() and word.isascii():
        places = [holds(Product.initials, word), holds(Product.pinyin, word), *places]
    if word.isascii():
        places.append(found(Sku.code, word))
    if any(letter.isdigit() for letter in word):
        places += [
            found(Product.pack, word),
            Sku.id.in_(select(Barcode.sku_id).where(found(Barcode.code, word))),
        ]
    return or_(*places)


def holds(column: Any, text: str) -> ColumnElement[bool]:
    """Whether the column holds a text that has no capital letters, or none in the column."""
    found: ColumnElement[bool] = column.like(f"%{like(text)}%", escape="\\")
    return found


def subtree(read: Read, category_id: int) -> list[int]:
    """A category and all below it."""
    below: dict[int | None, list[int]] = {}
    for row in read.rows(select(Category.id, Category.parent_id)):
        below.setdefault(row.parent_id, []).append(row.id)
    found, waiting = [], [category_id]
    while waiting:
        here = waiting.pop()
        found.append(here)
        waiting += below.get(here, [])
    return found
