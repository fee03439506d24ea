"""The drawer of a till from opening to closing: its float, what went in and out by hand, and how often it was counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

OPEN, CLOSED = "open", "closed"
FLOAT, IN, OUT, DROP = "float", "in", "out", "drop"  # drop: taken to the safe or the bank
_OPEN = text("state = 'open'")


class CashSession(Base):
    """One person’s or shift’s time with a till’s drawer (minor units). At most one is open per till.

    When it is closed: `difference` = `counted` + `after` − `expected`; `after` is the cash that came (or went) between
    the count and the closing.
    """

    __tablename__ = "cash_session"
    __table_args__ = (
        CheckConstraint("float_minor >= 0", name="float"),
        CheckConstraint(
            "state = 'open' OR difference_minor = counted_minor + after_minor - expected_minor", name="sum"
        ),
        CheckConstraint("(state = 'open') = (number IS NULL)", name="number"),
        Index(
            "ux_cash_session_open_till", "till_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ux_cash_session_till_id_number", "till_id", "number", unique=True),
        Index("ix_cash_session_opened_at_id", "opened_at", "id"),
        Index("ix_cash_session_closed_at", "closed_at"),
    )
    id: Mapped[RowId]
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    number: Mapped[int | None]  # of its Z report, gapless per till
    state: Mapped[str] = mapped_column(default=OPEN)
    currency: Mapped[str]
    float_minor: Mapped[int]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    expected_minor: Mapped[int | None]
    counted_minor: Mapped[int | None]
    after_minor: Mapped[int] = mapped_column(default=0)
    difference_minor: Mapped[int | None]
    foreign_off: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # differences in others: `USD -100 JPY 500`
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    prints: Mapped[int] = mapped_column(default=0)  # how often its Z report was printed
    client_key: Mapped[str] = mapped_column(unique=True)


class CashMovement(Base):
    """Cash put into or taken out of a drawer by hand (minor units): float, in, out, drop. Append-only."""

    __tablename__ = "cash_movement"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)
    id: Mapped[RowId]
    session_id: Mapped[int] = mapped_column(ForeignKey("cash_session.id"), index=True)
    kind: Mapped[str]
    amount_minor: Mapped[int]
    reason: Mapped[str]
    document: Mapped[str] = mapped_column(default="")  # the number on the slip or the bill
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]


class CashTally(Base):
    """One count handed in, with what should have been there at that moment (minor units). Append-only."""

    __tablename__ = "cash_tally"
    __table_args__ = (
        CheckConstraint("counted_minor >= 0", name="counted"),
        Index("ix_cash_tally_session_id_round", "session_id", "round", unique=True),
    )
    id: Mapped[RowId]
    session_id: Mapped[int] = mapped_column(ForeignKey("cash_session.id"))
    round: Mapped[int]  # 0: the float at the opening; 1, 2 …: counts before the closing
    counted_minor: Mapped[int]
    expected_minor: Mapped[int]
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]


class CashCount(Base):
    """So many pieces of one coin or note in a count; of one minor unit: a sum typed as such. Append-only.

    `currency` is empty for the session's own.
    """

    __tablename__ = "cash_count"
    __table_args__ = (CheckConstraint("pieces > 0 AND denomination_minor > 0", name="pieces"),)
    id: Mapped[RowId]
    tally_id: Mapped[int] = mapped_column(ForeignKey("cash_tally.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("cash_session.id"), index=True)
    denomination_minor: Mapped[int]
    pieces: Mapped[int]
    currency: Mapped[str] = mapped_column(default="", server_default="")


class CashForeign(Base):
    """Another currency in a count: how much of it, and how much should have been there (its minor units). Append-only."""

    __tablename__ = "cash_foreign"
    __table_args__ = (
        CheckConstraint("counted_minor >= 0", name="counted"),
        Index("ux_cash_foreign_tally_id_currency", "tally_id", "currency", unique=True),
    )
    id: Mapped[RowId]
    tally_id: Mapped[int] = mapped_column(ForeignKey("cash_tally.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("cash_session.id"), index=True)
    currency: Mapped[str]
    counted_minor: Mapped[int]
    expected_minor: Mapped[int]
