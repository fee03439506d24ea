"""The columns of the list of transactions, and how ways to pay look."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import SYMBOLS, Money
from desktop.basics.words import when_text
from desktop.queries.order_words import method_word
from desktop.queries.payment_rows import PaymentRow
from desktop.queries.payment_words import STATES, payment_state, state_key
from desktop.views.common.cells import BadgeCell, Column, IconCell, Toned
from desktop.views.common.method_icons import ICONS


def columns(currency: str, zone: ZoneInfo, now: Callable[[], datetime]) -> list[Column]:
    """The columns as designed; the amount's currency stands in its head."""
    symbol = SYMBOLS.get(currency, currency)
    return [
        Column("at", _("Time"), 104, value=lambda r: _when(r.at, now(), zone)),
        Column("method", _("Method"), 122, "icon", value=_method),
        Column("reference", _("Reference"), 140, stretch=True),
        Column("order_code", _("Order"), 96, "link"),
        Column("points", _("Points"), 84, "number", value=_points, hidden=True),
        Column("amount", _("Amount {symbol}").format(symbol=symbol), 92, "money", value=_amount),
        Column("fee", _("Fee {symbol}").format(symbol=symbol), 64, "number", value=_fee),
        Column("state", _("Status"), 130, "badge", value=_state),
    ]


def _when(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """To the second today, so that a slip can be matched."""
    local = moment.astimezone(zone)
    return (
        f"{local:%H:%M:%S}" if local.date() == now.astimezone(zone).date() else when_text(moment, now, zone)
    )


def _method(row: PaymentRow) -> IconCell:
    icon, token = ICONS.get(row.method, ICONS["other"])
    return IconCell(icon, method_word(row.method), token)


def _points(row: PaymentRow) -> Toned | None:
    return Toned(f"{row.points:,}".replace("-", "−"), "points") if row.points else None


def _amount(row: PaymentRow) -> str | Toned:
    text = Money(row.amount_minor, row.currency).plain()
    return Toned(text, "danger", strong=True) if row.refund else text


def _fee(row: PaymentRow) -> str | Toned | None:
    """What the bill says; before it came, what the agreed rate makes of it, quieter."""
    if row.fee_minor is None:
        return None
    text = Money(row.fee_minor, row.currency).plain()
    return text if row.fee_told else Toned(text, "neutral")


def _state(row: PaymentRow) -> BadgeCell:
    tone, pip = STATES[state_key(row)][1:]
    return BadgeCell(payment_state(row), tone, pip)


def kept_words(days: int) -> str:
    """How long the list keeps transactions by itself."""
    words = ngettext(
        "The list keeps {count} day; older ones are found by number or span",
        "The list keeps {count} days; older ones are found by number or span",
        days,
    )
    return words.format(count=f"{days:,}")
