"""What is offered where, how often it was used, who may take how much, and payments somebody must see to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.i18n import N_
from desktop.models.base import Base, RowId

SHOP_SCOPE = "shop"
DEFAULT, FALLBACK, OFFERED, OFF = "default", "fallback", "offered", "off"
USES = (DEFAULT, FALLBACK, OFFERED, OFF)
TAKE, REFUND = "take", "refund"
DEEDS = (TAKE, REFUND)

RETRY, OTHER, GIVE_BACK, NEGOTIATE = "retry", "other", "refund", "negotiate"
WAYS = (RETRY, OTHER, GIVE_BACK, NEGOTIATE)
WAY_WORDS = {
    RETRY: N_("Try again"),
    OTHER: N_("Another way to pay"),
    GIVE_BACK: N_("Give it back"),
    NEGOTIATE: N_("Talk to the customer"),
}


class MethodOffer(Base):
    """How a method is offered in the whole shop (`shop`), a channel (`channel:kiosk`) or at a till (`till:3`).

    The narrowest scope that has rows counts; with no rows at all the methods stand in their own order.
    """

    __tablename__ = "method_offer"
    __table_args__ = (Index("ix_method_offer_scope", "scope", "method_key", unique=True),)
    id: Mapped[RowId]
    scope: Mapped[str]
    method_key: Mapped[str] = mapped_column(ForeignKey("payment_method.key"))
    position: Mapped[int] = mapped_column(default=0)
    use: Mapped[str] = mapped_column(default=OFFERED)


class MethodUse(Base):
    """How often and for how much a method with a limit was used on a day: in all (member 0) or by one member.

    Changed only by guarded updates; always Σ of the day's parts that still count.
    """

    __tablename__ = "method_use"
    __table_args__ = (
        CheckConstraint("count >= 0 AND sum_minor >= 0", name="sums"),
        Index("ix_method_use_method_key_day", "method_key", "day", "member_id", unique=True),
    )
    id: Mapped[RowId]
    method_key: Mapped[str] = mapped_column(ForeignKey("payment_method.key"))
    day: Mapped[str]  # 2026-11-22 by the shop's clock
    member_id: Mapped[int] = mapped_column(default=0)
    count: Mapped[int] = mapped_column(default=0)
    sum_minor: Mapped[int] = mapped_column(default=0)


class MethodUsePart(Base):
    """One use that counts against a limit, until its payment is closed or goes back (minor units)."""

    __tablename__ = "method_use_part"
    id: Mapped[RowId]
    source: Mapped[str] = mapped_column(unique=True)  # attempt:<client key>, or a tender's client key
    method_key: Mapped[str] = mapped_column(ForeignKey("payment_method.key"))
    day: Mapped[str]
    member_id: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int]
    released_at: Mapped[datetime | None]


class RoleAmount(Base):
    """How much one payment or refund by a role may be (minor units); without a row there is no limit."""

    __tablename__ = "role_amount"
    role_key: Mapped[str] = mapped_column(ForeignKey("role.key"), primary_key=True)
    deed: Mapped[str] = mapped_column(primary_key=True)
    most_minor: Mapped[int]


class PayApproval(Base):
    """A manager's yes, given by PIN, to one payment or refund above somebody's limit; good once and not for long."""

    __tablename__ = "pay_approval"
    id: Mapped[RowId]
    deed: Mapped[str]
    amount_minor: Mapped[int]
    till_id: Mapped[int | None] = mapped_column(ForeignKey("till.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    until: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str] = mapped_column(default="")


class ReasonPlan(Base):
    """What to do about a reason a payment failed for, where the shop does it its own way, and who sees to it."""

    __tablename__ = "reason_plan"
    reason: Mapped[str] = mapped_column(primary_key=True)
    way: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(default="")


class PaymentCase(Base):
    """A payment or refund somebody must see to; opened once per `source`, done by a person or because it settled."""

    __tablename__ = "payment_case"
    __table_args__ = (
        Index(
            "ix_payment_case_open",
            "opened_at",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    id: Mapped[RowId]
    source: Mapped[str] = mapped_column(unique=True)  # abnormal:5, mismatch:7, unbooked:7, stuck:7
    kind: Mapped[str]
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sale_order.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    way: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")
    done_note: Mapped[str] = mapped_column(default="")
