"""Orders: unpaid, unshipped, on the way, waiting for the shop to open, and what happens to them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from desktop.basics.i18n import N_
from desktop.models.orders import DONE, SHIPPED, STATUS_WORDS, TO_SHIP, UNPAID, Order, OrderEvent
from desktop.models.pay_times import CASH_AFTER
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.payments import Tender
from desktop.models.settings import PAY_MINUTES, RECEIVE_DAYS, SHIP_HOURS, TRADE_PAY_HOURS
from desktop.rules.catalogue import declare
from desktop.rules.parameters import Parameter
from desktop.rules.triggers.states import OrderHappening, OrderQueued, OrderState

TRADE = ("distribution", "b2b")
_SINCE = {
    UNPAID: (Order.placed_at, Order.paid_at),
    TO_SHIP: (Order.paid_at, Order.shipped_at),
    SHIPPED: (Order.shipped_at, Order.done_at),
    DONE: (Order.done_at, Order.done_at),
}
_let_go = (
    select(func.max(OrderEvent.at)).where(OrderEvent.order_id == Order.id, OrderEvent.kind == "released")
).correlate(Order).scalar_subquery()  # fmt: skip
_to_ship_since = case(
    (Order.queued_until > Order.paid_at, Order.queued_until), (_let_go > Order.paid_at, _let_go), else_=Order.paid_at
)  # fmt: skip


_still_asked = and_(
    PaymentAttempt.order_id == Order.id,
    or_(
        PaymentAttempt.state.in_(("created", "sent", "pending", "unknown")),
        and_(PaymentAttempt.state == "cancelling", PaymentAttempt.tries < CASH_AFTER.default),
        and_(PaymentAttempt.mismatch, PaymentAttempt.state == "succeeded", PaymentAttempt.booked.is_(False)),
    ),
)


def _unpaid(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Unpaid orders without any money; one that got some is stuck, which its own check finds.

    While a provider is asked what became of a payment the order waits; one that stays silent does not keep it.
    """
    paid = exists(select(Tender.id).where(Tender.order_id == Order.id))
    return and_(Order.status == UNPAID, which, ~paid, ~exists(select(PaymentAttempt.id).where(_still_asked)))


declare(
    OrderState(
        key="retail_unpaid",
        title=N_("Retail order unpaid too long"),
        words=N_("a retail order stays unpaid for {pay_minutes}"),
        parameters=(Parameter("pay_minutes", "minutes", N_("Paid within"), setting=PAY_MINUTES),),
        implies=(("order_type", frozenset({"retail"})), ("status", frozenset({UNPAID}))),
        inside=lambda _v: _unpaid(Order.order_type == "retail"),
        start=lambda _v: Order.pay_deadline,
        left=lambda _v: Order.paid_at,
        reckoned=lambda v: (Order.placed_at, timedelta(minutes=v["pay_minutes"])),
        among=lambda _v: Order.order_type == "retail",
    )
)
declare(
    OrderState(
        key="trade_unpaid",
        title=N_("Distribution or B2B order unpaid too long"),
        words=N_("a distribution or B2B order stays unpaid for {pay_hours}"),
        parameters=(Parameter("pay_hours", "number", N_("Paid within"), setting=TRADE_PAY_HOURS),),
        implies=(("order_type", frozenset(TRADE)), ("status", frozenset({UNPAID}))),
        inside=lambda _v: _unpaid(Order.order_type.in_(TRADE)),
        start=lambda _v: Order.pay_deadline,
        left=lambda _v: Order.paid_at,
        reckoned=lambda v: (Order.placed_at, timedelta(hours=v["pay_hours"])),
        among=lambda _v: Order.order_type.in_(TRADE),
    )
)
declare(
    OrderState(
        key="unshipped",
        title=N_("Paid order not shipped in time"),
        words=N_("a paid order is not shipped within {ship_hours}"),
        parameters=(Parameter("ship_hours", "number", N_("Shipped within"), setting=SHIP_HOURS),),
        implies=(("status", frozenset({TO_SHIP})),),
        inside=lambda _v: Order.status == TO_SHIP,
        start=lambda _v: Order.ship_deadline,
        left=lambda _v: Order.shipped_at,
        reckoned=lambda v: (_to_ship_since, timedelta(hours=v["ship_hours"])),
    )
)
declare(
    OrderState(
        key="on_the_way",
        title=N_("Shipped order not confirmed"),
        words=N_("an order is on its way for {days} without being confirmed"),
        parameters=(Parameter("days", "number", N_("Days on the way"), setting=RECEIVE_DAYS),),
        implies=(("status", frozenset({SHIPPED})),),
        inside=lambda _v: Order.status == SHIPPED,
        start=lambda _v: Order.shipped_at,
        left=lambda _v: Order.done_at,
        delay=lambda v: timedelta(days=v["days"]),
    )
)
declare(
    OrderState(
        key="in_state",
        title=N_("Order in a state for some time"),
        words=N_("an order is “{state}” for {minutes}"),
        parameters=(
            Parameter(
                "state",
                "choice",
                N_("State"),
                default=TO_SHIP,
                options={key: STATUS_WORDS[key] for key in (UNPAID, TO_SHIP, SHIPPED)},
            ),
            Parameter(
                "minutes", "minutes", N_("For how long"), default=24 * 60, low=1, high=525_600, unit=60
            ),
        ),
        inside=lambda v: Order.status == v["state"],
        start=lambda v: _SINCE[v["state"]][0],
        left=lambda v: _SINCE[v["state"]][1],
        delay=lambda v: timedelta(minutes=v["minutes"]),
    )
)
declare(
    OrderQueued(
        key="window_open",
        title=N_("Order placed outside its hours"),
        words=N_("the hours of an order that waits for them begin"),
        inside=lambda _v: Order.queued_until.is_not(None),
        start=lambda _v: Order.queued_until,
        left=lambda _v: Order.shipped_at,
        repeats=False,
    )
)
PARCELS = ("shipped", "part shipped")  # each parcel counts
HAPPENINGS = {
    "placed": N_("placed"),
    "paid": N_("paid"),
    "shipped": N_("shipped"),
    "delivered": N_("delivered, as its carrier says"),
    "done": N_("done"),
    "cancelled": N_("cancelled"),
    "refunded": N_("refunded"),
}
declare(
    OrderHappening(
        key="order_is",
        title=N_("Something happens to an order"),
        words=N_("an order is {happening}"),
        parameters=(
            Parameter("happening", "choice", N_("What happens"), default="paid", options=HAPPENINGS),
        ),
        repeats=False,
        kinds=lambda v: PARCELS if v["happening"] == "shipped" else (v["happening"],),
    )
)
