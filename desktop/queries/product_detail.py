"""One product as its sheet shows it: prices per list, units, barcodes, tags, photo, cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.basics.money import MILLI, half_up
from desktop.models.members import Tier
from desktop.models.people import Permission
from desktop.models.products import Barcode, Price, PriceList, Product, ProductTag, Sku, SkuUnit, Tag
from desktop.models.shelves import Photo, Shelf
from desktop.models.variants import ProductOption, SkuOption
from desktop.queries.offers import shelf_open
from desktop.queries.products import ProductRow, rows_of
from desktop.queries.scale_codes import read_code
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of a SKU: which list, unit (empty: base), from which quantity on (thousandths)."""

    list_id: int
    list_key: str
    unit: str
    min_qty_milli: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class BarcodeRow:
    """One code of a SKU; `valid` is False for a wrong check digit, `shared` when other goods carry it too."""

    id: int
    code: str
    unit: str
    valid: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One photo, small."""

    id: int
    thumb: bytes


@dataclass(frozen=True, slots=True)
class UnitRow:
    """Another unit a SKU is sold in: so many thousandths of the base unit make one."""

    name: str
    factor_milli: int


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One SKU of a product: what it is in each attribute, and its shelf price in minor units."""

    id: int
    values: tuple[str, ...]
    code: str
    barcode: str
    price_minor: int | None
    retired: bool


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One channel that differs from the product's own switch; `offered` says whether it is offered now."""

    channel: str
    is_open: bool
    from_at: datetime | None
    until_at: datetime | None
    offered: bool


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """Everything the panel shows of one SKU and its product, stock and cost apart."""

    row: ProductRow
    note: str
    tags: tuple[str, ...]
    units: tuple[UnitRow, ...]
    barcodes: tuple[BarcodeRow, ...]
    prices: tuple[PriceRow, ...]
    options: tuple[str, ...] = ()
    variants: tuple[VariantRow, ...] = ()
    shelves: tuple[ShelfRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ListRow:
    """One price list; the tier's name is a sentence key for the shipped tiers."""

    id: int
    key: str
    order_type: str
    tier: str
    channel: str
    name: str = ""
    currency: str = ""  # of its prices; empty: the shop's


@question(permission=Permission.SEE_STOCK)
def product_detail(read: Read, sku_id: int) -> ProductDetail:
    """The sheet of one SKU. Raises `NotFound`."""
    found = rows_of(read, [sku_id])
    if not found:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    row = found[0]
    units = (
        select(SkuUnit.name, SkuUnit.factor_milli)
        .where(SkuUnit.sku_id == sku_id)
        .order_by(SkuUnit.factor_milli)
    )
    tags = select(Tag.name).join(ProductTag, ProductTag.tag_id == Tag.id).order_by(Tag.name)
    return ProductDetail(
        row=row,
        note=str(read.value(select(Product.note).where(Product.id == row.product_id)) or ""),
        tags=tuple(r.name for r in read.rows(tags.where(ProductTag.product_id == row.product_id))),
        units=tuple(UnitRow(r.name, r.factor_milli) for r in read.rows(units)),
        barcodes=_barcodes(read, sku_id),
        prices=_prices(read, sku_id),
        options=tuple(r.name for r in _options(read, row.product_id)),
        variants=_variants(read, row.product_id),
        shelves=_shelves(read, row),
    )


def _options(read: Read, product_id: int) -> Sequence[Any]:
    statement = select(ProductOption.id, ProductOption.name).where(ProductOption.product_id == product_id)
    return read.rows(statement.order_by(ProductOption.position)).all()


def _variants(read: Read, product_id: int) -> tuple[VariantRow, ...]:
    options = [r.id for r in _options(read, product_id)]
    skus = read.rows(
        select(Sku.id, Sku.code, Sku.retired).where(Sku.product_id == product_id).order_by(Sku.id)
    ).all()
    ids = [r.id for r in skus]
    chosen = select(SkuOption.sku_id, SkuOption.option_id, SkuOption.value).where(SkuOption.sku_id.in_(ids))
    values = {(r.sku_id, r.option_id): r.value for r in read.rows(chosen)}
    rows = {r.id: r for r in rows_of(read, ids)}
    return tuple(
        VariantRow(
            r.id, tuple(values.get((r.id, option), "") for option in options), r.code, rows[r.id].barcode,
            rows[r.id].price_minor, r.retired,
        )
        for r in skus
    )  # fmt: skip


def _shelf(row: Any, offered: bool) -> ShelfRow:
    return ShelfRow(*[*row, offered])


def _shelves(read: Read, row: ProductRow) -> tuple[ShelfRow, ...]:
    columns = (Shelf.channel, Shelf.is_open, Shelf.from_at, Shelf.until_at)
    statement = select(*columns).where(Shelf.product_id == row.product_id).order_by(Shelf.channel)
    return tuple(_shelf(r, row.on_shelf and shelf_open(r, read.now)) for r in read.rows(statement))


def _barcodes(read: Read, sku_id: int) -> tuple[BarcodeRow, ...]:
    other = aliased(Barcode)
    shared = select(other.id).where(other.code == Barcode.code, other.sku_id != Barcode.sku_id).exists()
    columns = (Barcode.id, Barcode.code, Barcode.unit, Barcode.valid, shared.label("shared"))
    statement = select(*columns).where(Barcode.sku_id == sku_id).order_by(Barcode.id)
    return tuple(BarcodeRow(r.id, r.code, r.unit, r.valid, bool(r.shared)) for r in read.rows(statement))


def _prices(read: Read, sku_id: int) -> tuple[PriceRow, ...]:
    statement = (
        select(Price.list_id, PriceList.key, Price.unit, Price.min_qty_milli, Price.amount_minor)
        .join(PriceList, PriceList.id == Price.list_id)
        .where(Price.sku_id == sku_id)
        .order_by(Price.list_id, Price.unit, Price.min_qty_milli)
    )
    return tuple(PriceRow(*tuple(r)) for r in read.rows(statement))


@question(permission=Permission.SEE_COST)
def product_cost(read: Read, sku_id: int) -> int:
    """What one base unit cost on average, in minor units."""
    return int(read.value(select(Sku.cost_minor).where(Sku.id == sku_id)) or 0)


@question(permission=Permission.BROWSE_GOODS)
def product_photo(read: Read, product_id: int) -> bytes | None:
    """The main photo as JPEG, at most 640 px, or None."""
    mine = select(Photo.data).where(Photo.product_id == product_id).order_by(Photo.position, Photo.id)
    found = read.value(mine.limit(1))
    return None if found is None else bytes(found)


@question(permission=Permission.BROWSE_GOODS)
def product_photos(read: Read, product_id: int) -> tuple[PhotoRow, ...]:
    """All photos of a product, small, the main one first."""
    statement = select(Photo.id, Photo.thumb).where(Photo.product_id == product_id)
    rows = read.rows(statement.order_by(Photo.position, Photo.id))
    return tuple(PhotoRow(row.id, bytes(row.thumb)) for row in rows)


@question(permission=Permission.BROWSE_GOODS)
def photo_data(read: Read, photo_id: int) -> bytes | None:
    """One photo as JPEG, at most 640 px, or None when it is gone."""
    found = read.value(select(Photo.data).where(Photo.id == photo_id))
    return None if found is None else bytes(found)


@question(permission=Permission.BROWSE_GOODS)
def thumbs(read: Read, product_ids: Sequence[int]) -> dict[int, bytes]:
    """The main photos of these products as lists show them, at most 96 px; without one a product is missing."""
    main = aliased(Photo)
    first = (
        select(main.id)
        .where(main.product_id == Photo.product_id)
        .order_by(main.position, main.id)
        .limit(1)
        .scalar_subquery()
    )
    statement = select(Photo.product_id, Photo.thumb).where(
        Photo.product_id.in_(product_ids), Photo.id == first
    )
    return {row.product_id: bytes(row.thumb) for row in read.rows(statement)}


@question(permission=Permission.SEE_STOCK)
def price_lists(read: Read) -> tuple[ListRow, ...]:
    """All price lists in their order."""
    statement = (
        select(
            PriceList.id,
            PriceList.key,
            PriceList.order_type,
            Tier.name.label("tier"),
            PriceList.channel,
            PriceList.name,
            PriceList.currency,
        )
        .join(Tier, Tier.key == PriceList.tier_key, isouter=True)
        .order_by(PriceList.id)
    )
    return tuple(
        ListRow(r.id, r.key, r.order_type, r.tier or "", r.channel or "", r.name, r.currency)
        for r in read.rows(statement)
    )


@question(permission=Permission.BROWSE_GOODS)
def all_tags(read: Read) -> tuple[str, ...]:
    """The tags goods carry, the most used first."""
    uses = func.count().label("uses")
    statement = select(Tag.name, uses).join(ProductTag, ProductTag.tag_id == Tag.id).group_by(Tag.name)
    return tuple(row.name for row in read.rows(statement.order_by(uses.desc(), Tag.name).limit(200)))


@question(permission=Permission.BROWSE_GOODS)
def goods_of_code(read: Read, code: str) -> tuple[tuple[ProductRow, str, int], ...]:
    """What a scanned code stands for: goods, unit (empty: base), thousandths of the base unit in it.

    A label of the scale stands for what was weighed.
    """
    found = read_code(read, code)
    rows = {row.id: row for row in rows_of(read, [one.sku_id for one in found])}
    factors = {
        (r.sku_id, r.name): r.factor_milli
        for r in read.rows(
            select(SkuUnit.sku_id, SkuUnit.name, SkuUnit.factor_milli).where(SkuUnit.sku_id.in_(list(rows)))
        )
    }
    return tuple(
        (
            rows[one.sku_id],
            one.unit,
            half_up(factors.get((one.sku_id, one.unit), MILLI) * one.qty_milli, MILLI),
        )
        for one in found
        if one.sku_id in rows
    )
