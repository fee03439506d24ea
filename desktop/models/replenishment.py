"""What should be bought: one open list of suggestions, each line with the figures it was reckoned from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

OPEN, DONE, DISMISSED = "open", "done", "dismissed"
_IS_OPEN = text("state = 'open'")


class Replenishment(Base):
    """A list of goods to buy; a shop has at most one that is open, and every morning's is made from it."""

    __tablename__ = "replenishment"
    __table_args__ = (
        Index(
            "ix_replenishment_open", "state", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN
        ),
        Index("ix_replenishment_state_closed_at", "state", "closed_at"),
    )
    id: Mapped[RowId]
    day: Mapped[date]  # of the last time it was reckoned
    state: Mapped[str] = mapped_column(default=OPEN)  # open, done (ordered), dismissed
    origin: Mapped[str]  # clock, person
    actor: Mapped[str]  # who had it reckoned last
    at: Mapped[datetime]
    cover_days: Mapped[int]  # of average sales that every quantity is to last
    left_out: Mapped[int] = mapped_column(default=0)  # goods beyond the longest list
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(default="")
    orders: Mapped[int] = mapped_column(default=0, server_default="0")  # purchase orders made of it


class ReplenishmentLine(Base):
    """How much of one SKU to buy (thousandths), and what was known when that was reckoned."""

    __tablename__ = "replenishment_line"
    __table_args__ = (
        UniqueConstraint("list_id", "sku_id"),
        CheckConstraint("suggested_milli >= 0", name="suggested"),
        CheckConstraint("wanted_milli >= 0", name="wanted"),
    )
    id: Mapped[RowId]
    list_id: Mapped[int] = mapped_column(ForeignKey("replenishment.id"))
    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id"), index=True)
    suggested_milli: Mapped[int]
    wanted_milli: Mapped[int]
    changed: Mapped[bool] = mapped_column(default=False)  # by a person: reckoning anew keeps what is wanted
    removed: Mapped[bool] = mapped_column(default=False)  # by a person, for that day
    available_milli: Mapped[int]
    minimum_milli: Mapped[int]
    safety_milli: Mapped[int]
    sold_milli: Mapped[int]  # in `sold_days`
    sold_days: Mapped[int]
    coming_milli: Mapped[int]  # ordered and not there yet
    supplier_id: Mapped[int | None]  # None: nobody sells these goods to the shop yet
    pack_milli: Mapped[int] = mapped_column(default=1_000, server_default="1000")
    price_minor: Mapped[int | None]  # of one pack, None without a supplier
    lead_days: Mapped[int] = mapped_column(default=0, server_default="0")
    days: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # the quantity lasts so long; 0: as the list's
    expected_milli: Mapped[int] = mapped_column(default=0, server_default="0")  # to be sold in these days
    low_milli: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # four of five such sums lie between
    high_milli: Mapped[int] = mapped_column(default=0, server_default="0")
    method: Mapped[str] = mapped_column(default="", server_default="")  # empty: average sales
    error_milli: Mapped[int | None]  # mean error a day of past forecasts, and of a naive guess
    naive_milli: Mapped[int | None]
