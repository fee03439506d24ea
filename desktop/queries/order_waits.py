"""Paid orders that have not left: how often they were chased, whether somebody answered, how long they wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select

from desktop.models.orders import TO_SHIP, Order, OrderEvent
from desktop.models.people import Permission
from desktop.shop.action import question
from desktop.shop.work import Read

CHASED, REASON = "chased", "late reason"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a paid order waits to be shipped, how often it was chased, and the last reason given for it."""

    since: datetime
    waited: timedelta
    chased: int
    reason: str


@question(permission=Permission.SEE_ORDERS)
def order_wait(read: Read, order_id: int) -> Wait | None:
    """The wait of one order; None when it does not wait to be shipped. Time in the queue does not count."""
    row = read.first(select(Order.status, Order.paid_at, Order.placed_at).where(Order.id == order_id))
    if row is None or row.status != TO_SHIP:
        return None
    said = select(OrderEvent.kind, OrderEvent.note, OrderEvent.at).where(OrderEvent.order_id == order_id)
    events = read.rows(said.order_by(OrderEvent.id)).all()
    moments = [row.paid_at or row.placed_at, *(e.at for e in events if e.kind == "released")]
    since = max(moments)
    reasons = [e.note for e in events if e.kind == REASON]
    chased = sum(e.kind == CHASED for e in events)
    return Wait(since, max(read.now - since, timedelta()), chased, reasons[-1] if reasons else "")


def unanswered() -> ColumnElement[Any]:
    """How often the order of the row was chased, 0 once it is on its way or somebody gave the reason."""
    chases = case((OrderEvent.kind == CHASED, OrderEvent.id))
    answers = case((OrderEvent.kind == REASON, OrderEvent.id))
    open_ones = case(
        (func.max(chases) > func.coalesce(func.max(answers), literal_column("0")), func.count(chases)),
        else_=literal_column("0"),
    )
    count = select(open_ones).where(OrderEvent.order_id == Order.id).correlate(Order).scalar_subquery()
    return case((Order.status == literal_column(f"'{TO_SHIP}'"), count), else_=literal_column("0"))
