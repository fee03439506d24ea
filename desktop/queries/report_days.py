"""What each till took in on each day, for a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BigInteger, cast, func, select

from desktop.basics.clock import shop_day
from desktop.models.people import Permission, Till
from desktop.models.system import DailyTotal
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class ReportDay:
    """A day of a till and channel; amounts in minor units of the shop's currency."""

    day: date
    till: str
    channel: str
    orders: int
    sales_minor: int
    refunds_minor: int
    points_minor: int
    currency: str


@question(permission=Permission.EXPORT, personal=True)
def report_days(read: Read, days: int) -> tuple[ReportDay, ...]:
    """The last days, newest first; who took them along stands in the audit trail."""
    first = shop_day(read.now, read.zone) - timedelta(days=max(1, days) - 1)
    names = ("orders", "amount_minor", "refunds_minor", "points_minor")
    sums = [cast(func.sum(getattr(DailyTotal, name)), BigInteger).label(name) for name in names]
    here = (DailyTotal.day, Till.id, Till.name, DailyTotal.channel)
    statement = (
        select(*here, *sums)
        .join(Till, Till.id == DailyTotal.till_id)
        .where(DailyTotal.day >= first)
        .group_by(*here)
        .order_by(DailyTotal.day.desc(), Till.id, DailyTotal.channel)
    )
    return tuple(
        ReportDay(
            row.day,
            row.name,
            row.channel,
            int(row.orders),
            int(row.amount_minor),
            int(row.refunds_minor),
            int(row.points_minor),
            read.currency,
        )
        for row in read.rows(statement)
    )
