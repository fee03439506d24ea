"""By which ways the money of a refund goes back: those it came by in the owner's order, or another one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.models.orders import Order
from desktop.models.pay_times import REFUND_ORDER, REFUND_ROUTE, SAME
from desktop.models.payments import RefundTender, Tender
from desktop.pricing.refund import Split
from desktop.services import print_jobs, stored_value
from desktop.services.cash_sessions import session_giving
from desktop.services.local_tenders import NO_FOREIGN, STORED, foreign_back
from desktop.services.provider_refunds import begin_provider_refund
from desktop.shop.work import Read, Work

ROUTES = (
    "cash",
    "card",
    "other",
    STORED,
)  # other ways than the tender's own: none of them through a provider
_GIVEN = (
    select(RefundTender.tender_id, func.sum(RefundTender.amount_minor).label("given"))
    .group_by(RefundTender.tender_id)
    .subquery()
)


def money_back(work: Work, order: Order, refund_id: int, split: Split, route: str = "") -> None:
    """Money by the ways it came, points as points. A provider's part begins its refund in this transaction.

    `route` is another way for all of the money; empty: as the shop's setting says. Raises `Refused` for more than was taken.
    """
    route = _route(work, route)
    session = session_giving(work, work.actor.till_id or order.till_id)
    shared = {"refund_id": refund_id, "session_id": session, "at": work.now}
    tenders, money = _tenders(work, order.id), split.money_minor
    for tender in (t for t in tenders if t.method_key != "points"):
        part = min(money, tender.amount_minor - int(tender.given))
        if part > 0:
            money -= part
            own = tender.method_key in (route, STORED)  # a bonus is never paid out by another way
            _part_back(work, order, tender, part, {**shared, "route": "" if own else route})
    if money:
        raise Refused(N_("More money would go back than was taken. Nothing was changed."))
    work.post(RefundTender, [
        {**shared, **NO_FOREIGN, "tender_id": t.id, "amount_minor": split.value_minor, "points": split.points}
        for t in tenders
        if t.method_key == "points" and split.value_minor
    ])  # fmt: skip


def refund_order(read: Read) -> tuple[str, ...]:
    """The ways to pay in the order in which money goes back by them; those the setting leaves out come last."""
    chosen = [key.strip() for key in read.setting(REFUND_ORDER).split(",") if key.strip()]
    rest = [key for key in REFUND_ORDER.default.split(",") if key not in chosen]
    return (*chosen, *rest)


def _route(work: Work, route: str) -> str:
    if not route:
        route = work.setting(REFUND_ROUTE)
    if route == SAME:
        return ""
    if route not in ROUTES:
        raise Refused(
            N_("Money can’t be sent back that way. Choose cash, card, stored value or another way by hand.")
        )
    return route


def _tenders(work: Work, order_id: int) -> list[Any]:
    statement = (
        select(
            Tender.id,
            Tender.method_key,
            Tender.amount_minor,
            func.coalesce(_GIVEN.c.given, 0).label("given"),
            Tender.currency,
            Tender.foreign_currency,
            Tender.rate,
            Tender.attempt_id,
        )  # fmt: skip
        .join(_GIVEN, _GIVEN.c.tender_id == Tender.id, isouter=True)
        .where(Tender.order_id == order_id)
        .order_by(Tender.id)
    )
    order = refund_order(work)
    return sorted(
        work.rows(statement).all(),
        key=lambda t: order.index(t.method_key) if t.method_key in order else len(order),
    )


def _part_back(work: Work, order: Order, tender: Any, part: int, shared: dict[str, Any]) -> None:
    """One tender's part goes back, by its own way or by the route in `shared`."""
    route, refund_id = shared["route"], shared["refund_id"]
    notes = NO_FOREIGN if route else foreign_back(work, tender, int(tender.given), part)
    row = {**shared, **notes, "tender_id": tender.id, "amount_minor": part, "points": 0}
    made = work.post(RefundTender, [row], ids=True)[0]
    if (route or tender.method_key) == "cash":
        print_jobs.open_here(work, work.actor.till_id, f"refund:{refund_id}")
    key = f"refund:{refund_id}:sv{tender.id}"
    if route == STORED:
        stored_value.credit(work, order.member_id, part, refund_id, key)
    elif not route and tender.method_key == STORED:
        stored_value.restore(work, order.id, part, refund_id, key)
    elif not route and tender.attempt_id:
        why = _("Refund of {number}").format(number=order.short_code)
        begin_provider_refund(work, made, tender.attempt_id, part, why, f"refund:{refund_id}:t{tender.id}")
