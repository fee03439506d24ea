"""What the shop takes in: sums per day, the same time a week ago, months and what this one may come to.

Days come from `daily_total`; orders themselves are read only for the one day that is cut at a time of day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, and_, case, cast, extract, func, select

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.money import BASIS, half_up
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.payments import RefundTender, Tender
from desktop.models.people import Permission
from desktop.models.system import DailyTotal
from desktop.shop.action import question
from desktop.shop.work import Read

PERIODS = ("today", "week", "month30", "month")
TREND = 14  # points of a sparkline: the same period ending on each of the last 14 days
BAR_DAYS = 14
MONTHS = 12
DAY = timedelta(days=1)
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Sums:
    """What some days came to: orders placed, money taken and value of points in minor units."""

    orders: int = 0
    sales_minor: int = 0
    points_minor: int = 0
    refunds_minor: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.orders + other.orders,
            self.sales_minor + other.sales_minor,
            self.points_minor + other.points_minor,
            self.refunds_minor + other.refunds_minor,
        )

    @property
    def average_minor(self) -> int:
        """Money per order."""
        return half_up(self.sales_minor, self.orders) if self.orders else 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it was in the time compared with, and its course."""

    now: int
    before: int
    trend: tuple[int, ...]

    @property
    def change_bp(self) -> int | None:
        """The change in basis points, rounded once to tenths of a percent; None when there was nothing before."""
        if not self.before:
            return None
        return half_up((self.now - self.before) * 1_000, self.before) * 10


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures of a period; `opened_at` is the first sale in the shop today."""

    period: str
    now: datetime
    sales: Figure
    orders: Figure
    average: Figure
    points: Figure
    members: Figure
    opened_at: datetime | None

    @property
    def points_share_bp(self) -> int:
        """The value of points paid as a share of the money taken."""
        return half_up(self.points.now * BASIS, self.sales.now) if self.sales.now else 0


@dataclass(frozen=True, slots=True)
class DayFigure:
    """A day's orders in the shop (counter and kiosks) and online, and its money."""

    day: date
    shop_orders: int
    online_orders: int
    sales_minor: int


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A month's money and that of the same month a year before; `estimate_minor` only for the running month.

    The estimate is the money so far ÷ days begun × days of the month.
    """

    month: date
    sales_minor: int
    last_year_minor: int
    estimate_minor: int | None


@question(permission=Permission.SEE_REPORTS)
def key_figures(read: Read, period: str = "today") -> KeyFigures:
    """Figures of today, 7 days, 30 days or the month so far, compared with the time before, to the same hour."""
    today = shop_day(read.now, read.zone)
    first, before = _span(period, today)
    reach = min(before[0], *(_span(period, today - DAY * i)[0] for i in range(TREND)))
    days = by_day(read, reach, today)
    joined = _joinedby_day(read, reach, today)
    cut = same_time(read, before[1])
    then = sums_of(days, before[0], before[1] - DAY) + until(read, before[1], cut)
    ends = [today - DAY * i for i in reversed(range(TREND))]
    course = [sums_of(days, _span(period, end)[0], end) for end in ends]
    now = course[-1]
    new = tuple(_count(joined, _span(period, end)[0], end) for end in ends)
    new_then = _count(joined, before[0], before[1] - DAY) + _joined(
        read, day_starts(before[1], read.zone), cut
    )
    return KeyFigures(
        period=period,
        now=read.now,
        sales=Figure(now.sales_minor, then.sales_minor, tuple(s.sales_minor for s in course)),
        orders=Figure(now.orders, then.orders, tuple(s.orders for s in course)),
        average=Figure(now.average_minor, then.average_minor, tuple(s.average_minor for s in course)),
        points=Figure(now.points_minor, then.points_minor, tuple(s.points_minor for s in course)),
        members=Figure(new[-1], new_then, new),
        opened_at=_opened(read, day_starts(today, read.zone)),
    )


@question(permission=Permission.SEE_REPORTS)
def daily_orders(read: Read, count: int = BAR_DAYS) -> tuple[DayFigure, ...]:
    """The last days, oldest first; days without sales are zero."""
    today = shop_day(read.now, read.zone)
    first = today - DAY * (count - 1)
    online = DailyTotal.channel == "online"
    statement = (
        select(
            DailyTotal.day,
            _sum(case((online, 0), else_=DailyTotal.orders)).label("shop"),
            _sum(case((online, DailyTotal.orders), else_=0)).label("online"),
            _sum(DailyTotal.amount_minor).label("sales"),
        )
        .where(DailyTotal.day.between(first, today))
        .group_by(DailyTotal.day)
    )
    found = {row.day: DayFigure(row.day, row.shop, row.online, row.sales) for row in read.rows(statement)}
    days = (first + DAY * i for i in range(count))
    return tuple(found.get(day) or DayFigure(day, 0, 0, 0) for day in days)


@question(permission=Permission.SEE_REPORTS)
def monthly_sales(read: Read, count: int = MONTHS) -> tuple[MonthFigure, ...]:
    """The last months, oldest first, this one with its estimate."""
    today = shop_day(read.now, read.zone)
    months = [month_before(today, back) for back in reversed(range(count))]
    year, month = extract("year", DailyTotal.day), extract("month", DailyTotal.day)
    statement = (
        select(year.label("year"), month.label("month"), _sum(DailyTotal.amount_minor).label("sales"))
        .where(DailyTotal.day >= month_before(today, count + 11), DailyTotal.day <= today)
        .group_by(year, month)
    )
    found = {(int(row.year), int(row.month)): int(row.sales) for row in read.rows(statement)}
    figures = []
    for first in months:
        sales = found.get((first.year, first.month), 0)
        last_year = found.get((first.year - 1, first.month), 0)
        running = (first.year, first.month) == (today.year, today.month)
        estimate = half_up(sales * days_in(first), today.day) if running else None
        figures.append(MonthFigure(first, sales, last_year, estimate))
    return tuple(figures)


def month_before(day: date, back: int) -> date:
    """The first of the month so many months before this day's."""
    index = day.year * 12 + day.month - 1 - back
    return date(index // 12, index % 12 + 1, 1)


def days_in(month: date) -> int:
    """How many days a month has."""
    return (month_before(month, -1) - month.replace(day=1)).days


def _span(period: str, today: date) -> tuple[date, tuple[date, date]]:
    """The first day of the period that ends today; first and last day of the time it is compared with."""
    if period == "today":
        return today, (today - 7 * DAY, today - 7 * DAY)
    if period == "month":
        start = month_before(today, 1)
        return today.replace(day=1), (start, start.replace(day=min(today.day, days_in(start))))
    length = 7 if period == "week" else 30
    return today - DAY * (length - 1), (today - DAY * (2 * length - 1), today - DAY * length)


def _sum(column: Any) -> Any:
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def by_day(read: Read, first: date, last: date) -> dict[date, Sums]:
    """What each of these days came to; days without rows are missing."""
    statement = (
        select(
            DailyTotal.day,
            _sum(DailyTotal.orders),
            _sum(DailyTotal.amount_minor),
            _sum(DailyTotal.points_minor),
            _sum(DailyTotal.refunds_minor),
        )
        .where(DailyTotal.day.between(first, last))
        .group_by(DailyTotal.day)
    )
    return {row[0]: Sums(*row[1:]) for row in read.rows(statement)}


def sums_of(days: dict[date, Sums], first: date, last: date) -> Sums:
    """What some days came to together."""
    return _added(days.get(first + DAY * i, Sums()) for i in range((last - first).days + 1))


def _added(parts: Iterable[Sums]) -> Sums:
    total = Sums()
    for part in parts:
        total += part
    return total


def same_time(read: Read, day: date) -> datetime:
    """The moment of another day at which it was as late as it is now."""
    return day_starts(day, read.zone) + (read.now - day_starts(shop_day(read.now, read.zone), read.zone))


def until(read: Read, day: date, cut: datetime) -> Sums:
    """One day up to a moment: from its orders; carried figures know no hours and count by the share gone by."""
    start = day_starts(day, read.zone)
    taken = select(
        _sum(case((Tender.points == 0, Tender.amount_minor), else_=0)),
        _sum(case((Tender.points > 0, Tender.amount_minor), else_=0)),
    ).where(Tender.at >= start, Tender.at <= cut)
    money, points = tuple(read.rows(taken).one())
    given = select(_sum(RefundTender.amount_minor)).where(
        RefundTender.points == 0, RefundTender.at >= start, RefundTender.at <= cut
    )
    placed = select(func.count()).select_from(Order).where(Order.placed_at >= start, Order.placed_at <= cut)
    names = (DailyTotal.orders, DailyTotal.amount_minor, DailyTotal.points_minor, DailyTotal.refunds_minor)
    carried = read.rows(select(*map(_sum, names)).where(DailyTotal.day == day, DailyTotal.carried)).one()
    gone = min(DAY_SECONDS, int((cut - start).total_seconds()))
    old = Sums(*(int(value) * gone // DAY_SECONDS for value in carried))
    return old + Sums(int(read.value(placed) or 0), int(money), int(points), int(read.value(given) or 0))


def _joined(read: Read, start: datetime, end: datetime) -> int:
    statement = select(func.count()).select_from(Member)
    return int(read.value(statement.where(Member.created_at >= start, Member.created_at <= end)) or 0)


def _joinedby_day(read: Read, first: date, last: date) -> dict[date, int]:
    """New members per day, from the moments they joined."""
    start, end = day_starts(first, read.zone), day_starts(last + DAY, read.zone)
    found: dict[date, int] = {}
    statement = select(Member.created_at).where(and_(Member.created_at >= start, Member.created_at < end))
    for moment in read.rows(statement).scalars():
        day = shop_day(moment, read.zone)
        found[day] = found.get(day, 0) + 1
    return found


def _count(days: dict[date, int], first: date, last: date) -> int:
    return sum(days.get(first + DAY * i, 0) for i in range((last - first).days + 1))


def _opened(read: Read, start: datetime) -> datetime | None:
    statement = select(func.min(Order.placed_at)).where(
        Order.placed_at >= start, Order.placed_at <= read.now, Order.channel.in_(("store", "kiosk"))
    )
    moment: datetime | None = read.value(statement)
    return moment
