"""Orders written in the back office: created with their stock held, edited until paid, noted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money, allocate
from desktop.models.order_terms import TERMS
from desktop.models.orders import ORDER_TYPES, UNPAID, Order, OrderEvent, OrderLine, OrderType
from desktop.models.people import Permission, Till
from desktop.models.stock import Reservation
from desktop.pricing.cart import Bill, CartLine, check_rates, price_cart
from desktop.queries.given_back import paid_by_exchange
from desktop.queries.lasting import leaving_day
from desktop.queries.offers import Buyer, check_offered, read_offers, terms_for
from desktop.queries.order_hours import queued_until
from desktop.queries.places import place_of_till
from desktop.services import once, posting, set_aside
from desktop.services.order_conditions import (
    check_buyer,
    check_credit,
    check_lasting,
    check_minimum,
    check_who,
    pay_within,
    price_type,
    put_on_wish,
)
from desktop.services.order_lines import check_same_rates, line_rows
from desktop.services.posting import StockStep
from desktop.services.settlement import NOT_STOCKED
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_NOTE = 1_000
CHANNEL = "store"


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What an order is to hold. With an address it is shipped, without one the customer takes it along;
    `collect`: they come for it later, with a code.

    `discount_minor` comes off the whole order, on top of what the price lists give (minor units).
    """

    lines: tuple[CartLine, ...]
    order_type: str = "retail"
    member_id: int | None = None
    address: str = ""
    note: str = ""
    discount_minor: int = 0
    freight_minor: int = 0
    collect: bool = False
    seen_minor: int | None = None  # the total that was shown: another one is asked about first
    seen_rates: tuple[tuple[str, str], ...] = ()  # the rates it was reckoned by: likewise
    set_aside_id: int | None = None  # the campaign whose stock it may have; an edited order keeps its own


@dataclass(frozen=True, slots=True)
class Created:
    """The new order."""

    order_id: int
    code: str
    short_code: str
    total_minor: int


@action(permission=Permission.HANDLE_ORDERS)
def create_order(work: Work, draft: OrderDraft, client_key: str) -> Created:
    """Write an unpaid order and hold its goods; all of it or nothing.

    Outside its type's hours it is refused, or queued until they begin (`services/order_queue.py`).
    A retry with the same key gets the first answer. Raises `OutOfStock` or `Refused` (credit, minimum, price).
    """
    given = once.claim(work, client_key, [repr(draft)])
    if given is not None:
        return Created(**given)
    kind = _kind(draft.order_type)
    check_who(work, kind.key)
    queued = queued_until(work, kind.key, CHANNEL)
    buyer = check_buyer(work, draft.member_id, kind.key)
    bill = _price(work, draft, kind, buyer)
    check_offered(bill)
    amounts = _amounts(draft, bill)
    _check_seen(draft, amounts["total_minor"], bill.currency)
    check_credit(work, buyer, kind.key, amounts["total_minor"])
    till_id, location_id = _place(work)
    code, short = posting.next_order_code(work, work.setting(TERMS[kind.key].prefix))
    order = work.add(Order(
        code=code, short_code=short, order_type=kind.key, channel=CHANNEL, till_id=till_id, member_id=draft.member_id,
        location_id=location_id, status=UNPAID, currency=bill.currency, placed_at=work.now,
        pay_deadline=(queued or work.now) + pay_within(work, kind.key), queued_until=queued, client_key=client_key,
        address=draft.address.strip(), note=draft.note.strip()[:LONGEST_NOTE],
        collect=draft.collect and not draft.address.strip(), **amounts,
    ))  # fmt: skip
    _hold(work, order, bill, draft.discount_minor, draft.set_aside_id)
    tell(work, order.id, "placed")
    if queued is not None:
        tell(work, order.id, "queued", f"{queued.astimezone(work.zone):%Y-%m-%d %H:%M}")
    posting.add_to_daily(work, till_id=till_id, channel=CHANNEL, order_type=kind.key, orders=1)
    made = Created(order.id, code, short, amounts["total_minor"])
    once.keep(work, client_key, {name: getattr(made, name) for name in Created.__slots__})
    return made


@action(permission=Permission.HANDLE_ORDERS)
def edit_order(work: Work, order_id: int, draft: OrderDraft) -> int:
    """Replace lines, address, discount and note of an unpaid order; returns the new total in minor units.

    Type and member stay. Raises `Refused` for a paid order: that one changes by refund only.
    """
    order = work.get(Order, order_id, lock=True)
    if order.status != UNPAID:
        raise Refused(
            N_("Only an unpaid order can be changed. Use a refund for a paid one."), next_step="refund"
        )
    if paid_by_exchange(work, order.id):
        raise Refused(
            N_("Goods that came back pay a part of this order, so it can't be changed. Cancel it instead.")
        )
    kind = _kind(order.order_type)
    buyer = check_buyer(work, order.member_id, kind.key)
    bill = _price(work, draft, kind, buyer)
    had = work.session.scalars(select(OrderLine.sku_id).where(OrderLine.order_id == order.id))
    check_offered(bill, set(had))
    total = _amounts(draft, bill)["total_minor"]
    _check_seen(draft, total, bill.currency)
    check_credit(work, buyer, kind.key, total, order.id)
    before = order.total_minor
    campaign = set_aside.of_order(work, order.id)
    _let_go(work, order)
    for name, value in _amounts(draft, bill).items():
        setattr(order, name, value)
    order.address, order.note = draft.address.strip(), draft.note.strip()[:LONGEST_NOTE]
    order.collect = draft.collect and not order.address
    work.flush()
    _hold(work, order, bill, draft.discount_minor, campaign)
    tell(
        work,
        order.id,
        "edited",
        f"{Money(before, order.currency)} → {Money(order.total_minor, order.currency)}",
    )
    return order.total_minor


@action(permission=Permission.HANDLE_ORDERS)
def add_note(work: Work, order_id: int, text: str) -> None:
    """Put a remark of the staff on the order's timeline."""
    if not text.strip():
        raise Refused(N_("Type the note first."))
    work.get(Order, order_id)
    tell(work, order_id, "note", text.strip()[:LONGEST_NOTE])


def tell(work: Work, order_id: int, kind: str, note: str = "") -> None:
    """Write one step of an order's timeline."""
    event = {"order_id": order_id, "kind": kind, "note": note, "actor": work.actor.key, "at": work.now}
    work.post(OrderEvent, [event])
    work.touch("sale_order", order_id)


def held_goods(work: Work, order_id: int) -> list[Reservation]:
    """The open reservations of an order."""
    statement = select(Reservation).where(Reservation.order_id == order_id, Reservation.state == "open")
    return list(work.session.scalars(statement.order_by(Reservation.id).with_for_update()))


def stock_steps(kind: str, held: Sequence[Reservation]) -> list[StockStep]:
    """One guarded step per SKU for these reservations."""
    wanted: dict[int, int] = {}
    for reservation in held:
        wanted[reservation.sku_id] = wanted.get(reservation.sku_id, 0) + reservation.qty_milli
    return [StockStep(kind, sku_id, qty) for sku_id, qty in wanted.items()]


def _kind(key: str) -> OrderType:
    if key not in ORDER_TYPES:
        raise Refused(N_("There is no order type “{key}”."), key=key)
    return ORDER_TYPES[key]


def _check_seen(draft: OrderDraft, total_minor: int, currency: str) -> None:
    """Raises `Changed` when a price changed since somebody looked."""
    if draft.seen_minor is not None and draft.seen_minor != total_minor:
        raise Changed(
            N_("A price changed meanwhile: {now} instead of {seen}. Look at the amounts, then go on."),
            next_step="look_again", now=str(Money(total_minor, currency)), seen=str(Money(draft.seen_minor, currency)),
        )  # fmt: skip


def _price(work: Work, draft: OrderDraft, kind: OrderType, buyer: Buyer | None) -> Bill:
    if not draft.lines:
        raise Refused(N_("The order has no goods yet. Add the first."))
    tier = buyer.tier_key if buyer else ""
    skus = [line.sku_id for line in draft.lines]
    offers = read_offers(work, skus, order_type=price_type(work, kind.key), tier=tier, channel=CHANNEL)
    check_minimum(work, draft.lines, offers, kind.key)
    bill = price_cart(draft.lines, offers, terms_for(work, buyer, 0))
    check_rates(bill)
    check_same_rates(bill, dict(draft.seen_rates))
    if not 0 <= draft.discount_minor <= bill.total_minor or draft.freight_minor < 0:
        raise Refused(N_("The discount can't be more than the goods cost."))
    return bill


def _place(work: Work) -> tuple[int, int]:
    """The till and location a back-office order belongs to."""
    till_id = work.actor.till_id or work.value(select(Till.id).order_by(Till.id).limit(1))
    location_id = place_of_till(work, till_id)
    if till_id is None or not location_id:
        raise Refused(N_("This till is not set up. Add it under Settings first."))
    return int(till_id), location_id


def _amounts(draft: OrderDraft, bill: Bill) -> dict[str, Any]:
    words = [N_("Member price")] if bill.discount_minor else []
    words += [N_("Discount")] if draft.discount_minor else []
    return {
        "goods_minor": bill.goods_minor,
        "discount_minor": bill.discount_minor + draft.discount_minor,
        "discount_note": words[-1] if words else "",
        "freight_minor": draft.freight_minor,
        "total_minor": bill.total_minor - draft.discount_minor + draft.freight_minor,
    }


def _hold(work: Work, order: Order, bill: Bill, discount_minor: int, set_aside_id: int | None) -> None:
    """Write the lines, the discount shared among them to the last 分, and hold their goods."""
    shares = allocate(discount_minor, [line.total_minor for line in bill.lines])
    rows = line_rows(order.id, bill)
    for row, share in zip(rows, shares, strict=True):
        row["discount_minor"] += share
        row["total_minor"] -= share
    ids = work.post(OrderLine, rows, ids=True)
    held = [
        Reservation(
            order_id=order.id, line_id=line_id, sku_id=line.offer.sku_id, location_id=order.location_id,
            qty_milli=line.base_milli, state="open", expires_at=order.pay_deadline,
        )
        for line_id, line in zip(ids, bill.lines, strict=True)
        if line.offer.kind not in NOT_STOCKED
    ]  # fmt: skip
    steps, leaves = stock_steps("hold", held), leaving_day(work, order.queued_until)
    if set_aside_id is not None:
        wanted = {step.sku_id: step.qty_milli for step in steps}
        set_aside.draw(work, set_aside_id, order.location_id, wanted, f"order:{order.id}")
    elif not work.setting(TERMS[order.order_type].need_stock):
        steps = stock_steps("hold", put_on_wish(work, held, order.location_id, leaves))
    posting.step_stock(work, steps, order.location_id)
    check_lasting(work, steps, order.location_id, leaves)
    work.session.add_all(held)
    work.flush()


def _let_go(work: Work, order: Order) -> None:
    """Free what the order holds and drop its lines; nothing of it was paid, the audit trail keeps what it was."""
    held = held_goods(work, order.id)
    posting.step_stock(work, stock_steps("free", held), order.location_id)
    set_aside.give_back(work, order.id)
    for reservation in work.session.scalars(select(Reservation).where(Reservation.order_id == order.id)):
        work.remove(reservation)
    for line in work.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)):
        work.remove(line)
