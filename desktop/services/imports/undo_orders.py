"""Take imported orders back: what was paid is given back on its own day, the order stays as cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from desktop.basics.clock import shop_day
from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.orders import CANCELLED, Order, OrderEvent, OrderLine, OrderReview
from desktop.models.payments import Refund, RefundLine, RefundTender, Tender
from desktop.models.shelves import Review
from desktop.services import posting
from desktop.services.imports.orders import CHANNEL
from desktop.services.imports.undo_members import hanging
from desktop.shop.work import Work

OWN = (
    "order_line",
    "order_event",
    "tender",
    "order_review",
    "review",
)  # what an import itself hangs on an order
WRITTEN_LAST = "imported"  # of the steps an import writes; whatever came after it, a person did
REASON = N_("Import taken back")


def take_back(work: Work, run_id: int, things: Sequence[tuple[int, bool, dict[str, Any]]]) -> list[str]:
    """Cancel the orders of an import; its number becomes free, so that it can be imported again."""
    ids = [order_id for order_id, _made, _detail in things]
    newest = select(func.max(OrderEvent.id)).where(OrderEvent.order_id.in_(ids)).group_by(OrderEvent.order_id)
    more = select(OrderEvent.order_id).where(OrderEvent.id.in_(newest), OrderEvent.kind != WRITTEN_LAST)
    held = hanging(work, "sale_order", ids, OWN) | set(work.session.scalars(more))
    return [_one(work, run_id, order_id, held) for order_id in ids]


def _one(work: Work, run_id: int, order_id: int, held: set[int]) -> str:
    order = work.session.get(Order, order_id, with_for_update=True)
    if order is None or order.channel != CHANNEL:
        return ""
    if order.refunded_minor:
        return N_("Something of the order was refunded since.")
    if order_id in held:
        return N_("The order was worked on since.")
    if order.paid_minor:
        _give_back(work, run_id, order)
    if order.member_id is not None:
        _leave_member(work, order)
    work.rows(delete(Review).where(Review.order_id == order_id))
    work.rows(delete(OrderReview).where(OrderReview.order_id == order_id))
    note = (order.external_ref or "")[:64]
    order.status, order.external_ref, order.refunded_minor = CANCELLED, None, order.paid_minor
    work.flush()
    event = {
        "order_id": order_id,
        "kind": "import undone",
        "note": note,
        "actor": work.actor.key,
        "at": work.now,
    }
    work.post(OrderEvent, [event])
    return ""


def _give_back(work: Work, run_id: int, order: Order) -> None:
    at = order.paid_at or order.placed_at
    row = {
        "order_id": order.id, "amount_minor": order.paid_minor, "points_returned": 0, "points_taken_back": 0,
        "reason": REASON, "restock": False, "client_key": f"import:{run_id}:undo:{order.id}",
        "actor": work.actor.key, "at": at,
    }  # fmt: skip
    refund_id = work.post(Refund, [row], ids=True)[0]
    lines = work.rows(
        select(OrderLine.id, OrderLine.qty_milli, OrderLine.total_minor).where(OrderLine.order_id == order.id)
    )
    work.post(RefundLine, [
        {"refund_id": refund_id, "line_id": line.id, "qty_milli": line.qty_milli, "amount_minor": line.total_minor}
        for line in lines
    ])  # fmt: skip
    work.rows(
        update(OrderLine).where(OrderLine.order_id == order.id).values(refunded_milli=OrderLine.qty_milli)
    )
    tenders = work.rows(select(Tender.id, Tender.amount_minor).where(Tender.order_id == order.id)).all()
    work.post(RefundTender, [
        {"refund_id": refund_id, "tender_id": tender.id, "amount_minor": tender.amount_minor, "points": 0, "at": at}
        for tender in tenders
    ])  # fmt: skip
    posting.add_to_daily(
        work, till_id=order.till_id, channel=order.channel, order_type=order.order_type,
        day=shop_day(at, work.zone), refunds_minor=order.paid_minor,
    )  # fmt: skip


def _leave_member(work: Work, order: Order) -> None:
    member = order.member_id
    order.member_id = None
    work.flush()
    latest = select(func.max(Order.placed_at)).where(Order.member_id == member).scalar_subquery()
    sums = {
        "orders_count": Member.orders_count - (1 if order.paid_minor else 0),
        "spent_minor": Member.spent_minor - order.paid_minor,
        "last_order_at": latest,
    }
    work.rows(update(Member).where(Member.id == member).values(sums))
    work.touch("member", int(member or 0))
