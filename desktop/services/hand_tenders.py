"""What is asked of every way to pay that a sale or an order is paid by at the till: offered here, within limits, discounts right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, select

from desktop.basics.errors import Changed
from desktop.basics.i18n import N_
from desktop.basics.money import allocate
from desktop.models.orders import Order, OrderLine
from desktop.models.pay_offers import OFFERED, TAKE, MethodOffer
from desktop.models.payments import PaymentMethod
from desktop.models.people import Till
from desktop.pricing.cart import Bill
from desktop.pricing.pay_discount import pay_discount
from desktop.queries.pay_offer import Where, refusal
from desktop.services.cash_sessions import session_of
from desktop.services.local_tenders import NO_FOREIGN, foreign_columns
from desktop.services.pay_limits import check_amount
from desktop.services.pay_methods import count_use
from desktop.shop.work import Work

_METHODS = (
    select(PaymentMethod.__table__, MethodOffer.scope, MethodOffer.use, Till.region)
    .select_from(PaymentMethod)
    .join(
        MethodOffer,
        and_(
            MethodOffer.method_key == PaymentMethod.key,
            MethodOffer.scope.in_(bindparam("scopes", expanding=True)),
        ),
        isouter=True,
    )
    .join(Till, Till.id == bindparam("till"), isouter=True)
    .where(PaymentMethod.key.in_(bindparam("keys", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment at a till: where, by whom, in which currency; `key` names its parts for the day's counters."""

    till_id: int
    channel: str
    member_id: int | None
    currency: str
    key: str


def check_by_hand(
    work: Work, payment: Payment, tenders: Sequence[Any], others: Mapping[str, int],
    approval: int = 0, *, counts: bool = True,
) -> int:  # fmt: skip
    """What is taken off in all for these tenders (minor units); `others` are further methods with their amounts.

    Raises `Refused` for a method that is not offered here or used up, for more than the person may take at once without
    `approval`, and `Changed` for a discount that is not the method's own now.
    """
    amounts = dict(others)
    for tender in tenders:
        amounts[tender.method] = amounts.get(tender.method, 0) + tender.amount_minor + tender.discount_minor
    if not amounts:
        return 0
    taken = sum(tender.amount_minor for tender in tenders)
    if taken:
        check_amount(work, TAKE, taken, approval)
    where = Where(payment.channel, payment.till_id, "")
    values = {"scopes": where.scopes, "till": payment.till_id, "keys": tuple(amounts)}
    rows: dict[str, Any] = {}
    uses: dict[str, dict[str, str]] = {}
    for row in work.rows(_METHODS, values):
        rows[row.key] = row
        if row.scope is not None:
            uses.setdefault(row.key, {})[row.scope] = row.use
    for key, row in rows.items():
        said = uses.get(key, {})
        use = next((said[scope] for scope in where.scopes if scope in said), OFFERED)
        here = Where(payment.channel, payment.till_id, row.region or "")
        why = refusal(work, row, here, use, amounts[key], payment.currency, payment.member_id, None)
        if why is not None:
            raise why
        if counts and (row.member_day_count or row.day_sum_minor):
            count_part(work, payment, key, amounts[key])
    return _off(tenders, rows)


def count_part(work: Work, payment: Payment, method: str, amount_minor: int) -> None:
    """Count a part of a payment against the day's limits of its method, once. Raises `Refused` past one of them."""
    count_use(
        work, method, f"{payment.key}:{method}", member_id=payment.member_id, amount_minor=amount_minor,
        currency=payment.currency,
    )  # fmt: skip


def _off(tenders: Sequence[Any], rows: Mapping[str, Any]) -> int:
    return _discounts(tenders, rows)


def tender_rows(
    work: Work, order_id: int, bill: Bill, tenders: Sequence[Any], key: str, till_id: int
) -> list[dict[str, Any]]:
    """The tenders of a settled sale as they are written, the points among them."""
    session = session_of(work, till_id, cash=any(t.method == "cash" for t in tenders))
    shared = {
        "order_id": order_id, "currency": bill.currency, "session_id": session, "actor": work.actor.key, "at": work.now,
        **NO_FOREIGN, "rate": "",
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {
            "method_key": t.method, "amount_minor": t.amount_minor, "points": 0, "reference": t.reference[:64],
            "received_minor": t.received_minor, "client_key": f"{key}:t{i}", "attempt_id": t.attempt_id or None,
            **shared, **foreign_columns(t),
        }
        for i, t in enumerate(tenders)
    ]  # fmt: skip
    if bill.points:
        rows.append({
            "method_key": "points", "amount_minor": bill.points_minor, "points": bill.points, "reference": "",
            "received_minor": 0, "client_key": f"{key}:tp", "attempt_id": None, **shared,
        })  # fmt: skip
    return rows


def _discounts(tenders: Sequence[Any], rows: Mapping[str, Any]) -> int:
    given: dict[str, int] = {}
    for tender in tenders:
        if tender.discount_minor:
            off = _discount(tender, rows.get(tender.method), given.get(tender.method, 0))
            given[tender.method] = given.get(tender.method, 0) + off
    return sum(given.values())


def _discount(tender: Any, row: Any, given_minor: int) -> int:
    covered = tender.amount_minor + tender.discount_minor
    right = 0
    if row is not None:
        right = pay_discount(covered, row.discount_bp, row.discount_cap_minor, given_minor)
    if tender.discount_minor != right:
        raise Changed(
            N_("The discount for this way to pay changed meanwhile. Check the amounts, then pay."),
            next_step="look_again",
        )
    return right


def take_off(work: Work, order: Order, discount_minor: int) -> None:
    """Take a payment's discount off an order that is locked: off its lines, so that returns give back what they cost.

    What the goods can't bear comes off the freight.
    """
    if not discount_minor:
        return
    mine = select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id).with_for_update()
    lines = work.session.scalars(mine).all()
    goods = min(discount_minor, sum(line.total_minor for line in lines))
    for line, part in zip(lines, allocate(goods, [line.total_minor for line in lines]), strict=True):
        line.total_minor -= part
        line.discount_minor += part
    order.discount_minor += goods
    order.freight_minor -= discount_minor - goods
    order.total_minor -= discount_minor
    order.pay_discount_minor += discount_minor
    work.flush()
