"""Where and when goods are offered, their photos, what buyers said, and bulk edits that can be taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId, personal

CHANNELS = ("store", "kiosk", "online")


class Shelf(Base):
    """How one channel differs from the product's own switch: closed, or open from and until (UTC, until excluded).

    Without a row the channel follows the product.
    """

    __tablename__ = "shelf"
    __table_args__ = (Index("ix_shelf_channel_product_id", "channel", "product_id"),)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    is_open: Mapped[bool]
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]


class Photo(Base):
    """One of a product's photos, written anew and made small; the first by position is the main one."""

    __tablename__ = "photo"
    __table_args__ = (Index("ix_photo_product_id_position", "product_id", "position"),)
    id: Mapped[RowId]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    position: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)  # JPEG, at most 640 px
    thumb: Mapped[bytes] = mapped_column(LargeBinary)  # JPEG, at most 96 px, for lists


class Review(Base):
    """What a buyer said about one of the goods; shown only once somebody allowed it."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("source", "product_id"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        Index("ix_review_product_id_state", "product_id", "state", "score"),
        Index("ix_review_state_at_id", "state", "at", "id"),
        Index("ix_review_at_id", "at", "id"),
    )
    id: Mapped[RowId]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sale_order.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    score: Mapped[int]
    message: Mapped[str] = personal(default="")
    state: Mapped[str] = mapped_column(default="new")  # new, shown, hidden
    answer: Mapped[str] = mapped_column(default="")
    source: Mapped[str]  # `order_review:12`, or a key of its own
    at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    judged_by: Mapped[str] = mapped_column(default="")


class BulkEdit(Base):
    """One edit of many goods, with what they were before, until it is taken back."""

    __tablename__ = "bulk_edit"
    id: Mapped[RowId]
    client_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    rows: Mapped[int]
    before: Mapped[str]  # JSON [[id, before, after], …]; what they mean depends on `kind`
    state: Mapped[str] = mapped_column(default="done")  # done, undone
    actor: Mapped[str]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class PriceChanged(Base):
    """One change of one price, and by whom; None: there was or is none. Append-only."""

    __tablename__ = "price_changed"
    __table_args__ = (Index("ix_price_changed_sku_id_at", "sku_id", "at", "id"),)
    id: Mapped[RowId]
    list_id: Mapped[int] = mapped_column(ForeignKey("price_list.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"))
    unit: Mapped[str]
    min_qty_milli: Mapped[int]
    before_minor: Mapped[int | None]
    after_minor: Mapped[int | None]
    actor: Mapped[str]
    at: Mapped[datetime]


class ScaleCode(Base):
    """How a barcode printed by scales is read: digits, then C goods, W grams, P price, V its check, K check, X any."""

    __tablename__ = "scale_code"
    __table_args__ = (Index("ix_scale_code_pattern", "pattern", unique=True),)
    id: Mapped[RowId]
    name: Mapped[str]
    pattern: Mapped[str]  # `22CCCCCWWWWWK`, one letter a digit
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
