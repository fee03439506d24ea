"""Currencies the shop takes besides its own, and the rates it took them at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

FIXED, FLOATING = "fixed", "floating"


class ForeignCurrency(Base):
    """A currency that may be handed over: by a fixed or a floating rate, less a spread (basis points)."""

    __tablename__ = "fx_currency"
    __table_args__ = (CheckConstraint("spread_bp >= 0 AND spread_bp < 10000", name="spread"),)
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    enabled: Mapped[bool] = mapped_column(default=True)
    mode: Mapped[str] = mapped_column(default=FIXED)
    spread_bp: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")  # why the last fetching failed, as a sentence key
    troubled_at: Mapped[datetime | None]
    next_fetch_at: Mapped[datetime | None] = mapped_column(index=True)  # none: nobody is asked


class FxRate(Base):
    """What one whole foreign unit is worth in whole units of the base currency, as a decimal text. Append-only."""

    __tablename__ = "fx_rate"
    __table_args__ = (
        CheckConstraint("mode IN ('fixed', 'floating')", name="mode"),
        Index("ix_fx_rate_foreign_mode_id", "foreign_code", "base_code", "mode", "id"),
    )
    id: Mapped[RowId]
    base_code: Mapped[str]
    foreign_code: Mapped[str]
    rate: Mapped[str]
    mode: Mapped[str]  # fixed: typed as the shop's own; floating: from the source, or typed in its place
    spread_bp: Mapped[int]  # as it was set then
    source: Mapped[str]  # the server's name, or who typed it
    fetched_at: Mapped[datetime]
    actor: Mapped[str]
