"""Transfers: goods on their way from one place to another; between the two they lie in transit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

DRAFT, SENT, PART, CLOSED, CANCELLED, RETURNED = "draft", "sent", "part", "closed", "cancelled", "returned"
UNDERWAY = (SENT, PART)


class Transfer(Base):
    """One load from a place to another."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="places"),
        Index("ix_transfer_state_id", "state", "id"),
    )
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    state: Mapped[str] = mapped_column(default=DRAFT)
    note: Mapped[str] = mapped_column(default="")
    client_key: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    sent_by: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]


class TransferLine(Base):
    """One SKU of a transfer, in thousandths: what was sent arrived, was lost, went back, or is still on its way."""

    __tablename__ = "transfer_line"
    __table_args__ = (
        CheckConstraint("qty_milli > 0", name="qty"),
        CheckConstraint("received_milli >= 0 AND lost_milli >= 0 AND returned_milli >= 0", name="parts"),
        CheckConstraint("received_milli + lost_milli + returned_milli <= qty_milli", name="sent"),
        Index("ix_transfer_line_transfer_id_sku_id", "transfer_id", "sku_id", unique=True),
    )
    id: Mapped[RowId]
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), index=True)
    qty_milli: Mapped[int]
    received_milli: Mapped[int] = mapped_column(default=0)
    lost_milli: Mapped[int] = mapped_column(default=0)
    returned_milli: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")  # why some never arrived
    unit_cost_minor: Mapped[int] = mapped_column(default=0)  # when it was sent
