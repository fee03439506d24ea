"""Purchasing: who sells to the shop at which price, what was ordered, what came, what went back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.i18n import N_
from desktop.models.base import Base, RowId, personal

DRAFT, SENT, PART, CLOSED, CANCELLED = "draft", "sent", "part", "closed", "cancelled"
COMING = (SENT, PART)  # states in which goods are on their way
STATES = {
    DRAFT: N_("Draft"),
    SENT: N_("Sent"),
    PART: N_("Partly received"),
    CLOSED: N_("Closed"),
    CANCELLED: N_("Cancelled"),
}
# What may be done in which state, and where it leads.
STEPS: dict[str, dict[str, str]] = {
    DRAFT: {"change": DRAFT, "send": SENT, "cancel": CANCELLED},
    SENT: {"send": SENT, "receive": PART, "close": CLOSED, "cancel": CANCELLED},
    PART: {"receive": PART, "close": CLOSED},
    CLOSED: {},
    CANCELLED: {"restore": DRAFT},
}
BY_MAIL, BY_HAND = "mail", "hand"
EXPECTED, CREDITED = "expected", "credited"
RETURN_REASONS = {
    "damaged": N_("Damaged"),
    "wrong": N_("Wrong goods"),
    "expired": N_("Out of date"),
    "too many": N_("Too many"),
    "recalled": N_("Recalled"),
}
_PREFERRED = text("preferred")
_IS_COMING = text("state IN ('sent', 'part')")


def arrival(local: datetime, lead_days: int, order_days: str = "", cut_off: int | None = None) -> date:
    """When goods ordered at this local time come: from the next day orders are taken, so many days on.

    `order_days` are weekdays from Monday 0, empty for every day; after the minute `cut_off` the next day counts.
    """
    day = local.date()
    if cut_off is not None and local.hour * 60 + local.minute >= cut_off:
        day += timedelta(days=1)
    while order_days and str(day.weekday()) not in order_days:
        day += timedelta(days=1)
    return day + timedelta(days=lead_days)


class Supplier(Base):
    """Somebody the shop buys from. `order_days` are weekdays from Monday 0, as `024`; empty is every day."""

    __tablename__ = "supplier"
    __table_args__ = (
        CheckConstraint("lead_days >= 0", name="lead_days"),
        CheckConstraint("least_minor >= 0", name="least"),
        Index("ix_supplier_active_name", "active", "name"),
    )
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    pinyin: Mapped[str] = mapped_column(default="")
    initials: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = personal(default="")
    email: Mapped[str] = personal(default="")
    phone: Mapped[str] = personal(default="")
    address: Mapped[str] = personal(default="")
    terms: Mapped[str] = mapped_column(default="")  # of payment
    lead_days: Mapped[int] = mapped_column(default=1)  # from ordering to having
    order_days: Mapped[str] = mapped_column(default="")
    cut_off: Mapped[int | None]  # minute of the day until which an order counts for this day
    least_minor: Mapped[int] = mapped_column(default=0)  # of one order, 0 for none
    currency: Mapped[str]
    language: Mapped[str] = mapped_column(default="")  # of our letters; empty: the shop's
    note: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class SupplierSku(Base):
    """What a supplier sells: one pack holds `pack_milli` thousandths of the base unit and costs `price_minor`."""

    __tablename__ = "supplier_sku"
    __table_args__ = (
        UniqueConstraint("supplier_id", "sku_id"),
        CheckConstraint("pack_milli > 0", name="pack"),
        CheckConstraint("price_minor >= 0", name="price"),
        Index(
            "ix_supplier_sku_preferred", "sku_id", unique=True, sqlite_where=_PREFERRED, postgresql_where=_PREFERRED
        ),
        Index("ix_supplier_sku_sku_id", "sku_id"),
    )  # fmt: skip
    id: Mapped[RowId]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    their_code: Mapped[str] = mapped_column(default="")
    pack_milli: Mapped[int] = mapped_column(default=1_000)
    price_minor: Mapped[int] = mapped_column(default=0)
    lead_days: Mapped[int | None]  # None: as the supplier's
    preferred: Mapped[bool] = mapped_column(default=False)  # where these goods are bought by themselves


class SupplierPrice(Base):
    """A better price of one pack from so many packs on."""

    __tablename__ = "supplier_price"
    __table_args__ = (
        UniqueConstraint("supplier_sku_id", "from_packs"),
        CheckConstraint("from_packs > 1", name="from_packs"),
        CheckConstraint("price_minor >= 0", name="price"),
    )
    id: Mapped[RowId]
    supplier_sku_id: Mapped[int] = mapped_column(ForeignKey("supplier_sku.id"))
    from_packs: Mapped[int]
    price_minor: Mapped[int]


class PurchaseOrder(Base):
    """One order at one supplier; `revision` grows with each change, so that two people never overwrite each other."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        Index("ix_purchase_order_state_id", "state", "id"),
        Index("ix_purchase_order_supplier_id", "supplier_id", "id"),
        Index(
            "ix_purchase_order_coming", "expected_on", sqlite_where=_IS_COMING, postgresql_where=_IS_COMING
        ),
    )
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    state: Mapped[str] = mapped_column(default=DRAFT)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("replenishment.id"), index=True)
    expected_on: Mapped[date | None]
    currency: Mapped[str]
    total_minor: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    sent_by: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    sent_how: Mapped[str] = mapped_column(default="")  # mail, hand
    outbox_id: Mapped[int | None]  # the row that carries the letter
    closed_by: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str] = mapped_column(default="")


class PurchaseLine(Base):
    """One SKU of a purchase order: packs of a size at a price, and how much of it came (thousandths)."""

    __tablename__ = "purchase_line"
    __table_args__ = (
        UniqueConstraint("order_id", "sku_id"),
        CheckConstraint("packs > 0", name="packs"),
        CheckConstraint("pack_milli > 0", name="pack"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("received_milli >= 0", name="received"),
    )
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), index=True)
    their_code: Mapped[str] = mapped_column(default="")
    pack_milli: Mapped[int]
    packs: Mapped[int]
    price_minor: Mapped[int]  # of one pack
    received_milli: Mapped[int] = mapped_column(default=0)


class GoodsReceipt(Base):
    """One delivery of a purchase order. Append-only."""

    __tablename__ = "goods_receipt"
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]


class GoodsReceiptLine(Base):
    """What came of one line (thousandths) and what all of it costs (minor units). Append-only."""

    __tablename__ = "goods_receipt_line"
    __table_args__ = (CheckConstraint("qty_milli > 0", name="qty"),)
    id: Mapped[RowId]
    receipt_id: Mapped[int] = mapped_column(ForeignKey("goods_receipt.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_line.id"), index=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), index=True)
    qty_milli: Mapped[int]
    amount_minor: Mapped[int]
    batch: Mapped[str] = mapped_column(default="")
    expires_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")  # why more came than was ordered


class SupplierReturn(Base):
    """Goods that went back to a supplier, and the credit that is expected for them (minor units)."""

    __tablename__ = "supplier_return"
    __table_args__ = (Index("ix_supplier_return_state_id", "state", "id"),)
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=EXPECTED)
    expected_minor: Mapped[int] = mapped_column(default=0)
    credited_minor: Mapped[int | None]
    credited_at: Mapped[datetime | None]
    credited_by: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]


class SupplierReturnLine(Base):
    """One SKU that went back (thousandths), perhaps from a delivery, at what it had cost. Append-only."""

    __tablename__ = "supplier_return_line"
    __table_args__ = (CheckConstraint("qty_milli > 0", name="qty"),)
    id: Mapped[RowId]
    return_id: Mapped[int] = mapped_column(ForeignKey("supplier_return.id"), index=True)
    receipt_line_id: Mapped[int | None] = mapped_column(ForeignKey("goods_receipt_line.id"), index=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), index=True)
    qty_milli: Mapped[int]
    amount_minor: Mapped[int]
