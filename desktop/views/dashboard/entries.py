"""Turns what somebody should know into the rows of the alerts, each with where it leads."""

from datetime import UTC, datetime

from desktop.basics.day_words import short_day
from desktop.basics.i18n import _, ngettext
from desktop.basics.money import quantity_text
from desktop.basics.words import points_text, when_text
from desktop.queries.waiting import Alerts, LateOrder, LowGood
from desktop.views.common.context import Context
from desktop.views.dashboard.lists import Entry

MOST = 5  # alerts shown; what they lead to shows the rest
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def to_know(context: Context, found: Alerts) -> list[Entry]:
    """What happened or comes, newest first."""
    entries = [_good(context, good) for good in found.goods]
    entries += [_late(context, order) for order in found.orders]
    entries.sort(key=lambda entry: entry.at or LONG_AGO, reverse=True)
    last = [_points(context, found)] if found.points.members else []
    return entries[: MOST - len(last)] + last


def _time(context: Context, moment: datetime | None) -> str:
    if moment is None:
        return ""
    local, today = moment.astimezone(context.zone), context.now().astimezone(context.zone)
    return f"{local:%H:%M}" if local.date() == today.date() else short_day(local.date())


def _good(context: Context, good: LowGood) -> Entry:
    name = " ".join(part for part in (good.name, good.pack) if part)
    safety = quantity_text(good.safety_milli)
    if good.out:
        title = _("{name} is sold out").format(name=name)
        caption = _("Safety stock {count} {unit}").format(count=safety, unit=good.unit)
    else:
        left = quantity_text(good.available_milli)
        title = _("{name}: only {count} {unit} left").format(name=name, count=left, unit=good.unit)
        tenths = good.cover_tenths or 0
        caption = _("Safety stock {count} {unit} · gone in about {days} days").format(
            count=safety, unit=good.unit, days=f"{tenths // 10}.{tenths % 10}"
        )
    return Entry(
        "error-warning-fill", "danger", title, caption, _("Restock"),
        lambda: context.navigate("inventory", good.sku_id), good.at, _time(context, good.at),
    )  # fmt: skip


def _late(context: Context, order: LateOrder) -> Entry:
    if order.status == "to_ship":
        hours = int((order.deadline - order.placed_at).total_seconds()) // 3600
        title = _("Order {number} unshipped over {hours} h").format(number=order.number, hours=hours)
        caption = _("It should have left by {when}").format(
            when=when_text(order.deadline, context.now(), context.zone)
        )
    else:
        title = _("Order {number} was not paid in time").format(number=order.number)
        caption = _("The deadline was {when}").format(
            when=when_text(order.deadline, context.now(), context.zone)
        )
    return Entry(
        "timer-flash-fill", "warn", title, caption, _("View"),
        lambda: context.navigate("orders", order.order_id), order.deadline, _time(context, order.deadline),
    )  # fmt: skip


def _points(context: Context, found: Alerts) -> Entry:
    day = short_day(found.points.at.astimezone(context.zone).date()) if found.points.at else ""
    title = ngettext(
        "Points of {count} member expire {day}",
        "Points of {count} members expire {day}",
        found.points.members,
    )
    return Entry(
        "copper-coin-fill", "points", title.format(count=f"{found.points.members:,}", day=day),
        _("{points} in all").format(points=points_text(found.points.points)), _("View"),
        lambda: context.navigate("members"),
    )  # fmt: skip
