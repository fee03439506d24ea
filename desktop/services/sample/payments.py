"""What the sample shop's wallets tell: each payment of the last two days, one that waits, one given up, one refund under way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from desktop.models.orders import CANCELLED, UNPAID, Order
from desktop.models.pay_offers import DEFAULT, FALLBACK, OFFERED, SHOP_SCOPE, TAKE, MethodOffer, RoleAmount
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.payment_attempts import PaymentAttempt, PaymentEvent, ProviderRefund
from desktop.models.payments import PaymentMethod, RefundTender, Tender
from desktop.models.people import Till
from desktop.services.sample.drafts import Calendar, clock
from desktop.shop.work import Work

WALLETS = ("wechat", "alipay")
CURRENCY = "CNY"
TERMS: dict[str, dict[str, Any]] = {
    "wechat": {"fee_bp": 38},
    "alipay": {"fee_bp": 38},
    "unionpay": {"fee_bp": 38, "discount_bp": 200, "discount_cap_minor": 1_000, "least_minor": 1_000},
    "card": {"fee_bp": 50},
    "cash": {"channels": "store,kiosk"},
}
OFFERS = (
    ("wechat", DEFAULT), ("alipay", FALLBACK), ("card", FALLBACK), ("cash", OFFERED), ("points", OFFERED),
    ("stored_value", OFFERED), ("unionpay", OFFERED), ("other", OFFERED),
)  # fmt: skip
ACCOUNTS: tuple[
    tuple[str, dict[str, str], tuple[int, int] | int], ...
] = (  # (month, year) or days until the end
    ("wechat", {"mchid": "1900000109", "app_id": "wx0000000000000001"}, (3, 1)),
    ("alipay", {"app_id": "2021000000000001", "seller_id": "2088102146225135"}, 17),
)
REGION = "杭州"


def with_attempts(work: Work, rows: list[dict[str, Any]], calendar: Calendar) -> list[dict[str, Any]]:
    """The tenders, those of wallets since yesterday with the attempts they came by."""
    since = calendar.at(-1, 0)
    mine = [row for row in rows if row["method_key"] in WALLETS and row["at"] >= since]
    attempts = [_paid(row) for row in mine]
    for row, number in zip(mine, work.post(PaymentAttempt, attempts, ids=True), strict=True):
        row["attempt_id"] = number
    events = [
        event
        for row, attempt in zip(mine, attempts, strict=True)
        for event in _steps(row["attempt_id"], attempt, ("created", "sent", "succeeded"))
    ]
    work.post(PaymentEvent, events)
    for row in rows:
        row.setdefault("attempt_id", None)
    return rows


def _paid(row: dict[str, Any]) -> dict[str, Any]:
    at: datetime = row["at"]
    return _attempt(
        row["order_id"], row["method_key"], row["amount_minor"], at - timedelta(seconds=9), row["actor"],
        state="succeeded", paid_minor=row["amount_minor"], buyer_paid_minor=row["amount_minor"], booked=True,
        reference=row["reference"], ended_at=at, next_at=None,
    )  # fmt: skip


def _attempt(
    order_id: int, method: str, amount: int, at: datetime, actor: str, **more: Any
) -> dict[str, Any]:
    return {
        "number": f"SAMPLE{order_id:08d}{method.upper()}", "subject": f"order:{order_id}", "order_id": order_id,
        "method_key": method, "gateway": method, "way": "show", "amount_minor": amount, "discount_minor": 0,
        "currency": CURRENCY, "request": {"words": "青禾杂货铺"}, "customer_code": "", "reason": "", "detail": "",
        "code": "", "refunded_minor": 0, "mismatch": False, "version": 0, "lease_owner": "", "tries": 1,
        "deadline_at": at + timedelta(minutes=5), "created_at": at, "sent_at": at,
        "client_key": f"sample:{order_id}:{method}", "actor": actor, **more,
    }  # fmt: skip


def _steps(attempt_id: int, attempt: dict[str, Any], states: Iterable[str]) -> list[dict[str, Any]]:
    before, found = "", []
    for state in states:
        at = (
            attempt["created_at"]
            if state in ("created", "sent")
            else attempt["ended_at"] or attempt["sent_at"]
        )
        found.append({
            "attempt_id": attempt_id, "refund_number": "", "before": before, "after": state,
            "reason": attempt["reason"] if state in ("cancelling", "closed") else "", "detail": "",
            "actor": attempt["actor"] if state == "created" else "clock", "at": at,
        })  # fmt: skip
        before = state
    return found


def write_payments(work: Work, calendar: Calendar) -> None:
    """Terms and places of the ways to pay, accounts, and the payments that are not simply done."""
    for key, values in TERMS.items():
        work.rows(update(PaymentMethod).where(PaymentMethod.key == key).values(values))
    work.post(MethodOffer, [
        {"scope": SHOP_SCOPE, "method_key": key, "position": place, "use": use}
        for place, (key, use) in enumerate(OFFERS)
    ])  # fmt: skip
    work.rows(update(Till).where(Till.kind != "online").values(region=REGION))
    work.post(RoleAmount, [{"role_key": "cashier", "deed": TAKE, "most_minor": 500_000}])
    _accounts(work, calendar)
    _waiting(work, calendar)
    _given_up(work, calendar)
    _refunds(work, calendar)


def _accounts(work: Work, calendar: Calendar) -> None:
    for gateway, details, ends in ACCOUNTS:
        if isinstance(ends, tuple):
            until = datetime(calendar.today.year + ends[1], ends[0], 15, tzinfo=UTC)
        else:
            until = calendar.now + timedelta(days=ends)
        row = {
            "gateway": gateway,
            "details": details,
            "version": 1,
            "expires_at": until,
            "saved_at": calendar.now,
        }
        work.post(PaymentAccount, [row])


def _order_at(work: Work, status: str, moment: datetime) -> Any:
    """The newest order of the online shop in this state placed until then."""
    columns = (Order.id, Order.total_minor, Order.placed_at, Order.member_id)
    mine = select(*columns).where(
        Order.status == status, Order.channel == "online", Order.placed_at <= moment
    )
    return work.first(mine.order_by(Order.placed_at.desc(), Order.id.desc()).limit(1))


def _wechat(order: Any, calendar: Calendar) -> str:
    """WeChat Pay’s own number, as the sample's tenders have them."""
    return f"420000{order.placed_at.astimezone(calendar.zone):%y%m%d%H%M}"


def _waiting(work: Work, calendar: Calendar) -> None:
    """The customer has the code and has not paid yet."""
    order = _order_at(work, UNPAID, calendar.now)
    if order is None:
        return
    row = _attempt(
        order.id, "wechat", order.total_minor, order.placed_at + timedelta(seconds=10), f"member:{order.member_id}",
        state="pending", paid_minor=0, buyer_paid_minor=None, booked=False, reference=_wechat(order, calendar), ended_at=None,
        next_at=calendar.now, code="weixin://wxpay/bizpayurl?pr=sample",
    )  # fmt: skip
    made = work.post(PaymentAttempt, [row], ids=True)[0]
    work.post(PaymentEvent, _steps(made, row, ("created", "sent", "pending")))


def _given_up(work: Work, calendar: Calendar) -> None:
    """Not paid in time, so closed with the provider; the order went the same way."""
    order = _order_at(work, CANCELLED, calendar.at(0, clock("12:00")))
    if order is None:
        return
    at = order.placed_at + timedelta(seconds=54)
    row = _attempt(
        order.id, "wechat", order.total_minor, at, f"member:{order.member_id}", state="closed", reason="expired",
        paid_minor=0, buyer_paid_minor=None, booked=False, reference=_wechat(order, calendar),
        ended_at=at + timedelta(minutes=5), next_at=None,
    )  # fmt: skip
    made = work.post(PaymentAttempt, [row], ids=True)[0]
    work.post(PaymentEvent, _steps(made, row, ("created", "sent", "pending", "cancelling", "closed")))


def _refunds(work: Work, calendar: Calendar) -> None:
    """What went back by a wallet: today's is still on its way, the others have arrived."""
    rows = work.rows(
        select(
            RefundTender.id,
            RefundTender.amount_minor,
            RefundTender.at,
            Tender.attempt_id,
            Tender.amount_minor.label("paid"),
        )
        .join(Tender, Tender.id == RefundTender.tender_id)
        .where(Tender.attempt_id.is_not(None))
        .order_by(RefundTender.id)
    ).all()
    for row in rows:
        moving = row.at >= calendar.at(0, 0)
        state = "processing" if moving else "succeeded"
        work.post(ProviderRefund, [{
            "number": f"SAMPLEBACK{row.id:08d}", "attempt_id": row.attempt_id, "refund_tender_id": row.id,
            "amount_minor": row.amount_minor, "currency": CURRENCY, "why": "", "state": state, "reason": "", "detail": "",
            "reference": "", "lease_owner": "", "tries": 1, "next_at": row.at, "created_at": row.at,
            "ended_at": None if moving else row.at, "client_key": f"sample:back:{row.id}", "actor": "staff:1",
        }])  # fmt: skip
        ended = "refunded" if row.amount_minor == row.paid else "partly refunded"
        mine = update(PaymentAttempt).where(PaymentAttempt.id == row.attempt_id)
        work.rows(mine.values(refunded_minor=row.amount_minor, state="refunding" if moving else ended))
