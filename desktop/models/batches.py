"""Batches: goods of one make that expire together, where they lie, and every change of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

UNKNOWN = ""  # the code of what lay there before its batches were told apart


class Batch(Base):
    """Goods of one SKU that came under one code; `expires_on` is the last day they may be sold on."""

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("sku_id", "code"), Index("ix_batch_expires_on", "expires_on"))
    id: Mapped[RowId]
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    code: Mapped[str] = mapped_column(default=UNKNOWN)
    expires_on: Mapped[date | None]
    made_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]


class BatchStock(Base):
    """How much of a batch lies at a location, in thousandths; the sum of its movements, never below zero."""

    __tablename__ = "batch_stock"
    __table_args__ = (
        UniqueConstraint("batch_id", "location_id"),
        CheckConstraint("qty_milli >= 0", name="qty"),
        Index("ix_batch_stock_sku_id_location_id", "sku_id", "location_id"),
        Index(
            "ix_batch_stock_there", "batch_id", "qty_milli",
            sqlite_where=text("qty_milli > 0"), postgresql_where=text("qty_milli > 0"),
        ),
    )  # fmt: skip
    id: Mapped[RowId]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    qty_milli: Mapped[int] = mapped_column(default=0)


class BatchMovement(Base):
    """One change of a batch at a location (thousandths). Append-only.

    `document` is where the goods came from or went to: goods that come back find their batch by it.
    """

    __tablename__ = "batch_movement"
    __table_args__ = (Index("ix_batch_movement_document", "document", "sku_id"),)
    id: Mapped[RowId]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    delta_milli: Mapped[int]
    reason: Mapped[str]
    document: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
