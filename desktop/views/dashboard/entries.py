"""Turns counts into the sentences of the two lists, each with where it leads."""

from datetime import UTC, datetime

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import quantity_text
from desktop.basics.words import points_text, when_text
from desktop.queries.waiting import Alerts, LateOrder, LowGood, Orders, Waiting
from desktop.views.common.context import Context
from desktop.views.dashboard.lists import Entry
from desktop.views.dashboard.words import amount, short_day

MOST = 5  # alerts shown; what they lead to shows the rest
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def to_do(context: Context, found: Waiting) -> list[Entry]:
    """What waits, sorted by what it costs to wait."""
    entries = []
    if found.to_ship.count:
        entries.append(_to_ship(context, found.to_ship))
    if found.unpaid.count:
        entries.append(_unpaid(context, found.unpaid))
    if found.goods.out:
        entries.append(_out(context, found))
    if found.goods.low:
        entries.append(_low(context, found))
    return entries


def _hours(context: Context, moment: datetime | None) -> int:
    return int((context.now() - moment).total_seconds()) // 3600 if moment else 0


def _to_ship(context: Context, orders: Orders) -> Entry:
    title = ngettext("{count} order to ship", "{count} orders to ship", orders.count).format(
        count=f"{orders.count:,}"
    )
    hours = _hours(context, orders.oldest)
    caption = _("The oldest has waited {hours} hours").format(hours=hours)
    if orders.late:
        caption = _("The oldest has waited {hours} hours, {late} overdue").format(
            hours=hours, late=orders.late
        )
    tone = "danger" if orders.late else "info"
    return Entry(
        "truck-line",
        tone,
        title,
        caption,
        _("Go to ship"),
        lambda: context.navigate("orders", view="to_ship"),
    )


def _unpaid(context: Context, orders: Orders) -> Entry:
    title = ngettext("{count} order to be paid", "{count} orders to be paid", orders.count)
    due = amount(orders.due_minor, context.currency)
    if orders.late:
        caption = _("{amount} in all, {late} past the deadline").format(amount=due, late=orders.late)
    elif orders.deadline:
        when = when_text(orders.deadline, context.now(), context.zone)
        caption = _("{amount} in all, the first lapses {when}").format(amount=due, when=when)
    else:
        caption = _("{amount} in all").format(amount=due)
    return Entry(
        "time-line", "warn", title.format(count=f"{orders.count:,}"), caption, _("View"),
        lambda: context.navigate("orders", view="unpaid"),
    )  # fmt: skip


def _out(context: Context, found: Waiting) -> Entry:
    title = ngettext("{count} product out of stock", "{count} products out of stock", found.goods.out)
    caption = _("Nothing of them sold lately")
    if found.goods.missed_minor:
        caption = _("About {amount} of sales missed a day").format(
            amount=amount(found.goods.missed_minor, context.currency)
        )
    return Entry(
        "close-circle-line", "danger", title.format(count=found.goods.out), caption, _("Restock"),
        lambda: context.navigate("inventory", view="out"),
    )  # fmt: skip


def _low(context: Context, found: Waiting) -> Entry:
    title = ngettext(
        "{count} product below safety stock", "{count} products below safety stock", found.goods.low
    )
    separator = _(", ")
    return Entry(
        "archive-line", "info", title.format(count=f"{found.goods.low:,}"), separator.join(found.goods.names),
        _("View"), lambda: context.navigate("inventory", view="low"),
    )  # fmt: skip


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
