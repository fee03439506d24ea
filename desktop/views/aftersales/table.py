"""The columns of the list of cases, and how their states look."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import SYMBOLS, Money
from desktop.basics.words import when_text
from desktop.queries.after_sale_words import kind_word, state_word
from desktop.queries.after_sales import CaseRow
from desktop.views.common.cells import BadgeCell, Column, NameCell, TwoLine

LOOKS = {
    "asked": ("warn", "wait"),
    "approved": ("info", "half"),
    "awaited": ("neutral", "wait"),
    "received": ("info", "half"),
    "settled": ("primary", "half"),
    "closed": ("success", "done"),
    "refused": ("danger", "closed"),
    "cancelled": ("neutral", "closed"),
}


def state_badge(state: str) -> tuple[str, str, str]:
    """Word, tone and pip of a case's state."""
    return (state_word(state), *LOOKS.get(state, ("neutral", "")))


def waited(since: datetime, now: datetime) -> str:
    """How long a case stands where it is: hours within two days, then days."""
    hours = max(0, int((now - since).total_seconds()) // 3600)
    if hours < 48:
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    return ngettext("{count} day", "{count} days", hours // 24).format(count=hours // 24)


def columns(currency: str, zone: ZoneInfo, now: Callable[[], datetime]) -> list[Column]:
    """The columns; the amount's currency stands in its head."""
    symbol = SYMBOLS.get(currency, currency)
    return [
        Column("code", _("After-sales no."), 136, "strong"),
        Column("order", _("Order"), 98, "link", value=lambda r: r.order_short),
        Column("customer", _("Customer"), 112, "name", value=_customer),
        Column("goods", _("What it is about"), 160, "two_line", stretch=True, value=_about),
        Column("worth", _("Worth {symbol}").format(symbol=symbol), 88, "money", sortable=True, value=_worth),
        Column("moved", _("For"), 68, "muted", sortable=True, value=lambda r: waited(r.moved_at, now())),
        Column("state", _("Status"), 130, "badge", value=lambda r: BadgeCell(*state_badge(r.state))),
        Column("opened", _("Opened"), 112, "muted", sortable=True, value=lambda r: when_text(r.opened_at, now(), zone), hidden=True),
    ]  # fmt: skip


def _customer(row: CaseRow) -> NameCell:
    return NameCell(row.member_name or _("Walk-in"), "", "neutral", not row.member_name)


def _about(row: CaseRow) -> TwoLine:
    more = _("{goods} and {count} more").format(goods=row.goods, count=row.lines - 1)
    title = more if row.lines > 1 else row.goods or _("Freight")
    return TwoLine(title, f"{kind_word(row.kind)} · {_(row.reason)}")


def _worth(row: CaseRow) -> str:
    return Money(row.worth_minor, row.currency).plain() if row.worth_minor else ""
