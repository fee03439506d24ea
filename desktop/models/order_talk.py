"""What member and staff write to each other about an order, and the codes with which orders are fetched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId, personal

FROM_MEMBER, FROM_STAFF = "member", "staff"


class OrderMessage(Base):
    """One message on an order."""

    __tablename__ = "order_message"
    __table_args__ = (
        Index("ix_order_message_order_id", "order_id", "id"),
        Index(
            "ix_order_message_unread", "sender", "order_id",
            sqlite_where=text("read_at IS NULL"), postgresql_where=text("read_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    sender: Mapped[str]
    text: Mapped[str] = personal()
    actor: Mapped[str]
    client_key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class PickUp(Base):
    """The code with which an order is fetched in the store, by its slow hash."""

    __tablename__ = "pick_up"
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="open")  # open, used, replaced
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
