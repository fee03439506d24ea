"""Goods made, edited, priced, coded and put on or off the shelf."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.ids import ean_ok
from desktop.basics.words import pinyin_keys
from desktop.models.people import Permission
from desktop.models.products import (
    Barcode,
    Category,
    Price,
    PriceList,
    Product,
    ProductTag,
    Sku,
    SkuUnit,
    Tag,
)
from desktop.services.posting import next_number
from desktop.services.prices import PriceChange, base_list, check_amount, put_price
from desktop.shop.action import action
from desktop.shop.work import Work

KINDS = {
    "goods": N_("Goods"),
    "weighed": N_("Sold by weight"),
    "virtual": N_("Virtual"),
    "service": N_("Service"),
}
LONGEST = {
    "name": 120, "pack": 40, "note": 2_000, "picture": 60, "code": 40, "unit": 12, "barcode": 48, "tag": 24,
}  # fmt: skip
MOST_TAGS = 12


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A plain product with its one SKU; an empty code asks for the next number. Price in minor units."""

    name: str
    price_minor: int
    code: str = ""
    pack: str = ""
    unit: str = "件"
    kind: str = "goods"
    category_id: int | None = None
    picture: str = ""
    note: str = ""
    barcodes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductChanges:
    """What to change of a product; None leaves a field as it is, category 0 takes it out of its category."""

    name: str | None = None
    pack: str | None = None
    kind: str | None = None
    category_id: int | None = None
    picture: str | None = None
    note: str | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """New goods: the product, its SKU and the SKU's code."""

    product_id: int
    sku_id: int
    code: str


@dataclass(frozen=True, slots=True)
class BarcodeAdded:
    """A barcode as accepted: `valid` is False for a wrong check digit, `also` names other goods with it."""

    id: int
    valid: bool
    also: tuple[str, ...]


@action(permission=Permission.EDIT_GOODS)
def create_product(work: Work, new: NewProduct) -> Created:
    """Put new goods on the shelf. Raises `Refused` for a code already used."""
    name = _text("name", new.name, needed=True)
    _check_kind(new.kind)
    check_amount(new.price_minor)
    if new.category_id is not None:
        work.get(Category, new.category_id)
    pinyin, initials = pinyin_keys(name)
    product = Product(
        name=name, pack=_text("pack", new.pack), pinyin=pinyin, initials=initials, kind=new.kind,
        category_id=new.category_id, picture=_text("picture", new.picture), note=_text("note", new.note),
        on_shelf=True, created_at=work.now,
    )  # fmt: skip
    work.add(product)
    unit = _text("unit", new.unit) or "件"
    sku = work.add(Sku(product_id=product.id, code=free_code(work, new.code), unit=unit))
    put_price(work, sku.id, PriceChange(base_list(work), new.price_minor))
    for code in new.barcodes:
        add_code(work, sku, code)
    set_tags(work, product.id, new.tags)
    return Created(product.id, sku.id, sku.code)


@action(permission=Permission.EDIT_GOODS)
def edit_product(work: Work, product_id: int, changes: ProductChanges) -> None:
    """Change the fields that are given; the search keys follow the name."""
    product = work.get(Product, product_id, lock=True)
    if changes.name is not None:
        product.name = _text("name", changes.name, needed=True)
        product.pinyin, product.initials = pinyin_keys(product.name)
    if changes.kind is not None:
        _check_kind(changes.kind)
        product.kind = changes.kind
    if changes.category_id is not None:
        if changes.category_id:
            work.get(Category, changes.category_id)
        product.category_id = changes.category_id or None
    for field in ("pack", "picture", "note"):
        value = getattr(changes, field)
        if value is not None:
            setattr(product, field, _text(field, value))
    if changes.tags is not None:
        set_tags(work, product_id, changes.tags)


@action(permission=Permission.EDIT_GOODS)
def set_on_shelf(work: Work, product_ids: Sequence[int], on: bool) -> int:
    """Put products on the shelf or take them off; returns how many changed. Nothing is ever deleted."""
    changed = 0
    for product_id in sorted(set(product_ids)):
        product = work.get(Product, product_id, lock=True)
        changed += product.on_shelf != on
        product.on_shelf = on
    return changed


@action(permission=Permission.EDIT_GOODS)
def set_prices(work: Work, sku_id: int, prices: Sequence[PriceChange]) -> None:
    """Set or take away prices of a SKU. The price that everything else falls back on can't be taken away."""
    sku = work.get(Sku, sku_id)
    for price in prices:
        work.get(PriceList, price.list_id)
        _check_unit(work, sku, price.unit)
        put_price(work, sku_id, price)
    work.touch("product", sku.product_id)


@action(permission=Permission.EDIT_GOODS)
def add_barcode(work: Work, sku_id: int, code: str, unit: str = "") -> BarcodeAdded:
    """Give a SKU another barcode; a wrong check digit is marked, other goods with it are named."""
    sku = work.get(Sku, sku_id)
    _check_unit(work, sku, unit)
    return add_code(work, sku, code, unit)


@action(permission=Permission.EDIT_GOODS)
def remove_barcode(work: Work, barcode_id: int) -> None:
    """Take a barcode off a SKU."""
    barcode = work.get(Barcode, barcode_id, lock=True)
    work.touch("sku", barcode.sku_id)
    work.remove(barcode)


@action(permission=Permission.EDIT_GOODS)
def add_unit(work: Work, sku_id: int, name: str, factor_milli: int) -> None:
    """Sell a SKU in another unit too: `factor_milli` thousandths of the base unit make one of it."""
    sku = work.get(Sku, sku_id)
    unit = _text("unit", name, needed=True)
    if unit == sku.unit:
        raise Refused(N_("“{unit}” already is the base unit."), unit=unit)
    if not 0 < factor_milli <= 10**12:
        raise Malformed(N_("How many make one “{unit}”? Type a number above zero."), unit=unit)
    row = work.session.get(SkuUnit, (sku_id, unit))
    if row is None:
        work.add(SkuUnit(sku_id=sku_id, name=unit, factor_milli=factor_milli))
    else:
        row.factor_milli = factor_milli
    work.touch("sku", sku_id)


@action(permission=Permission.EDIT_GOODS)
def remove_unit(work: Work, sku_id: int, name: str) -> None:
    """Stop selling in a unit. Raises `Refused` while a price or barcode still uses it."""
    row = work.get(SkuUnit, (sku_id, name))
    priced = select(func.count()).select_from(Price).where(Price.sku_id == sku_id, Price.unit == name)
    coded = select(func.count()).select_from(Barcode).where(Barcode.sku_id == sku_id, Barcode.unit == name)
    if work.value(priced) or work.value(coded):
        raise Refused(N_("A price or barcode still uses “{unit}”. Remove that first."), unit=name)
    work.touch("sku", sku_id)
    work.remove(row)


# -- shared steps -----------------------------------------------------------------------------------------


def _text(field: str, value: str, *, needed: bool = False) -> str:
    """One clean line (the note keeps its lines), refused when too long or missing."""
    text = unicodedata.normalize("NFC", value).replace("\0", "")
    text = text.strip() if field == "note" else " ".join(text.split())
    if needed and not text:
        raise Malformed(N_("Give it a name."))
    if len(text) > LONGEST[field]:
        raise Malformed(N_("That text is too long; use at most {limit} characters."), limit=LONGEST[field])
    return text


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Malformed(N_("“{kind}” is not a kind of goods."), kind=kind)


def _check_unit(work: Work, sku: Sku, unit: str) -> None:
    if unit and work.session.get(SkuUnit, (sku.id, unit)) is None:
        raise Refused(N_("These goods aren’t sold by “{unit}”. Add the unit first."), unit=unit)


def free_code(work: Work, wanted: str, but: int = 0) -> str:
    """The code wanted, or the next number. Raises `Refused` when other goods than `but` use it."""
    code = _text("code", wanted)
    if code:
        if work.value(select(Sku.id).where(func.lower(Sku.code) == code.lower(), Sku.id != but)) is not None:
            raise Refused(N_("The code {code} is already used by other goods."), code=code)
        return code
    while True:
        code = f"ZH-{next_number(work, 'sku'):04d}"
        if work.value(select(Sku.id).where(Sku.code == code)) is None:
            return code


def clean_barcode(text: str) -> str:
    """A barcode as typed or scanned: full-width digits made plain, spaces dropped. Raises `Malformed`."""
    code = "".join(unicodedata.normalize("NFKC", text).split())
    if not code or len(code) > LONGEST["barcode"] or not code.isascii() or not code.isprintable():
        raise Malformed(N_("“{code}” is not a barcode. Scan it or type its digits."), code=text.strip()[:40])
    return code


def check_digit_ok(code: str) -> bool:
    """False only for an EAN or UPC whose check digit is wrong; other codes have none."""
    return ean_ok(code) or not (code.isdigit() and len(code) in (8, 12, 13))


def add_code(work: Work, sku: Sku, text: str, unit: str = "") -> BarcodeAdded:
    """Give a SKU a barcode; says whether its check digit is right and which other goods have it."""
    code = clean_barcode(text)
    others = (
        select(Product.name).join(Sku, Sku.product_id == Product.id).join(Barcode, Barcode.sku_id == Sku.id)
        .where(Barcode.code == code, Barcode.sku_id != sku.id).order_by(Barcode.id)
    )  # fmt: skip
    also = tuple(row.name for row in work.rows(others))
    barcode = work.find(select(Barcode).where(Barcode.code == code, Barcode.sku_id == sku.id))
    if barcode is None:
        barcode = work.add(Barcode(code=code, sku_id=sku.id, unit=unit, valid=check_digit_ok(code)))
    else:
        barcode.unit = unit
    work.touch("sku", sku.id)
    return BarcodeAdded(barcode.id, barcode.valid, also)


def set_tags(work: Work, product_id: int, names: Sequence[str]) -> None:
    """Give a product exactly these tags."""
    wanted = {text for name in names if (text := _text("tag", name))}
    if len(wanted) > MOST_TAGS:
        raise Malformed(N_("At most {limit} tags for one product."), limit=MOST_TAGS)
    statement = select(ProductTag).where(ProductTag.product_id == product_id)
    have = {tag.tag_id: tag for tag in work.session.scalars(statement)}
    keep = {_tag_id(work, name) for name in sorted(wanted)}
    for tag_id in keep - have.keys():
        work.add(ProductTag(product_id=product_id, tag_id=tag_id))
    for tag_id in have.keys() - keep:
        work.remove(have[tag_id])
    work.touch("product", product_id)


def _tag_id(work: Work, name: str) -> int:
    found = work.find(select(Tag).where(Tag.name == name))
    return found.id if found is not None else work.add(Tag(name=name)).id
