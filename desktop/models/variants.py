"""Variants: what tells the SKUs of one product apart – colour, taste, size."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId


class ProductOption(Base):
    """One attribute of a product, as 颜色 or 口味, in the order they are read."""

    __tablename__ = "product_option"
    __table_args__ = (UniqueConstraint("product_id", "name"),)
    id: Mapped[RowId]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    name: Mapped[str]
    position: Mapped[int]


class SkuOption(Base):
    """What one SKU is in one attribute; `sku.variant` holds all of them joined, for lists."""

    __tablename__ = "sku_option"
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("product_option.id"), primary_key=True)
    value: Mapped[str]
