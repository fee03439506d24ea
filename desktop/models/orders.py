"""Orders: three types, one table of legal steps, lines, timeline, shipments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.models.base import Base, RowId, personal

UNPAID, TO_SHIP, SHIPPED, DONE, CANCELLED = "unpaid", "to_ship", "shipped", "done", "cancelled"
STATUS_WORDS = {
    UNPAID: N_("Unpaid"),
    TO_SHIP: N_("To ship"),
    SHIPPED: N_("Shipped"),
    DONE: N_("Done"),
    CANCELLED: N_("Cancelled"),
}

# O5: the one table of legal steps. Everything not in it is refused.
STEPS: frozenset[tuple[str, str]] = frozenset(
    {
        (UNPAID, TO_SHIP),  # paid, goods still here
        (UNPAID, DONE),  # a store sale: paid and taken along
        (UNPAID, CANCELLED),
        (TO_SHIP, SHIPPED),
        (TO_SHIP, CANCELLED),  # with its refund
        (SHIPPED, DONE),
        (SHIPPED, TO_SHIP),  # a shipment taken back by the counter-step
    }
)


@dataclass(frozen=True, slots=True)
class OrderType:
    """O1: what an order type decides."""

    key: str
    words: str
    prefix: str
    minimum_milli: int = 0


ORDER_TYPES = {
    t.key: t
    for t in (
        OrderType("retail", N_("Retail"), ""),
        OrderType("distribution", N_("Distribution"), "D"),
        OrderType("b2b", N_("B2B"), "B"),
    )
}
SALE, RESHIP = "sale", "reship"  # kinds of parcels
CHANNEL_WORDS = {
    "store": N_("In store"),
    "kiosk": N_("Self-checkout"),
    "online": N_("Online shop"),
    "import": N_("Imported"),
}


def _few(name: str, condition: str, *columns: str) -> Index:
    """An index over the few orders of a kind; costs nothing for all the others."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


class Order(Base):
    """What a customer asked for, in one currency; all amounts in its minor units.

    total = goods − discount + freight + rounding; paid = Σ tenders (points at their value included).
    """

    __tablename__ = "sale_order"
    __table_args__ = (
        UniqueConstraint("channel", "external_ref"),
        Index("ix_sale_order_placed_at_id", "placed_at", "id"),
        Index("ix_sale_order_status_placed_at_id", "status", "placed_at", "id"),
        Index("ix_sale_order_member_id_placed_at", "member_id", "placed_at", "id"),
        Index("ix_sale_order_channel_placed_at_id", "channel", "placed_at", "id"),
        Index("ix_sale_order_due_minor_id", "due_minor", "id"),
        _few("ix_sale_order_refunded", "refunded_minor > 0", "placed_at", "id"),
        _few("ix_sale_order_points", "points_minor > 0", "points_minor", "placed_at", "id"),
        _few("ix_sale_order_points_placed", "points_minor > 0", "placed_at", "id", "points_minor"),
        _few("ix_sale_order_other_types", "order_type <> 'retail'", "order_type", "placed_at", "id"),
        # what the clock asks: the few that wait for something, by when it is due
        _few("ix_sale_order_unpaid", "status = 'unpaid'", "pay_deadline", "id"),
        _few("ix_sale_order_unshipped", "status = 'to_ship'", "ship_deadline", "id"),
        _few("ix_sale_order_on_the_way", "status = 'shipped'", "shipped_at", "id"),
        _few("ix_sale_order_queued", "queued_until IS NOT NULL", "queued_until", "id"),
        _few("ix_sale_order_external_ref", "external_ref IS NOT NULL", "external_ref"),
        _few("ix_sale_order_receipt_number", "receipt_number <> ''", "receipt_number"),
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= paid_minor", name="refunded"),
    )
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)  # 20261121-0096
    short_code: Mapped[str] = mapped_column(index=True)  # 1121-0096
    order_type: Mapped[str] = mapped_column(default="retail")
    channel: Mapped[str]
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    status: Mapped[str] = mapped_column(default=UNPAID)
    currency: Mapped[str]
    goods_minor: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(default=0)
    discount_note: Mapped[str] = mapped_column(default="")
    pay_discount_minor: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # of it, for the way it was paid
    freight_minor: Mapped[int] = mapped_column(default=0)
    rounding_minor: Mapped[int] = mapped_column(default=0)
    total_minor: Mapped[int]
    due_minor: Mapped[int] = mapped_column(
        Computed("total_minor - points_minor", persisted=True)
    )  # 实付, by the database
    paid_minor: Mapped[int] = mapped_column(default=0)
    points_minor: Mapped[int] = mapped_column(default=0)  # the part of paid that was points
    refunded_minor: Mapped[int] = mapped_column(default=0)
    points_spent: Mapped[int] = mapped_column(default=0)
    points_earned: Mapped[int] = mapped_column(default=0)
    address: Mapped[str] = personal(default="")
    note: Mapped[str] = personal(default="")  # the buyer's message
    receipt_number: Mapped[str] = mapped_column(default="")
    invoice_number: Mapped[str] = mapped_column(default="", server_default="")  # 2026-000012, once given
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]  # the newest parcel's; an order to ship that has it left in part
    done_at: Mapped[datetime | None]
    pay_deadline: Mapped[datetime | None]
    ship_deadline: Mapped[datetime | None]
    queued_until: Mapped[datetime | None]  # placed outside its hours: when these open
    collect: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # fetched in the store
    external_ref: Mapped[str | None]
    client_key: Mapped[str] = mapped_column(unique=True)

    @property
    def part_shipped(self) -> bool:
        """Whether a part of it has left and the rest is still to come."""
        return self.status == TO_SHIP and self.shipped_at is not None

    def step(self, to: str) -> None:
        """Take one legal step. Raises `Refused` for any other."""
        check_step(self.status, to)
        self.status = to
        if to in (SHIPPED, DONE, CANCELLED):
            self.queued_until = None


def check_step(current: str, to: str) -> None:
    """Look the step up in the table of legal ones. Raises `Refused`."""
    if (current, to) not in STEPS:
        words = {"current": _(STATUS_WORDS.get(current, current)), "to": _(STATUS_WORDS.get(to, to))}
        raise Refused(N_("The order is “{current}”; it can't become “{to}”."), **words)


class OrderLine(Base):
    """One kind of goods in an order; quantities in thousandths, money in minor units."""

    __tablename__ = "order_line"
    __table_args__ = (
        Index("ix_order_line_order_id", "order_id"),
        Index("ix_order_line_sku_id", "sku_id"),
        CheckConstraint("qty_milli > 0", name="qty"),
        CheckConstraint("refunded_milli >= 0 AND refunded_milli <= qty_milli", name="refunded"),
    )
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    name: Mapped[str]  # as it was called then
    unit: Mapped[str]
    qty_milli: Mapped[int]  # in `unit`
    base_milli: Mapped[int]  # in the base unit, what leaves the stock
    list_minor: Mapped[int]  # price of one unit in the default list
    price_minor: Mapped[int]  # price of one unit charged
    discount_minor: Mapped[int] = mapped_column(default=0)  # this line's share of everything taken off
    total_minor: Mapped[int]
    cost_minor: Mapped[int] = mapped_column(default=0)
    refunded_milli: Mapped[int] = mapped_column(default=0)
    shipped_milli: Mapped[int] = mapped_column(default=0, server_default="0")  # has left the shop
    freed_milli: Mapped[int] = mapped_column(default=0, server_default="0")  # refunded before it left
    trace: Mapped[str] = mapped_column(default="")  # why this price
    # of a list in another currency: which, the price of one unit there, what one whole of it was worth
    foreign_currency: Mapped[str | None]
    foreign_minor: Mapped[int | None]
    rate: Mapped[str | None]

    @property
    def open_milli(self) -> int:
        """What is still to leave: sold, not shipped and not given back before."""
        return self.qty_milli - self.shipped_milli - self.freed_milli

    def base_of(self, before: int, qty: int) -> int:
        """So much in the base unit, after `before` of the line; parts of a line add up to the whole."""
        return self.base_milli * (before + qty) // self.qty_milli - self.base_milli * before // self.qty_milli


class OrderEvent(Base):
    """One step on an order's timeline. Append-only."""

    __tablename__ = "order_event"
    __table_args__ = (
        Index("ix_order_event_order_id", "order_id"),
        Index("ix_order_event_kind_at", "kind", "at", "order_id"),
    )
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    kind: Mapped[str]  # a key of queries/order_words.EVENT_WORDS
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]


class OrderTag(Base):
    """One tag of one order."""

    __tablename__ = "order_tag"
    __table_args__ = (Index("ix_order_tag_tag_id_order_id", "tag_id", "order_id"),)
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)


class Shipment(Base):
    """A parcel of an order; one of the kind `reship` goes out for nothing and is no part of what was sold."""

    __tablename__ = "shipment"
    __table_args__ = (_few("ix_shipment_next_ask_at", "next_ask_at IS NOT NULL", "next_ask_at", "id"),)
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"), index=True)
    carrier: Mapped[str] = mapped_column(default="")
    tracking: Mapped[str] = mapped_column(default="", index=True)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(default=SALE, server_default=SALE)
    carrier_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="", server_default="")  # as the carrier says: PARCEL_WORDS
    eta: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    next_ask_at: Mapped[datetime | None]  # when the carrier is asked again; None: not any more
    tries: Mapped[int] = mapped_column(default=0, server_default="0")  # failed in a row
    trouble: Mapped[str] = mapped_column(default="", server_default="")  # why the last asking failed


class OrderReview(Base):
    """What a buyer said about an order."""

    __tablename__ = "order_review"
    __table_args__ = (UniqueConstraint("order_id", "external_ref"),)
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    score: Mapped[int]
    title: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = personal(default="")
    external_ref: Mapped[str]
    at: Mapped[datetime]
