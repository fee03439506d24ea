"""Members, their tiers, and the ledger of points. No kind of entry turns points into money."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId, personal


class Tier(Base):
    """普通, 银卡, 金卡, VIP …: earn rate in basis points (12000 = 1.2 ×) and where it starts (minor units spent)."""

    __tablename__ = "tier"
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    earn_bp: Mapped[int] = mapped_column(default=10_000)
    from_minor: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)


class Member(Base):
    """A customer who gave a phone number."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points"),
        Index("ix_member_phone_tail", "phone_tail"),
        Index("ix_member_created_at", "created_at"),
        Index("ix_member_name", "name"),
        Index("ix_member_pinyin", "pinyin"),
        Index("ix_member_initials", "initials"),
    )
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)  # M-000318
    phone: Mapped[str | None] = personal(unique=True)
    phone_tail: Mapped[str] = personal(default="")
    name: Mapped[str] = personal(default="")
    pinyin: Mapped[str] = personal(default="")
    initials: Mapped[str] = personal(default="")
    gender: Mapped[str] = personal(default="")  # f, m or empty; only for 女士 / 先生
    birthday: Mapped[date | None] = personal()
    tier_key: Mapped[str] = mapped_column(ForeignKey("tier.key"), default="ordinary")
    status: Mapped[str] = mapped_column(default="active")
    credit_score: Mapped[int] = mapped_column(default=600)
    credit_minor: Mapped[int | None]  # may owe so much with unpaid orders; None: what the settings say
    origin: Mapped[str] = mapped_column(default="")  # kiosk, desktop, phone, import
    referred_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    note: Mapped[str] = personal(default="")
    email: Mapped[str] = personal(default="", server_default="")
    language: Mapped[str] = mapped_column(default="", server_default="")  # empty: the shop's, for notices
    points: Mapped[int] = mapped_column(default=0)  # = Σ entries, changed in the same transaction
    orders_count: Mapped[int] = mapped_column(default=0)
    spent_minor: Mapped[int] = mapped_column(default=0)  # money paid less money refunded
    carried_orders: Mapped[int] = mapped_column(
        default=0
    )  # part of orders_count from before, without orders here
    carried_minor: Mapped[int] = mapped_column(default=0)  # part of spent_minor from before
    last_order_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    external_ref: Mapped[str | None] = mapped_column(unique=True)


class MemberTag(Base):
    """One tag of one member."""

    __tablename__ = "member_tag"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)


class PointsEntry(Base):
    """One change of a member's points, with the balance after it. Append-only."""

    __tablename__ = "points_entry"
    __table_args__ = (
        Index("ix_points_entry_member_id_id", "member_id", "id"),
        Index("ix_points_entry_expires_at", "expires_at"),
        Index("ix_points_entry_reason_source", "reason", "source", "delta"),  # what a document moved
    )
    id: Mapped[RowId]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    delta: Mapped[int]
    balance: Mapped[int]
    reason: Mapped[str]  # one of EARN_REASONS or SPEND_REASONS
    source: Mapped[
        str
    ]  # order:12, refund:3, staff:1; corrections of an order: order:12:spent, order:12:earned
    note: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None]
    frozen_until: Mapped[datetime | None]
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]


# C8: each way points come and go is a reason of its own. There is deliberately none that pays money out (C9).
POINT_REASONS = (
    "purchase", "spent", "refund returned", "refund taken back", "welcome", "referral", "game", "rebate",
    "sign-in", "correction", "expired", "carried over",
)  # fmt: skip
