"""What providers and terminals say was paid on a day, row by row, and how it fits what the shop wrote down."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

PROVIDER_ZONE = ZoneInfo("Asia/Shanghai")  # the days of the providers, wherever the shop is
PAY, REFUND = "pay", "refund"
ARRIVING, DONE = "arriving", "done"
MATCHED, PROVIDER_ONLY, OURS_ONLY = "matched", "provider_only", "ours_only"
AMOUNT, FEE, CROSSED, DUPLICATE, RESOLVED = "amount", "fee", "crossed_midnight", "duplicate", "resolved"
OPEN = (PROVIDER_ONLY, OURS_ONLY, AMOUNT, FEE, DUPLICATE)  # somebody has to decide
_OPEN = "state IN ('provider_only', 'ours_only', 'amount', 'fee', 'duplicate')"
WAITS = text(f"statement_row.{_OPEN}")  # as its index says it: SQLite knows it again by its words only


def provider_span(day: date) -> tuple[datetime, datetime]:
    """A provider's day as moments: from its first to the first of the next."""
    begins = datetime.combine(day, time.min, tzinfo=PROVIDER_ZONE)
    return begins, begins + timedelta(days=1)


class Statement(Base):
    """One bill of a provider for one business day of the provider (minor units). A file counts once.

    While its rows arrive nothing shows it; what was left half way is taken away by the next one.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("gateway", "day", "file_hash"),
        CheckConstraint("state IN ('arriving', 'done')", name="state"),
    )
    id: Mapped[RowId]
    gateway: Mapped[str]  # alipay, wechat
    account: Mapped[str] = mapped_column(default="")  # the merchant's number at the provider
    day: Mapped[date]
    file_hash: Mapped[str]  # SHA-256
    file_name: Mapped[str]
    variant: Mapped[str] = mapped_column(default="all")  # all, pay, refund: which kinds of rows it tells
    currency: Mapped[str]
    rows: Mapped[int] = mapped_column(default=0)
    paid_minor: Mapped[int] = mapped_column(default=0)
    refunded_minor: Mapped[int] = mapped_column(default=0)
    fee_minor: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=ARRIVING)
    at: Mapped[datetime]
    actor: Mapped[str]


def _known(column: str) -> Index:
    where = text(f"{column} IS NOT NULL")
    return Index(f"ix_statement_row_{column}", column, sqlite_where=where, postgresql_where=where)


class StatementRow(Base):
    """A payment or refund on a bill, or one of ours that no bill tells (minor units, UTC).

    `amount_minor` is what the provider settles, `order_minor` what it says the order came to; both 0 for ours.
    `state` says how it fits; `before` what it was when somebody resolved it.
    """

    __tablename__ = "statement_row"
    __table_args__ = (
        UniqueConstraint("gateway", "row_key"),
        CheckConstraint("amount_minor >= 0 AND order_minor >= 0 AND ours_minor >= 0", name="amounts"),
        CheckConstraint("kind IN ('pay', 'refund')", name="kind"),
        CheckConstraint("(state = 'resolved') = (resolved_at IS NOT NULL)", name="resolved"),
        Index("ix_statement_row_gateway_day", "gateway", "day"),
        Index("ix_statement_row_open", "day", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        _known("attempt_id"),
        _known("tender_id"),
        _known("provider_refund_id"),
        _known("refund_tender_id"),
    )
    id: Mapped[RowId]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    gateway: Mapped[str]
    day: Mapped[date]
    row_key: Mapped[str]
    line: Mapped[int] = mapped_column(default=0)
    occurrence: Mapped[int] = mapped_column(default=1)  # 2, 3 …: the same once more in one file
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(default="")  # ours, of the payment
    reference: Mapped[str] = mapped_column(default="")  # the provider's, of the payment
    refund_number: Mapped[str] = mapped_column(default="")
    refund_reference: Mapped[str] = mapped_column(default="")
    amount_minor: Mapped[int] = mapped_column(default=0)
    order_minor: Mapped[int] = mapped_column(default=0)
    fee_minor: Mapped[int] = mapped_column(default=0)  # negative when a refund brings it back
    at: Mapped[datetime]
    raw_state: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=ARRIVING)
    before: Mapped[str] = mapped_column(default="")
    ours_minor: Mapped[int] = mapped_column(default=0)
    ours_fee_minor: Mapped[int | None]  # by the agreed rate, if one is set
    ours_at: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sale_order.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("payment_attempt.id"))
    tender_id: Mapped[int | None] = mapped_column(ForeignKey("tender.id"))
    provider_refund_id: Mapped[int | None] = mapped_column(ForeignKey("provider_refund.id"))
    refund_tender_id: Mapped[int | None] = mapped_column(ForeignKey("refund_tender.id"))
    resolution: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    resolved_by: Mapped[str] = mapped_column(default="")
    resolved_at: Mapped[datetime | None]


class StatementTold(Base):
    """That a bill tells a row too which another one brought first; it keeps the row when that one is taken back."""

    __tablename__ = "statement_told"
    statement_id: Mapped[int] = mapped_column(
        ForeignKey("statement.id"), primary_key=True, autoincrement=False
    )
    row_id: Mapped[int] = mapped_column(
        ForeignKey("statement_row.id"), primary_key=True, autoincrement=False, index=True
    )
    line: Mapped[int]  # in this bill


class StatementEntry(Base):
    """What a difference was booked as (minor units, the bill less ours); taken back by one more. Append-only.

    Tenders stay what they were: a subsidy or a correction changes only what the provider owes the shop.
    """

    __tablename__ = "statement_entry"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="amount"),)
    id: Mapped[RowId]
    row_id: Mapped[int] = mapped_column(ForeignKey("statement_row.id"), index=True)
    kind: Mapped[str]  # subsidy, correction, fee
    amount_minor: Mapped[int]
    currency: Mapped[str]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("statement_entry.id"), unique=True)
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]


class ChannelTotal(Base):
    """What a card terminal (or a wallet without readable bills) says it took on a day, as typed from its slip."""

    __tablename__ = "channel_total"
    __table_args__ = (UniqueConstraint("method_key", "day"), CheckConstraint("fee_minor >= 0", name="fee"))
    id: Mapped[RowId]
    method_key: Mapped[str] = mapped_column(ForeignKey("payment_method.key"))
    day: Mapped[date]
    amount_minor: Mapped[int]  # taken less given back
    fee_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]
