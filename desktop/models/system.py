"""Tables of the house itself: settings, audit, outbox, checks, counters, daily totals, imports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId


class Setting(Base):
    """One shop-wide setting that differs from its default; the registry is `models/settings.py`."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]  # JSON


class AuditEvent(Base):
    """Who did or looked at what: append-only, one hash chain per till or front."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("chain", "number"), Index("ix_audit_event_at", "at"))
    id: Mapped[RowId]
    chain: Mapped[str]
    number: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]  # kind:id, e.g. staff:3, kiosk:1, member:318, clock
    action: Mapped[str]
    touched: Mapped[str]  # JSON {table: [ids]}
    detail: Mapped[str]  # JSON before/after, personal and secret values left out
    prev_hash: Mapped[str]
    hash: Mapped[str]


class AuditChain(Base):
    """The head of one audit chain."""

    __tablename__ = "audit_chain"
    chain: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str]


class Outbox(Base):
    """What may happen after the commit: a notice, a receipt, a push; sent by a job and retried."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_after", "state", "after"),)
    id: Mapped[RowId]
    kind: Mapped[str]
    payload: Mapped[str]  # JSON
    state: Mapped[str] = mapped_column(default="waiting")  # waiting, done, failed
    tries: Mapped[int] = mapped_column(default=0)
    after: Mapped[datetime]  # not before; while it is being sent, when another program may take over
    at: Mapped[datetime]
    error: Mapped[str] = mapped_column(default="", server_default="")  # why it failed, a sentence key


class CheckRun(Base):
    """What one periodic check found: the books, or orders and points. `open` until a later run finds otherwise."""

    __tablename__ = "check_run"
    __table_args__ = (Index("ix_check_run_kind_id", "kind", "id"),)
    id: Mapped[RowId]
    kind: Mapped[str]  # books, orders
    at: Mapped[datetime]
    checks: Mapped[int] = mapped_column(default=0)  # how many were made
    found: Mapped[int] = mapped_column(default=0)  # how much does not fit
    minor: Mapped[int] = mapped_column(default=0)  # money in doubt, minor units
    findings: Mapped[str] = mapped_column(default="[]")  # JSON, the first of them
    open: Mapped[bool] = mapped_column(default=False)


class Counter(Base):
    """Gapless numbers: order numbers per day, receipt numbers per till."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Idempotency(Base):
    """The answer already given to a client key; a retry gets it again, another request is refused."""

    __tablename__ = "idempotency"
    client_key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    result: Mapped[str]  # JSON
    at: Mapped[datetime]


class DailyTotal(Base):
    """A day's figures per till, channel and order type, kept in the sale's own transaction.

    `carried` rows hold figures brought over from an earlier system; no orders stand behind them.
    """

    __tablename__ = "daily_total"
    __table_args__ = (UniqueConstraint("day", "till_id", "channel", "order_type", "carried"),)
    id: Mapped[RowId]
    day: Mapped[date] = mapped_column(index=True)
    till_id: Mapped[int]
    channel: Mapped[str]
    order_type: Mapped[str]
    carried: Mapped[bool] = mapped_column(default=False)
    orders: Mapped[int] = mapped_column(default=0)  # placed on the day
    amount_minor: Mapped[int] = mapped_column(default=0)  # money taken on the day
    refunds_minor: Mapped[int] = mapped_column(default=0)  # money given back on the day
    points_minor: Mapped[int] = mapped_column(default=0)  # value of points taken on the day


class ImportRun(Base):
    """One import: which file, with which columns, how many rows, what was refused."""

    __tablename__ = "import_run"
    id: Mapped[RowId]
    kind: Mapped[str]
    file_name: Mapped[str]
    mapping: Mapped[str]  # JSON column -> field, remembered for the next file of this shape
    shape: Mapped[str] = mapped_column(index=True)  # hash of the heading row
    made: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    mode: Mapped[str] = mapped_column(default="good", server_default="good")  # good rows only, or all of them
    state: Mapped[str] = mapped_column(
        default="done", server_default="done"
    )  # running, done, stopped, undone
    actor: Mapped[str] = mapped_column(default="", server_default="")


class SavedView(Base):
    """A named set of filters over a list."""

    __tablename__ = "saved_view"
    __table_args__ = (CheckConstraint("screen <> ''", name="screen"),)
    id: Mapped[RowId]
    screen: Mapped[str]
    name: Mapped[str]
    filters: Mapped[str]  # JSON
    staff_id: Mapped[int | None]  # None: everyone's
    position: Mapped[int] = mapped_column(default=0)
