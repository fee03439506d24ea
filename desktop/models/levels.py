"""Levels of a SKU that hold at one location only (thousandths); None inherits from the SKU's own."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base


class LocationLevel(Base):
    """The levels of one SKU at one location."""

    __tablename__ = "location_level"
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), primary_key=True)
    alert_milli: Mapped[int | None]
    minimum_milli: Mapped[int | None]
    safety_milli: Mapped[int | None]
