"""One after-sales case with everything that hangs on it, and its photos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.models.after_sales import (
    AfterSale,
    AfterSaleEvent,
    AfterSaleGoods,
    AfterSaleLine,
    AfterSalePhoto,
)
from desktop.models.members import Member
from desktop.models.orders import Order, OrderLine, Shipment
from desktop.models.payments import Refund, RefundTender
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.queries.order_detail import actor_names
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What a case is about, of one order line: thousandths, minor units for money alone."""

    line_id: int
    sku_id: int
    unit: str
    name: str
    pack: str
    code: str
    picture: str
    qty_milli: int
    amount_minor: int
    condition: str
    received_milli: int
    damaged_milli: int
    total_minor: int
    sold_milli: int


@dataclass(frozen=True, slots=True)
class NewGoods:
    """What an exchange sends (thousandths); what of it came back goods pay (minor units)."""

    sku_id: int
    unit: str
    name: str
    picture: str
    qty_milli: int
    credit_minor: int


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One step of the timeline, with who did it."""

    kind: str
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case as the panel shows it; amounts in minor units of `currency`, times UTC."""

    id: int
    code: str
    kind: str
    state: str
    reason: str
    note: str
    tracking: str
    with_freight: bool
    worth_minor: int
    difference_minor: int
    opened_at: datetime
    moved_at: datetime
    order_id: int
    order_code: str
    order_short: str
    order_status: str
    order_type: str
    member_id: int | None
    member_name: str
    currency: str
    lines: tuple[CaseLine, ...]
    goods: tuple[NewGoods, ...]
    events: tuple[CaseEvent, ...]
    photos: tuple[int, ...]
    refunded_minor: int
    points_returned: int
    points_taken_back: int
    replacement_id: int | None
    replacement_short: str
    replacement_status: str
    parcel: str


@question(permission=Permission.SEE_ORDERS)
def case_detail(read: Read, case_id: int) -> CaseDetail:
    """Everything about one case. Raises `NotFound`."""
    row = read.first(
        select(
            AfterSale.__table__, Order.code.label("order_code"), Order.short_code, Order.status, Order.currency,
            Order.order_type, Order.member_id, Member.name.label("member"),
        )
        .join(Order, Order.id == AfterSale.order_id)
        .join(Member, Member.id == Order.member_id, isouter=True)
        .where(AfterSale.id == case_id)
    )  # fmt: skip
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    money, points, taken = _given(read, row.refund_id)
    new = read.first(select(Order.short_code, Order.status).where(Order.id == (row.replacement_id or 0)))
    return CaseDetail(
        id=row.id, code=row.code, kind=row.kind, state=row.state, reason=row.reason, note=row.note,
        tracking=row.tracking, with_freight=row.with_freight, worth_minor=row.worth_minor,
        difference_minor=row.difference_minor, opened_at=row.opened_at, moved_at=row.moved_at, order_id=row.order_id,
        order_code=row.order_code, order_short=row.short_code, order_status=row.status, order_type=row.order_type,
        member_id=row.member_id, member_name=row.member or "", currency=row.currency, lines=_lines(read, case_id),
        goods=_goods(read, case_id), events=_events(read, case_id), photos=_photos(read, case_id),
        refunded_minor=money, points_returned=points, points_taken_back=taken, replacement_id=row.replacement_id,
        replacement_short=new.short_code if new else "", replacement_status=new.status if new else "",
        parcel=_parcel(read, row.shipment_id),
    )  # fmt: skip


@question(permission=Permission.SEE_ORDERS)
def case_photo(read: Read, photo_id: int) -> bytes:
    """One photo, as a small JPEG. Raises `NotFound`."""
    data = read.value(select(AfterSalePhoto.data).where(AfterSalePhoto.id == photo_id))
    if data is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return bytes(data)


def _lines(read: Read, case_id: int) -> tuple[CaseLine, ...]:
    statement = (
        select(
            AfterSaleLine.line_id, OrderLine.sku_id, OrderLine.unit, OrderLine.name, Product.pack, Sku.code,
            Product.picture, AfterSaleLine.qty_milli, AfterSaleLine.amount_minor, AfterSaleLine.condition,
            AfterSaleLine.received_milli, AfterSaleLine.damaged_milli, OrderLine.total_minor, OrderLine.qty_milli,
        )
        .join(OrderLine, OrderLine.id == AfterSaleLine.line_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(AfterSaleLine.case_id == case_id)
        .order_by(AfterSaleLine.line_id)
    )  # fmt: skip
    return tuple(CaseLine(*tuple(row)) for row in read.rows(statement))


def _goods(read: Read, case_id: int) -> tuple[NewGoods, ...]:
    statement = (
        select(
            AfterSaleGoods.sku_id, AfterSaleGoods.unit, Product.name, Product.picture, AfterSaleGoods.qty_milli,
            AfterSaleGoods.credit_minor,
        )
        .join(Sku, Sku.id == AfterSaleGoods.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(AfterSaleGoods.case_id == case_id)
        .order_by(AfterSaleGoods.id)
    )  # fmt: skip
    return tuple(NewGoods(*tuple(row)) for row in read.rows(statement))


def _events(read: Read, case_id: int) -> tuple[CaseEvent, ...]:
    columns = (AfterSaleEvent.kind, AfterSaleEvent.note, AfterSaleEvent.actor, AfterSaleEvent.at)
    rows = read.rows(
        select(*columns).where(AfterSaleEvent.case_id == case_id).order_by(AfterSaleEvent.id)
    ).all()
    names = actor_names(read, {row.actor for row in rows})
    return tuple(CaseEvent(row.kind, row.note, names.get(row.actor, ""), row.at) for row in rows)


def _photos(read: Read, case_id: int) -> tuple[int, ...]:
    rows = read.rows(
        select(AfterSalePhoto.id).where(AfterSalePhoto.case_id == case_id).order_by(AfterSalePhoto.id)
    )
    return tuple(int(row.id) for row in rows)


def _given(read: Read, refund_id: int | None) -> tuple[int, int, int]:
    """Money and points of a case's refund, its parts that lay with other orders included."""
    key = read.value(select(Refund.client_key).where(Refund.id == (refund_id or 0)))
    if key is None:
        return 0, 0, 0
    keys = [key, *(f"{key}:x{number}" for number in range(20))]
    rows = read.rows(select(Refund.__table__).where(Refund.client_key.in_(keys))).all()
    total = select(func.coalesce(func.sum(RefundTender.amount_minor), 0))
    mine = RefundTender.refund_id.in_([row.id for row in rows])
    money = read.value(total.where(mine, RefundTender.points == 0))
    return int(money), sum(r.points_returned for r in rows), sum(r.points_taken_back for r in rows)


def _parcel(read: Read, shipment_id: int | None) -> str:
    row = read.first(select(Shipment.carrier, Shipment.tracking).where(Shipment.id == (shipment_id or 0)))
    return " ".join(part for part in (row.carrier, row.tracking) if part) if row else ""
