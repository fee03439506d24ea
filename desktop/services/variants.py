"""Variants of a product: one SKU for each combination of its attributes, with code, barcode, price and cost of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.products import Price, Product, Sku
from desktop.models.variants import ProductOption, SkuOption
from desktop.services.prices import PriceChange, base_list, put_price
from desktop.services.products import add_code, free_code
from desktop.shop.action import action
from desktop.shop.work import Work

MOST_OPTIONS = 3
MOST_VARIANTS = 200
LONGEST = 20
JOINED = " / "


@dataclass(frozen=True, slots=True)
class Variant:
    """One combination: a value for each attribute; price and cost in minor units, None: as the first one's."""

    values: tuple[str, ...]
    code: str = ""
    barcode: str = ""
    price_minor: int | None = None
    cost_minor: int | None = None


@action(permission=Permission.EDIT_GOODS)
def make_variants(
    work: Work, product_id: int, options: Sequence[str], variants: Sequence[Variant]
) -> tuple[int, ...]:
    """Give a product these attributes and make the SKUs that are missing; returns the new ones.

    What was sold stays what it is: the plain SKU becomes the first combination, and none is removed.
    """
    work.get(Product, product_id, lock=True)
    names = _names(options)
    _check(names, variants)
    skus = _skus(work, product_id)
    rows = _options(work, product_id, names)
    known = _values(work, rows, skus)
    plain = [sku for sku in skus if known[sku.id] is None]
    made = []
    for variant in variants:
        values = tuple(value.strip() for value in variant.values)
        there = next((sku for sku in skus if known[sku.id] == values), None)
        if there is not None:
            there.retired = False
        elif plain:
            _name(work, plain.pop(0), rows, values)
        else:
            made.append(_make(work, skus[0], rows, values, variant))
    if plain:
        raise Refused(N_("Some variants of this product have no place among these attributes."))
    work.touch("product", product_id)
    return tuple(made)


@action(permission=Permission.EDIT_GOODS)
def retire_sku(work: Work, sku_id: int, retired: bool) -> None:
    """Sell a variant no longer, or again. Its history, stock and codes stay."""
    sku = work.get(Sku, sku_id, lock=True)
    others = select(Sku.id).where(Sku.product_id == sku.product_id, Sku.id != sku_id, ~Sku.retired)
    if retired and work.value(others.limit(1)) is None:
        raise Refused(N_("This is the last variant that is sold. Take the product off the shelf instead."))
    sku.retired = retired
    work.touch("product", sku.product_id)


@action(permission=Permission.EDIT_GOODS)
def set_code(work: Work, sku_id: int, code: str) -> None:
    """Give a SKU another code. Raises `Refused` for one already used."""
    sku = work.get(Sku, sku_id, lock=True)
    if code.strip() and code.strip() != sku.code:
        sku.code = free_code(work, code, but=sku_id)
        work.touch("product", sku.product_id)


def _names(options: Sequence[str]) -> tuple[str, ...]:
    names = tuple(name.strip()[:LONGEST] for name in options)
    if not names or not all(names):
        raise Malformed(N_("Give the attribute a name, as colour or size."))
    if len(names) > MOST_OPTIONS or len(set(names)) < len(names):
        raise Malformed(
            N_("A product has up to {limit} attributes, each with a name of its own."), limit=MOST_OPTIONS
        )
    return names


def _check(names: tuple[str, ...], variants: Sequence[Variant]) -> None:
    every = [tuple(value.strip() for value in variant.values) for variant in variants]
    if not every or len(every) > MOST_VARIANTS:
        raise Malformed(N_("A product has 1 to {limit} variants."), limit=MOST_VARIANTS)
    if any(len(values) != len(names) or not all(values) for values in every):
        raise Malformed(N_("Every variant needs a value for each attribute."))
    if any(len(value) > LONGEST for values in every for value in values):
        raise Malformed(N_("A value has at most {limit} characters."), limit=LONGEST)
    if len(set(every)) < len(every):
        raise Malformed(N_("Two variants are the same."))


def _skus(work: Work, product_id: int) -> list[Sku]:
    return list(work.session.scalars(select(Sku).where(Sku.product_id == product_id).order_by(Sku.id)))


def _options(work: Work, product_id: int, names: tuple[str, ...]) -> list[ProductOption]:
    """The rows of the attributes in order; one that is there keeps its values under a new name."""
    statement = select(ProductOption).where(ProductOption.product_id == product_id)
    have = list(work.session.scalars(statement.order_by(ProductOption.position)))
    if have and len(have) != len(names):
        raise Refused(
            N_("This product has {count} attributes; their number can’t change any more."), count=len(have)
        )
    for row, name in zip(have, names, strict=False):
        row.name = name
    return have or [
        work.add(ProductOption(product_id=product_id, name=name, position=place))
        for place, name in enumerate(names)
    ]


def _values(
    work: Work, rows: Sequence[ProductOption], skus: Sequence[Sku]
) -> dict[int, tuple[str, ...] | None]:
    statement = select(SkuOption).where(SkuOption.sku_id.in_([sku.id for sku in skus]))
    known = {(row.sku_id, row.option_id): row.value for row in work.session.scalars(statement)}
    found: dict[int, tuple[str, ...] | None] = {}
    for sku in skus:
        mine = tuple(known.get((sku.id, row.id), "") for row in rows)
        found[sku.id] = mine if all(mine) else None
    return found


def _name(work: Work, sku: Sku, rows: Sequence[ProductOption], values: tuple[str, ...]) -> None:
    sku.variant = JOINED.join(values)
    for row, value in zip(rows, values, strict=True):
        work.add(SkuOption(sku_id=sku.id, option_id=row.id, value=value))


def _make(
    work: Work, like: Sku, rows: Sequence[ProductOption], values: tuple[str, ...], variant: Variant
) -> int:
    """One more SKU, priced as the first one where nothing else is said."""
    cost = like.cost_minor if variant.cost_minor is None else variant.cost_minor
    sku = work.add(Sku(
        product_id=like.product_id, code=free_code(work, variant.code), unit=like.unit, cost_minor=cost,
        batch_tracked=like.batch_tracked, shelf_life_days=like.shelf_life_days,
    ))  # fmt: skip
    _name(work, sku, rows, values)
    base = base_list(work)
    statement = select(Price).where(Price.sku_id == like.id, Price.unit == "")
    for price in list(work.session.scalars(statement)):
        own = variant.price_minor is not None
        if own and price.list_id != base:
            continue  # prices of other lists belong to the first one's own price
        amount = variant.price_minor if own and not price.min_qty_milli else price.amount_minor
        if own and price.min_qty_milli:
            continue
        put_price(work, sku.id, PriceChange(price.list_id, amount, "", price.min_qty_milli))
    if variant.barcode.strip():
        add_code(work, sku, variant.barcode)
    return sku.id
