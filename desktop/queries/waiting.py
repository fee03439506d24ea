"""What somebody should know: goods running out, orders past their time, points about to lapse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, BigInteger, and_, bindparam, case, cast, func, or_, select

from desktop.models.members import Member, PointsEntry
from desktop.models.orders import TO_SHIP, UNPAID, Order
from desktop.models.people import Permission
from desktop.models.stock import StockMovement
from desktop.queries.stock import ENOUGH, OUT, UNDER_SAFETY, StockFilter, StockRow, stock_page
from desktop.shop.action import question
from desktop.shop.work import Read

LAPSE_SOON = timedelta(days=10)
FEW = 3  # goods and late orders named one by one


@dataclass(frozen=True, slots=True)
class LowGood:
    """Goods that run out: available and safety stock in thousandths, cover in tenths of a day."""

    sku_id: int
    name: str
    pack: str
    unit: str
    available_milli: int
    safety_milli: int
    cover_tenths: int | None
    out: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LateOrder:
    """An order past its time: to ship or to pay."""

    order_id: int
    number: str
    status: str
    placed_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Lapsing:
    """Points that lapse soon: of how many members, how many points, when first; `more` when not all were counted."""

    members: int
    points: int
    at: datetime | None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Alerts:
    """What somebody should know."""

    goods: tuple[LowGood, ...]
    orders: tuple[LateOrder, ...]
    points: Lapsing


@question(permission=Permission.SEE_ORDERS)
def alerts(read: Read) -> Alerts:
    """Goods nearly gone that sell, orders past their time, points that lapse within 10 days."""
    rows = stock_page.run(read, StockFilter("low")).rows
    urgent = [row for row in rows if row.daily_milli and row.state not in (ENOUGH, UNDER_SAFETY)][:FEW]
    return Alerts(_goods(read, urgent), _late(read), lapsing(read))


def _goods(read: Read, rows: list[StockRow]) -> tuple[LowGood, ...]:
    last = select(func.max(StockMovement.at)).where(StockMovement.sku_id == bindparam("sku"))
    times = {row.id: read.value(last, {"sku": row.id}) for row in rows}  # one step into the index for each
    return tuple(
        LowGood(
            sku_id=row.id,
            name=row.name,
            pack=row.pack,
            unit=row.unit,
            available_milli=row.available_milli,
            safety_milli=row.safety_milli,
            cover_tenths=row.cover_tenths,
            out=row.state == OUT,
            at=times.get(row.id),
        )
        for row in rows
    )


def _late(read: Read) -> tuple[LateOrder, ...]:
    ship = and_(Order.status == TO_SHIP, Order.ship_deadline < read.now)
    pay = and_(Order.status == UNPAID, Order.pay_deadline < read.now)
    deadline = case((Order.status == TO_SHIP, Order.ship_deadline), else_=Order.pay_deadline)
    statement = (
        select(
            Order.id, Order.short_code, Order.status, Order.placed_at, Order.ship_deadline, Order.pay_deadline
        )
        .where(Order.status.in_((TO_SHIP, UNPAID)), or_(ship, pay))
        .order_by(deadline)
        .limit(FEW)
    )
    return tuple(
        LateOrder(
            row.id,
            row.short_code,
            row.status,
            row.placed_at,
            row.ship_deadline if row.status == TO_SHIP else row.pay_deadline,
        )
        for row in read.rows(statement)
    )


def lapsing(read: Read, most: int | None = None) -> Lapsing:
    """Points that lapse within 10 days; with `most`, looking at that many entries at most, the first to lapse.

    C12: points are spent oldest first, so what lapses is the balance less everything that lapses later.
    """
    until = read.now + LAPSE_SOON
    entries = (
        select(PointsEntry.member_id, PointsEntry.expires_at)
        .where(PointsEntry.delta > 0, PointsEntry.expires_at > read.now, PointsEntry.expires_at <= until)
        .order_by(PointsEntry.expires_at)
        .limit(most)
        .cte("entries")
    )
    first = func.min(entries.c.expires_at).label("first")
    soon = select(entries.c.member_id, first).group_by(entries.c.member_id).cte("soon")
    kept = _lapsing_later(soon, until)
    points = Member.points - func.coalesce(kept.c.points, 0)
    total = func.coalesce(cast(func.sum(points), BigInteger), 0)
    looked_at = select(func.count()).select_from(entries).scalar_subquery()
    statement = (
        select(func.count(), total, func.min(soon.c.first), looked_at)
        .select_from(soon)
        .join(Member, Member.id == soon.c.member_id)
        .join(kept, kept.c.member_id == soon.c.member_id, isouter=True)
        .where(points > 0)
    )
    members, lapsing_points, at, looked = tuple(read.rows(statement).one())
    return Lapsing(members, lapsing_points, at, most is not None and looked >= most)


def _lapsing_later(members: CTE, until: datetime) -> CTE:
    """What these members gained that lapses after this moment, or never."""
    return (
        select(PointsEntry.member_id, cast(func.sum(PointsEntry.delta), BigInteger).label("points"))
        .where(PointsEntry.member_id.in_(select(members.c.member_id)), PointsEntry.delta > 0)
        .where(or_(PointsEntry.expires_at.is_(None), PointsEntry.expires_at > until))
        .group_by(PointsEntry.member_id)
        .cte("kept")
    )
