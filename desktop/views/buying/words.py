"""How purchasing is said: states, days of the week, what came of an order."""

from datetime import date

from desktop.basics.i18n import N_, _
from desktop.basics.money import quantity_text
from desktop.queries.purchasing import OrderedLine, PurchaseRow, PurchaseSheet
from desktop.rules.parameters import WEEKDAYS

BADGES = {
    "draft": (N_("Draft"), "neutral", "wait"),
    "sent": (N_("Sent"), "info", "half"),
    "part": (N_("Partly received"), "primary", "half"),
    "closed": (N_("Closed"), "success", "done"),
    "cancelled": (N_("Cancelled"), "neutral", "closed"),
}
CREDITS = {
    "expected": (N_("Credit expected"), "warn", "wait"),
    "credited": (N_("Credited"), "success", "done"),
}


def badge_of(row: PurchaseRow | PurchaseSheet) -> tuple[str, str, str]:
    """Words, tone and pip; an order that should have come is late."""
    if row.late:
        return _("Overdue"), "danger", "alert"
    words, tone, pip = BADGES[row.state]
    return _(words), tone, pip


def credit_badge(state: str) -> tuple[str, str, str]:
    """Words, tone and pip of a return."""
    words, tone, pip = CREDITS[state]
    return _(words), tone, pip


def came_words(row: PurchaseRow) -> str:
    """How much of an order came: nothing, a share, all."""
    if not row.came_milli or not row.ordered_milli:
        return ""
    return f"{row.came_milli * 100 // row.ordered_milli} %"


def day_words(day: date | None, today: date) -> str:
    """`today`, `tomorrow`, `11/24`."""
    if day is None:
        return ""
    words = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get((day - today).days)
    return words or (f"{day:%m/%d}" if day.year == today.year else f"{day:%Y-%m-%d}")


def line_words(line: OrderedLine) -> str:
    """`11 packs of 5 · GM-001`."""
    packs = _("{packs} × {pack} {unit}").format(
        packs=f"{line.packs:,}", pack=quantity_text(line.pack_milli), unit=line.unit
    )
    return " · ".join(part for part in (packs, line.their_code or line.code) if part)


def days_of(order_days: tuple[int, ...]) -> str:
    """`Mon, Wed, Fri`, or every day."""
    if not order_days:
        return _("every day")
    return ", ".join(_(WEEKDAYS[day]) for day in order_days)


def clock_words(minute: int | None) -> str:
    """`18:00`, or nothing."""
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
