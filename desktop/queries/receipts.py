"""What a receipt says, as plain rows: printed by kiosk and counter, shown on screens, written as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.models.members import Member, PointsEntry
from desktop.models.orders import Order, OrderLine
from desktop.models.payments import Tender
from desktop.models.people import Permission, Till
from desktop.models.products import Product, Sku
from desktop.models.settings import RECEIPT_FOOTER, SHOP_BRANCH, SHOP_NAME
from desktop.pricing.foreign_prices import line_words
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line: quantity in thousandths of `unit`, money in minor units."""

    name: str
    pack: str
    unit: str
    qty_milli: int
    list_minor: int
    price_minor: int
    total_minor: int
    whole_minor: int = 0  # before anything was taken off
    foreign: str = ""  # how a price of a list in another currency was reckoned


@dataclass(frozen=True, slots=True)
class ReceiptTender:
    """How a part was paid; `points` only for points."""

    method: str
    amount_minor: int
    points: int
    reference: str
    foreign: str = ""  # what was handed over in another currency, with its rate


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt; all amounts in minor units of `currency`, `at` in UTC (show it in `zone`).

    `to_pay_minor` is the money after points; `points_left` the balance after this order, None without a member.
    """

    order_id: int
    shop: str
    branch: str
    code: str
    short_code: str
    receipt_number: str
    till: str
    status: str
    at: datetime
    zone: str
    currency: str
    lines: tuple[ReceiptLine, ...]
    goods_minor: int
    discount_minor: int
    discount_note: str
    freight_minor: int
    rounding_minor: int
    total_minor: int
    points_minor: int
    points_spent: int
    to_pay_minor: int
    tenders: tuple[ReceiptTender, ...]
    received_minor: int
    change_minor: int
    refunded_minor: int
    member_tail: str
    points_earned: int
    points_left: int | None
    footer: str
    pay_discount_minor: int = 0  # of the discount: for the way it was paid


@question(permission=Permission.KIOSK)
def receipt(read: Read, order_id: int) -> Receipt:
    """The receipt of an order. A kiosk finds only its own orders. Raises `NotFound`."""
    return read_receipt(read, order_id, read.actor.till_id if read.actor.kind == "kiosk" else None)


def read_receipt(read: Read, order_id: int, till_id: int | None = None) -> Receipt:
    """The receipt of an order, for other questions; only of this till if one is given. Raises `NotFound`."""
    statement = (
        select(Order.__table__, Till.name.label("till"), Member.phone_tail)
        .join(Till, Till.id == Order.till_id)
        .join(Member, Member.id == Order.member_id, isouter=True)
        .where(Order.id == order_id)
    )
    if till_id is not None:
        statement = statement.where(Order.till_id == till_id)
    row = read.first(statement)
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    same = (
        "code", "short_code", "receipt_number", "till", "status", "currency", "goods_minor", "discount_minor",
        "discount_note", "freight_minor", "rounding_minor", "total_minor", "points_minor", "points_spent",
        "refunded_minor", "points_earned", "pay_discount_minor",
    )  # fmt: skip
    tenders, received, change = _paid(read, order_id)
    return Receipt(
        **{name: getattr(row, name) for name in same},
        order_id=row.id,
        shop=read.setting(SHOP_NAME),
        branch=read.setting(SHOP_BRANCH),
        at=row.paid_at or row.placed_at,
        zone=str(read.zone),
        lines=_lines(read, order_id, row.currency),
        to_pay_minor=row.due_minor,
        tenders=tenders,
        received_minor=received,
        change_minor=change,
        member_tail=row.phone_tail or "",
        points_left=_left(read, row.member_id, order_id),
        footer=read.setting(RECEIPT_FOOTER),
    )


def _lines(read: Read, order_id: int, currency: str) -> tuple[ReceiptLine, ...]:
    statement = (
        select(
            OrderLine.name, Product.pack, OrderLine.unit, Sku.unit.label("base_unit"), OrderLine.qty_milli,
            OrderLine.list_minor, OrderLine.price_minor, OrderLine.total_minor,
            OrderLine.discount_minor, OrderLine.foreign_currency, OrderLine.foreign_minor, OrderLine.rate,
        )
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
    )  # fmt: skip
    return tuple(
        ReceiptLine(
            r.name,
            r.pack,
            r.unit or r.base_unit,
            r.qty_milli,
            r.list_minor,
            r.price_minor,
            r.total_minor,
            r.total_minor + r.discount_minor,
            line_words(r, currency),
        )
        for r in read.rows(statement)
    )


def _paid(read: Read, order_id: int) -> tuple[tuple[ReceiptTender, ...], int, int]:
    """Tenders, cash handed over, change."""
    columns = (
        Tender.method_key, Tender.amount_minor, Tender.points, Tender.reference, Tender.received_minor,
        Tender.foreign_currency, Tender.foreign_minor, Tender.rate,
    )  # fmt: skip
    rows = read.rows(select(*columns).where(Tender.order_id == order_id).order_by(Tender.id)).all()
    cash = [r for r in rows if r.method_key == "cash" and r.received_minor]
    change = sum(r.received_minor - r.amount_minor for r in cash)
    tenders = tuple(
        ReceiptTender(r.method_key, r.amount_minor, r.points, r.reference, foreign_notes(r)) for r in rows
    )
    return tenders, sum(r.received_minor for r in cash), change


def foreign_notes(tender: Any) -> str:
    """`$10.00 × 7.1025` for notes of another currency."""
    if not tender.foreign_currency:
        return ""
    return f"{Money(tender.foreign_minor, tender.foreign_currency)} × {tender.rate}"


def _left(read: Read, member_id: int | None, order_id: int) -> int | None:
    if member_id is None:
        return None
    entry = select(PointsEntry.balance).where(
        PointsEntry.member_id == member_id, PointsEntry.source == f"order:{order_id}"
    )
    balance = read.value(entry.order_by(PointsEntry.id.desc()).limit(1))
    if balance is None:
        balance = read.value(select(Member.points).where(Member.id == member_id))
    return int(balance)
