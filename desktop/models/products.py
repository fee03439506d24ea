"""Goods: products, the SKUs that are priced, stocked and sold, their barcodes, units and prices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, false, true
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId


class Category(Base):
    """A branch of the goods tree, with the stock levels its goods inherit (thousandths)."""

    __tablename__ = "category"
    id: Mapped[RowId]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str]
    external_ref: Mapped[str | None] = mapped_column(unique=True)
    alert_milli: Mapped[int | None]
    minimum_milli: Mapped[int | None]
    safety_milli: Mapped[int | None]


class Tag(Base):
    """A free word on products or members."""

    __tablename__ = "tag"
    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(unique=True)


class ProductTag(Base):
    """One tag of one product."""

    __tablename__ = "product_tag"
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)


class Product(Base):
    """What the customer sees on the shelf."""

    __tablename__ = "product"
    id: Mapped[RowId]
    name: Mapped[str]
    pack: Mapped[str] = mapped_column(default="")  # `950 ml`, shown under the name
    pinyin: Mapped[str] = mapped_column(default="")
    initials: Mapped[str] = mapped_column(default="", index=True)
    kind: Mapped[str] = mapped_column(default="goods")  # goods, weighed, virtual, service
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    picture: Mapped[str] = mapped_column(default="")  # key of a drawn picture
    on_shelf: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Image(Base):
    """Where the one photo of a product stood before schema 0003; empty since, `photo` holds them."""

    __tablename__ = "image"
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Sku(Base):
    """The thing that is priced, stocked and sold; a plain product has one."""

    __tablename__ = "sku"
    id: Mapped[RowId]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    variant: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="件")  # the base unit
    cost_minor: Mapped[int] = mapped_column(default=0)  # moving average, per base unit
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())  # a variant no longer sold
    batch_tracked: Mapped[bool] = mapped_column(default=False, server_default=false())
    shelf_life_days: Mapped[int | None]  # how long it keeps, for batches that come without a date


class SkuUnit(Base):
    """Another unit a SKU is sold in: 箱 of 12 瓶 is factor 12000."""

    __tablename__ = "sku_unit"
    __table_args__ = (CheckConstraint("factor_milli > 0", name="factor"),)
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    factor_milli: Mapped[int]


class Barcode(Base):
    """A code on a pack; two goods may carry the same one, then the person chooses."""

    __tablename__ = "barcode"
    __table_args__ = (Index("ix_barcode_code", "code"),)
    id: Mapped[RowId]
    code: Mapped[str]
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), index=True)
    unit: Mapped[str] = mapped_column(default="")  # empty: the base unit
    valid: Mapped[bool] = mapped_column(default=True)  # check digit right


class PriceList(Base):
    """Prices for an order type, perhaps only for a tier or a channel."""

    __tablename__ = "price_list"
    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(unique=True)
    order_type: Mapped[str]
    tier_key: Mapped[str | None]
    channel: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="", server_default="")  # empty: said by type and tier
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]  # from then on it gives no price any more
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    currency: Mapped[str] = mapped_column(default="", server_default="")  # of its prices; empty: the shop's


class Price(Base):
    """The price of one SKU unit in one list from a quantity on (thousandths), in minor units of the list's currency."""

    __tablename__ = "price"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount"),
        Index("ix_price_sku_id_list_id", "sku_id", "list_id", "unit", "min_qty_milli", unique=True),
    )
    id: Mapped[RowId]
    list_id: Mapped[int] = mapped_column(ForeignKey("price_list.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    unit: Mapped[str] = mapped_column(default="")
    min_qty_milli: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int]
