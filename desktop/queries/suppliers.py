"""Suppliers: the list, one with what it sells, and who sells which goods at what price."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, or_, select

from desktop.models.people import Permission
from desktop.models.products import Barcode, Product, Sku
from desktop.models.purchasing import COMING, PurchaseOrder, Supplier, SupplierPrice, SupplierSku, arrival
from desktop.queries.page import Page, Position, contains, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

MOST_GOODS = 2_000  # of one supplier on its panel


@dataclass(frozen=True, slots=True)
class SupplierFilter:
    """What is looked for: `view` is active, off or all."""

    text: str = ""
    view: str = "active"


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """One supplier in the list; `open_minor` is the worth of what is on its way."""

    id: int
    code: str
    name: str
    lead_days: int
    terms: str
    active: bool
    goods: int
    open_orders: int
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class SupplierCard:
    """Everything about one supplier that is typed; `order_days` are weekdays from Monday 0.

    `arrives_on` is the shop's day on which goods come that are ordered now.
    """

    id: int
    code: str
    name: str
    contact: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    address: str = field(repr=False)
    terms: str
    lead_days: int
    order_days: tuple[int, ...]
    cut_off: int | None
    least_minor: int
    currency: str
    language: str
    note: str
    active: bool
    arrives_on: date


@dataclass(frozen=True, slots=True)
class SoldGoods:
    """What a supplier sells: a pack of so many thousandths at a price, `steps` are (from packs, price)."""

    id: int
    supplier_id: int
    supplier: str
    sku_id: int
    code: str
    name: str
    unit: str
    picture: str
    their_code: str
    pack_milli: int
    price_minor: int
    steps: tuple[tuple[int, int], ...]
    lead_days: int | None
    preferred: bool


@question(permission=Permission.BUY)
def suppliers_page(read: Read, which: SupplierFilter, after: Position | None = None) -> Page[SupplierRow]:
    """A page of suppliers by name."""
    goods = (
        select(func.count())
        .where(SupplierSku.supplier_id == Supplier.id)
        .correlate(Supplier)
        .scalar_subquery()
    )
    coming = (PurchaseOrder.supplier_id == Supplier.id, PurchaseOrder.state.in_(COMING))
    orders = select(func.count()).where(*coming).correlate(Supplier).scalar_subquery()
    worth = select(cast(func.coalesce(func.sum(PurchaseOrder.total_minor), 0), BigInteger()))
    columns: tuple[Any, ...] = (
        Supplier.id, Supplier.code, Supplier.name, Supplier.lead_days, Supplier.terms, Supplier.active,
        Supplier.currency, goods.label("goods"), orders.label("open_orders"),
        worth.where(*coming).correlate(Supplier).scalar_subquery().label("open_minor"),
    )  # fmt: skip
    keys = (Supplier.name, Supplier.id)
    statement = in_order(select(*columns).where(*_fits(which)), keys, after, descending=False)
    return page_of(
        read.rows(statement).all(), lambda row: SupplierRow(**row._mapping), lambda row: (row.name, row.id)
    )


@question(permission=Permission.BUY)
def suppliers_count(read: Read, which: SupplierFilter) -> int:
    """How many suppliers fit."""
    return int(read.value(select(func.count()).select_from(Supplier).where(*_fits(which))))


@question(permission=Permission.BUY)
def supplier_names(read: Read) -> tuple[tuple[int, str], ...]:
    """Those somebody may order from: (id, name) by name."""
    rows = read.rows(select(Supplier.id, Supplier.name).where(Supplier.active).order_by(Supplier.name))
    return tuple((row.id, row.name) for row in rows)


@question(permission=Permission.BUY)
def supplier_card(read: Read, supplier_id: int) -> SupplierCard | None:
    """One supplier, or None."""
    row = read.first(select(Supplier.__table__).where(Supplier.id == supplier_id))
    if row is None:
        return None
    return SupplierCard(
        row.id, row.code, row.name, row.contact, row.email, row.phone, row.address, row.terms, row.lead_days,
        tuple(int(day) for day in row.order_days), row.cut_off, row.least_minor, row.currency, row.language,
        row.note, row.active,
        arrival(read.now.astimezone(read.zone), row.lead_days, row.order_days, row.cut_off),
    )  # fmt: skip


@question(permission=Permission.BUY)
def goods_of_supplier(read: Read, supplier_id: int) -> tuple[SoldGoods, ...]:
    """What a supplier sells, by name."""
    return sold_goods(read, SupplierSku.supplier_id == supplier_id)


@question(permission=Permission.BUY)
def sellers_of(read: Read, sku_id: int) -> tuple[SoldGoods, ...]:
    """Who sells these goods, the preferred one first."""
    found = sold_goods(read, SupplierSku.sku_id == sku_id, Supplier.active.is_(True))
    return tuple(sorted(found, key=lambda goods: (not goods.preferred, goods.price_minor)))


def sold_goods(read: Read, *conditions: ColumnElement[bool]) -> tuple[SoldGoods, ...]:
    """Prices of suppliers that fit."""
    statement = (
        select(
            SupplierSku.__table__, Supplier.name.label("supplier"), Sku.code, Product.name, Sku.variant, Product.pack,
            Sku.unit, Product.picture,
        )
        .join(Supplier, Supplier.id == SupplierSku.supplier_id)
        .join(Sku, Sku.id == SupplierSku.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(*conditions)
        .order_by(Product.name, SupplierSku.id)
        .limit(MOST_GOODS)
    )  # fmt: skip
    rows = read.rows(statement).all()
    steps = _steps(read, [row.id for row in rows])
    return tuple(
        SoldGoods(
            row.id, row.supplier_id, row.supplier, row.sku_id, row.code,
            " ".join(part for part in (row.name, row.variant, row.pack) if part), row.unit, row.picture,
            row.their_code, row.pack_milli, row.price_minor, steps.get(row.id, ()), row.lead_days, row.preferred,
        )
        for row in rows
    )  # fmt: skip


def _steps(read: Read, ids: Collection[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    statement = (
        select(SupplierPrice.__table__)
        .where(SupplierPrice.supplier_sku_id.in_(ids))
        .order_by(SupplierPrice.from_packs)
    )
    for row in read.rows(statement):
        step = (row.from_packs, row.price_minor)
        found[row.supplier_sku_id] = (*found.get(row.supplier_sku_id, ()), step)
    return found


def _fits(which: SupplierFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.view != "all":
        conditions.append(Supplier.active.is_(which.view == "active"))
    text = which.text.strip()
    if text:
        sells = (
            select(SupplierSku.supplier_id)
            .join(Sku, Sku.id == SupplierSku.sku_id)
            .join(Product, Product.id == Sku.product_id)
            .outerjoin(Barcode, Barcode.sku_id == Sku.id)
            .where(
                or_(
                    contains(Product.name, text),
                    Sku.code == text,
                    Barcode.code == text,
                    SupplierSku.their_code == text,
                )
            )
        )
        typed = text.lower().replace(" ", "")
        conditions.append(
            or_(
                contains(Supplier.name, text), contains(Supplier.code, text), contains(Supplier.pinyin, typed),
                contains(Supplier.initials, typed), Supplier.id.in_(sells),
            )
        )  # fmt: skip
    return conditions
