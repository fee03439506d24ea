"""O10: may this order be cancelled by whoever asks, and how? Looked up in the owner's table, by every way to cancel."""

from __future__ import annotations

from sqlalchemy import select

from desktop.basics.errors import NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.order_terms import ASK_RETURN, CANCELLING, CLOCK, MEMBER, NEVER, PART_SHIPPED, STAFF
from desktop.models.orders import CANCELLED, Order, OrderLine
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.services import once, posting, set_aside
from desktop.services.notices import Wanted, post_notice
from desktop.services.order_conditions import wishes_of
from desktop.services.orders import held_goods, stock_steps, tell
from desktop.services.pay_letting_go import let_go
from desktop.services.refunds import Refunded, give_back, give_credit_back
from desktop.shop.action import action
from desktop.shop.work import Read, Work

RETURN_ASKED = "return asked"


def asker_of(read: Read) -> str:
    """Who asks: a member's phone, the clock, or a person of the shop."""
    return {"member": MEMBER, "phone": MEMBER, "clock": CLOCK}.get(read.actor.kind, STAFF)


def handling_of(read: Read, order: Order) -> str:
    """What the table says about this order and this asker."""
    status = PART_SHIPPED if order.part_shipped else order.status
    spec = CANCELLING.get((status, asker_of(read)))
    return read.setting(spec) if spec is not None else NEVER


def check_may_cancel(read: Read, order: Order) -> str:
    """The handling, unless the table refuses. Raises `Refused` with the step that helps instead."""
    found = handling_of(read, order)
    if order.status == CANCELLED:
        raise Refused(N_("This order is cancelled already."))
    if found == NEVER:
        raise Refused(
            N_("The shop’s table for cancelling says no to this. Write on the order instead."),
            next_step="write_message",
        )
    if found == ASK_RETURN and asker_of(read) != MEMBER:
        raise Refused(
            N_("The goods have left, so this order can't be cancelled. Take them back by after-sales."),
            next_step="refund",
        )
    return found


@action(permission=Permission.CONFIRM_OWN)
def cancel_own_order(work: Work, order_id: int, reason: str, client_key: str) -> str:
    """A member asks to cancel an order of their own; returns how it was handled (one of `order_terms.HANDLINGS`).

    An unpaid order frees its goods, a paid one gives everything back by itself, one that has left asks the shop to
    take the goods back.
    """
    order = work.get(Order, order_id, lock=True)
    if work.actor.kind != "member" or order.member_id != work.actor.id:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    given = once.claim(work, client_key, [order_id, "cancel own"])
    if given is not None:
        return str(given)
    handling = check_may_cancel(work, order)
    if handling == ASK_RETURN:
        ask_return(work, order, reason)
    elif not order.paid_minor:
        free_and_close(work, order, reason)
    else:
        give_rest_back(work, order, reason, f"{client_key}:r")
    once.keep(work, client_key, handling)
    return handling


def free_and_close(work: Work, order: Order, reason: str, approval: int = 0) -> None:
    """Close an order nobody paid: what it held is free again, and what providers took a part of goes back."""
    if order.paid_minor or work.value(select(Tender.id).where(Tender.order_id == order.id).limit(1)):
        raise Refused(N_("Money was taken for this order, so it can't be cancelled as unpaid."))
    let_go(work, f"order:{order.id}")
    order.step(CANCELLED)
    held = held_goods(work, order.id)
    posting.step_stock(work, stock_steps("free", held), order.location_id)
    set_aside.give_back(work, order.id)
    for reservation in (*held, *wishes_of(work, order.id)):
        reservation.state = "released"
    give_credit_back(work, order, reason, approval)
    order.pay_deadline = None
    tell(work, order.id, "cancelled", reason)


def ask_return(work: Work, order: Order, reason: str) -> None:
    """The customer wants to give goods back that have left: the shop is asked, nothing else changes."""
    tell(work, order.id, RETURN_ASKED, reason)
    wanted = Wanted(
        key=f"order:{order.id}:return:{work.now:%Y%m%d}", template="return_asked",
        receivers=("role:owner", "role:merchant"), fields={"number": order.short_code, "text": reason},
        subject=f"order:{order.id}",
    )  # fmt: skip
    post_notice(work, wanted)


def give_rest_back(work: Work, order: Order, reason: str, client_key: str, approval: int = 0) -> Refunded:
    """Give back what has not left: the whole order with its freight, or the rest of one that left in part."""
    left_in_part = order.part_shipped
    rows = work.rows(
        select(OrderLine.id, OrderLine.qty_milli, OrderLine.refunded_milli, OrderLine.shipped_milli, OrderLine.freed_milli)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.id)
    ).all()  # fmt: skip
    here = [
        (
            int(r.id),
            int(r.qty_milli - (r.shipped_milli + r.freed_milli if left_in_part else r.refunded_milli)),
        )
        for r in rows
    ]
    rest = [(line_id, qty) for line_id, qty in here if qty > 0]
    freight = not left_in_part and bool(order.freight_minor + order.rounding_minor)
    back = give_back(work, order, rest, reason, client_key, True, freight, approval)
    if left_in_part:
        return back
    if order.status != CANCELLED:
        order.step(CANCELLED)
    order.ship_deadline = None
    set_aside.give_back(work, order.id)
    tell(work, order.id, "cancelled", reason)
    return back
