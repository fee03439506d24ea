"""Statistics of orders: a period by day, week, month, hour or weekday and hour, parted by type, channel, till or category.

Orders count on the day they were placed, money and points on the day they were taken, refunds on the day they were
given back, as the home screen does. By category the worth of the goods sold stands for the money.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import half_up
from desktop.models.orders import CANCELLED, Order
from desktop.models.people import Permission, Till
from desktop.models.products import Category
from desktop.models.system import DailyTotal
from desktop.queries.figure_cells import CATEGORY, SPLITS, TILL, Cells, Moment, Place, Tally, bounds, total
from desktop.queries.figure_spans import DAY, MOST_DAYS, OWN, Span, span_before
from desktop.queries.figures import Figure, by_day, same_time, sums_of, until
from desktop.shop.action import question
from desktop.shop.work import Read

WHOLE, BY_DAY, BY_WEEK, BY_MONTH, BY_HOUR, BY_WEEKHOUR = "whole", "day", "week", "month", "hour", "weekhour"
ROWS = (WHOLE, BY_DAY, BY_WEEK, BY_MONTH, BY_HOUR, BY_WEEKHOUR)
HOURLY = (BY_HOUR, BY_WEEKHOUR)
SORTS: dict[str, Callable[[FigureRow], Any]] = {
    "orders": lambda row: row.orders,
    "pieces": lambda row: row.pieces_milli,
    "amount": lambda row: row.amount_minor,
    "average": lambda row: row.average_minor,
    "refunds": lambda row: row.refunds_minor,
    "points": lambda row: row.points_minor,
    "cancelled": lambda row: row.cancelled,
}


@dataclass(frozen=True, slots=True)
class FiguresWanted:
    """Which days, one row for what, parted by what; without a sort in the order of time."""

    period: str
    first: date
    last: date
    rows: str = BY_DAY
    split: str = ""
    sort: str = ""
    descending: bool = True

    @property
    def span(self) -> Span:
        """The days asked for."""
        return Span(self.first, self.last)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row: `start` and `end` are its days, `weekday` (Monday 0) and `hour` what it collects; id 0 is the total.

    Amounts in minor units, pieces in thousandths. `part` is a type, channel, till code or category id.
    """

    id: int
    start: date | None
    end: date | None
    weekday: int | None
    hour: int | None
    part: str
    part_name: str
    orders: int
    cancelled: int
    pieces_milli: int
    amount_minor: int
    refunds_minor: int
    points_minor: int
    loose: int = 0  # orders brought over: nobody knows their pieces

    @property
    def average_minor(self) -> int:
        """Money per order."""
        return half_up(self.amount_minor, self.orders) if self.orders else 0


@dataclass(frozen=True, slots=True)
class Peak:
    """When most orders come: in tenths for each such hour of the period."""

    weekday: int | None
    hour: int
    orders: int
    each_tenths: int


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """The answer: `rows` begin with the total; the five figures compare with `before`.

    `loose_orders` were brought over from before: no hours and no goods are known of them. `days_of` says how often each weekday (Monday
    first) stood in the period.
    """

    wanted: FiguresWanted
    rows: tuple[FigureRow, ...]
    orders: Figure
    amount: Figure
    average: Figure
    refunds: Figure
    points: Figure
    before: Span
    same_time: bool
    peak: Peak | None
    loose_orders: int
    days_of: tuple[int, ...]
    after: None = None

    @property
    def total(self) -> FigureRow:
        """The sum of all rows."""
        return self.rows[0]


Bucket = tuple[date | None, date | None, int | None, int | None]


@question(permission=Permission.SEE_REPORTS)
def order_figures(read: Read, wanted: FiguresWanted) -> OrderFigures:
    """Statistics of these days. Raises `Refused` for too many of them."""
    span = wanted.span
    if not 1 <= span.days <= MOST_DAYS:
        raise Refused(N_("Choose at most three years."))
    if wanted.rows not in ROWS or wanted.split not in SPLITS:
        raise Refused(N_("This can't be shown."))
    cells = Cells(read, span, wanted.split, wanted.rows in HOURLY).ask()
    today = shop_day(read.now, read.zone)
    folded = _folded(cells, wanted, today)
    names = _names(read, wanted.split)
    rows = _sorted([_row(place, tally, names) for place, tally in folded.items()], wanted)
    whole = Tally()
    for tally in folded.values():
        whole.add(tally)
    if wanted.split == CATEGORY:
        whole.orders = _placed(read, span)
    top = FigureRow(0, span.first, span.last, None, None, "", "", *_values(whole))
    numbered = (_numbered(row, place) for place, row in enumerate(rows, 1))
    days_of = _weekdays(span, today)
    return OrderFigures(
        wanted, (top, *numbered), *_compared(read, wanted, today),
        _peak(folded, wanted, days_of), _loose(read, wanted), days_of,
    )  # fmt: skip


def _folded(cells: dict[Place, Tally], wanted: FiguresWanted, today: date) -> dict[tuple[Bucket, str], Tally]:
    folded: dict[tuple[Bucket, str], Tally] = {}
    for (moment, part), tally in cells.items():
        folded.setdefault((_bucket(moment, wanted), part), Tally()).add(tally)
    if not wanted.split and wanted.rows not in HOURLY:  # a day without sales is a row of its own
        last = max(
            [min(wanted.last, today), *(moment for moment, _part in cells if isinstance(moment, date))]
        )
        for number in range((last - wanted.first).days + 1):
            folded.setdefault((_bucket(wanted.first + DAY * number, wanted), ""), Tally())
    return folded


def _bucket(moment: Moment, wanted: FiguresWanted) -> Bucket:
    span = wanted.span
    if not isinstance(moment, date):
        weekday, hour = (moment // 100 - 1) % 7, moment % 100
        return span.first, span.last, weekday if wanted.rows == BY_WEEKHOUR else None, hour
    start = end = moment
    if wanted.rows == WHOLE:
        start, end = span.first, span.last
    elif wanted.rows == BY_WEEK:
        start = moment - DAY * moment.weekday()
        end = start + 6 * DAY
    elif wanted.rows == BY_MONTH:
        start = moment.replace(day=1)
        end = (start + 31 * DAY).replace(day=1) - DAY
    return max(start, span.first), min(end, span.last), None, None


def _row(place: tuple[Bucket, str], tally: Tally, names: dict[str, tuple[str, str]]) -> FigureRow:
    bucket, part = place
    key, name = names.get(part, (part, part))
    return FigureRow(-1, *bucket, key, name, *_values(tally))


def _numbered(row: FigureRow, number: int) -> FigureRow:
    place = (row.start, row.end, row.weekday, row.hour, row.part, row.part_name)
    return FigureRow(
        number, *place, row.orders, row.cancelled, row.pieces_milli, row.amount_minor, row.refunds_minor,
        row.points_minor, row.loose,
    )  # fmt: skip


def _values(tally: Tally) -> tuple[int, int, int, int, int, int, int]:
    return (
        tally.orders, tally.cancelled, tally.pieces_milli, tally.amount_minor, tally.refunds_minor,
        tally.points_minor, tally.loose,
    )  # fmt: skip


def _sorted(rows: list[FigureRow], wanted: FiguresWanted) -> list[FigureRow]:
    """Days newest first, hours from the morning on; in a row's place the larger part first."""
    rows.sort(key=lambda row: (-row.amount_minor, -row.orders, row.part_name))
    if wanted.rows in HOURLY:
        rows.sort(key=lambda row: (row.weekday or 0, row.hour or 0))
    else:
        rows.sort(key=lambda row: row.start or wanted.first, reverse=True)
    if wanted.sort in SORTS:
        rows.sort(key=SORTS[wanted.sort], reverse=wanted.descending)
    elif not wanted.descending and wanted.sort:
        rows.reverse()
    return rows


def _names(read: Read, split: str) -> dict[str, tuple[str, str]]:
    """What a part is called by: id -> (its key, its name as kept)."""
    if split == TILL:
        return {str(row.id): (row.code, row.name) for row in read.rows(select(Till.id, Till.code, Till.name))}
    if split != CATEGORY:
        return {}
    found = {row.id: row for row in read.rows(select(Category.id, Category.parent_id, Category.name)).all()}

    def path(category_id: int) -> str:
        row = found[category_id]
        return f"{path(row.parent_id)} / {row.name}" if row.parent_id in found else str(row.name)

    return {str(one): (str(one), path(one)) for one in found} | {"": ("", N_("Without a category"))}


def _placed(read: Read, span: Span) -> int:
    start, end = bounds(read, span)
    statement = select(func.count()).select_from(Order)
    statement = statement.where(Order.status != CANCELLED, Order.placed_at >= start, Order.placed_at < end)
    return int(read.value(statement) or 0)


def _compared(
    read: Read, wanted: FiguresWanted, today: date
) -> tuple[Figure, Figure, Figure, Figure, Figure, Span, bool]:
    """The five figures now and before; a period that still runs is compared to the same time of day."""
    before = span_before(wanted.period, wanted.span)
    running = wanted.last == today and wanted.period != OWN
    days = by_day(read, min(wanted.first, before.first), max(wanted.last, before.last))
    now = sums_of(days, wanted.first, wanted.last)
    then = sums_of(days, before.first, before.last - DAY if running else before.last)
    if running:
        then += until(read, before.last, same_time(read, before.last))
    return (
        Figure(now.orders, then.orders, ()),
        Figure(now.sales_minor, then.sales_minor, ()),
        Figure(now.average_minor, then.average_minor, ()),
        Figure(now.refunds_minor, then.refunds_minor, ()),
        Figure(now.points_minor, then.points_minor, ()),
        before,
        running,
    )


def _weekdays(span: Span, today: date) -> tuple[int, ...]:
    last = min(span.last, today)
    days = max(0, (last - span.first).days + 1)
    return tuple(days // 7 + ((weekday - span.first.weekday()) % 7 < days % 7) for weekday in range(7))


def _peak(
    folded: dict[tuple[Bucket, str], Tally], wanted: FiguresWanted, days_of: tuple[int, ...]
) -> Peak | None:
    """The busiest hour by orders for each day that had it; None without hours."""
    if wanted.rows not in HOURLY or wanted.split == CATEGORY:
        return None
    sums: dict[tuple[int | None, int], int] = {}
    for ((_start, _end, weekday, hour), _part), tally in folded.items():
        if hour is not None and tally.orders:
            sums[weekday, hour] = sums.get((weekday, hour), 0) + tally.orders

    def each(place: tuple[int | None, int]) -> int:
        weekday, _hour = place
        times = sum(days_of) if weekday is None else days_of[weekday]
        return half_up(sums[place] * 10, max(1, times))

    best = max(sums, key=lambda place: (each(place), sums[place]), default=None)
    return None if best is None else Peak(*best, sums[best], each(best))


def _loose(read: Read, wanted: FiguresWanted) -> int:
    """Orders of these days that only the days' figures know."""
    statement = select(total(DailyTotal.orders)).where(
        DailyTotal.day.between(wanted.first, wanted.last), DailyTotal.carried
    )
    return int(read.value(statement) or 0)
