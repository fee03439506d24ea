"""Money and points as they came in and went back, newest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, union

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.errors import ShopError
from desktop.basics.money import Money
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.payments import PaymentMethod, RefundTender, Tender
from desktop.models.people import Permission
from desktop.models.settings import PAYMENTS_LIVE
from desktop.queries import payment_rows
from desktop.queries.page import PAGE_ROWS, AnySelect, Page, Position, in_order, starts_with
from desktop.queries.payment_rows import ATTEMPT, KINDS, REFUND, Kind, PaymentRow
from desktop.shop.action import question
from desktop.shop.work import Read

PROVIDERS = ("wechat", "alipay", "unionpay")


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which transactions: a span of time (UTC), some methods, refunds only; words search all of time.

    `days` counts back from the end of today less `days_ago`, in the shop's zone. `live` is the list as it is kept: older
    transactions are left out until somebody looks for them by words or by a span. None of all this is everything.
    """

    text: str = ""
    days: int | None = 1
    days_ago: int = 0
    since: datetime | None = None
    until: datetime | None = None
    methods: tuple[str, ...] = ()
    refunds: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class MethodSum:
    """What one way to pay brought in a span: taken and given back in minor units, and how often."""

    method: str
    enabled: bool
    taken_minor: int
    taken: int
    given_minor: int
    given: int
    points: int


@question(permission=Permission.SEE_PAYMENTS)
def payments_page(
    read: Read, filters: PaymentFilter | None = None, after: Position | None = None
) -> Page[PaymentRow]:
    """Tenders, refunds and payments through providers that brought nothing together, newest first, 200 at a time."""
    wanted = filters or PaymentFilter()
    rows: list[PaymentRow] = []
    old = live_from(read)
    for kind in _kinds(wanted):
        start = (after[0], (after[1] - kind.place + len(KINDS) - 1) // len(KINDS)) if after else None
        statement = in_order(kind.rows().where(*_where(read, wanted, kind)), (kind.at, kind.key), start)
        rows += [payment_rows.row_of(row, kind, old) for row in read.rows(statement)]
    rows.sort(key=lambda row: (row.at, row.id), reverse=True)
    shown = rows[:PAGE_ROWS]
    return Page(tuple(shown), (shown[-1].at, shown[-1].id) if len(rows) > PAGE_ROWS else None)


@question(permission=Permission.SEE_PAYMENTS)
def payments_counts(read: Read, filters: PaymentFilter | None = None) -> tuple[int, int]:
    """How many transactions fit in all, and how many of them are refunds."""
    wanted = filters or PaymentFilter()
    counts = [int(read.value(_count(read, wanted, kind))) for kind in KINDS]
    return sum(counts), counts[REFUND.place]


@question(permission=Permission.SEE_PAYMENTS)
def live_days(read: Read) -> int:
    """How many days the list keeps by itself."""
    return read.setting(PAYMENTS_LIVE)


@question(permission=Permission.SEE_PAYMENTS)
def method_sums(read: Read, filters: PaymentFilter | None = None) -> tuple[MethodSum, ...]:
    """Each way to pay with what it brought in the span, in the shop's order; words are left aside."""
    wanted = filters or PaymentFilter()
    start, end = span(read, wanted)
    taken = {row[0]: row for row in read.rows(
        select(Tender.method_key, func.count(), func.sum(Tender.amount_minor), func.sum(Tender.points))
        .where(*_between(Tender.at, start, end)).group_by(Tender.method_key)
    )}  # fmt: skip
    given = {row[0]: row for row in read.rows(
        select(Tender.method_key, func.count(), func.sum(RefundTender.amount_minor))
        .join(Tender, Tender.id == RefundTender.tender_id)
        .where(*_between(RefundTender.at, start, end)).group_by(Tender.method_key)
    )}  # fmt: skip
    methods = read.rows(
        select(PaymentMethod.key, PaymentMethod.enabled).order_by(PaymentMethod.position)
    ).all()
    return tuple(_method(m.key, m.enabled, taken.get(m.key), given.get(m.key)) for m in methods)


def span(read: Read, wanted: PaymentFilter) -> tuple[datetime | None, datetime | None]:
    """From when until before when, in UTC."""
    if wanted.since is not None or wanted.until is not None:
        return wanted.since, wanted.until
    if wanted.live:
        return live_from(read), None
    if wanted.days is None:
        return None, None
    last = shop_day(read.now, read.zone) - timedelta(days=wanted.days_ago)
    first = last - timedelta(days=wanted.days - 1)
    return day_starts(first, read.zone), day_starts(last + timedelta(days=1), read.zone)


def live_from(read: Read) -> datetime:
    """From when on the list keeps transactions by itself, in UTC."""
    first = shop_day(read.now, read.zone) - timedelta(days=read.setting(PAYMENTS_LIVE) - 1)
    return day_starts(first, read.zone)


def _kinds(wanted: PaymentFilter) -> tuple[Kind, ...]:
    return (REFUND,) if wanted.refunds else KINDS


def _count(read: Read, wanted: PaymentFilter, kind: Kind) -> AnySelect:
    return kind.counted().where(*_where(read, wanted, kind))


def _where(read: Read, wanted: PaymentFilter, kind: Kind) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = list(kind.only)
    if wanted.methods:
        found.append(kind.method.in_(wanted.methods))
    text = wanted.text.strip()
    if text:
        ways = _attempts_meant(read, text) if kind is ATTEMPT else _meant(read, text)
        found.append(kind.meant.in_(union(*ways)))
    else:
        found += _between(kind.at, *span(read, wanted))
    return found


def _between(column: Any, start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if start is not None:
        found.append(column >= start)
    if end is not None:
        found.append(column < end)
    return found


def _meant(read: Read, text: str) -> list[Select[int]]:
    """Ids of the tenders these words may mean: any number of theirs, order, receipt, member, amount, refunded amount."""
    some = Tender.reference != literal_column("''")  # lets the index of the few with a reference answer
    ways = [select(Tender.id).where(some, starts_with(Tender.reference, text))]
    ways.append(select(Tender.id).where(Tender.attempt_id.in_(_numbered(text))))
    ways += [select(Tender.id).where(Tender.order_id.in_(orders)) for orders in _orders_meant(text)]
    amount = _amount(read, text)
    if amount is not None:
        ways.append(select(Tender.id).where(Tender.amount_minor == amount))
        ways.append(select(RefundTender.tender_id).where(RefundTender.amount_minor == amount))
    return ways


def _attempts_meant(read: Read, text: str) -> list[Select[int]]:
    """The same for payments that brought nothing."""
    ways = [_numbered(text)]
    ways += [
        select(PaymentAttempt.id).where(PaymentAttempt.order_id.in_(orders)) for orders in _orders_meant(text)
    ]
    amount = _amount(read, text)
    if amount is not None:
        recent = PaymentAttempt.created_at >= live_from(read)  # amounts have no index here
        ways.append(select(PaymentAttempt.id).where(recent, PaymentAttempt.amount_minor == amount))
    return ways


def _numbered(text: str) -> Select[int]:
    """Payments through a provider by our number, the provider's, or the number of a refund."""
    typed = text.upper()
    ours = starts_with(PaymentAttempt.number, typed)
    theirs = and_(PaymentAttempt.method_key.in_(PROVIDERS), starts_with(PaymentAttempt.reference, text))
    back = PaymentAttempt.id.in_(
        select(ProviderRefund.attempt_id).where(starts_with(ProviderRefund.number, typed))
    )
    return select(PaymentAttempt.id).where(or_(ours, theirs, back))


def _orders_meant(text: str) -> list[Select[int]]:
    """Orders by number, and those of a member by number or whole name."""
    code = text.upper()
    found: list[Select[int]] = []
    if re.fullmatch(r"[A-Z]?\d{4}(\d{4})?-?\d{0,6}", code):
        found.append(select(Order.id).where(starts_with(Order.short_code, code)))
        if len(code) >= 8:
            found.append(select(Order.id).where(starts_with(Order.code, code)))
    member = select(Member.id).where(or_(Member.code == code, Member.name == text))
    return [*found, select(Order.id).where(Order.member_id.in_(member))]


def _amount(read: Read, text: str) -> int | None:
    try:
        return abs(Money.parse(text, read.currency).amount)
    except ShopError:
        return None


def _method(key: str, enabled: bool, taken: Any, given: Any) -> MethodSum:
    count, amount, points = (int(v) for v in taken[1:4]) if taken else (0, 0, 0)
    back_count, back = (int(v) for v in given[1:3]) if given else (0, 0)
    return MethodSum(key, enabled, amount, count, back, back_count, points)
