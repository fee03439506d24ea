"""Cash sessions as a list, and how each till's drawer stands: open by whom, or closed with which difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select

from desktop.basics.clock import day_starts, shop_day
from desktop.models.cash_sessions import CLOSED, OPEN, CashSession
from desktop.models.exchange import ForeignCurrency
from desktop.models.payments import RefundTender, Tender
from desktop.models.people import Permission, Till
from desktop.models.stored_value import DONE, PayOut, TopUp
from desktop.queries.cash_sums import CASH, back_by, cash_sums
from desktop.queries.order_detail import actor_names
from desktop.queries.order_words import said
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

VIEWS = ("all", "open", "closed", "different")


@dataclass(frozen=True, slots=True)
class CashFilter:
    """Which sessions: of one till (0: all), all, open, closed or with a difference, opened in the last days."""

    view: str = "all"
    till_id: int = 0
    days: int | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session (minor units); `overnight`: open since an earlier day, somebody forgot it.

    `foreign_off`: the difference in each other currency that was not exact (its minor units).
    """

    id: int
    till_id: int
    till: str
    number: int | None
    state: str
    currency: str
    float_minor: int
    opened_by: str
    opened_at: datetime
    closed_by: str
    closed_at: datetime | None
    expected_minor: int | None
    counted_minor: int | None
    difference_minor: int | None
    reason: str
    note: str
    overnight: bool
    foreign_off: tuple[tuple[str, int], ...] = ()

    @property
    def gaps(self) -> tuple[int, ...]:
        """What is missing (below zero) or too much, in whichever currency; nothing while it is open or exact."""
        return tuple(
            gap for gap in (self.difference_minor or 0, *(off for _code, off in self.foreign_off)) if gap
        )


@dataclass(frozen=True, slots=True)
class TillDrawer:
    """A till that takes cash, and its open session, if there is one."""

    till_id: int
    till: str
    kind: str
    session: SessionRow | None


@dataclass(frozen=True, slots=True)
class CashDay:
    """A day’s cash (minor units): what the books took net of refunds, what was counted, what no session holds.

    `counted` is None while nobody closed a session on that day.
    """

    system_minor: int
    counted_minor: int | None
    outside_minor: int
    outside_count: int
    closed: int
    open: int

    @property
    def difference_minor(self) -> int:
        """Counted less what the books say."""
        return 0 if self.counted_minor is None else self.counted_minor - self.system_minor


def _rows() -> Select[Any]:
    return select(CashSession.__table__, Till.name.label("till_name")).join(
        Till, Till.id == CashSession.till_id
    )


def _session(read: Read, row: Any, names: dict[str, str]) -> SessionRow:
    today = shop_day(read.now, read.zone)
    return SessionRow(
        row.id, row.till_id, said(row.till_name), row.number, row.state, row.currency, row.float_minor,
        names.get(row.opened_by, ""), row.opened_at, names.get(row.closed_by, ""), row.closed_at,
        row.expected_minor, row.counted_minor, row.difference_minor, row.reason, row.note,
        row.state == OPEN and shop_day(row.opened_at, read.zone) < today, _off(row.foreign_off),
    )  # fmt: skip


def _off(kept: str) -> tuple[tuple[str, int], ...]:
    parts = kept.split()
    return tuple((code, int(minor)) for code, minor in zip(parts[::2], parts[1::2], strict=True))


def session_rows(read: Read, statement: Select[Any]) -> list[SessionRow]:
    """Sessions with the names of who opened and closed them."""
    rows = read.rows(statement).all()
    names = actor_names(read, {actor for row in rows for actor in (row.opened_by, row.closed_by) if actor})
    return [_session(read, row, names) for row in rows]


def _where(read: Read, wanted: CashFilter) -> list[Any]:
    found: list[Any] = []
    if wanted.till_id:
        found.append(CashSession.till_id == wanted.till_id)
    if wanted.view in (OPEN, CLOSED):
        found.append(CashSession.state == wanted.view)
    if wanted.view == "different":
        found.append(or_(func.coalesce(CashSession.difference_minor, 0) != 0, CashSession.foreign_off != ""))
    if wanted.days is not None:
        first = shop_day(read.now, read.zone) - timedelta(days=wanted.days - 1)
        found.append(CashSession.opened_at >= day_starts(first, read.zone))
    return found


@question(permission=Permission.CASH)
def sessions_page(
    read: Read, filters: CashFilter | None = None, after: Position | None = None
) -> Page[SessionRow]:
    """The sessions that fit, newest first."""
    keys = (CashSession.opened_at, CashSession.id)
    statement = in_order(_rows().where(*_where(read, filters or CashFilter())), keys, after)
    rows = session_rows(read, statement)
    return page_of(rows, lambda row: row, lambda row: (row.opened_at, row.id))


@question(permission=Permission.CASH)
def sessions_count(read: Read, filters: CashFilter | None = None) -> int:
    """How many sessions fit."""
    statement = select(func.count()).select_from(CashSession)
    return int(read.value(statement.where(*_where(read, filters or CashFilter()))))


@question(permission=Permission.CASH)
def drawers(read: Read) -> tuple[TillDrawer, ...]:
    """Every till with a drawer and its open session, whichever machine opened it; what it should hold is not said."""
    open_now = {row.till_id: row for row in session_rows(read, _rows().where(CashSession.state == OPEN))}
    tills = select(Till.id, Till.name, Till.kind).where(Till.kind != "online").order_by(Till.kind, Till.id)
    return tuple(TillDrawer(t.id, said(t.name), t.kind, open_now.get(t.id)) for t in read.rows(tills))


@question(permission=Permission.SEE_PAYMENTS)
def cash_of_day(read: Read, day: date) -> CashDay:
    """The cash of one day by the shop’s clock: what the books say and what was counted."""
    start, end = day_starts(day, read.zone), day_starts(day + timedelta(days=1), read.zone)
    cash = (Tender.method_key == CASH, Tender.at >= start, Tender.at < end)
    system = _sum(read, select(func.sum(Tender.amount_minor)).where(*cash))
    back = select(func.sum(RefundTender.amount_minor)).join(Tender, Tender.id == RefundTender.tender_id)
    system -= _sum(read, back.where(back_by() == CASH, RefundTender.at >= start, RefundTender.at < end))
    system += stored_of_day(read, CASH, start, end)
    closed = select(func.count(), func.sum(CashSession.difference_minor))
    done = closed.where(CashSession.closed_at >= start, CashSession.closed_at < end)
    many, difference = tuple(read.rows(done).one())
    still = select(func.count()).where(CashSession.state == OPEN, CashSession.opened_at < end)
    outside = select(func.count(), func.sum(Tender.amount_minor)).where(*cash, Tender.session_id.is_(None))
    count, amount = tuple(read.rows(outside).one())
    return CashDay(
        system_minor=system,
        counted_minor=system + int(difference or 0) if many else None,
        outside_minor=int(amount or 0),
        outside_count=int(count),
        closed=int(many),
        open=_sum(read, still),
    )


def stored_of_day(read: Read, method: str, start: datetime, end: datetime) -> int:
    """What stored value brought by this way to pay within a time, less what was paid out by it (minor units)."""
    up = select(func.sum(TopUp.amount_minor)).where(TopUp.method_key == method, TopUp.state == DONE)
    out = select(func.sum(PayOut.amount_minor)).where(PayOut.method_key == method)
    came = _sum(read, up.where(TopUp.done_at >= start, TopUp.done_at < end))
    return came - _sum(read, out.where(PayOut.at >= start, PayOut.at < end))


def _sum(read: Read, statement: Select[Any]) -> int:
    return int(read.value(statement) or 0)


@question(permission=Permission.CASH)
def counted_currencies(read: Read, session_id: int = 0) -> tuple[str, ...]:
    """The other currencies a drawer is counted in: those the shop takes, and what an open session has in it still."""
    taken = select(ForeignCurrency.code).where(ForeignCurrency.enabled).order_by(ForeignCurrency.id)
    inside = dict(cash_sums(read, session_id).foreign) if session_id else {}
    return tuple(dict.fromkeys([*read.rows(taken).scalars(), *inside]))
