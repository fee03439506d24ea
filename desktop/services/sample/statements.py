"""The bills of the last days as the providers would have written them: all fits, but for sixty fen the platform gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from desktop.basics.clock import shop_day
from desktop.basics.money import BASIS, half_up
from desktop.models.orders import Order
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.payments import PaymentMethod, RefundTender, Tender
from desktop.models.statements import ChannelTotal, Statement, provider_span
from desktop.queries.cash_sessions import stored_of_day
from desktop.queries.reconciliation import BILLED
from desktop.services.reconcile import Head, add_rows, begin_statement, finish_statement
from desktop.services.sample.drafts import Calendar
from desktop.services.statements.shape import CURRENCY, BillRow
from desktop.shop.work import Work

DAYS = 7
RATES = {"wechat": 38, "alipay": 38, "card": 50}  # basis points, as contracts of small shops say
ACCOUNTS = {"wechat": "1900000109", "alipay": "2088102146225135"}
GIVEN, GIVEN_BY, GIVEN_NOTE = 60, "0064", "微信立减 0.60"  # minor units of yesterday's order


def write_statements(work: Work, calendar: Calendar) -> None:
    """Bring in a week of bills and terminal slips, and say what providers keep."""
    for method, rate in RATES.items():
        there = PaymentMethod.key == method, PaymentMethod.fee_bp == 0
        work.rows(update(PaymentMethod).where(*there).values(fee_bp=rate))
    today = shop_day(calendar.now, calendar.zone)
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        for method in BILLED:
            _bill(work, calendar, method, day, back == 1)
        _slip(work, calendar, day)


def _bill(work: Work, calendar: Calendar, method: str, day: date, newest: bool) -> None:
    name = (
        f"{ACCOUNTS[method]}All{day:%Y-%m-%d}.csv"
        if method == "wechat"
        else f"{ACCOUNTS[method]}_{day:%Y%m%d}.zip"
    )
    head = Head(method, ACCOUNTS[method], day, "all", f"sample:{method}:{day}", name, CURRENCY)
    statement_id, _known = begin_statement.run(work, head)
    add_rows.run(work, statement_id, _told(work, method, day, newest))
    finish_statement.run(work, statement_id)
    fetched = provider_span(day)[1] + timedelta(hours=10, minutes=12)
    work.rows(update(Statement).where(Statement.id == statement_id).values(at=min(fetched, calendar.now)))


def _told(work: Work, method: str, day: date, newest: bool) -> list[BillRow]:
    first, end = provider_span(day)
    number = PaymentAttempt.number
    taken = select(Tender.id, Tender.amount_minor, Tender.reference, Tender.at, Order.short_code, number)
    taken = taken.join(Order, Order.id == Tender.order_id).where(Tender.method_key == method)
    taken = taken.outerjoin(PaymentAttempt, PaymentAttempt.id == Tender.attempt_id)
    rows: Sequence[Any] = work.rows(
        taken.where(Tender.at >= first, Tender.at < end).order_by(Tender.id)
    ).all()
    seen: dict[str, int] = {}
    told: list[BillRow] = []
    for line, row in enumerate(rows, start=2):
        given = GIVEN if newest and method == "wechat" and row.short_code.endswith(GIVEN_BY) else 0
        seen[row.reference] = seen.get(row.reference, 0) + 1
        occurrence = 1 if row.number else seen[row.reference]
        minor = row.amount_minor - given
        told.append(
            BillRow(
                line, "pay", row.number or "", row.reference, "", "", minor, row.amount_minor, _fee(minor, method), row.at, "SUCCESS",
                GIVEN_NOTE if given else "", occurrence,
            )
        )  # fmt: skip
    return told + _back(work, method, day, len(told) + 2)


def _back(work: Work, method: str, day: date, line: int) -> list[BillRow]:
    first, end = provider_span(day)
    number = ProviderRefund.number
    back = select(RefundTender.id, RefundTender.amount_minor, RefundTender.at, Tender.reference, number)
    back = back.join(Tender, Tender.id == RefundTender.tender_id).where(Tender.method_key == method)
    back = back.outerjoin(ProviderRefund, ProviderRefund.refund_tender_id == RefundTender.id)
    rows: Sequence[Any] = work.rows(back.where(RefundTender.at >= first, RefundTender.at < end)).all()
    return [
        BillRow(
            line + i, "refund", "", row.reference, row.number or "", f"50{row.reference}", row.amount_minor, row.amount_minor,
            -_fee(row.amount_minor, method), row.at, "REFUND", "",
        )
        for i, row in enumerate(rows)
    ]  # fmt: skip


def _fee(minor: int, method: str) -> int:
    return half_up(minor * RATES[method], BASIS)


def _slip(work: Work, calendar: Calendar, day: date) -> None:
    """The card terminal's daily slip, typed in the morning after."""
    first, end = provider_span(day)
    taken = select(Tender.amount_minor).where(
        Tender.method_key == "card", Tender.at >= first, Tender.at < end
    )
    total = sum(work.rows(taken).scalars()) + stored_of_day(work, "card", first, end)
    work.post(ChannelTotal, [{
        "method_key": "card", "day": day, "amount_minor": total, "fee_minor": _fee(total, "card"), "currency": CURRENCY,
        "note": "", "actor": "staff:1", "at": min(end + timedelta(hours=9), calendar.now),
    }])  # fmt: skip
