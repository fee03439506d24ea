"""Orders placed outside their hours: they wait in a queue and are let go when the hours begin.

While it waits an order holds its goods. It can be changed, noted on, cancelled and paid; paying is the customer's
own business at any hour. It can't be shipped before it is released, its time to pay and to ship counts from the
hours' beginning, and goods taken along by somebody who pays leave at once: who stands in the shop is not sent away.
Whoever releases it late changes nothing about that: once the hours have begun, it counts as released.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.order_terms import TERMS
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.models.settings import ORDER_HOURS, SHOP_ZONE
from desktop.models.system import Setting
from desktop.queries.order_hours import ONLINE, order_hours
from desktop.services.orders import tell
from desktop.shop.action import action
from desktop.shop.work import Read, Work

MOVERS = {  # settings that decide when a queue ends
    SHOP_ZONE.key,
    *(spec.key for specs in ORDER_HOURS.values() for spec in specs),
    *(spec.key for terms in TERMS.values() for spec in (terms.online, *terms.online_hours)),
}


@action(permission=Permission.HANDLE_ORDERS)
def release_order(work: Work, order_id: int) -> bool:
    """Take an order out of the queue, at its time or before; False when it waits in none any more."""
    order = work.get(Order, order_id, lock=True)
    if order.queued_until is None:
        return False
    order.queued_until = None
    tell(work, order.id, "released")
    return True


def check_released(work: Work, queued_until: datetime | None) -> None:
    """Raise `Refused` for an order whose hours have not begun."""
    if queued_until is not None and queued_until > work.now:
        opens = queued_until.astimezone(work.zone)
        raise Refused(
            N_("This order waits in the queue until {time} on {day}. Release it first."),
            next_step="release", time=f"{opens:%H:%M}", day=f"{opens:%Y-%m-%d}",
        )  # fmt: skip


def bring_forward(work: Work) -> None:
    """After hours or the time zone were set: what waits is let go at the earlier of its old and its new moment.

    The times to pay and to ship stay as they were promised.
    """
    rows = work.rows(select(Setting.key, Setting.value).where(Setting.key.in_(sorted(MOVERS))))
    kept = {row.key: row.value for row in rows}  # the verb itself still works with the old ones
    now = Read(work.connection, work.actor, work.now, kept)
    for order_type in TERMS:
        for online in (False, True):
            channel = Order.channel == ONLINE if online else Order.channel != ONLINE
            opens = order_hours(now, order_type, ONLINE if online else "").opens(work.now, now.zone)
            later = update(Order).where(Order.queued_until > opens, Order.order_type == order_type, channel)
            for row in work.rows(later.values(queued_until=opens).returning(Order.id)).all():
                work.touch("sale_order", int(row.id))
