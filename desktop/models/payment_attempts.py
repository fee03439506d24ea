"""Tries to be paid or to give money back through a provider, from the moment before anything is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId, secret

OPEN = ("created", "sent", "pending", "unknown", "cancelling")
_OPEN = text("state IN ('created', 'sent', 'pending', 'unknown', 'cancelling')")
_WAITS = text("next_at IS NOT NULL")
_HELD = text("state = 'succeeded' AND NOT booked")
_MOVING = text("state IN ('created', 'sent', 'unknown', 'processing')")


class PaymentAttempt(Base):
    """One try to be paid by a provider (minor units, UTC). At most one open try per subject.

    `subject` is what it pays: `sale:<client key>`, `order:<id>` or `top_up:<client key>`. States and steps are
    those of `gateways.payment`; `reason` is one of its reasons, `detail` the provider's own code.
    """

    __tablename__ = "payment_attempt"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("paid_minor >= 0 AND refunded_minor >= 0", name="sums"),
        CheckConstraint("refunded_minor <= paid_minor", name="refunds"),
        Index(
            "ux_payment_attempt_open_subject",
            "subject",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_payment_attempt_next_at", "next_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_payment_attempt_held", "state", "booked", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_payment_attempt_created_at_id", "created_at", "id"),
        Index("ix_payment_attempt_reference", "method_key", "reference"),
        Index("ix_payment_attempt_method_key_id", "method_key", "id"),  # its newest say whether it works
        Index("ix_payment_attempt_subject", "subject"),
    )
    id: Mapped[RowId]
    number: Mapped[str] = mapped_column(unique=True)  # ours, as the provider knows it: [0-9A-Z]{8,32}
    subject: Mapped[str]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sale_order.id"), index=True)
    method_key: Mapped[str] = mapped_column(ForeignKey("payment_method.key"))
    gateway: Mapped[str]  # alipay, wechat, unionpay
    way: Mapped[str]  # show: they scan our code; take: we scan theirs
    amount_minor: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(
        default=0
    )  # taken off for this way to pay; amount is after it
    currency: Mapped[str]
    request: Mapped[Any] = mapped_column(JSON)  # all a resend needs, so that it is the same to the byte
    customer_code: Mapped[str] = secret(default="")  # emptied when the attempt ends
    state: Mapped[str] = mapped_column(default="created")
    reason: Mapped[str] = mapped_column(default="")
    trouble: Mapped[str] = mapped_column(default="")  # with the line, while cancelled for another reason
    detail: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")  # the provider's own number
    code: Mapped[str] = mapped_column(default="")  # what the customer scans
    paid_minor: Mapped[int] = mapped_column(default=0)
    buyer_paid_minor: Mapped[int | None]  # less than paid when the wallet gives something to it
    refunded_minor: Mapped[int] = mapped_column(default=0)
    mismatch: Mapped[bool] = mapped_column(default=False)  # the provider says another sum: a person must look
    booked: Mapped[bool] = mapped_column(default=False)  # its money stands on an order or a top-up
    refusal: Mapped[Any] = mapped_column(
        JSON, default=dict
    )  # why its money could not be booked: sentence, fields
    version: Mapped[int] = mapped_column(default=0)  # of the subject when it began
    till_id: Mapped[int | None] = mapped_column(ForeignKey("till.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    lease_owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]  # when the provider is called next; an ended one may get a look back
    deadline_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]


class PaymentEvent(Base):
    """A step of an attempt, or of a refund by a provider. Append-only."""

    __tablename__ = "payment_event"
    id: Mapped[RowId]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    refund_number: Mapped[str] = mapped_column(default="")
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]


class ProviderRefund(Base):
    """Money going back through the provider it came by (minor units); repeated with its own number until answered.

    States: created, sent, unknown, processing, succeeded, abnormal (a person must see to it), refused, replaced (a person did).
    """

    __tablename__ = "provider_refund"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_provider_refund_next_at", "next_at", sqlite_where=_MOVING, postgresql_where=_MOVING),
    )
    id: Mapped[RowId]
    number: Mapped[str] = mapped_column(unique=True)  # [0-9A-Z]{8,32}, as the provider knows it
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    refund_tender_id: Mapped[int | None] = mapped_column(ForeignKey("refund_tender.id"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    why: Mapped[str] = mapped_column(default="")  # what the customer reads beside it
    state: Mapped[str] = mapped_column(default="created")
    reason: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    lease_owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
