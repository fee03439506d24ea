"""What was written on orders, and where an answer is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.models.order_talk import FROM_MEMBER, OrderMessage
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message; `mine`: the shop wrote it."""

    id: int
    mine: bool
    text: str
    who: str
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """How many messages nobody of the shop has read, and the order that waits the longest."""

    count: int
    order_id: int


@question(permission=Permission.SEE_ORDERS)
def unread_messages(read: Read) -> Unread:
    """What members wrote and nobody has read."""
    mine = (OrderMessage.read_at.is_(None), OrderMessage.sender == FROM_MEMBER)
    count = int(read.value(select(func.count(OrderMessage.id)).where(*mine)) or 0)
    first = select(OrderMessage.order_id).join(Order, Order.id == OrderMessage.order_id)
    return Unread(count, int(read.value(first.where(*mine).order_by(OrderMessage.id).limit(1)) or 0))


def read_talk(read: Read, order_id: int) -> list[tuple[Any, str]]:
    """The messages of an order, the oldest first, with the actors who wrote them."""
    rows = read.rows(
        select(OrderMessage.__table__).where(OrderMessage.order_id == order_id).order_by(OrderMessage.id)
    )
    return [(row, row.actor) for row in rows]
