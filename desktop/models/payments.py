"""Money and points taken and given back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.i18n import N_
from desktop.models.base import Base, RowId

METHOD_WORDS = {
    "cash": N_("Cash"),
    "card": N_("Bank card"),
    "wechat": N_("WeChat Pay"),
    "alipay": N_("Alipay"),
    "unionpay": N_("UnionPay"),
    "points": N_("Points"),
    "stored_value": N_("Stored value"),
    "other": N_("Other"),
}


class PaymentMethod(Base):
    """A way to pay the shop accepts, within its limits (minor units, basis points; 0 and empty: no limit)."""

    __tablename__ = "payment_method"
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # cash, card, wallet, stored_value, points
    enabled: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    fee_bp: Mapped[int] = mapped_column(default=0, server_default="0")  # what the provider keeps
    discount_bp: Mapped[int] = mapped_column(default=0, server_default="0")
    discount_cap_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    least_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    most_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    member_day_count: Mapped[int] = mapped_column(default=0, server_default="0")
    day_sum_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    channels: Mapped[str] = mapped_column(default="", server_default="")  # store,kiosk,online
    regions: Mapped[str] = mapped_column(default="", server_default="")  # of the tills that may take it
    currencies: Mapped[str] = mapped_column(default="", server_default="")
    trusted_at: Mapped[datetime | None]  # failures before it no longer count


_SAID = text("reference <> ''")  # cash has no number of its own


class Tender(Base):
    """One part of what was paid for an order (minor units). Append-only."""

    __tablename__ = "tender"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("(points > 0) = (method_key = 'points')", name="points"),
        Index("ix_tender_at_id", "at", "id"),
        Index("ix_tender_order_id", "order_id"),
        Index("ix_tender_amount_minor", "amount_minor"),
        Index("ix_tender_reference", "reference", sqlite_where=_SAID, postgresql_where=_SAID),
    )
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    method_key: Mapped[str] = mapped_column(ForeignKey("payment_method.key"))
    amount_minor: Mapped[int]
    points: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")  # the terminal's or wallet's own number
    received_minor: Mapped[int] = mapped_column(default=0)  # cash handed over; change = received − amount
    attempt_id: Mapped[int | None] = mapped_column(index=True)  # a payment_attempt, for what a provider took
    session_id: Mapped[int | None] = mapped_column(index=True)  # the till's cash_session at that moment
    foreign_currency: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # what was handed over, if another
    foreign_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    rate: Mapped[str] = mapped_column(default="", server_default="")  # a decimal: one foreign unit in ours
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]


class Refund(Base):
    """Lines given back: money by the routes it came, points as points. Append-only."""

    __tablename__ = "refund"
    __table_args__ = (
        Index("ix_refund_order_id", "order_id"),
        CheckConstraint("amount_minor >= 0", name="amount"),
    )
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    amount_minor: Mapped[int]  # money and the value of points together
    points_returned: Mapped[int] = mapped_column(default=0)
    points_taken_back: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str]
    restock: Mapped[bool] = mapped_column(default=True)
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]


class RefundLine(Base):
    """How much of an order line a refund gave back (thousandths, minor units). Append-only."""

    __tablename__ = "refund_line"
    __table_args__ = (CheckConstraint("qty_milli > 0", name="qty"),)
    id: Mapped[RowId]
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    qty_milli: Mapped[int]
    amount_minor: Mapped[int]


class RefundTender(Base):
    """By which tender how much went back (minor units). Append-only; Σ per tender ≤ the tender."""

    __tablename__ = "refund_tender"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)
    id: Mapped[RowId]
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)
    tender_id: Mapped[int] = mapped_column(ForeignKey("tender.id"), index=True)
    amount_minor: Mapped[int]
    points: Mapped[int] = mapped_column(default=0)
    route: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # another method than the tender's, if any
    session_id: Mapped[int | None] = mapped_column(index=True)  # the till's cash_session it left
    foreign_currency: Mapped[str] = mapped_column(default="", server_default="")  # given back in, if another
    foreign_minor: Mapped[int] = mapped_column(default=0, server_default="0")
    at: Mapped[datetime] = mapped_column(index=True)
