"""Tags on orders, by people and by rules."""

from __future__ import annotations

from desktop.models.orders import Order, OrderTag
from desktop.models.people import Permission
from desktop.services.tags import tag_called
from desktop.shop.action import action
from desktop.shop.work import Work


@action(permission=Permission.HANDLE_ORDERS)
def tag_order(work: Work, order_id: int, name: str) -> int:
    """Put a tag on an order, making the word if it is new; returns the tag's id. Twice is once."""
    tag_id = tag_called(work, name)
    work.get(Order, order_id, lock=True)
    if work.session.get(OrderTag, (order_id, tag_id)) is None:
        work.add(OrderTag(order_id=order_id, tag_id=tag_id))
        work.touch(Order.__tablename__, order_id)
    return tag_id


@action(permission=Permission.HANDLE_ORDERS)
def untag_order(work: Work, order_id: int, tag_id: int) -> None:
    """Take a tag off an order; without it nothing happens."""
    worn = work.session.get(OrderTag, (order_id, tag_id))
    if worn is not None:
        work.remove(worn)
        work.touch(Order.__tablename__, order_id)
