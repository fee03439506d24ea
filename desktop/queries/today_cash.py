"""Drawers somebody forgot: sessions that are open since an earlier day."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from desktop.basics.clock import day_starts, shop_day
from desktop.models.cash_sessions import OPEN, CashSession
from desktop.models.people import Till
from desktop.queries.order_words import said
from desktop.queries.todo import Step, Todo
from desktop.shop.work import Read


def forgotten_drawers(read: Read) -> Iterator[Todo]:
    """No money is at stake, but the longer it stays open the less anybody can explain its difference."""
    today = day_starts(shop_day(read.now, read.zone), read.zone)
    late = select(CashSession.opened_at, Till.name).join(Till, Till.id == CashSession.till_id)
    late = late.where(CashSession.state == OPEN, CashSession.opened_at < today).order_by(
        CashSession.opened_at
    )
    rows = read.rows(late).all()
    if rows:
        step = Step("show", "cash", filters={"view": "open"})
        tills = tuple(said(row.name) for row in rows)
        yield Todo("cash_open", len(rows), 0, rows[0].opened_at, step, {"tills": tills})
