"""The hours in which orders of a type are taken, and when one that comes outside them gets its turn."""

from __future__ import annotations

from datetime import datetime

from desktop.basics.errors import Refused
from desktop.basics.hours import Hours
from desktop.basics.i18n import N_, _
from desktop.models.order_terms import OWN, TERMS, hours_of
from desktop.models.orders import ORDER_TYPES
from desktop.models.settings import REFUSE
from desktop.models.settings import Hours as HoursSpecs
from desktop.shop.work import Read

ONLINE = "online"


def hours_specs(read: Read, order_type: str, channel: str = "") -> HoursSpecs:
    """The settings that hold for this type and channel: online orders may have hours of their own."""
    online = channel == ONLINE and read.setting(TERMS[order_type].online) == OWN
    return hours_of(order_type, online)


def order_hours(read: Read, order_type: str, channel: str = "") -> Hours:
    """The hours of this type and channel."""
    start, end, _outside = hours_specs(read, order_type, channel)
    return Hours(read.setting(start), read.setting(end))


def queued_until(read: Read, order_type: str, channel: str = "") -> datetime | None:
    """When an order placed now gets its turn; None at once.

    For orders written in the back office or arriving online; sales over the counter and imports don't ask.
    Raises `Refused`, naming when the hours begin, if the shop takes no such orders outside them.
    """
    opens = order_hours(read, order_type, channel).opens(read.now, read.zone)
    if opens <= read.now:
        return None
    if read.setting(hours_specs(read, order_type, channel)[2]) == REFUSE:
        local = opens.astimezone(read.zone)
        raise Refused(
            N_("{type} orders are taken again from {time} on {day}."),
            type=_(ORDER_TYPES[order_type].words), time=f"{local:%H:%M}", day=f"{local:%Y-%m-%d}",
        )  # fmt: skip
    return opens
