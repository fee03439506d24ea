"""Purchase orders and their deliveries as the screens show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, or_, select

from desktop.basics.clock import shop_day
from desktop.models.people import Permission
from desktop.models.products import Barcode, Product, Sku
from desktop.models.purchasing import (
    CANCELLED,
    CLOSED,
    COMING,
    DRAFT,
    PART,
    SENT,
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)
from desktop.models.system import Outbox
from desktop.queries.order_detail import actor_names
from desktop.queries.page import Page, Position, contains, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

LATE = "late"
VIEWS = ("all", DRAFT, SENT, PART, LATE, CLOSED, CANCELLED)


@dataclass(frozen=True, slots=True)
class PurchaseFilter:
    """What is looked for: one of `VIEWS`, a supplier, words (number, supplier, goods, barcode)."""

    view: str = "all"
    text: str = ""
    supplier_id: int | None = None


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """One purchase order in the list; `came_tenths` is how much of it came, in thousandths of the whole."""

    id: int
    code: str
    supplier_id: int
    supplier: str
    state: str
    late: bool
    lines: int
    total_minor: int
    currency: str
    came_milli: int
    ordered_milli: int
    expected_on: date | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One line of a purchase order; quantities in thousandths of the base unit, the price is that of a pack."""

    id: int
    sku_id: int
    code: str
    name: str
    unit: str
    picture: str
    their_code: str
    barcode: str
    pack_milli: int
    packs: int
    price_minor: int
    received_milli: int
    batch_tracked: bool
    shelf_life_days: int | None

    @property
    def qty_milli(self) -> int:
        """What was ordered."""
        return self.packs * self.pack_milli

    @property
    def left_milli(self) -> int:
        """What did not come yet."""
        return max(0, self.qty_milli - self.received_milli)

    @property
    def amount_minor(self) -> int:
        """What the line comes to."""
        return self.packs * self.price_minor


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery of an order."""

    id: int
    code: str
    at: datetime
    who: str
    qty_milli: int
    amount_minor: int
    note: str


@dataclass(frozen=True, slots=True)
class PurchaseSheet:
    """Everything about one purchase order; `mail` is waiting, done, failed or nothing, `mail_error` says why."""

    id: int
    code: str
    supplier_id: int
    supplier: str
    supplier_mail: bool
    least_minor: int
    state: str
    late: bool
    revision: int
    expected_on: date | None
    total_minor: int
    currency: str
    note: str
    made_at: datetime
    made_by: str
    sent_at: datetime | None
    sent_by: str
    sent_how: str
    closed_at: datetime | None
    closed_by: str
    close_reason: str
    mail: str
    mail_error: str
    lines: tuple[OrderedLine, ...]
    deliveries: tuple[DeliveryRow, ...]


def late_now(read: Read) -> ColumnElement[bool]:
    """Orders that should have come before today."""
    today = shop_day(read.now, read.zone)
    return and_(PurchaseOrder.state.in_(COMING), PurchaseOrder.expected_on < today)


@question(permission=Permission.BUY)
def purchases_page(read: Read, which: PurchaseFilter, after: Position | None = None) -> Page[PurchaseRow]:
    """A page of purchase orders, newest first."""
    lines = _lines_sums()
    columns: tuple[Any, ...] = (
        PurchaseOrder.id, PurchaseOrder.code, PurchaseOrder.supplier_id, Supplier.name.label("supplier"),
        PurchaseOrder.state, late_now(read).label("late"), PurchaseOrder.total_minor, PurchaseOrder.currency,
        PurchaseOrder.expected_on, PurchaseOrder.made_at, lines.c.lines, lines.c.came_milli, lines.c.ordered_milli,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(lines, lines.c.order_id == PurchaseOrder.id)
    )
    paged = in_order(statement.where(*_fits(read, which)), (PurchaseOrder.id,), after)
    return page_of(
        read.rows(paged).all(),
        lambda row: PurchaseRow(**{**row._mapping, "late": bool(row.late)}),
        lambda row: (row.id,),
    )


@question(permission=Permission.BUY)
def purchases_count(read: Read, which: PurchaseFilter) -> int:
    """How many purchase orders fit."""
    statement = select(func.count()).select_from(PurchaseOrder)
    statement = statement.join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
    return int(read.value(statement.where(*_fits(read, which))))


@question(permission=Permission.BUY)
def purchases_by_state(read: Read) -> dict[str, int]:
    """How many orders each view holds."""
    rows = read.rows(select(PurchaseOrder.state, func.count().label("orders")).group_by(PurchaseOrder.state))
    found = {row.state: int(row.orders) for row in rows}
    late = read.value(select(func.count()).select_from(PurchaseOrder).where(late_now(read)))
    return {**found, LATE: int(late), "all": sum(found.values())}


@question(permission=Permission.BUY)
def purchase_sheet(read: Read, order_id: int) -> PurchaseSheet | None:
    """One purchase order with its lines and deliveries, or None."""
    row = read.first(
        select(
            PurchaseOrder.__table__, Supplier.name.label("supplier"), Supplier.email, Supplier.least_minor,
            late_now(read).label("late"),
        )
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id == order_id)
    )  # fmt: skip
    if row is None:
        return None
    names = actor_names(read, {who for who in (row.made_by, row.sent_by, row.closed_by) if who})
    letter = None
    if row.outbox_id is not None:
        letter = read.first(select(Outbox.state, Outbox.error).where(Outbox.id == row.outbox_id))
    return PurchaseSheet(
        row.id, row.code, row.supplier_id, row.supplier, bool(row.email), row.least_minor, row.state, bool(row.late),
        row.revision, row.expected_on, row.total_minor, row.currency, row.note, row.made_at,
        names.get(row.made_by, ""), row.sent_at, names.get(row.sent_by, ""), row.sent_how, row.closed_at,
        names.get(row.closed_by, ""), row.close_reason, letter.state if letter else "",
        letter.error if letter else "", ordered_lines(read, order_id), _deliveries(read, order_id),
    )  # fmt: skip


def ordered_lines(read: Read, order_id: int) -> tuple[OrderedLine, ...]:
    """The lines of an order as they were typed."""
    barcode = select(func.min(Barcode.code)).where(Barcode.sku_id == Sku.id).correlate(Sku).scalar_subquery()
    line = PurchaseLine
    statement = (
        select(
            line.id, line.sku_id, Sku.code, Product.name, Sku.variant, Product.pack, Sku.unit, Product.picture,
            line.their_code, func.coalesce(barcode, "").label("barcode"), line.pack_milli, line.packs,
            line.price_minor, line.received_milli, Sku.batch_tracked, Sku.shelf_life_days,
        )
        .join(Sku, Sku.id == line.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(line.order_id == order_id)
        .order_by(line.id)
    )  # fmt: skip
    found = []
    for row in read.rows(statement):
        values = dict(row._mapping)
        parts = (values.pop("name"), values.pop("variant"), values.pop("pack"))
        found.append(OrderedLine(**values, name=" ".join(part for part in parts if part)))
    return tuple(found)


def _deliveries(read: Read, order_id: int) -> tuple[DeliveryRow, ...]:
    receipt, line = GoodsReceipt, GoodsReceiptLine
    rows = read.rows(
        select(
            receipt.id, receipt.code, receipt.at, receipt.actor, receipt.note,
            cast(func.sum(line.qty_milli), BigInteger()).label("qty"),
            cast(func.sum(line.amount_minor), BigInteger()).label("amount"),
        )
        .join(line, line.receipt_id == receipt.id)
        .where(receipt.order_id == order_id)
        .group_by(receipt.id, receipt.code, receipt.at, receipt.actor, receipt.note)
        .order_by(receipt.id.desc())
    ).all()  # fmt: skip
    names = actor_names(read, {row.actor for row in rows})
    return tuple(
        DeliveryRow(
            row.id, row.code, row.at, names.get(row.actor, ""), int(row.qty), int(row.amount), row.note
        )
        for row in rows
    )


@question(permission=Permission.BUY)
def order_of_code(read: Read, text: str) -> int | None:
    """The order with this number, or None."""
    found: int | None = read.value(select(PurchaseOrder.id).where(PurchaseOrder.code == text.strip().upper()))
    return found


# -- shared steps -----------------------------------------------------------------------------------------


def _lines_sums() -> Any:
    line = PurchaseLine
    ordered = line.packs * line.pack_milli
    came = case((line.received_milli > ordered, ordered), else_=line.received_milli)
    return (
        select(
            line.order_id, func.count().label("lines"),
            cast(func.sum(ordered), BigInteger()).label("ordered_milli"),
            cast(func.sum(came), BigInteger()).label("came_milli"),
        )
        .group_by(line.order_id)
        .subquery()
    )  # fmt: skip


def _fits(read: Read, which: PurchaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.view == LATE:
        conditions.append(late_now(read))
    elif which.view != "all":
        conditions.append(PurchaseOrder.state == which.view)
    if which.supplier_id is not None:
        conditions.append(PurchaseOrder.supplier_id == which.supplier_id)
    text = which.text.strip()
    if text:
        typed = text.lower().replace(" ", "")
        goods = (
            select(PurchaseLine.order_id)
            .join(Sku, Sku.id == PurchaseLine.sku_id)
            .join(Product, Product.id == Sku.product_id)
            .outerjoin(Barcode, Barcode.sku_id == Sku.id)
            .where(
                or_(
                    contains(Product.name, text), contains(Product.initials, typed), Sku.code == text,
                    Barcode.code == text, PurchaseLine.their_code == text,
                )
            )
        )  # fmt: skip
        conditions.append(
            or_(
                contains(PurchaseOrder.code, text), contains(Supplier.name, text),
                contains(Supplier.initials, typed), PurchaseOrder.id.in_(goods),
            )
        )  # fmt: skip
    return conditions
