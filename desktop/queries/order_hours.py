"""The hours in which orders of a type are taken, and when one that comes outside them gets its turn."""

from __future__ import annotations

from datetime import datetime

from desktop.basics.errors import Refused
from desktop.basics.hours import Hours
from desktop.basics.i18n import N_, _
from desktop.models.orders import ORDER_TYPES
from desktop.models.settings import ORDER_HOURS, REFUSE
from desktop.shop.work import Read


def order_hours(read: Read, order_type: str) -> Hours:
    """The hours of this type."""
    start, end, _outside = ORDER_HOURS[order_type]
    return Hours(read.setting(start), read.setting(end))


def queued_until(read: Read, order_type: str) -> datetime | None:
    """When an order placed now gets its turn; None at once.

    For orders written in the back office or arriving online; sales over the counter and imports don't ask.
    Raises `Refused`, naming when the hours begin, if the shop takes no such orders outside them.
    """
    opens = order_hours(read, order_type).opens(read.now, read.zone)
    if opens <= read.now:
        return None
    if read.setting(ORDER_HOURS[order_type][2]) == REFUSE:
        local = opens.astimezone(read.zone)
        raise Refused(
            N_("{type} orders are taken again from {time} on {day}."),
            type=_(ORDER_TYPES[order_type].words), time=f"{local:%H:%M}", day=f"{local:%Y-%m-%d}",
        )  # fmt: skip
    return opens
