"""What customers call goods in their messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId


class ProductAlias(Base):
    """Another name of a SKU, typed by a person or learned from a corrected match; two goods may share one."""

    __tablename__ = "product_alias"
    __table_args__ = (Index("ix_product_alias_sku_id_name", "sku_id", "name", unique=True),)
    id: Mapped[RowId]
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    name: Mapped[str] = mapped_column(index=True)  # as it is compared: folded, without spaces
    learned: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
