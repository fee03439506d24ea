"""What the papers of orders say: pick lists, delivery notes, invoices and parcel labels, for one order or many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.orders import TO_SHIP, UNPAID, Order, OrderLine
from desktop.models.people import Permission
from desktop.models.products import Barcode, Product, Sku
from desktop.models.settings import INVOICE_NOTE, SHOP_BRANCH, SHOP_NAME, SHOP_PHONE, SHOP_TAX_NUMBER
from desktop.models.stock import Location, Reservation
from desktop.pricing.foreign_prices import line_words
from desktop.queries.stuck import NOT_STOCKED
from desktop.shop.action import question
from desktop.shop.work import Read

MOST = 200  # orders of one print


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is."""

    name: str
    branch: str
    phone: str
    tax_number: str
    note: str
    zone: str


@dataclass(frozen=True, slots=True)
class OrderPaperLine:
    """One line; quantities in thousandths of `unit` (sold, sold less given back, still to send), money in minor units."""

    name: str
    variant: str
    pack: str
    code: str
    unit: str
    sold_milli: int
    qty_milli: int
    to_send_milli: int
    price_minor: int
    discount_minor: int
    total_minor: int
    foreign: str = ""  # how a price of a list in another currency was reckoned


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """An order with the buyer's name and address in full; amounts in minor units of `currency`."""

    id: int
    code: str
    short_code: str
    status: str
    currency: str
    placed_at: datetime
    invoice_number: str
    name: str
    phone: str
    address: str
    note: str
    goods_minor: int
    discount_minor: int
    pay_discount_minor: int
    freight_minor: int
    rounding_minor: int
    total_minor: int
    points_minor: int
    paid_minor: int
    refunded_minor: int
    lines: tuple[OrderPaperLine, ...]


@dataclass(frozen=True, slots=True)
class OrderPapers:
    """Papers of several orders in the order they were asked for."""

    shop: Letterhead
    orders: tuple[OrderPaper, ...]


@dataclass(frozen=True, slots=True)
class PickRow:
    """One kind of goods to fetch from one place (thousandths of the base unit), and for which orders how much."""

    place: str
    name: str
    variant: str
    pack: str
    code: str
    barcode: str
    unit: str
    qty_milli: int
    orders: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PickList:
    """What several orders hold, goods by goods, so that one walk fetches all of it."""

    zone: str
    at: datetime
    orders: tuple[str, ...]
    rows: tuple[PickRow, ...]


@question(permission=Permission.SEE_PERSONAL, personal=True)
def order_papers(read: Read, order_ids: Sequence[int]) -> OrderPapers:
    """Everything the papers of these orders say; each look is written down. At most 200 at a time."""
    _check(order_ids)
    names = (
        "id", "code", "short_code", "status", "currency", "placed_at", "invoice_number", "address", "note",
        "goods_minor", "discount_minor", "freight_minor", "rounding_minor", "total_minor", "points_minor",
        "paid_minor", "refunded_minor", "pay_discount_minor",
    )  # fmt: skip
    columns = [getattr(Order, name) for name in names]
    statement = select(*columns, Member.name.label("buyer"), Member.phone).join(
        Member, Member.id == Order.member_id, isouter=True
    )
    found = {row.id: row for row in read.rows(statement.where(Order.id.in_(order_ids)))}
    lines = _lines(read, order_ids)
    return OrderPapers(
        _shop(read),
        tuple(
            OrderPaper(
                **{name: getattr(found[i], name) for name in names},
                name=found[i].buyer or "", phone=found[i].phone or "", lines=tuple(lines[i]),
            )
            for i in order_ids
            if i in found
        ),
    )  # fmt: skip


@question(permission=Permission.SEE_ORDERS)
def pick_list(read: Read, order_ids: Sequence[int]) -> PickList:
    """The goods these orders still hold, summed by goods and place, in the order of the goods' codes."""
    _check(order_ids)
    code = (
        select(func.min(Barcode.code)).where(Barcode.sku_id == Sku.id, Barcode.unit == "").scalar_subquery()
    )
    statement = (
        select(
            Reservation.order_id, Reservation.sku_id, Reservation.location_id, Reservation.qty_milli,
            Order.short_code, Location.name.label("place"), Product.name, Product.pack, Sku.variant, Sku.code,
            Sku.unit, code.label("barcode"),
        )
        .join(Order, Order.id == Reservation.order_id)
        .join(Location, Location.id == Reservation.location_id)
        .join(Sku, Sku.id == Reservation.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(Reservation.order_id.in_(order_ids), Reservation.state == "open")
        .order_by(Location.id, Sku.code, Order.placed_at, Order.id)
    )  # fmt: skip
    held: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in read.rows(statement):
        held[row.location_id, row.sku_id].append(row)
    rows = tuple(_pick_row(group) for group in held.values())
    picked = {number: None for row in rows for number, _qty in row.orders}
    return PickList(str(read.zone), read.now, tuple(picked), rows)


def _pick_row(group: Sequence[Any]) -> PickRow:
    first = group[0]
    shares: defaultdict[str, int] = defaultdict(int)
    for row in group:
        shares[row.short_code] += row.qty_milli
    return PickRow(
        first.place, first.name, first.variant, first.pack, first.code, first.barcode or "", first.unit,
        sum(shares.values()), tuple(shares.items()),
    )  # fmt: skip


def _check(order_ids: Sequence[int]) -> None:
    if len(order_ids) > MOST:
        raise Refused(N_("At most {limit} orders can be printed at a time. Tick fewer."), limit=MOST)


def _shop(read: Read) -> Letterhead:
    return Letterhead(
        name=read.setting(SHOP_NAME),
        branch=read.setting(SHOP_BRANCH),
        phone=read.setting(SHOP_PHONE),
        tax_number=read.setting(SHOP_TAX_NUMBER),
        note=read.setting(INVOICE_NOTE),
        zone=str(read.zone),
    )


def _lines(read: Read, order_ids: Sequence[int]) -> dict[int, list[OrderPaperLine]]:
    statement = (
        select(
            OrderLine.__table__, Sku.code, Sku.variant, Sku.unit.label("base_unit"), Product.pack,
            Product.kind, Order.status, Order.currency,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.id)
    )  # fmt: skip
    found: defaultdict[int, list[OrderPaperLine]] = defaultdict(list)
    for r in read.rows(statement):
        waits = r.status in (UNPAID, TO_SHIP) and r.kind not in NOT_STOCKED
        to_send = r.qty_milli - r.shipped_milli - r.freed_milli if waits else 0
        found[r.order_id].append(OrderPaperLine(
            r.name, r.variant, r.pack, r.code, r.unit or r.base_unit, r.qty_milli,
            r.qty_milli - r.refunded_milli, to_send,
            r.price_minor, r.discount_minor, r.total_minor, line_words(r, r.currency),
        ))  # fmt: skip
    return found
