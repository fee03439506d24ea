"""A day by channel: what the books say, what the provider says, and every row the two don’t agree on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from desktop.basics.clock import day_starts, shop_day
from desktop.models.orders import Order
from desktop.models.pay_offers import PaymentCase
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.payments import PaymentMethod, RefundTender, Tender
from desktop.models.people import Permission, Staff
from desktop.models.statements import (
    ARRIVING,
    CROSSED,
    DONE,
    MATCHED,
    OPEN,
    OURS_ONLY,
    PAY,
    PROVIDER_ONLY,
    RESOLVED,
    WAITS,
    ChannelTotal,
    Statement,
    StatementRow,
    provider_span,
)
from desktop.queries.cash_sessions import cash_of_day, stored_of_day
from desktop.queries.cash_sums import back_by
from desktop.queries.page import AnySelect, Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read

BILLED = ("wechat", "alipay")  # their bills can be read
TYPED = ("card", "unionpay")  # a terminal's slip is typed in
CASH = "cash"
PAID = ("succeeded", "refunding", "partly refunded", "refunded", "refund abnormal")
LONGEST_ATTEMPT = timedelta(days=8)
BACK = 90  # days the navigator looks back for what is open
R, A, T, RT, PR = StatementRow, PaymentAttempt, Tender, RefundTender, ProviderRefund


@dataclass(frozen=True, slots=True)
class ChannelDay:
    """One channel on one day (minor units, net of refunds); `told_minor` is None while nobody told us.

    `gap_minor` is the bill less ours over what waits for a decision; what was decided or crosses midnight is `settled_minor`.
    """

    method: str
    source: str  # bill, typed, count
    system_minor: int
    told_minor: int | None
    gap_minor: int
    settled_minor: int
    open: int
    held: int
    fee_minor: int
    rows: int
    statement_id: int | None


@dataclass(frozen=True, slots=True)
class DaySeen:
    """A day with its channels; the sums run over those that were told."""

    day: date
    currency: str
    channels: tuple[ChannelDay, ...]
    open: int
    newest: date  # the newest day that can be reconciled

    @property
    def system_minor(self) -> int:
        """What the books say, over channels that were told."""
        return sum(c.system_minor for c in self.channels if c.told_minor is not None)

    @property
    def told_minor(self) -> int:
        """What providers, slips and drawers say."""
        return sum(c.told_minor or 0 for c in self.channels)

    @property
    def gap_minor(self) -> int:
        """What waits for a decision."""
        return sum(c.gap_minor for c in self.channels)


@dataclass(frozen=True, slots=True)
class BillRowSeen:
    """One row of a bill, or one of ours it doesn't tell (minor units, UTC)."""

    id: int
    gateway: str
    day: date
    kind: str
    state: str
    number: str
    reference: str
    refund_number: str
    amount_minor: int
    order_minor: int
    ours_minor: int
    fee_minor: int
    ours_fee_minor: int | None
    at: datetime
    ours_at: datetime | None
    remark: str
    order_id: int | None
    order_code: str
    attempt_id: int | None
    attempt_state: str  # of a payment that was given up, else empty
    pair_id: int | None  # one of ours without a number and of the same amount
    resolution: str
    note: str
    resolved_by: str
    resolved_at: datetime | None
    case_id: int | None

    @property
    def gap_minor(self) -> int:
        """The bill less ours, as money to the shop."""
        more = self.amount_minor - self.ours_minor
        return more if self.kind == PAY else -more


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows: of a day, of one provider (empty: all), and `which`: open, decided, matched or all."""

    day: date
    gateway: str = ""
    which: str = "open"
    text: str = ""


@dataclass(frozen=True, slots=True)
class StatementSeen:
    """A bill that was brought in (minor units)."""

    id: int
    gateway: str
    account: str
    day: date
    file_name: str
    rows: int
    paid_minor: int
    refunded_minor: int
    fee_minor: int
    at: datetime
    actor: str


@question(permission=Permission.SEE_PAYMENTS)
def reconciled_day(read: Read, day: date | None = None) -> DaySeen:
    """A day by channel; without one, the newest day that has a bill, else yesterday."""
    newest = shop_day(read.now, read.zone) - timedelta(days=1)
    day = day or _newest_told(read) or newest
    enabled = set(read.rows(select(PaymentMethod.key).where(PaymentMethod.enabled)).scalars())
    channels = [_billed(read, day, method) for method in BILLED]
    channels += [_typed(read, day, method) for method in TYPED]
    channels.append(_cash(read, day))
    shown = tuple(
        c
        for c in channels
        if c.told_minor is not None or c.system_minor or (c.method in enabled and c.method != "unionpay")
    )
    return DaySeen(day, read.currency, shown, sum(c.open for c in shown), max(newest, day))


@question(permission=Permission.SEE_PAYMENTS)
def open_days(read: Read) -> tuple[tuple[date, int], ...]:
    """The days with differences that wait for a decision, newest first, and how many."""
    since = shop_day(read.now, read.zone) - timedelta(days=BACK)
    found = select(R.day, func.count().label("n")).where(WAITS, R.day >= since)
    rows: Any = read.rows(found.group_by(R.day).order_by(R.day.desc()))
    return tuple((row.day, int(row.n)) for row in rows)


@question(permission=Permission.SEE_PAYMENTS)
def bill_rows(read: Read, which: RowFilter, after: Position | None = None) -> Page[BillRowSeen]:
    """The rows of a day, 200 at a time, in the order of the bill."""
    statement = _rows().where(*_where(which))
    rows = read.rows(in_order(statement, (R.id,), after, descending=False)).all()
    return page_of(rows, lambda row: _seen(row), lambda row: (row.id,))


@question(permission=Permission.SEE_PAYMENTS)
def bill_row(read: Read, row_id: int) -> BillRowSeen | None:
    """One row."""
    row = read.first(_rows().where(R.id == row_id))
    return None if row is None else _seen(row)


@question(permission=Permission.SEE_PAYMENTS)
def bill_row_counts(read: Read, which: RowFilter) -> dict[str, int]:
    """How many rows are open, decided, matched and in all."""
    found = select(R.state, func.count().label("n")).where(*_where_day(which)).group_by(R.state)
    rows: Any = read.rows(found)
    counts = {str(row.state): int(row.n) for row in rows}
    return {
        "open": sum(counts.get(state, 0) for state in (*OPEN, CROSSED)), "decided": counts.get(RESOLVED, 0),
        "matched": counts.get(MATCHED, 0), "all": sum(counts.values()),
    }  # fmt: skip


@question(permission=Permission.SEE_PAYMENTS)
def statements_of(read: Read, day: date) -> tuple[StatementSeen, ...]:
    """The bills brought in for a day."""
    found = select(Statement.__table__).where(Statement.day == day, Statement.state == DONE)
    rows: Any = read.rows(found.order_by(Statement.id))
    return tuple(
        StatementSeen(
            row.id, row.gateway, row.account, row.day, row.file_name, row.rows, row.paid_minor, row.refunded_minor,
            row.fee_minor, row.at, row.actor,
        )
        for row in rows
    )  # fmt: skip


# -- sums -------------------------------------------------------------------------------------------------------


def _newest_told(read: Read) -> date | None:
    found: date | None = read.value(select(func.max(Statement.day)).where(Statement.state == DONE))
    return found


def _billed(read: Read, day: date, method: str) -> ChannelDay:
    start, end = provider_span(day)
    system = _wallet(read, method, start, end)
    of_day = (R.gateway == method, R.day == day, R.state != ARRIVING)
    sign = case((R.kind == PAY, 1), else_=-1)
    gap = sign * (R.amount_minor - R.ours_minor)
    waits, settled = R.state.in_(OPEN), R.state.in_((RESOLVED, CROSSED, MATCHED))
    row: Any = read.first(
        select(
            func.sum(case((R.row_key.not_like("ours:%"), sign * R.amount_minor), else_=0)).label("told"),
            func.sum(case((waits, gap), else_=0)).label("gap"),
            func.sum(case((settled, gap), else_=0)).label("settled"),
            func.sum(case((waits, 1), else_=0)).label("open"),
            func.sum(case((R.state == CROSSED, 1), else_=0)).label("held"),
            func.sum(R.fee_minor).label("fee"), func.count().label("rows"),
        ).where(*of_day)
    )  # fmt: skip
    statement: int | None = read.value(
        select(func.max(Statement.id)).where(
            Statement.gateway == method, Statement.day == day, Statement.state == DONE
        )
    )
    told = None if statement is None else int(row.told or 0)
    return ChannelDay(
        method, "bill", system, told, int(row.gap or 0), int(row.settled or 0), int(row.open or 0),
        int(row.held or 0), int(row.fee or 0), int(row.rows or 0), statement,
    )  # fmt: skip


def _wallet(read: Read, method: str, start: datetime, end: datetime) -> int:
    """What a wallet brought less what went back: through the machine by its own moments, the rest as typed in."""
    done = func.coalesce(A.ended_at, A.created_at)
    given = func.coalesce(PR.ended_at, PR.created_at)
    total = _sum(read, select(func.sum(A.paid_minor)).where(
        A.gateway == method, A.state.in_(PAID), A.created_at >= start - LONGEST_ATTEMPT, A.created_at < end,
        done >= start, done < end,
    ))  # fmt: skip
    total += _sum(read, select(func.sum(T.amount_minor)).where(
        T.method_key == method, T.attempt_id.is_(None), T.at >= start, T.at < end
    ))  # fmt: skip
    total -= _sum(read, select(func.sum(PR.amount_minor)).join(A, A.id == PR.attempt_id).where(
        A.gateway == method, PR.state == "succeeded", given >= start, given < end
    ))  # fmt: skip
    by_hand = select(func.sum(RT.amount_minor)).join(T, T.id == RT.tender_id)
    return total - _sum(read, by_hand.where(
        T.method_key == method, T.attempt_id.is_(None), RT.route.in_(("", method)), RT.at >= start, RT.at < end
    ))  # fmt: skip


def _typed(read: Read, day: date, method: str) -> ChannelDay:
    start, end = day_starts(day, read.zone), day_starts(day + timedelta(days=1), read.zone)
    system = _sum(
        read, select(func.sum(T.amount_minor)).where(T.method_key == method, T.at >= start, T.at < end)
    )
    back = select(func.sum(RT.amount_minor)).join(T, T.id == RT.tender_id)
    system -= _sum(read, back.where(back_by() == method, RT.at >= start, RT.at < end))
    system += stored_of_day(read, method, start, end)
    row = read.first(
        select(ChannelTotal.amount_minor, ChannelTotal.fee_minor).where(
            ChannelTotal.method_key == method, ChannelTotal.day == day
        )
    )
    told = None if row is None else int(row.amount_minor)
    gap = 0 if told is None else told - system
    fee = 0 if row is None else int(row.fee_minor)
    return ChannelDay(method, "typed", system, told, gap, 0, int(gap != 0), 0, fee, 0, None)


def _cash(read: Read, day: date) -> ChannelDay:
    cash = cash_of_day.run(read, day)
    gap = 0 if cash.counted_minor is None else cash.counted_minor - cash.system_minor
    return ChannelDay(CASH, "count", cash.system_minor, cash.counted_minor, gap, 0, 0, 0, 0, 0, None)


def _sum(read: Read, statement: Any) -> int:
    return int(read.value(statement) or 0)


# -- rows -------------------------------------------------------------------------------------------------------


def _rows() -> AnySelect:
    ours = aliased(R)
    pair = (
        select(func.min(ours.id))
        .where(
            ours.gateway == R.gateway, ours.day == R.day, ours.state == OURS_ONLY, ours.kind == R.kind,
            ours.reference == "", ours.ours_minor == R.amount_minor,
        )
        .scalar_subquery()
    )  # fmt: skip
    case_id = (
        select(func.min(PaymentCase.id))
        .where(PaymentCase.kind == "bill", PaymentCase.source == _named("bill", R.id))
        .scalar_subquery()
    )
    return (
        select(
            R.id, R.gateway, R.day, R.kind, R.state, R.number, R.reference, R.refund_number, R.amount_minor,
            R.order_minor, R.ours_minor, R.fee_minor, R.ours_fee_minor, R.at, R.ours_at, R.remark, R.order_id,
            Order.short_code, R.attempt_id, A.state.label("attempt_state"), R.resolution, R.note, Staff.name,
            R.resolved_by, R.resolved_at, case_id.label("case_id"),
            case((and_(R.state == PROVIDER_ONLY, R.attempt_id.is_(None)), pair)).label("pair_id"),
        )
        .outerjoin(Order, Order.id == R.order_id)
        .outerjoin(A, A.id == R.attempt_id)
        .outerjoin(Staff, _named("staff", Staff.id) == R.resolved_by)
    )  # fmt: skip


def _named(kind: str, number: Any) -> ColumnElement[str]:
    return literal(f"{kind}:").concat(cast(number, String))


def _where_day(which: RowFilter) -> list[ColumnElement[bool]]:
    told = exists().where(Statement.id == R.statement_id, Statement.state == DONE)
    found: list[ColumnElement[bool]] = [R.day == which.day, told]
    found.append(R.gateway == which.gateway if which.gateway else R.gateway.in_(BILLED))
    return found


def _where(which: RowFilter) -> list[ColumnElement[bool]]:
    found = _where_day(which)
    if which.which == "open":
        found.append(R.state.in_((*OPEN, CROSSED)))
    elif which.which == "decided":
        found.append(R.state == RESOLVED)
    elif which.which == "matched":
        found.append(R.state == MATCHED)
    text = which.text.strip()
    if text:
        wanted = or_(
            R.number == text, R.reference == text, R.refund_number == text, Order.short_code == text.upper()
        )
        found.append(wanted)
    return found


def _seen(row: Any) -> BillRowSeen:
    given_up = row.attempt_state or ""
    return BillRowSeen(
        row.id, row.gateway, row.day, row.kind, row.state, row.number, row.reference, row.refund_number,
        row.amount_minor, row.order_minor, row.ours_minor, row.fee_minor, row.ours_fee_minor, row.at, row.ours_at,
        row.remark, row.order_id, row.short_code or "", row.attempt_id, "" if given_up in PAID else given_up,
        row.pair_id, row.resolution, row.note, row.name or row.resolved_by, row.resolved_at, row.case_id,
    )  # fmt: skip
