"""How the restock list is said: the arithmetic of a line, how sure it is, how long a delivery takes."""

from desktop.analysis.forecast import RARE, SMOOTHED
from desktop.basics.i18n import N_, _
from desktop.basics.money import MILLI, half_up, quantity_text
from desktop.queries.replenishment import RestockLine
from desktop.views.inventory.words import average, days

METHODS = {
    SMOOTHED: N_("by its days of the week and how it sold lately"),
    RARE: N_("by how often it is bought and how much then"),
}


def name_of(line: RestockLine) -> str:
    """Name with variant and pack: `鲜牛奶 950 ml`."""
    return " ".join(part for part in (line.name, line.variant, line.pack) if part)


def lead_words(lead_days: int) -> str:
    """`next day`, `2 days`."""
    if lead_days <= 0:
        return _("same day")
    return _("next day") if lead_days == 1 else _("{count} days").format(count=lead_days)


def needed_milli(line: RestockLine, cover_days: int) -> int:
    """What is missing before packs are counted (thousandths)."""
    level = max(line.safety_milli, line.minimum_milli)
    expected = line.expected_milli if line.days else line.daily_milli * cover_days
    return half_up(level + expected - line.available_milli - line.coming_milli, MILLI) * MILLI


def reason_of(line: RestockLine, cover_days: int) -> str:
    """`6.1 a day × 7 days + safety 20 − 8 here = 55`, and the packs that makes."""
    level = max(line.safety_milli, line.minimum_milli)
    needed = needed_milli(line, cover_days)
    rounded = line.suggested_milli != needed and line.supplier_id is not None
    parts = {
        "daily": average(line.daily_milli), "days": line.days or cover_days, "safety": quantity_text(level),
        "here": quantity_text(line.available_milli), "left": days(line.cover_tenths),
        "coming": quantity_text(line.coming_milli),
        "quantity": quantity_text(needed if rounded else line.suggested_milli),
    }  # fmt: skip
    if not line.suggested_milli:
        words = _("Enough is here now: {here} of {safety}")
    elif line.cover_tenths is None and line.coming_milli:
        words = _("Not sold lately: safety {safety} − {here} here − {coming} coming = {quantity}")
    elif line.cover_tenths is None:
        words = _("Not sold lately: safety {safety} − {here} here = {quantity}")
    elif line.coming_milli:
        words = _(
            "{daily} a day × {days} days + safety {safety} − {here} here − {coming} coming = {quantity}"
        )
    else:
        words = _("{daily} a day × {days} days + safety {safety} − {here} here = {quantity}")
    text = words.format(**parts)
    if rounded and line.suggested_milli:
        packs = _("in packs of {pack}: {quantity}").format(
            pack=quantity_text(line.pack_milli), quantity=quantity_text(line.suggested_milli)
        )
        text = f"{text} → {packs}"
    return text.replace(" = ", "\u00a0=\u00a0")  # the result is never alone on a line


def method_of(line: RestockLine) -> str:
    """How the demand was foreseen, its range, and how far off that was so far; empty at plain averages."""
    if line.method not in METHODS:
        return ""
    text = _("Forecast {low}–{high} in {days} days, {method}.").format(
        low=quantity_text(_whole(line.low_milli)), high=quantity_text(_whole(line.high_milli)), days=line.days,
        method=_(METHODS[line.method]),
    )  # fmt: skip
    if line.error_milli is None or line.naive_milli is None:
        return text
    told = _("So far {error} off a day; “as last week” would be {naive} off.").format(
        error=average(line.error_milli), naive=average(line.naive_milli)
    )
    return f"{text} {told}"


def _whole(milli: int) -> int:
    return half_up(milli, MILLI) * MILLI
