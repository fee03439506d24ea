"""How statistics are said: their rows, parts and numbers."""

from __future__ import annotations

from datetime import date

from desktop.basics.day_words import hours, long_day, long_month, month_name, short_day, weekday_name
from desktop.basics.i18n import N_, _
from desktop.queries.figure_cells import CATEGORY, CHANNEL, TILL, TYPE
from desktop.queries.figure_spans import LAST_MONTH, MONTH, MONTH30, OWN, TODAY, WEEK, YEAR, Span
from desktop.queries.order_figures import (
    BY_DAY,
    BY_HOUR,
    BY_MONTH,
    BY_WEEK,
    BY_WEEKHOUR,
    WHOLE,
    FigureRow,
    FiguresWanted,
    Peak,
)
from desktop.queries.order_words import channel_word, said, type_word

PERIODS = {
    TODAY: N_("Today"),
    WEEK: N_("7 days"),
    MONTH30: N_("30 days"),
    MONTH: N_("This month"),
    LAST_MONTH: N_("Last month"),
    YEAR: N_("This year"),
    OWN: N_("Custom"),
}
AGAINST = {
    TODAY: N_("vs the same day last week"),
    WEEK: N_("vs prior 7 days"),
    MONTH30: N_("vs prior 30 days"),
    MONTH: N_("vs last month"),
    LAST_MONTH: N_("vs the month before"),
    YEAR: N_("vs last year"),
    OWN: N_("vs the days before"),
}
ROW_WORDS = {
    WHOLE: N_("In total"),
    BY_DAY: N_("By day"),
    BY_WEEK: N_("By week"),
    BY_MONTH: N_("By month"),
    BY_HOUR: N_("By hour"),
    BY_WEEKHOUR: N_("By weekday and hour"),
}
SPLIT_WORDS = {
    "": N_("Not split"),
    TYPE: N_("By type"),
    CHANNEL: N_("By channel"),
    TILL: N_("By till"),
    CATEGORY: N_("By category"),
}


def part_word(split: str, row: FigureRow) -> str:
    """What a row's part is called."""
    if split == TYPE:
        return type_word(row.part)
    if split == CHANNEL:
        return channel_word(row.part)
    return said(row.part_name)


def row_word(wanted: FiguresWanted, row: FigureRow) -> str:
    """What a row collects, without its part."""
    if row.id == 0 or wanted.rows == WHOLE:
        return _("Total")
    if row.hour is not None:
        clock = hours(row.hour)
        return clock if row.weekday is None else f"{weekday_name(row.weekday)} {clock}"
    start, end = row.start or wanted.first, row.end or wanted.last
    if wanted.rows == BY_DAY:
        return long_day(start)
    return span_word(Span(start, end)) if wanted.rows == BY_WEEK else long_month(start)


def full_word(wanted: FiguresWanted, row: FigureRow) -> str:
    """What a row collects, with its part."""
    if row.id == 0 or not wanted.split:
        return row_word(wanted, row)
    part = part_word(wanted.split, row)
    return part if wanted.rows == WHOLE else f"{row_word(wanted, row)} · {part}"


def axis_word(wanted: FiguresWanted, row: FigureRow) -> str:
    """The same, as short as a chart needs it."""
    if row.hour is not None:
        return f"{row.hour}"
    if wanted.rows == WHOLE:
        return part_word(wanted.split, row) if wanted.split else _("Total")
    start = row.start or wanted.first
    if wanted.rows == BY_MONTH:
        return month_name(start.month) if wanted.first.year == wanted.last.year else f"{start:%Y-%m}"
    return short_day(start)


def span_word(span: Span) -> str:
    """`11/15 – 11/21`, with the years when they are two."""
    if span.first == span.last:
        return short_day(span.first)
    if span.first.year != span.last.year:
        return f"{_dated(span.first)} – {_dated(span.last)}"
    return f"{short_day(span.first)} – {short_day(span.last)}"


def _dated(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def peak_word(peak: Peak, days: int) -> str:
    """The busiest hour as a sentence."""
    clock = hours(peak.hour)
    when = clock if peak.weekday is None else f"{weekday_name(peak.weekday)} {clock}"
    if days <= 1:
        return _("Busiest {when}: {count} orders").format(when=when, count=f"{peak.orders:,}")
    each = f"{peak.each_tenths // 10:,}.{peak.each_tenths % 10}"
    return _("Busiest {when}: {count} orders, {each} each time").format(
        when=when, count=f"{peak.orders:,}", each=each
    )
