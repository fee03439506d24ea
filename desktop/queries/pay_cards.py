"""The ways to pay as cards: what each brought, whether it is the usual one, what it costs, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, select

from desktop.models.cash_sessions import OPEN, CashSession
from desktop.models.pay_offers import DEFAULT, FALLBACK, OFF, OFFERED
from desktop.models.pay_times import REFUND_ROUTE
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.payments import PaymentMethod
from desktop.models.people import Permission
from desktop.models.rules import Rule
from desktop.models.settings import PAY_MINUTES, POINTS_CAP, POINTS_PER_UNIT, TRADE_PAY_HOURS
from desktop.models.stored_value import StoredBalance
from desktop.queries.cash_sums import cash_sums
from desktop.queries.pay_health import WALLET, Down, methods_down
from desktop.queries.pay_offer import SHOP, accounts_of, uses_at
from desktop.queries.payments import MethodSum, PaymentFilter, method_sums, span
from desktop.shop.action import question
from desktop.shop.work import Read

MOST_DRAWERS = 20
SOON = timedelta(days=30)  # a certificate that ends within it is named
UNPAID_RULES = ("retail_unpaid", "trade_unpaid")
WAITING = ("created", "sent", "pending", "unknown", "cancelling")


@dataclass(frozen=True, slots=True)
class MethodCardFacts:
    """One card. `fallback` numbers the fallbacks from 1; sums in minor units, `fee_bp` in basis points.

    `held_minor` is the drawer's cash, or what members have paid in advance; None where there is no such sum.
    """

    sum: MethodSum
    kind: str
    use: str
    fallback: int
    channels: tuple[str, ...]
    fee_bp: int
    discount_bp: int
    held_minor: int | None
    waiting: int
    down: Down | None
    connected: bool  # a wallet with an account; everything else is
    expires_at: datetime | None  # when the first certificate of its account ends
    soon: bool  # within a month


@dataclass(frozen=True, slots=True)
class PayRules:
    """The card of rules: deadlines (hours, minutes) with their rules' ids, where refunds go, what points are worth."""

    trade_hours: int
    retail_minutes: int
    rule_ids: tuple[int, ...]
    closing: bool
    route: str  # of refunds: the same way, or always another one
    points_cap_bp: int
    points_per_unit: int


@question(permission=Permission.SEE_PAYMENTS)
def method_cards(read: Read, filters: PaymentFilter | None = None) -> tuple[MethodCardFacts, ...]:
    """Every way to pay in the shop's order."""
    sums = {one.method: one for one in method_sums.run(read, filters)}
    rows = read.rows(
        select(PaymentMethod.__table__).order_by(PaymentMethod.position, PaymentMethod.key)
    ).all()
    uses, down = uses_at(read, SHOP), methods_down(read)
    rows = sorted(rows, key=lambda row: uses.get(row.key, ("", row.position))[1])
    waiting, number, found = _waiting(read, filters), 0, []
    accounts = accounts_of(read)
    for row in rows:
        use = uses.get(row.key, (OFFERED, 0))[0]
        number += use == FALLBACK
        found.append(MethodCardFacts(
            sums[row.key], row.kind, use, number if use == FALLBACK else 0,
            tuple(part for part in row.channels.split(",") if part), row.fee_bp, row.discount_bp, _held(read, row.kind),
            waiting.get(row.key, 0), down.get(row.key), row.kind != WALLET or row.key in accounts, ends := accounts.get(row.key),
            ends is not None and ends - read.now < SOON,
        ))  # fmt: skip
    return tuple(found)


def _waiting(read: Read, filters: PaymentFilter | None) -> dict[str, int]:
    """How many tries of each method have not ended."""
    start, end = span(read, filters or PaymentFilter())
    where: list[ColumnElement[bool]] = [PaymentAttempt.state.in_(WAITING)]
    if start is not None:
        where.append(PaymentAttempt.created_at >= start)
    if end is not None:
        where.append(PaymentAttempt.created_at < end)
    counted = select(PaymentAttempt.method_key, func.count().label("waiting")).where(*where)
    return {
        row.method_key: int(row.waiting) for row in read.rows(counted.group_by(PaymentAttempt.method_key))
    }


def _held(read: Read, kind: str) -> int | None:
    if kind == "cash":
        drawers = (
            read.rows(select(CashSession.id).where(CashSession.state == OPEN).limit(MOST_DRAWERS))
            .scalars()
            .all()
        )
        return sum(cash_sums(read, number).expected_minor for number in drawers) if drawers else None
    if kind == "stored_value":
        total = func.sum(StoredBalance.money_minor + StoredBalance.bonus_minor)
        return int(read.value(select(func.coalesce(cast(total, BigInteger), 0))))
    return None


@question(permission=Permission.SEE_PAYMENTS)
def pay_rules(read: Read) -> PayRules:
    """The rules the card shows, each with what switches it."""
    rules: list[Any] = list(read.rows(select(Rule.id, Rule.enabled).where(Rule.key.in_(UNPAID_RULES))).all())
    return PayRules(
        read.setting(TRADE_PAY_HOURS), read.setting(PAY_MINUTES), tuple(row.id for row in rules),
        bool(rules) and all(row.enabled for row in rules), read.setting(REFUND_ROUTE), read.setting(POINTS_CAP),
        read.setting(POINTS_PER_UNIT),
    )  # fmt: skip


__all__ = [
    "DEFAULT",
    "FALLBACK",
    "OFF",
    "OFFERED",
    "MethodCardFacts",
    "PayRules",
    "method_cards",
    "pay_rules",
]
