"""By which ways the money of a refund goes back: those it came by in the owner's order, or another one."""

from __future__ import annotations

from typing import Any

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.models.orders import Order
from desktop.models.payments import RefundTender
from desktop.pricing.refund import Split
from desktop.queries.refund_ways import own_way, route_of, shares, tenders_left
from desktop.services import print_jobs, stored_value
from desktop.services.cash_sessions import session_of
from desktop.services.local_tenders import NO_FOREIGN, STORED, foreign_back
from desktop.services.provider_refunds import begin_provider_refund
from desktop.shop.work import Work


def money_back(work: Work, order: Order, refund_id: int, split: Split, route: str = "") -> None:
    """Money by the ways it came, points as points. A provider's part begins its refund in this transaction.

    `route` is another way for all of the money; empty: as the shop's setting says. Cash leaves the drawer of the till where
    it is given back, and counts in that one's session or in none. Raises `Refused` for more than was taken.
    """
    route = route_of(work, route)
    session = session_of(work, work.actor.till_id or order.till_id)
    shared = {"refund_id": refund_id, "session_id": session, "at": work.now}
    tenders = tenders_left(work, order.id)
    found = shares(tenders, split.money_minor)
    for tender, part in found:
        own = own_way(tender.method_key, route)
        _part_back(work, order, tender, part, {**shared, "route": "" if own else route})
    if sum(part for _tender, part in found) != split.money_minor:
        raise Refused(N_("More money would go back than was taken. Nothing was changed."))
    work.post(RefundTender, [
        {**shared, **NO_FOREIGN, "tender_id": t.id, "amount_minor": split.value_minor, "points": split.points}
        for t in tenders
        if t.method_key == "points" and split.value_minor
    ])  # fmt: skip


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
