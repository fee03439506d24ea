"""How members, tiers and ledger entries are worded and coloured."""

from datetime import date, datetime

from desktop.basics.i18n import N_, _, language
from desktop.basics.words import MONTHS
from desktop.views.common.context import Context

TIER_TONES = {"ordinary": "neutral", "silver": "neutral", "gold": "points", "vip": "danger"}
REASONS = {  # words, icon, tone
    "purchase": (N_("Earned with a purchase"), "shopping-bag-3-line", "success"),
    "spent": (N_("Points used"), "copper-coin-line", "points"),
    "refund returned": (N_("Given back with a refund"), "arrow-go-back-line", "info"),
    "refund taken back": (N_("Taken back with a refund"), "arrow-go-back-line", "neutral"),
    "welcome": (N_("Welcome gift"), "gift-line", "success"),
    "referral": (N_("Brought a friend"), "user-add-line", "success"),
    "game": (N_("Won in a game"), "trophy-line", "success"),
    "rebate": (N_("Rebate"), "percent-line", "success"),
    "sign-in": (N_("Daily sign-in"), "calendar-check-line", "success"),
    "correction": (N_("Corrected by hand"), "edit-line", "info"),
    "expired": (N_("Expired"), "timer-line", "neutral"),
    "carried over": (N_("Carried over from before"), "archive-line", "neutral"),
}
ORIGINS = {
    "kiosk": N_("At the kiosk"),
    "desktop": N_("At the counter"),
    "phone": N_("By phone page"),
    "import": N_("Imported"),
}


def shown_name(name: str, code: str) -> str:
    """What a member is called: the name, or the number while there is none."""
    return name or code


def tier_tone(key: str) -> str:
    """The tone of a tier's chip."""
    return TIER_TONES.get(key, "points")


def times(earn_bp: int) -> str:
    """The earn rate: `1.2×`."""
    whole, part = divmod(earn_bp, 10_000)
    text = f"{whole}.{part:04d}".rstrip("0").rstrip(".")
    return _("{rate}× points").format(rate=text)


def birthday_text(day: date) -> str:
    """A birthday without its year."""
    if language().startswith("zh"):
        return _("{month}/{day}").format(month=day.month, day=day.day)
    return f"{day.day} {MONTHS[day.month - 1]}"


def days_until(day: date, today: date) -> int:
    """Days until the next time this day of the year comes; a 29 February is kept on 1 March."""
    for year in (today.year, today.year + 1):
        try:
            coming = day.replace(year=year)
        except ValueError:
            coming = date(year, 3, 1)
        if coming >= today:
            return (coming - today).days
    return 366


def short_day(moment: datetime | None, context: Context) -> str | None:
    """A day as `27/11/30` (year first in Chinese), None stays None."""
    if moment is None:
        return None
    local = moment.astimezone(context.zone)
    return f"{local:%y/%m/%d}" if language().startswith("zh") else f"{local:%d/%m/%y}"
