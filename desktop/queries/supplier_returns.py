"""What went back to suppliers, and what of their deliveries still can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.purchasing import (
    CREDITED,
    EXPECTED,
    GoodsReceipt,
    GoodsReceiptLine,
    Supplier,
    SupplierReturn,
    SupplierReturnLine,
)
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """Goods that went back; the credit in minor units, None while it is only expected."""

    id: int
    code: str
    supplier: str
    reason: str
    state: str
    lines: int
    goods: str
    qty_milli: int
    expected_minor: int
    credited_minor: int | None
    currency: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class ReturnLineRow:
    """One line of a return, and the delivery it came by."""

    name: str
    code: str
    unit: str
    qty_milli: int
    amount_minor: int
    delivery: str


@dataclass(frozen=True, slots=True)
class Returnable:
    """A line of a delivery of which something can still go back (thousandths)."""

    receipt_line_id: int
    receipt: str
    sku_id: int
    name: str
    code: str
    unit: str
    left_milli: int
    unit_minor: int


@question(permission=Permission.BUY)
def returns_page(read: Read, state: str = "all", after: Position | None = None) -> Page[ReturnRow]:
    """A page of what went back, newest first; `state` is all, expected or credited."""
    back, line = SupplierReturn, SupplierReturnLine
    sums = (
        select(
            line.return_id, func.count().label("lines"), cast(func.sum(line.qty_milli), BigInteger()).label("qty"),
            func.min(Product.name).label("goods"),
        )
        .join(Sku, Sku.id == line.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .group_by(line.return_id)
        .subquery()
    )  # fmt: skip
    columns: tuple[Any, ...] = (
        back.id, back.code, Supplier.name.label("supplier"), back.reason, back.state, sums.c.lines, sums.c.goods,
        sums.c.qty.label("qty_milli"), back.expected_minor, back.credited_minor, Supplier.currency, back.at, back.note,
    )  # fmt: skip
    statement = select(*columns).join(Supplier, Supplier.id == back.supplier_id)
    statement = statement.join(sums, sums.c.return_id == back.id)
    if state in (EXPECTED, CREDITED):
        statement = statement.where(back.state == state)
    rows = read.rows(in_order(statement, (back.id,), after)).all()
    return page_of(rows, lambda row: ReturnRow(**row._mapping), lambda row: (row.id,))


@question(permission=Permission.BUY)
def returns_count(read: Read, state: str = "all") -> int:
    """How many returns there are."""
    statement = select(func.count()).select_from(SupplierReturn)
    if state in (EXPECTED, CREDITED):
        statement = statement.where(SupplierReturn.state == state)
    return int(read.value(statement))


@question(permission=Permission.BUY)
def return_of(read: Read, return_id: int) -> ReturnRow | None:
    """One return, or None."""
    page = returns_page.run(read, "all", (return_id + 1,))
    return page.rows[0] if page.rows and page.rows[0].id == return_id else None


@question(permission=Permission.BUY)
def return_lines(read: Read, return_id: int) -> tuple[ReturnLineRow, ...]:
    """What went back."""
    line = SupplierReturnLine
    statement = (
        select(
            Product.name, Sku.variant, Product.pack, Sku.code, Sku.unit, line.qty_milli, line.amount_minor,
            func.coalesce(GoodsReceipt.code, "").label("delivery"),
        )
        .join(Sku, Sku.id == line.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .outerjoin(GoodsReceiptLine, GoodsReceiptLine.id == line.receipt_line_id)
        .outerjoin(GoodsReceipt, GoodsReceipt.id == GoodsReceiptLine.receipt_id)
        .where(line.return_id == return_id)
        .order_by(line.id)
    )  # fmt: skip
    return tuple(
        ReturnLineRow(_title(row), row.code, row.unit, row.qty_milli, row.amount_minor, row.delivery)
        for row in read.rows(statement)
    )


@question(permission=Permission.BUY)
def returnable(read: Read, supplier_id: int, sku_id: int | None = None) -> tuple[Returnable, ...]:
    """Lines of this supplier's deliveries of which something can still go back, newest first."""
    came = GoodsReceiptLine
    back = (
        select(cast(func.coalesce(func.sum(SupplierReturnLine.qty_milli), 0), BigInteger()))
        .where(SupplierReturnLine.receipt_line_id == came.id)
        .correlate(came)
        .scalar_subquery()
    )
    statement = (
        select(
            came.id, GoodsReceipt.code.label("receipt"), came.sku_id, Product.name, Sku.variant, Product.pack,
            Sku.code, Sku.unit, (came.qty_milli - back).label("left"), came.amount_minor, came.qty_milli,
        )
        .join(GoodsReceipt, GoodsReceipt.id == came.receipt_id)
        .join(Sku, Sku.id == came.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(GoodsReceipt.supplier_id == supplier_id, came.qty_milli > back)
        .order_by(came.id.desc())
        .limit(500)
    )  # fmt: skip
    if sku_id is not None:
        statement = statement.where(came.sku_id == sku_id)
    return tuple(
        Returnable(
            row.id, row.receipt, row.sku_id, _title(row), row.code, row.unit, int(row.left),
            row.amount_minor * 1_000 // row.qty_milli,
        )
        for row in read.rows(statement)
    )  # fmt: skip


def _title(row: Any) -> str:
    return " ".join(part for part in (row.name, row.variant, row.pack) if part)
