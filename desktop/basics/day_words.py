"""How days, weekdays and months are called."""

from __future__ import annotations

from datetime import date

from desktop.basics.i18n import N_, _, language

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip


def weekday_name(weekday: int) -> str:
    """`星期五` / `Friday`; Monday is 0."""
    return _(WEEKDAYS[weekday])


def month_name(month: int) -> str:
    """`11 月` / `Nov`."""
    return _(MONTHS[month - 1])


def short_day(day: date) -> str:
    """`11/8` / `8 Nov`."""
    return f"{day.month}/{day.day}" if language().startswith("zh") else f"{day.day} {month_name(day.month)}"


def long_day(day: date) -> str:
    """`11 月 20 日 星期五` / `Friday 20 Nov`."""
    return _("{weekday} {day} {month}").format(
        weekday=weekday_name(day.weekday()), day=day.day, month=month_name(day.month)
    )


def long_month(month: date) -> str:
    """`2026 年 11 月` / `Nov 2026`."""
    return _("{month} {year}").format(month=month_name(month.month), year=month.year)


def hours(hour: int) -> str:
    """`17:00–18:00`."""
    return f"{hour:02d}:00–{hour + 1:02d}:00"
