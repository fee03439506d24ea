"""How the home screen words amounts and the time of day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.basics.i18n import N_, _, language
from desktop.basics.money import Money, digits_of

LAST_WEEKDAYS = (
    N_("vs last Mon"), N_("vs last Tue"), N_("vs last Wed"), N_("vs last Thu"),
    N_("vs last Fri"), N_("vs last Sat"), N_("vs last Sun"),
)  # fmt: skip
GREETINGS = (
    (5, N_("Good evening, {name}")), (11, N_("Good morning, {name}")), (13, N_("Good day, {name}")),
    (18, N_("Good afternoon, {name}")), (24, N_("Good evening, {name}")),
)  # fmt: skip


def greeting(now: datetime, zone: ZoneInfo, name: str) -> str:
    """A greeting for the time of day."""
    hour = now.astimezone(zone).hour
    return _(next(words for until, words in GREETINGS if hour < until)).format(name=name)


def large_unit(currency: str) -> int:
    """Minor units in the unit of large amounts: 10,000 in Chinese, 1,000 elsewhere."""
    return (10_000 if language().startswith("zh") else 1_000) * 10 ** digits_of(currency)


def large(minor: int, currency: str) -> str:
    """An amount in the large unit with one place: `14.6` (万), `146.3` (thousand)."""
    unit = large_unit(currency)
    tenths = (2 * 10 * abs(minor) + unit) // (2 * unit)
    return f"{'−' if minor < 0 else ''}{tenths // 10:,}.{tenths % 10}"


def large_axis(minor: int, currency: str) -> str:
    """The same at an axis: whole numbers stay whole."""
    return large(minor, currency).removesuffix(".0")


def amount(minor: int, currency: str) -> str:
    """An amount with its symbol."""
    return str(Money(minor, currency))


def duration(seconds: int) -> str:
    """`6 小时 20 分` / `6 h 20 min`."""
    return _("{hours} h {minutes} min").format(hours=seconds // 3600, minutes=seconds % 3600 // 60)
