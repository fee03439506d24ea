"""Stock: balances per SKU and location, each the sum of movements that are never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

FLOOR, STORE_ROOM, DAMAGED, TRANSIT, OTHER_SHOP = "floor", "store room", "damaged", "transit", "other shop"
LOCATION_KINDS = (FLOOR, STORE_ROOM, DAMAGED, TRANSIT, OTHER_SHOP)
SELLING_KINDS = (FLOOR, STORE_ROOM)  # what lies elsewhere is not for sale here


class Location(Base):
    """A place goods lie: the shop floor, a store room."""

    __tablename__ = "location"
    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="floor")
    closed_at: Mapped[datetime | None]  # nothing lies there any more and nothing comes


class Stock(Base):
    """How much of a SKU is at a location, in thousandths; changed only by guarded updates."""

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("on_hand_milli >= 0", name="on_hand"),
        CheckConstraint("reserved_milli >= 0", name="reserved"),
        CheckConstraint("set_aside_milli >= 0", name="set_aside"),
        CheckConstraint("on_hand_milli - reserved_milli - set_aside_milli >= 0", name="available"),
        Index("ix_stock_sku_id_location_id", "sku_id", "location_id", unique=True),
    )
    id: Mapped[RowId]
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    on_hand_milli: Mapped[int] = mapped_column(default=0)
    reserved_milli: Mapped[int] = mapped_column(default=0)
    set_aside_milli: Mapped[int] = mapped_column(default=0)
    frozen_by: Mapped[int | None]  # the stocktake during which nothing here may move


class StockMovement(Base):
    """One change of stock (thousandths), with its reason and document. Append-only."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("ix_stock_movement_sku_id_at", "sku_id", "at"),
        Index(
            "ix_stock_movement_reason_at", "reason", "at", "sku_id", "delta_milli"
        ),  # what sells, read whole
        Index("ix_stock_movement_source", "source"),
        Index("ix_stock_movement_at_id", "at", "id"),
    )
    id: Mapped[RowId]
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    delta_milli: Mapped[int]
    unit_cost_minor: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str]  # opening, sale, refund, receive, adjust, import, transfer, count
    source: Mapped[str]  # order:12, receipt:…, adjust:…, transfer:3, stocktake:4
    note: Mapped[str] = mapped_column(default="")
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]


class Reservation(Base):
    """Stock held for an order line until it ships, is cancelled or times out (thousandths)."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("qty_milli > 0", name="qty"),
        Index("ix_reservation_state_expires_at", "state", "expires_at"),
    )
    id: Mapped[RowId]
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    qty_milli: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")  # open, used, released
    expires_at: Mapped[datetime | None]


class Level(Base):
    """The levels of one SKU that differ from its category's (thousandths)."""

    __tablename__ = "level"
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), primary_key=True)
    alert_milli: Mapped[int | None]
    minimum_milli: Mapped[int | None]
    safety_milli: Mapped[int | None]
