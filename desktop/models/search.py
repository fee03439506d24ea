"""What full-text search looks at: one text an order, kept by the door in the transaction that changes the order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId, personal

ID_BITS = 31
ID_MASK = (1 << ID_BITS) - 1
LAST_SECOND = (1 << 32) - 1  # in 2106: what 63 bits leave beside the id


class OrderText(Base):
    """The words of one order: its goods as they were called then, and the buyer's note.

    Who bought, tags, parcels and numbers are not in it: these have indexes of their own and follow at once.
    `place` sorts as the list does, so that the newest finds come first without sorting all of them.
    """

    __tablename__ = "order_text"
    place: Mapped[RowId]  # see `place_of`
    order_id: Mapped[int] = mapped_column(
        unique=True
    )  # no reference: an order taken back takes its text along
    words: Mapped[str] = personal()  # basics/search_words.document


def place_of(placed_at: datetime, order_id: int) -> int:
    """Second of the order and its id in one number: `place & ID_MASK` is the id again."""
    return (min(max(int(placed_at.timestamp()), 0), LAST_SECOND) << ID_BITS) | order_id
