"""What happens to an order after it is placed: paid, shipped, received, cancelled; each a legal step or refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.models.members import Member
from desktop.models.orders import (
    CANCELLED,
    DONE,
    SHIPPED,
    TO_SHIP,
    UNPAID,
    Order,
    check_step,
)
from desktop.models.payments import Tender
from desktop.models.people import Permission
from desktop.models.settings import POINTS_DAYS, SHIP_HOURS
from desktop.pricing.cart import earned
from desktop.queries.cash_sums import rounding_of
from desktop.queries.offers import read_buyer, terms_for
from desktop.queries.pay_offer import where_of
from desktop.services import once, posting, print_jobs, stored_value
from desktop.services.cancelling import check_may_cancel, free_and_close, give_rest_back
from desktop.services.cash_sessions import session_of
from desktop.services.hand_tenders import Payment, check_by_hand, take_off
from desktop.services.leaving import check_not_asked_back, goods_leave, goods_return, something_open
from desktop.services.local_tenders import STORED, foreign_columns, in_base
from desktop.services.order_queue import check_released
from desktop.services.orders import held_goods, tell
from desktop.services.parcel_rows import add_parcel, keep_parts, newest_parcel_at, parcel_of, parts_of
from desktop.services.pay_limits import tell_approval
from desktop.services.pay_waiting import Paying, check_settling, mark_booked, read_paying
from desktop.services.pickup import give_code
from desktop.services.posting import PointsStep
from desktop.services.refunds import Refunded
from desktop.services.settlement import BY_HAND, TenderIn, held_tender
from desktop.shop.action import action
from desktop.shop.work import Work

BACK_OFFICE = (*BY_HAND, "other")  # a bank transfer is seen by a person, too
NOT_PAID = N_("Not paid in time")


@action(permission=Permission.TAKE_PAYMENT)
def pay_order(
    work: Work, order_id: int, tender: TenderIn, client_key: str, warned: bool = False, approval: int = 0
) -> str:
    """Record the money of an unpaid order, taken by hand: all that providers did not take; returns the receipt number.

    An order with an address then waits to be shipped, one that is fetched later gets its code; of any other the goods
    are taken along and it is done. `warned`: a provider does not say what became of an earlier payment.
    """
    request = [order_id, tender.method, tender.amount_minor, tender.received_minor, tender.reference]
    given = once.claim(work, client_key, request)
    if given is not None:
        return str(given)
    order = _unpaid(work, order_id)
    tender = in_base(work, tender)
    paying = read_paying(work, f"order:{order.id}")
    check_settling(work, paying, warned)
    till_id = work.actor.till_id or order.till_id
    payment = Payment(
        till_id, where_of(work, till_id).channel, order.member_id, order.currency, f"order:{order.id}"
    )
    off = check_by_hand(work, payment, [tender], {}, approval)
    tell_approval(work, order.id, approval)
    held = sum(row.paid_minor for row in paying.held)
    take_off(work, order, off + paying.held_minor - held)
    rest = order.total_minor - held
    if tender.method == "cash" and tender.amount_minor != rest:
        rest += _round_cash(work, order, rest, tender.amount_minor)
    _check_tender(order, tender, rest)
    receipt = _paid(work, order, [tender], paying, client_key)
    if work.actor.till_id:  # somebody stands there with the customer
        print_jobs.after_sale(
            work, work.actor.till_id, order.id, f"order:{order.id}", cash=tender.method == "cash"
        )
    once.keep(work, client_key, receipt)
    return receipt


def pay_held(work: Work, order_id: int) -> None:
    """Pay an order with what providers took for it, once that is all. Raises `Refused` for one that is not unpaid."""
    order = _unpaid(work, order_id)
    paying = read_paying(work, f"order:{order.id}")
    if paying.held_minor > order.total_minor:
        raise Changed(N_("The order costs less than was paid."), next_step="look_again")
    if paying.held_minor == order.total_minor:
        take_off(work, order, sum(row.discount_minor for row in paying.held))
        _paid(work, order, [], paying, f"order:{order.id}:held")


def _unpaid(work: Work, order_id: int) -> Order:
    order = work.get(Order, order_id, lock=True)
    if order.status != UNPAID:  # a shipped one may step back to “to ship”, but not by being paid twice
        raise Refused(N_("This order is paid or cancelled already, so no money is taken for it."))
    return order


def _paid(work: Work, order: Order, tenders: Sequence[TenderIn], paying: Paying, client_key: str) -> str:
    """The money is all there: the order goes on; returns the receipt number."""
    whole = [*tenders, *(held_tender(row) for row in paying.held)]
    taken_along = not order.address and not order.collect
    order.step(DONE if taken_along else TO_SHIP)
    till_id = work.actor.till_id or order.till_id
    order.receipt_number = posting.next_receipt(work, till_id)
    order.paid_minor, order.paid_at, order.pay_deadline = order.total_minor, work.now, None
    _take(work, order, whole, client_key)
    mark_booked(work, [row.id for row in paying.held], order.id)
    for tender in whole:
        tell(work, order.id, "paid", tender.method)
    if taken_along:
        goods_leave(work, order, client_key)
        order.done_at = work.now
        tell(work, order.id, "done")
    else:
        begins = max(work.now, order.queued_until or work.now)
        order.ship_deadline = begins + timedelta(hours=work.setting(SHIP_HOURS))
        for reservation in held_goods(work, order.id):
            reservation.expires_at = None
        if order.collect:
            give_code(work, order)
    return order.receipt_number


@action(permission=Permission.HANDLE_ORDERS)
def ship_order(
    work: Work,
    order_id: int,
    tracking: str = "",
    carrier: str = "",
    lines: Sequence[tuple[int, int]] = (),
    client_key: str = "",
    carrier_id: int | None = None,
) -> int:
    """A parcel leaves: what was held becomes stock movements; returns the shipment's id.

    `lines` are (line id, thousandths of its unit) pairs; empty means all that is still to leave. The order is shipped
    when nothing is left of it. Raises `Refused` for more than is left, a cancelled order, one that waits in the queue.
    """
    order = work.get(Order, order_id, lock=True)
    if client_key:
        given = once.claim(work, client_key, [order_id, tracking, carrier, carrier_id, sorted(lines)])
        if given is not None:
            return int(given)
    check_released(work, order.queued_until)
    if order.status == CANCELLED:
        raise Refused(N_("This order is cancelled, so nothing of it can be shipped. Write a new order."))
    check_step(order.status, SHIPPED)
    check_not_asked_back(work, order.id, dict(lines) or None)
    parcel = add_parcel(work, order, tracking, carrier, carrier_id)
    parts = goods_leave(work, order, f"shipment:{parcel.id}", dict(lines) or None)
    if not parts:
        raise Refused(N_("Nothing of this order is left to ship. Cancel it to give back the rest."))
    keep_parts(work, parcel, parts)
    order.shipped_at = work.now
    words = " ".join(part for part in (parcel.carrier, parcel.tracking) if part)
    if something_open(work, order.id):
        tell(work, order.id, "part shipped", words)
    else:
        order.step(SHIPPED)
        tell(work, order.id, "shipped", words)
    if client_key:
        once.keep(work, client_key, parcel.id)
    return parcel.id


@action(permission=Permission.HANDLE_ORDERS)
def undo_shipment(work: Work, order_id: int, parcel_id: int | None = None) -> None:
    """The counter-step of shipping: a parcel's goods (the newest's) come back by movements and are held again."""
    order = work.get(Order, order_id, lock=True)
    if order.status != SHIPPED and not order.part_shipped:
        raise Refused(N_("This order is not on its way, so there is nothing to take back."))
    parcel = parcel_of(work, order, parcel_id)
    goods_return(
        work, order, f"shipment:{parcel.id}" if parcel else f"order:{order.id}", parts_of(work, order, parcel)
    )
    if parcel:
        parcel.undone_at, parcel.next_ask_at = work.now, None
    if order.status == SHIPPED:
        order.step(TO_SHIP)
    work.flush()
    order.shipped_at = newest_parcel_at(work, order.id)
    tell(work, order.id, "to_ship")


@action(permission=Permission.HANDLE_ORDERS)
def receive_order(work: Work, order_id: int) -> None:
    """The customer has the parcel: the order is done."""
    order = work.get(Order, order_id, lock=True)
    if order.status == UNPAID:  # a store sale may step from here to done, but only by being paid
        raise Refused(N_("This order is not paid yet."))
    order.step(DONE)
    order.done_at = work.now
    tell(work, order.id, "done")


@action(permission=Permission.HANDLE_ORDERS)
def cancel_order(work: Work, order_id: int, reason: str = "", approval: int = 0) -> None:
    """Cancel an unpaid order: what it held is free again. A paid one is cancelled with its refund.

    The clock gives `NOT_PAID` as its reason. Money that came meanwhile, even a part of it, stands in the way. `approval`
    is a manager's yes to what an exchange had paid of it and goes back.
    """
    order = work.get(Order, order_id, lock=True)
    if order.status == TO_SHIP:
        raise Refused(N_("This order is paid. Cancel it together with its refund."), next_step="refund")
    check_may_cancel(work, order)
    free_and_close(work, order, reason, approval)


@action(permission=Permission.REFUND)
def cancel_paid_order(work: Work, order_id: int, reason: str, client_key: str, approval: int = 0) -> Refunded:
    """Cancel a paid order: money and points go back, the goods are free again; of one that left in part, the rest."""
    order = work.get(Order, order_id, lock=True)
    given = once.claim(work, client_key, [order_id, "cancel"])
    if given is not None:
        return Refunded(**given)
    if order.status == UNPAID:
        raise Refused(N_("This order is not paid yet."))
    check_may_cancel(work, order)
    back = give_rest_back(work, order, reason, client_key, approval)
    once.keep(work, client_key, {name: getattr(back, name) for name in Refunded.__slots__})
    return back


def _check_tender(order: Order, tender: TenderIn, rest_minor: int) -> None:
    if tender.method not in (*BACK_OFFICE, STORED) or tender.attempt_id or tender.amount_minor < 0:
        raise Refused(N_("This way to pay can’t be recorded by hand. Take cash or card."))
    if tender.amount_minor != rest_minor:
        raise Changed(
            N_("{due} is due, {paid} was entered. Check the amounts."),
            next_step="look_again",
            due=str(Money(rest_minor, order.currency)),
            paid=str(Money(tender.amount_minor, order.currency)),
        )
    if tender.method == "cash" and tender.received_minor and tender.received_minor < tender.amount_minor:
        missing = Money(tender.amount_minor - tender.received_minor, order.currency)
        raise Refused(N_("{missing} is still missing."), missing=str(missing))


def _round_cash(work: Work, order: Order, rest_minor: int, paid_minor: int) -> int:
    """Leave the small change of what is paid in cash away, as a line of its own; returns what that adds."""
    rounding = rounding_of(work, rest_minor)
    if paid_minor != rest_minor + rounding:
        return 0
    order.total_minor += rounding
    order.rounding_minor += rounding
    return rounding


def _take(work: Work, order: Order, tenders: Sequence[TenderIn], client_key: str) -> None:
    """The money itself (none for an order that costs nothing), the day's figures, and what the member earns by it."""
    till_id = work.actor.till_id or order.till_id
    session = session_of(work, till_id, cash=any(t.method == "cash" for t in tenders))
    work.post(Tender, [{
        "order_id": order.id, "method_key": t.method, "amount_minor": t.amount_minor, "points": 0,
        "currency": order.currency, "reference": t.reference.strip()[:64], "received_minor": t.received_minor,
        "client_key": f"{client_key}:t{number}", "actor": work.actor.key, "session_id": session, "at": work.now,
        "attempt_id": t.attempt_id or None, **foreign_columns(t),
    } for number, t in enumerate(tenders) if t.amount_minor])  # fmt: skip
    money = sum(t.amount_minor for t in tenders)
    posting.add_to_daily(
        work, till_id=order.till_id, channel=order.channel, order_type=order.order_type, amount_minor=money
    )
    credit_buyer(work, order, money, client_key)
    stored = sum(t.amount_minor for t in tenders if t.method == STORED)
    if stored:  # last: what is not there any more undoes all of it
        stored_value.spend(work, order.member_id, stored, order.id, f"{client_key}:sv")


def credit_buyer(work: Work, order: Order, money_minor: int, client_key: str, given: int = 0) -> None:
    """Count a paid order and its money with the member behind it, and give the points it earns.

    `given` are points the member already has for it: then no more are given.
    """
    buyer = read_buyer(work, order.member_id)
    if buyer is None:
        return
    member = work.get(Member, buyer.member_id, lock=True)
    member.orders_count += 1
    member.spent_minor += money_minor
    member.last_order_at = work.now
    work.flush()
    gained = given or earned(money_minor, terms_for(work, buyer, 0))
    order.points_earned = gained
    if gained and not given:
        until = work.now + timedelta(days=work.setting(POINTS_DAYS))
        step = PointsStep(gained, "purchase", f"order:{order.id}", f"{client_key}:pe", expires_at=until)
        posting.post_points(work, buyer.member_id, [step])
