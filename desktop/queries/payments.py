"""Money and points as they came in and went back, newest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, union

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.errors import ShopError
from desktop.basics.money import Money
from desktop.models.orders import Order
from desktop.models.payments import PaymentMethod, RefundTender, Tender
from desktop.models.people import Permission
from desktop.queries.page import PAGE_ROWS, AnySelect, Page, Position, in_order, starts_with
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which transactions: a span of time (UTC), some methods, refunds only; words search all of time.

    `days` counts back from the end of today less `days_ago`, in the shop's zone.
    """

    text: str = ""
    days: int | None = 1
    days_ago: int = 0
    since: datetime | None = None
    until: datetime | None = None
    methods: tuple[str, ...] = ()
    refunds: bool = False


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One transaction; refunds have negative amounts (minor units) and points. `id` is unique over both kinds."""

    id: int
    at: datetime
    method: str
    reference: str
    order_id: int
    order_code: str
    amount_minor: int
    points: int
    currency: str
    refund: bool


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
    """Tenders and refunds together, newest first, 200 at a time."""
    wanted = filters or PaymentFilter()
    rows: list[PaymentRow] = []
    if not wanted.refunds:
        start = (after[0], (after[1] - 1) // 2 + 1) if after else None
        statement = in_order(_tenders().where(*_where(read, wanted, Tender)), (Tender.at, Tender.id), start)
        rows += [_tender(row) for row in read.rows(statement)]
    start = (after[0], after[1] // 2) if after else None
    statement = in_order(
        _refunds().where(*_where(read, wanted, RefundTender)), (RefundTender.at, RefundTender.id), start
    )
    rows += [_refund(row) for row in read.rows(statement)]
    rows.sort(key=lambda row: (row.at, row.id), reverse=True)
    shown = rows[:PAGE_ROWS]
    return Page(tuple(shown), (shown[-1].at, shown[-1].id) if len(rows) > PAGE_ROWS else None)


@question(permission=Permission.SEE_PAYMENTS)
def payments_counts(read: Read, filters: PaymentFilter | None = None) -> tuple[int, int]:
    """How many transactions fit in all, and how many of them are refunds."""
    wanted = filters or PaymentFilter()
    back = int(read.value(_count(read, wanted, RefundTender)))
    return int(read.value(_count(read, wanted, Tender))) + back, back


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
    if wanted.since is not None or wanted.until is not None or wanted.days is None:
        return wanted.since, wanted.until
    last = shop_day(read.now, read.zone) - timedelta(days=wanted.days_ago)
    first = last - timedelta(days=wanted.days - 1)
    return day_starts(first, read.zone), day_starts(last + timedelta(days=1), read.zone)


def _tenders() -> AnySelect:
    return select(
        Tender.id, Tender.at, Tender.method_key, Tender.reference, Tender.order_id, Order.short_code,
        Tender.amount_minor, Tender.points, Tender.currency, Order.receipt_number,
    ).join(Order, Order.id == Tender.order_id)  # fmt: skip


def _refunds() -> AnySelect:
    return (
        select(
            RefundTender.id, RefundTender.at, Tender.method_key, Tender.reference, Tender.order_id,
            Order.short_code, RefundTender.amount_minor, RefundTender.points, Tender.currency,
            Order.receipt_number,
        )
        .join(Tender, Tender.id == RefundTender.tender_id)
        .join(Order, Order.id == Tender.order_id)
    )  # fmt: skip


def _tender(row: Any) -> PaymentRow:
    number = row.reference or row.receipt_number
    return PaymentRow(
        row.id * 2, row.at, row.method_key, number, row.order_id, row.short_code, row.amount_minor, row.points,
        row.currency, False,
    )  # fmt: skip


def _refund(row: Any) -> PaymentRow:
    number = row.reference or row.receipt_number
    return PaymentRow(
        row.id * 2 + 1, row.at, row.method_key, number, row.order_id, row.short_code, -row.amount_minor, -row.points,
        row.currency, True,
    )  # fmt: skip


def _count(read: Read, wanted: PaymentFilter, table: Any) -> AnySelect:
    statement = select(func.count()).select_from(table)
    if table is RefundTender and wanted.methods:
        statement = statement.join(Tender, Tender.id == RefundTender.tender_id)
    return statement.where(*_where(read, wanted, table))


def _where(read: Read, wanted: PaymentFilter, table: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.methods:
        found.append(Tender.method_key.in_(wanted.methods))
    text = wanted.text.strip()
    if text:
        key = Tender.id if table is Tender else RefundTender.tender_id
        found.append(key.in_(union(*_meant(read, text))))
    else:
        found += _between(table.at, *span(read, wanted))
    return found


def _between(column: Any, start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if start is not None:
        found.append(column >= start)
    if end is not None:
        found.append(column < end)
    return found


def _meant(read: Read, text: str) -> list[Select[int]]:
    """Ids of the tenders these words may mean: reference, order or receipt number, amount, refunded amount."""
    some = Tender.reference != literal_column("''")  # lets the index of the few with a reference answer
    ways = [select(Tender.id).where(some, starts_with(Tender.reference, text))]
    code = text.upper()
    if re.fullmatch(r"[A-Z]?\d{4}(\d{4})?-?\d{0,6}", code):
        orders = select(Order.id).where(starts_with(Order.short_code, code))
        longer = select(Order.id).where(starts_with(Order.code, code))
        ways.append(select(Tender.id).where(Tender.order_id.in_(orders)))
        if len(code) >= 8:
            ways.append(select(Tender.id).where(Tender.order_id.in_(longer)))
    try:
        amount = abs(Money.parse(text, read.currency).amount)
    except ShopError:
        return ways
    ways.append(select(Tender.id).where(Tender.amount_minor == amount))
    ways.append(select(RefundTender.tender_id).where(RefundTender.amount_minor == amount))
    return ways


def _method(key: str, enabled: bool, taken: Any, given: Any) -> MethodSum:
    count, amount, points = (int(v) for v in taken[1:4]) if taken else (0, 0, 0)
    back_count, back = (int(v) for v in given[1:3]) if given else (0, 0)
    return MethodSum(key, enabled, amount, count, back, back_count, points)
