"""One order with everything that hangs on it, for the panel beside the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.basics.words import masked_phone
from desktop.models.members import Member, Tier
from desktop.models.order_talk import FROM_MEMBER
from desktop.models.orders import TO_SHIP, Order, OrderEvent, OrderLine, OrderTag
from desktop.models.payments import Refund, RefundTender, Tender
from desktop.models.people import Permission, Staff, Till
from desktop.models.products import Product, Sku, Tag
from desktop.pricing.foreign_prices import line_words
from desktop.queries.order_backs import BackRow, read_backs
from desktop.queries.order_messages import MessageRow, read_talk
from desktop.queries.order_parcels import ParcelRow, read_parcels
from desktop.queries.order_waits import CHASED, REASON
from desktop.queries.order_words import said
from desktop.queries.orders import late, refunded_how
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line; quantities in thousandths of `unit_name`, money in minor units. `left_milli` can still be refunded,
    `open_milli` is still to leave."""

    id: int
    sku_id: int
    unit: str
    unit_name: str
    name: str
    pack: str
    code: str
    picture: str
    qty_milli: int
    left_milli: int
    shipped_milli: int
    open_milli: int
    list_minor: int
    price_minor: int
    discount_minor: int
    total_minor: int
    foreign: str = ""  # how a price of a list in another currency was reckoned


@dataclass(frozen=True, slots=True)
class EventRow:
    """One step of the timeline, with who did it."""

    kind: str
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TenderRow:
    """One part of the payment."""

    method: str
    amount_minor: int
    points: int
    reference: str
    received_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund: what went back in money (minor units) and points."""

    money_minor: int
    points_returned: int
    points_taken_back: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WornTag:
    """A tag of the order."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """The member behind the order, phone masked."""

    id: int
    code: str
    name: str
    phone: str
    tier_key: str
    tier_name: str
    orders_count: int


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order as the panel shows it; amounts in minor units of `currency`, times UTC."""

    id: int
    code: str
    short_code: str
    order_type: str
    channel: str
    till: str
    status: str
    late: bool
    refunded: str
    currency: str
    goods_minor: int
    discount_minor: int
    discount_note: str
    freight_minor: int
    rounding_minor: int
    total_minor: int
    due_minor: int
    paid_minor: int
    points_minor: int
    points_spent: int
    points_earned: int
    refunded_minor: int
    has_address: bool
    note: str
    receipt_number: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    done_at: datetime | None
    pay_deadline: datetime | None
    ship_deadline: datetime | None
    queued_until: datetime | None
    collect: bool
    lines: tuple[LineRow, ...]
    events: tuple[EventRow, ...]
    tenders: tuple[TenderRow, ...]
    refunds: tuple[RefundRow, ...]
    parcels: tuple[ParcelRow, ...]
    buyer: Buyer | None
    tags: tuple[WornTag, ...] = ()
    messages: tuple[MessageRow, ...] = ()
    pay_discount_minor: int = 0  # of the discount: for the way it was paid
    backs: tuple[BackRow, ...] = ()  # refunds through a provider

    @property
    def part_shipped(self) -> bool:
        """Whether a part of it has left and the rest is still to come."""
        return self.status == TO_SHIP and self.shipped_at is not None

    @property
    def unread(self) -> int:
        """How many messages of the member nobody has read."""
        return sum(not message.mine and not message.read for message in self.messages)

    @property
    def chased(self) -> int:
        """How often it was asked why this order has not left, while nobody answered; 0 once it is on its way."""
        kinds = [event.kind for event in self.events if event.kind in (CHASED, REASON)]
        return kinds.count(CHASED) if self.status == TO_SHIP and kinds[-1:] == [CHASED] else 0


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an order goes, unmasked."""

    name: str
    phone: str
    address: str


_SAME = (
    "id", "code", "short_code", "order_type", "channel", "status", "currency", "goods_minor", "discount_minor",
    "discount_note", "freight_minor", "rounding_minor", "total_minor", "due_minor", "paid_minor", "points_minor",
    "points_spent", "points_earned", "refunded_minor", "note", "receipt_number", "placed_at", "paid_at",
    "shipped_at", "done_at", "pay_deadline", "ship_deadline", "queued_until", "collect", "pay_discount_minor",
)  # fmt: skip


@question(permission=Permission.SEE_ORDERS)
def order_detail(read: Read, order_id: int) -> OrderDetail:
    """Everything about one order, phone and address masked. Raises `NotFound`."""
    statement = select(Order.__table__, Till.name.label("till")).join(Till, Till.id == Order.till_id)
    row = read.first(statement.where(Order.id == order_id))
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return OrderDetail(
        **{name: getattr(row, name) for name in _SAME},
        till=row.till,
        has_address=bool(row.address),
        late=late(row.status, row.pay_deadline, row.ship_deadline, read.now),
        refunded=refunded_how(row.refunded_minor, row.paid_minor),
        lines=_lines(read, order_id, row.currency),
        events=_events(read, order_id),
        tenders=_tenders(read, order_id),
        refunds=_refunds(read, order_id),
        parcels=read_parcels(read, order_id),
        buyer=_buyer(read, row.member_id),
        tags=_tags(read, order_id),
        messages=_messages(read, order_id),
        backs=read_backs(read, order_id),
    )


@question(permission=Permission.SEE_PERSONAL, personal=True)
def order_contact(read: Read, order_id: int) -> Contact:
    """Name, phone and address in full; each look is written down. Raises `NotFound`."""
    row = read.first(
        select(Order.address, Member.name, Member.phone)
        .join(Member, Member.id == Order.member_id, isouter=True)
        .where(Order.id == order_id)
    )
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    return Contact(row.name or "", row.phone or "", row.address)


def _lines(read: Read, order_id: int, currency: str) -> tuple[LineRow, ...]:
    statement = (
        select(OrderLine.__table__, Sku.code, Sku.unit.label("base_unit"), Product.pack, Product.picture)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
    )
    return tuple(
        LineRow(
            r.id, r.sku_id, r.unit, r.unit or r.base_unit, r.name, r.pack, r.code, r.picture, r.qty_milli,
            r.qty_milli - r.refunded_milli, r.shipped_milli, r.qty_milli - r.shipped_milli - r.freed_milli,
            r.list_minor, r.price_minor, r.discount_minor, r.total_minor, line_words(r, currency),
        )
        for r in read.rows(statement)
    )  # fmt: skip


def _events(read: Read, order_id: int) -> tuple[EventRow, ...]:
    statement = select(OrderEvent.kind, OrderEvent.note, OrderEvent.actor, OrderEvent.at)
    rows = read.rows(statement.where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)).all()
    names = actor_names(read, {row.actor for row in rows})
    return tuple(EventRow(row.kind, row.note, names.get(row.actor, ""), row.at) for row in rows)


def actor_names(read: Read, actors: set[str]) -> dict[str, str]:
    """What people call these actors: staff by name, kiosks by their till's; others stay unnamed."""
    wanted: dict[str, set[int]] = {"staff": set(), "kiosk": set()}
    for actor in actors:
        kind, _sep, number = actor.partition(":")
        if kind in wanted and number.isdigit():
            wanted[kind].add(int(number))
    names: dict[str, str] = {}
    sources: tuple[tuple[str, Any], ...] = (("staff", Staff), ("kiosk", Till))
    for kind, table in sources:
        if wanted[kind]:
            found = read.rows(select(table.id, table.name).where(table.id.in_(sorted(wanted[kind]))))
            for row in found:  # tills of a new shop are named by sentence keys
                names[f"{kind}:{row.id}"] = said(row.name) if kind == "kiosk" else row.name
    return names


def _tenders(read: Read, order_id: int) -> tuple[TenderRow, ...]:
    columns = (
        Tender.method_key, Tender.amount_minor, Tender.points, Tender.reference, Tender.received_minor, Tender.at
    )  # fmt: skip
    rows = read.rows(select(*columns).where(Tender.order_id == order_id).order_by(Tender.id))
    return tuple(
        TenderRow(r.method_key, r.amount_minor, r.points, r.reference, r.received_minor, r.at) for r in rows
    )


def _refunds(read: Read, order_id: int) -> tuple[RefundRow, ...]:
    statement = (
        select(
            Refund.id, Refund.points_returned, Refund.points_taken_back, Refund.reason, Refund.at,
            RefundTender.amount_minor, RefundTender.points,
        )
        .join(RefundTender, RefundTender.refund_id == Refund.id, isouter=True)
        .where(Refund.order_id == order_id)
        .order_by(Refund.id)
    )  # fmt: skip
    found: dict[int, RefundRow] = {}
    for r in read.rows(statement):
        money = (r.amount_minor or 0) if not r.points else 0
        before = found[r.id].money_minor if r.id in found else 0
        found[r.id] = RefundRow(before + money, r.points_returned, r.points_taken_back, r.reason, r.at)
    return tuple(found.values())


def _messages(read: Read, order_id: int) -> tuple[MessageRow, ...]:
    talk = read_talk(read, order_id)
    names = actor_names(read, {actor for _row, actor in talk})
    return tuple(
        MessageRow(r.id, r.sender != FROM_MEMBER, r.text, names.get(actor, ""), r.at, r.read_at is not None)
        for r, actor in talk
    )


def _tags(read: Read, order_id: int) -> tuple[WornTag, ...]:
    worn = select(Tag.id, Tag.name).join(OrderTag, OrderTag.tag_id == Tag.id)
    rows = read.rows(worn.where(OrderTag.order_id == order_id).order_by(Tag.id))
    return tuple(WornTag(row.id, row.name) for row in rows)


def _buyer(read: Read, member_id: int | None) -> Buyer | None:
    if member_id is None:
        return None
    statement = (
        select(Member.id, Member.code, Member.name, Member.phone, Member.tier_key, Tier.name.label("tier"),
               Member.orders_count)
        .join(Tier, Tier.key == Member.tier_key)
        .where(Member.id == member_id)
    )  # fmt: skip
    row = read.first(statement)
    if row is None:
        return None
    phone = masked_phone(row.phone) if row.phone else ""
    return Buyer(row.id, row.code, row.name, phone, row.tier_key, row.tier, row.orders_count)
