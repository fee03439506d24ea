"""How price lists are said."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desktop.basics.i18n import N_, _
from desktop.basics.words import when_text
from desktop.queries.prices import HOLDING, OFF, OVER, WAITING, BookRow, ListRate

TYPES = {"retail": N_("Retail"), "distribution": N_("Distribution"), "b2b": N_("B2B")}
CHANNELS = {"store": N_("Store"), "kiosk": N_("Self-checkout"), "online": N_("Online shop")}
STATES = {
    WAITING: (N_("Not yet"), "info", "wait"),
    HOLDING: (N_("Holds"), "success", "done"),
    OVER: (N_("Over"), "neutral", "closed"),
    OFF: (N_("Off"), "neutral", "closed"),
}


def list_name(row: BookRow) -> str:
    """A list by its own name, else by whom it is for."""
    return row.name or " · ".join(for_whom(row))


def for_whom(row: BookRow) -> list[str]:
    """Order type, tier and channel a list is for."""
    parts = [_(TYPES.get(row.order_type, row.order_type))]
    if row.tier:
        parts.append(_(row.tier))
    if row.channel:
        parts.append(_(CHANNELS.get(row.channel, row.channel)))
    return parts


def state_badge(row: BookRow) -> tuple[str, str, str]:
    """Words, tone and pip of whether a list holds."""
    words, tone, pip = STATES[row.state]
    return _(words), tone, pip


def rate_words(rate: ListRate | None, base: str, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """By which rate a list in another currency is reckoned, and in which tone; nothing for the shop's own."""
    if rate is None:
        return "", "text2"
    if rate.refusal is not None or rate.since is None:
        return str(rate.refusal), "danger_fg"
    words = _("1 {currency} = {rate} {base}, of {when}").format(
        currency=rate.currency, rate=rate.rate, base=base, when=when_text(rate.since, now, zone)
    )
    if rate.instead:
        words = f"{words}. {_('The floating rate is too old: the fixed one counts.')}"
    return words, "text2"


def time_words(row: BookRow, zone: ZoneInfo) -> str:
    """When a list holds, or nothing when always."""
    first = row.valid_from.astimezone(zone).date() if row.valid_from else None
    last = (row.valid_until - timedelta(seconds=1)).astimezone(zone).date() if row.valid_until else None
    if first and last:
        return _("{first} to {last}").format(first=first, last=last)
    if first:
        return _("From {day} on").format(day=first)
    return _("Until {day}").format(day=last) if last else ""
