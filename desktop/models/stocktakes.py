"""Stocktakes: what was counted at a place, against what stood in the books when it was counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

RUNNING, FROZEN = "running", "frozen"
OPEN, POSTED, CANCELLED, UNDONE = "open", "posted", "cancelled", "undone"


class Stocktake(Base):
    """One count of some goods at one place."""

    __tablename__ = "stocktake"
    __table_args__ = (Index("ix_stocktake_state_location_id", "state", "location_id"),)
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    mode: Mapped[str]  # running: sales go on; frozen: nothing in it moves until it ends
    scope: Mapped[str]  # all, category, tag, list, stale, sample
    scope_words: Mapped[str] = mapped_column(default="")
    blind: Mapped[bool] = mapped_column(default=False)  # who counts does not see what should be there
    state: Mapped[str] = mapped_column(default=OPEN)
    note: Mapped[str] = mapped_column(default="")
    client_key: Mapped[str] = mapped_column(unique=True)
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    ended_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # who took the posted one back; `note` is why
    undone_at: Mapped[datetime | None]


class StocktakeLine(Base):
    """One SKU to be counted; quantities in thousandths.

    `expected_milli` is what was on hand when it was last counted, so that what is sold afterwards is no difference;
    `first_milli` what was on hand at the first scan: they differ when goods moved while they were counted.
    """

    __tablename__ = "stocktake_line"
    __table_args__ = (
        CheckConstraint("counted_milli >= 0", name="counted"),
        Index("ix_stocktake_line_stocktake_id_sku_id", "stocktake_id", "sku_id", unique=True),
        Index("ix_stocktake_line_sku_id_counted_at", "sku_id", "counted_at"),
    )
    id: Mapped[RowId]
    stocktake_id: Mapped[int] = mapped_column(ForeignKey("stocktake.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    counted_milli: Mapped[int | None]
    expected_milli: Mapped[int | None]
    first_milli: Mapped[int | None]
    before_milli: Mapped[int | None]  # the count a recount replaced
    counted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    posted_milli: Mapped[int | None]  # the difference that became a movement
    unit_cost_minor: Mapped[int] = mapped_column(default=0)  # when it was posted


class StocktakeScan(Base):
    """One scan or typed count, in thousandths; kept at once so that a crash loses none. Append-only."""

    __tablename__ = "stocktake_scan"
    __table_args__ = (Index("ix_stocktake_scan_stocktake_id_id", "stocktake_id", "id"),)
    id: Mapped[RowId]
    stocktake_id: Mapped[int] = mapped_column(ForeignKey("stocktake.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    kind: Mapped[str]  # add, set, again (asked to be counted once more)
    milli: Mapped[int]
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]
