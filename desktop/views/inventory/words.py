"""How stock is said: states, quantities, days, movements."""

from desktop.basics.i18n import N_, _
from desktop.basics.money import half_up, quantity_text
from desktop.queries.stock import ENOUGH, OUT, UNDER_MINIMUM, UNDER_SAFETY, StockRow

STATES = {
    OUT: (N_("Out of stock"), "danger", "closed"),
    UNDER_MINIMUM: (N_("Under minimum"), "danger", "alert"),
    UNDER_SAFETY: (N_("Under safety"), "warn", "half"),
    ENOUGH: (N_("Enough"), "success", "done"),
}


def state_badge(row: StockRow) -> tuple[str, str, str]:
    """Words, tone and pip of a row's state; goods that are well stocked say when they expire, or that they lie."""
    if row.state == ENOUGH and row.expires_on is not None:
        return _("Expires {day}").format(day=f"{row.expires_on:%m/%d}"), "warn", "wait"
    if row.state == ENOUGH and row.slow:
        return _("Slow"), "neutral", "wait"
    words, tone, pip = STATES[row.state]
    return _(words), tone, pip


def title_of(row: StockRow) -> str:
    """Name with variant and pack: `鲜牛奶 950 ml`."""
    return " ".join(part for part in (row.name, row.variant, row.pack) if part)


def caption_of(row: StockRow) -> str:
    """Code and category: `ZH-2001 · 乳品`."""
    return " · ".join(part for part in (row.code, row.category) if part)


def levels_hint(row: StockRow) -> str:
    """`最低 10 · 安全 20`, with what is reserved in front."""
    parts = []
    if row.reserved_milli:
        parts.append(_("Held {quantity}").format(quantity=quantity_text(row.reserved_milli)))
    if row.minimum_milli:
        parts.append(_("Min {quantity}").format(quantity=quantity_text(row.minimum_milli)))
    parts.append(_("Safety {quantity}").format(quantity=quantity_text(row.safety_milli)))
    return " · ".join(parts)


def average(daily_milli: int) -> str:
    """A daily average with one place: `6.1`."""
    tenths = half_up(daily_milli, 100)
    return f"{tenths // 10:,}.{tenths % 10}"


def days(cover_tenths: int | None) -> str:
    """Days of cover: one place under a hundred days, whole days above, empty when the goods don't sell."""
    if cover_tenths is None:
        return ""
    if cover_tenths >= 1_000 or cover_tenths == 0:
        return f"{cover_tenths // 10:,}"
    return f"{cover_tenths // 10}.{cover_tenths % 10}"


def signed(milli: int) -> str:
    """A change with its sign: `+12`, `−3`."""
    return f"+{quantity_text(milli)}" if milli > 0 else quantity_text(milli)
