"""The open sale at a till: kept in the database so that a power cut brings it back and a phone can join it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId, personal, secret


class Checkout(Base):
    """A sale being made. `version` grows with every change, so that a phone confirms what it saw."""

    __tablename__ = "checkout"
    id: Mapped[RowId]
    client_key: Mapped[str] = mapped_column(unique=True)  # also the key of the order it becomes
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"), index=True)
    state: Mapped[str] = mapped_column(default="open", index=True)  # open, parked, done, dropped
    lines: Mapped[str] = mapped_column(default="[]")  # JSON [[sku_id, unit, qty_milli, fixed_minor?]]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    points: Mapped[int] = mapped_column(default=0)
    stored_minor: Mapped[int] = mapped_column(default=0, server_default="0")  # of the member's stored value
    version: Mapped[int] = mapped_column(default=1)
    agreed_version: Mapped[int] = mapped_column(default=0)  # the version the member confirmed
    agreed_by: Mapped[str] = mapped_column(default="")  # phone, code, staff
    order_id: Mapped[int | None]
    ticket: Mapped[int | None]  # the number a parked sale is asked for by
    set_aside_id: Mapped[int | None]  # the campaign whose stock it sells
    token_hash: Mapped[str | None] = secret(unique=True)  # of the one-time address in the QR code
    token_until: Mapped[datetime | None]
    device_hash: Mapped[str] = secret(default="")  # the one phone that took it
    phone: Mapped[str] = personal(default="")  # number being proved
    code_hash: Mapped[str] = secret(default="")
    code_until: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    codes_sent: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]
