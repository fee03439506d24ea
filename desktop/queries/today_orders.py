"""Orders somebody must do something about: late, to ship, to be paid, queued, chased without an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from desktop.models.orders import TO_SHIP, UNPAID, Order, OrderEvent
from desktop.queries.todo import MOST, SOON, Step, Todo
from desktop.shop.work import Read

CHASED_LOOKED_AT = 200
LATE = {"statuses": (TO_SHIP,), "late": True}  # filters of the list of orders


def few(status: str, deadline: Any, since: Any, now: datetime) -> Subquery:
    """The orders in this state whose hours have come, the oldest first, a bounded number of them."""
    released = or_(Order.queued_until.is_(None), Order.queued_until <= now)
    columns = (Order.id, Order.total_minor.label("total"), deadline.label("deadline"), since.label("since"))
    statement = select(*columns).where(Order.status == status, released)
    return statement.order_by(Order.placed_at, Order.id).limit(MOST + 1).subquery("few")


def money(*parts: Any) -> Any:
    """Σ in minor units, 0 of nothing."""
    return func.coalesce(cast(func.sum(*parts), BigInteger), 0)


def _show(count: int, first: int | None, **filters: Any) -> Step:
    """One order is opened, several are listed."""
    return Step("show", "orders", first) if count == 1 else Step("show", "orders", filters=filters)


def to_ship(read: Read) -> Iterator[Todo]:
    """Late orders: all they come to, for a buyer who waits in vain takes the money back.

    The others: what those come to whose time to leave is over within a day.
    """
    rows = few(TO_SHIP, Order.ship_deadline, func.coalesce(Order.paid_at, Order.placed_at), read.now)
    late = rows.c.deadline < read.now
    timely = or_(rows.c.deadline.is_(None), rows.c.deadline >= read.now)
    soon = and_(timely, rows.c.deadline <= read.now + SOON)
    row = read.rows(
        select(
            func.count().label("waiting"),
            func.count(case((late, 1))).label("late"),
            money(case((late, rows.c.total))).label("late_money"),
            func.min(case((late, rows.c.since))).label("late_since"),
            func.min(case((late, rows.c.id))).label("late_first"),
            money(case((soon, rows.c.total))).label("soon_money"),
            func.min(case((timely, rows.c.deadline))).label("next"),
            func.min(case((timely, rows.c.since))).label("since"),
            func.min(case((timely, rows.c.id))).label("first"),
        ).select_from(rows)
    ).one()
    more, rest = row.waiting > MOST, min(row.waiting, MOST) - row.late
    if row.late:
        count = min(row.late, MOST)
        hours = int((read.now - row.late_since).total_seconds()) // 3600
        step = _show(count, row.late_first, **LATE)
        yield Todo("late", count, row.late_money, row.late_since, step, {"hours": hours}, row.late > MOST)
    if rest > 0:
        step = _show(rest, row.first, view="to_ship")
        yield Todo("to_ship", rest, row.soon_money, row.since, step, {"next": row.next}, more)


def unpaid(read: Read) -> Iterator[Todo]:
    """What those orders come to that lapse within a day or should have lapsed: unpaid, the sale is lost."""
    rows = few(UNPAID, Order.pay_deadline, Order.placed_at, read.now)
    past, soon = rows.c.deadline < read.now, rows.c.deadline <= read.now + SOON
    row = read.rows(
        select(
            func.count().label("waiting"),
            func.count(case((past, 1))).label("late"),
            money(case((soon, rows.c.total))).label("money"),
            func.min(rows.c.since).label("since"),
            func.min(rows.c.id).label("first"),
            func.min(case((~past, rows.c.deadline))).label("next"),
        ).select_from(rows)
    ).one()
    if row.waiting:
        count = min(row.waiting, MOST)
        facts = {"late": row.late, "next": row.next}
        step = _show(count, row.first, view="unpaid")
        yield Todo("unpaid", count, row.money, row.since, step, facts, row.waiting > MOST)


def queued(read: Read) -> Iterator[Todo]:
    """Orders placed outside their hours; nothing is at stake, they are let through when the hours begin."""
    columns = (Order.id, Order.queued_until, Order.placed_at)
    waiting = select(*columns).where(Order.queued_until.isnot(None), Order.queued_until > read.now)
    rows = waiting.order_by(Order.queued_until, Order.id).limit(MOST + 1).subquery("queued")
    moments = (func.min(rows.c.queued_until), func.min(rows.c.placed_at), func.min(rows.c.id))
    count, opens, since, first = tuple(read.rows(select(func.count(), *moments)).one())
    if count:
        step = _show(count, first, queued=True)
        yield Todo("queued", min(count, MOST), 0, since, step, {"next": opens}, count > MOST)


def chased(read: Read) -> Iterator[Todo]:
    """What the chased orders come to whose delay nobody has explained since; the 200 oldest are looked at."""
    late = (
        select(Order.id, Order.short_code, Order.total_minor)
        .where(Order.status == TO_SHIP, Order.ship_deadline < read.now)
        .order_by(Order.placed_at, Order.id)
        .limit(CHASED_LOOKED_AT)
        .subquery("late")
    )
    answer = aliased(OrderEvent)
    newest = (
        select(func.max(OrderEvent.id))
        .where(OrderEvent.order_id == late.c.id, OrderEvent.kind == "chased")
        .correlate(late)
        .scalar_subquery()
    )
    answered = exists().where(
        answer.order_id == late.c.id, answer.kind == "late reason", answer.id > OrderEvent.id
    )
    statement = (
        select(func.count(), money(late.c.total_minor), func.min(OrderEvent.at), func.min(late.c.id))
        .join(OrderEvent, OrderEvent.id == newest)
        .where(~answered)
    )
    count, sum_minor, since, first = tuple(read.rows(statement.select_from(late)).one())
    if count:
        yield Todo("chased", count, sum_minor, since, _show(count, first, **LATE))
