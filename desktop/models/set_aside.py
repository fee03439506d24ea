"""Stock set aside for a campaign: normal sales can't have it, and what is left returns when the campaign ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

OPEN, ENDED = "open", "ended"
ENTRY_WORDS = ("set", "sold", "back", "more", "less", "returned")  # what an entry may be


class SetAside(Base):
    """A campaign with stock of its own, from and until when it is sold (UTC)."""

    __tablename__ = "set_aside"
    __table_args__ = (Index("ix_set_aside_state_ends_at", "state", "ends_at"),)
    id: Mapped[RowId]
    name: Mapped[str]
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=OPEN)
    note: Mapped[str] = mapped_column(default="")
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SetAsideLine(Base):
    """How much of a SKU a campaign has and has sold, in thousandths; changed only by guarded updates.

    While the campaign is open, `qty − sold` of it counts in the stock's `set_aside_milli`.
    """

    __tablename__ = "set_aside_line"
    __table_args__ = (
        UniqueConstraint("set_aside_id", "sku_id"),
        CheckConstraint("sold_milli >= 0 AND qty_milli >= sold_milli", name="sold"),
        Index("ix_set_aside_line_sku_id", "sku_id"),
    )
    id: Mapped[RowId]
    set_aside_id: Mapped[int] = mapped_column(ForeignKey("set_aside.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    qty_milli: Mapped[int]
    sold_milli: Mapped[int] = mapped_column(default=0)


class SetAsideEntry(Base):
    """One change of what a campaign holds (thousandths; sold is negative). Append-only."""

    __tablename__ = "set_aside_entry"
    __table_args__ = (Index("ix_set_aside_entry_document", "document"),)
    id: Mapped[RowId]
    line_id: Mapped[int] = mapped_column(ForeignKey("set_aside_line.id"), index=True)
    kind: Mapped[str]  # one of ENTRY_WORDS
    delta_milli: Mapped[int]
    document: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]
