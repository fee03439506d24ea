"""A phone that has proved an order as its own, for a short while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from desktop.models.base import Base, RowId, secret


class OrderLook(Base):
    """One phone (by its cookie’s hash) and the one order it may look at until then."""

    __tablename__ = "order_look"
    id: Mapped[RowId]
    token_hash: Mapped[str] = secret(unique=True)
    order_id: Mapped[int]  # no foreign key: a look must not keep an imported order from being taken back
    until: Mapped[datetime]
