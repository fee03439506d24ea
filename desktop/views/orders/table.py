"""The columns of the order list."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import SYMBOLS, Money
from desktop.basics.words import when_text
from desktop.queries.order_words import channel_word, said, status_word, type_word
from desktop.queries.orders import OrderRow
from desktop.views.common.cells import BadgeCell, Column, NameCell, Toned

STATUS_LOOKS = {
    "unpaid": ("warn", "wait"),
    "to_ship": ("info", "half"),
    "shipped": ("primary", "half"),
    "done": ("success", "done"),
    "cancelled": ("neutral", "closed"),
}
TIER_TONES = {"gold": "points", "vip": "danger", "silver": "neutral"}
SHOWN_TIERS = frozenset(TIER_TONES)


def status_badge(
    status: str,
    late: bool,
    refunded: str,
    *,
    queued: str = "",
    chased: int = 0,
    part: bool = False,
    collect: bool = False,
) -> tuple[str, str, str]:
    """Word, tone and pip of an order's state: wholly refunded, queued, chased and late come before the status itself.

    `queued` says until when, `chased` how often it was asked why it has not left, `part` that some of it has,
    `collect` that it is fetched in the store.
    """
    if refunded == "whole":
        return _("Refunded"), "danger", "alert"
    if queued:
        return _("Queued {time}").format(time=queued), "neutral", "wait"
    if chased:
        return _("Chased {count}×").format(count=chased), "danger", "alert"
    if late:
        return _("Overdue"), "danger", "alert"
    if status == "to_ship" and (part or collect):
        return _("Partly sent") if part else _("To be fetched"), "info", "half"
    tone, pip = STATUS_LOOKS.get(status, ("neutral", ""))
    return status_word(status), tone, pip


def queued_text(until: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """Until when an order waits for its hours: the time within a day, else the day; empty when it does not."""
    if until is None or until <= now:
        return ""
    local = until.astimezone(zone)
    return f"{local:%H:%M}" if until - now < timedelta(days=1) else f"{local:%m-%d}"


def tier_of(row: OrderRow) -> str:
    """The tier chip beside a name; ordinary members carry none."""
    return said(row.tier_name) if row.tier_key in SHOWN_TIERS else ""


def columns(currency: str, zone: ZoneInfo, now: Callable[[], datetime]) -> list[Column]:
    """The columns as designed; amounts carry the currency in their heads."""
    symbol = SYMBOLS.get(currency, currency)
    return [
        Column("tick", "", 45, "tick"),
        Column("short_code", _("Order no."), 108, "strong"),
        Column("placed", _("Placed"), 118, sortable=True, value=lambda r: when_text(r.placed_at, now(), zone)),
        Column("member", _("Customer"), 130, "name", stretch=True, value=_customer),
        Column("channel", _("Channel"), 106, value=lambda r: channel_word(r.channel)),
        Column("type", _("Type"), 80, value=lambda r: type_word(r.order_type), hidden=True),
        Column(
            "points", _("Points {symbol}").format(symbol=symbol), 82, "number", sortable=True, value=_points
        ),
        Column(
            "due", _("Paid {symbol}").format(symbol=symbol), 84, "money", sortable=True,
            value=lambda r: Money(r.due_minor, r.currency).plain(),
        ),
        Column("status", _("Status"), 118, "badge", value=lambda r: _status(r, queued_text(r.queued_until, now(), zone))),
    ]  # fmt: skip


def _customer(row: OrderRow) -> NameCell:
    if row.member_id is None:
        return NameCell(_("Walk-in"), guest=True)
    return NameCell(row.member_name or _("Customer"), tier_of(row), TIER_TONES.get(row.tier_key, "neutral"))


def _points(row: OrderRow) -> Toned | None:
    return Toned(Money(row.points_minor, row.currency).plain(), "points") if row.points_minor else None


def _status(row: OrderRow, queued: str) -> BadgeCell:
    more = {"part": row.part_shipped, "collect": row.collect}
    return BadgeCell(
        *status_badge(row.status, row.late, row.refunded, queued=queued, chased=row.chased, **more)
    )
