"""From which day to which statistics are asked, and what they are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from desktop.queries.figures import days_in, month_before

DAY = timedelta(days=1)
TODAY, WEEK, MONTH30, MONTH, LAST_MONTH, YEAR, OWN = (
    "today", "week", "month30", "month", "last_month", "year", "own",
)  # fmt: skip
SPANS = (TODAY, WEEK, MONTH30, MONTH, LAST_MONTH, YEAR, OWN)
MOST_DAYS = 3 * 366  # what one may ask for at once


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


def span_of(period: str, today: date) -> Span:
    """The days of a period that is not of one's own."""
    if period == TODAY:
        return Span(today, today)
    if period == MONTH:
        return Span(today.replace(day=1), today)
    if period == LAST_MONTH:
        return Span(month_before(today, 1), today.replace(day=1) - DAY)
    if period == YEAR:
        return Span(today.replace(month=1, day=1), today)
    return Span(today - DAY * (6 if period == WEEK else 29), today)


def span_before(period: str, span: Span) -> Span:
    """What a period is compared with.

    Today: that weekday a week ago. A month: the month before, to the same day. A year: the year before, to the same
    day. All others: as many days right before.
    """
    if period == TODAY:
        return Span(span.first - 7 * DAY, span.last - 7 * DAY)
    if period in (MONTH, LAST_MONTH):
        first = month_before(span.first, 1)
        whole = period == LAST_MONTH
        return Span(first, first.replace(day=days_in(first) if whole else min(span.last.day, days_in(first))))
    if period == YEAR:
        return Span(span.first.replace(year=span.first.year - 1), _year_before(span.last))
    return Span(span.first - DAY * span.days, span.first - DAY)


def _year_before(day: date) -> date:
    month = day.replace(year=day.year - 1, day=1)
    return month.replace(day=min(day.day, days_in(month)))
