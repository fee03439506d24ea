"""Chasing orders that should have left: how often it was asked, and what the shop answered."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.orders import TO_SHIP, Order, OrderEvent
from desktop.models.people import Permission
from desktop.queries.order_waits import CHASED, REASON
from desktop.services.orders import tell
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_REASON = 1_000


def chase(work: Work, order_id: int) -> int:
    """Ask once more why a paid order has not left; returns how often it was asked by now.

    0 when nothing waits to be shipped any more: then nothing is written.
    """
    order = work.get(Order, order_id, lock=True)
    if order.status != TO_SHIP:
        return 0
    tell(work, order.id, CHASED)
    times = select(func.count()).where(OrderEvent.order_id == order.id, OrderEvent.kind == CHASED)
    return int(work.value(times))


@action(permission=Permission.HANDLE_ORDERS)
def give_late_reason(work: Work, order_id: int, text: str) -> None:
    """Keep why an order has not left yet on its timeline."""
    if not text.strip():
        raise Refused(N_("Choose or type why it is late."))
    if len(text.strip()) > LONGEST_REASON:
        raise Refused(N_("At most {limit} characters."), limit=f"{LONGEST_REASON:,}")
    order = work.get(Order, order_id, lock=True)
    if order.status != TO_SHIP:
        raise Refused(N_("This order does not wait to be shipped any more."))
    tell(work, order.id, REASON, text.strip())
