"""Settle a sale in the shop: order, stock, points, money, receipt and audit commit together or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.models.checkout import Checkout
from desktop.models.members import Member
from desktop.models.orders import DONE, Order, OrderEvent, OrderLine
from desktop.models.payments import Tender
from desktop.models.people import Permission, Till
from desktop.models.settings import POINTS_DAYS, POINTS_PROOF
from desktop.models.stock import Location
from desktop.models.system import Idempotency
from desktop.pricing.cart import Bill, CartLine, check_rates, price_cart
from desktop.pricing.pay_discount import with_pay_discount
from desktop.pricing.rounding import rounded_bill
from desktop.queries.cash_sums import rounding_of
from desktop.queries.offers import Buyer, read_buyer, read_offers, terms_for
from desktop.services import posting, print_jobs, set_aside, stored_value
from desktop.services.hand_tenders import Payment, check_by_hand, count_part, tender_rows
from desktop.services.local_tenders import STORED, check_stored, in_base
from desktop.services.order_lines import check_moved, line_rows
from desktop.services.pay_limits import tell_approval
from desktop.services.pay_waiting import Paying, check_settling, mark_booked, read_paying
from desktop.services.posting import PointsStep, StockStep
from desktop.shop.action import action
from desktop.shop.work import Work

NOT_STOCKED = ("virtual", "service")
BY_HAND = ("cash", "card")  # taken by a person; wallets come through their gateways


@dataclass(frozen=True, slots=True)
class TenderIn:
    """Money taken by hand: how, how much (minor units), for cash how much was handed over."""

    method: str
    amount_minor: int
    received_minor: int = 0
    reference: str = ""
    attempt_id: int = 0  # what a provider took; only the machine of payments says so
    foreign_currency: str = ""  # notes of another currency: how much, and at which rate the front showed it
    foreign_minor: int = 0
    rate: str = ""
    discount_minor: int = 0  # taken off for this way to pay; the amount is after it


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settled sale became; a retry with the same key gets the same answer."""

    order_id: int
    code: str
    short_code: str
    receipt_number: str
    to_pay_minor: int
    change_minor: int
    points_spent: int
    points_earned: int
    points_left: int


@action(permission=Permission.TAKE_PAYMENT)
def settle(
    work: Work, key: str, tenders: Sequence[TenderIn], version: int, warned: bool = False, approval: int = 0
) -> Settled:
    """Turn the open sale with this client key into a paid order; what providers took for it counts, and comes first.

    `warned`: the person knows that a provider does not say what became of an earlier payment. `approval`: a manager's yes.
    Raises `OutOfStock`, `Changed` (somebody touched the sale after `version`) or `Refused`; nothing is changed then.
    """
    request = _fingerprint(key, tenders, version)
    # locked before looking for an answer: a second click waits for the first
    found = work.first(_SALE, {"key": key})
    done = work.first(_ANSWER, {"key": key})
    if done is not None:
        if done.request_hash != request:
            raise Refused(
                N_(
                    "This sale is already settled with other amounts. Look at the order before doing anything."
                )
            )
        return Settled(**json.loads(done.result))
    paying = read_paying(work, f"sale:{key}")
    check_settling(work, paying, warned)
    priced = _priced(work, _still_open(found, version))
    settled = _finish(work, priced, tenders, paying, request, _taken_off(work, priced, tenders, approval))
    tell_approval(work, settled.order_id, approval)
    return settled


@dataclass(frozen=True, slots=True)
class _Priced:
    """An open sale with its bill of this moment."""

    sale: Any
    bill: Bill
    buyer: Buyer | None
    channel: str
    place: int


def _priced(work: Work, sale: Any) -> _Priced:
    channel, place = _place(work, sale.till_id)
    buyer = read_buyer(work, sale.member_id)
    bill = _price(work, sale, buyer, channel)
    _check_proof(work, sale, bill)
    check_stored(work, sale, bill.to_pay_minor)
    return _Priced(sale, bill, buyer, channel, place)


def _finish(
    work: Work, priced: _Priced, tenders: Sequence[TenderIn], paying: Paying, request: str, off: int = 0
) -> Settled:
    stored = priced.sale.stored_minor
    tenders = [in_base(work, tender) for tender in tenders]
    held = sum(row.paid_minor for row in paying.held)
    off += paying.held_minor - held
    bill = with_pay_discount(priced.bill, off, terms_for(work, priced.buyer, 0)) if off else priced.bill
    bill = rounded_bill(bill, _rounding(work, bill.to_pay_minor - held - stored, tenders))
    _check_money(bill, tenders, held + stored, priced.sale.updated_at)
    whole = [*tenders, *(held_tender(row) for row in paying.held)]
    whole += [TenderIn(STORED, stored)] if stored else []
    settled = _write(work, priced.sale, bill, whole, priced.buyer, priced.channel, priced.place)
    mark_booked(work, [row.id for row in paying.held], settled.order_id)
    if stored:  # last: what is not there any more undoes all of it
        stored_value.spend(
            work, priced.sale.member_id, stored, settled.order_id, f"{priced.sale.client_key}:sv"
        )
    answer = {
        "client_key": priced.sale.client_key,
        "request_hash": request,
        "result": json.dumps(asdict(settled)),
        "at": work.now,
    }
    work.post(Idempotency, [answer])
    return settled


def _taken_off(
    work: Work, priced: _Priced, tenders: Sequence[TenderIn], approval: int = 0, counts: bool = True
) -> int:
    """May it be paid these ways here, and what is taken off for them."""
    return check_by_hand(work, _payment(priced), tenders, _besides(priced), approval, counts=counts)


def _payment(priced: _Priced) -> Payment:
    sale = priced.sale
    return Payment(sale.till_id, priced.channel, sale.member_id, priced.bill.currency, sale.client_key)


def _besides(priced: _Priced) -> dict[str, int]:
    """What stored value and points pay of a sale (minor units)."""
    others = {STORED: priced.sale.stored_minor, "points": priced.bill.points_minor}
    return {method: amount for method, amount in others.items() if amount}


def held_tender(row: Any) -> TenderIn:
    """What a provider took, as a part of the payment."""
    return TenderIn(row.method_key, row.paid_minor, 0, row.reference, row.id)


def open_bill(work: Work, key: str) -> tuple[Any, Bill]:
    """The open sale, locked, and its bill, when it could be settled now. Raises what `settle` would raise."""
    found = work.first(_SALE, {"key": key})
    priced = _priced(work, _still_open(found, found.version if found else 0))
    if priced.sale.state != "open":
        raise Refused(N_("This sale is already finished."))
    _taken_off(work, priced, (), counts=False)
    stocked = [line for line in priced.bill.lines if line.offer.kind not in NOT_STOCKED]
    if priced.sale.set_aside_id is None:  # what a campaign has is looked at when it is taken
        posting.check_free(work, _merged(stocked), priced.place)
    return priced.sale, priced.bill


def settle_held(work: Work, key: str) -> Settled | None:
    """Settle a sale with what providers took for it; None while that is not all. Raises what `settle` raises."""
    found = work.first(_SALE, {"key": key})
    if found is not None and found.state == "done":
        raise Refused(N_("This sale is already finished."))
    sale = _still_open(found, found.version if found else 0)
    priced, paying = _priced(work, sale), read_paying(work, f"sale:{key}")
    if paying.held_minor + sale.stored_minor < priced.bill.to_pay_minor:
        return None
    for method, amount in _besides(priced).items():  # what providers took was counted when it began
        count_part(work, _payment(priced), method, amount)
    return _finish(work, priced, (), paying, _fingerprint(key, (), sale.version))


_ANSWER = select(Idempotency.request_hash, Idempotency.result).where(
    Idempotency.client_key == bindparam("key")
)
_SALE = select(Checkout.__table__).where(Checkout.client_key == bindparam("key")).with_for_update()
_FLOOR = select(Location.id).order_by(Location.id).limit(1).scalar_subquery()
_PLACE = select(Till.kind, func.coalesce(Till.location_id, _FLOOR).label("place"))
_PLACE = _PLACE.where(Till.id == bindparam("till"))
_CLOSE = update(Checkout).where(Checkout.id == bindparam("sale"))
_CLOSE = _CLOSE.values(
    state="done", order_id=bindparam("order"), code_hash="", phone="", updated_at=bindparam("moment")
)
_MEMBER = (
    update(Member)
    .where(Member.id == bindparam("buyer"))
    .values(
        orders_count=Member.orders_count + 1,
        spent_minor=Member.spent_minor + bindparam("paid"),
        last_order_at=bindparam("moment"),
    )
)


def _fingerprint(key: str, tenders: Sequence[TenderIn], version: int) -> str:
    body = json.dumps([key, version, [asdict(t) for t in tenders]], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _still_open(sale: Any, version: int) -> Any:
    if sale is None or sale.state == "dropped":
        raise Refused(N_("This sale was cleared. Scan the goods again."))
    if sale.version != version:
        raise Changed(N_("The sale changed meanwhile. Check the amounts, then pay."), next_step="look_again")
    return sale


def _place(work: Work, till_id: int) -> tuple[str, int]:
    row = work.first(_PLACE, {"till": till_id})
    if row is None or row.place is None:
        raise Refused(N_("This till is not set up. Add it under Settings first."))
    return {"kiosk": "kiosk", "online": "online"}.get(row.kind, "store"), row.place


def _price(work: Work, sale: Any, buyer: Buyer | None, channel: str) -> Bill:
    lines = [CartLine(*line) for line in json.loads(sale.lines)]
    if not lines:
        raise Refused(N_("The cart is empty. Scan the first item."))
    if sale.member_id is not None and buyer is None:
        raise Changed(
            N_("This member’s account is closed. Continue without a member."), next_step="drop_member"
        )
    offers = read_offers(
        work, [line.sku_id for line in lines], tier=buyer.tier_key if buyer else "", channel=channel,
        subject=f"sale:{sale.client_key}",
    )  # fmt: skip
    bill = price_cart(lines, offers, terms_for(work, buyer, sale.points))
    check_rates(bill)
    if bill.points != sale.points:
        raise Changed(
            N_("Only {points} points can be used now. Choose again."),
            next_step="change_points",
            points=f"{bill.cap_points:,}",
        )
    return bill


def _check_proof(work: Work, sale: Any, bill: Bill) -> None:
    if bill.points and work.setting(POINTS_PROOF) and sale.agreed_version != sale.version:
        raise Refused(
            N_("The member has not confirmed the points yet. Confirm on the phone or type the code."),
            next_step="confirm_points",
        )


def _rounding(work: Work, due_minor: int, tenders: Sequence[TenderIn]) -> int:
    """What the small change left away adds, when cash pays all that other tenders leave; exact cash is taken too."""
    paid = sum(t.amount_minor for t in tenders)
    cash = sum(t.amount_minor for t in tenders if t.method == "cash")
    rounding = rounding_of(work, due_minor - (paid - cash)) if cash else 0
    return rounding if paid == due_minor + rounding else 0


def _check_money(bill: Bill, tenders: Sequence[TenderIn], held_minor: int, seen_at: datetime) -> None:
    for tender in tenders:
        if tender.method not in BY_HAND or tender.amount_minor <= 0 or tender.attempt_id:
            raise Refused(N_("This way to pay can’t be recorded by hand. Take cash or card."))
        if tender.method == "cash" and tender.received_minor and tender.received_minor < tender.amount_minor:
            missing = Money(tender.amount_minor - tender.received_minor, bill.currency)
            raise Refused(N_("{missing} is still missing."), missing=str(missing))
    paid = sum(t.amount_minor for t in tenders)
    due = bill.to_pay_minor - held_minor
    if paid != due:
        words = {"due": str(Money(due, bill.currency)), "paid": str(Money(paid, bill.currency))}
        check_moved(bill, seen_at, words)
        raise Changed(
            N_("{due} is due, {paid} was entered. Check the amounts."), next_step="look_again", **words
        )


def _write(
    work: Work,
    sale: Any,
    bill: Bill,
    tenders: Sequence[TenderIn],
    buyer: Buyer | None,
    channel: str,
    place: int,
) -> Settled:
    key, till_id = sale.client_key, sale.till_id
    stocked = [line for line in bill.lines if line.offer.kind not in NOT_STOCKED]
    _take(work, sale, _merged(stocked), place)
    code, short = posting.next_order_code(work)
    receipt = posting.next_receipt(work, till_id)
    order_id = work.post(
        Order, [_order_row(work, sale, bill, channel, place, (code, short, receipt))], ids=True
    )[0]
    source = f"order:{order_id}"
    work.post(OrderLine, line_rows(order_id, bill, taken_along=True))
    event = {"order_id": order_id, "note": "", "actor": work.actor.key, "at": work.now}
    work.post(OrderEvent, [{"kind": kind, **event} for kind in ("placed", "paid", "done")])
    work.post(Tender, tender_rows(work, order_id, bill, tenders, key, till_id))
    deltas = [(line.offer.sku_id, -line.base_milli, line.offer.cost_minor) for line in stocked]
    posting.post_movements(work, place, "sale", source, key, deltas)
    left = _points(work, bill, buyer, source, key)
    posting.add_to_daily(
        work,
        till_id=till_id,
        channel=channel,
        order_type="retail",
        orders=1,
        amount_minor=bill.to_pay_minor,
        points_minor=bill.points_minor,
    )
    work.rows(_CLOSE, {"sale": sale.id, "order": order_id, "moment": work.now})
    work.touch("checkout", sale.id)
    print_jobs.after_sale(work, till_id, order_id, key, cash=any(t.method == "cash" for t in tenders))
    change = sum(max(0, t.received_minor - t.amount_minor) for t in tenders if t.method == "cash")
    earns = bill.earns if buyer else 0
    return Settled(order_id, code, short, receipt, bill.to_pay_minor, change, bill.points, earns, left)


def _take(work: Work, sale: Any, steps: list[StockStep], place: int) -> None:
    """The goods leave the stock; a sale for a campaign may have that one's pieces."""
    if sale.set_aside_id is not None:
        wanted = {step.sku_id: step.qty_milli for step in steps}
        set_aside.draw(work, sale.set_aside_id, place, wanted, f"sale:{sale.client_key}")
    posting.step_stock(work, steps, place)


def _merged(lines: Sequence[Any]) -> list[StockStep]:
    wanted: dict[int, int] = {}
    for line in lines:
        wanted[line.offer.sku_id] = wanted.get(line.offer.sku_id, 0) + line.base_milli
    return [StockStep("take", sku, qty) for sku, qty in wanted.items()]


def _order_row(
    work: Work, sale: Any, bill: Bill, channel: str, place: int, names: tuple[str, str, str]
) -> dict[str, Any]:
    return {
        "code": names[0], "short_code": names[1], "receipt_number": names[2], "order_type": "retail",
        "channel": channel, "till_id": sale.till_id, "member_id": sale.member_id, "location_id": place,
        "status": DONE, "currency": bill.currency, "goods_minor": bill.goods_minor,
        "discount_minor": bill.discount_minor, "discount_note": _discount_note(bill),
        "pay_discount_minor": bill.pay_discount_minor,
        "freight_minor": 0, "rounding_minor": bill.rounding_minor, "total_minor": bill.total_minor, "paid_minor": bill.total_minor,
        "points_minor": bill.points_minor, "refunded_minor": 0, "points_spent": bill.points,
        "points_earned": bill.earns if sale.member_id else 0, "address": "", "note": "", "placed_at": work.now,
        "paid_at": work.now, "done_at": work.now, "client_key": sale.client_key,
    }  # fmt: skip


def _discount_note(bill: Bill) -> str:
    if bill.discount_minor > bill.pay_discount_minor:
        return N_("Member price")
    return N_("Payment discount") if bill.pay_discount_minor else ""


def _points(work: Work, bill: Bill, buyer: Buyer | None, source: str, key: str) -> int:
    if buyer is None:
        return 0
    values = {"buyer": buyer.member_id, "paid": bill.to_pay_minor, "moment": work.now}
    work.rows(_MEMBER, values)
    work.touch("member", buyer.member_id)
    steps = []
    if bill.points:
        steps.append(PointsStep(-bill.points, "spent", source, f"{key}:ps"))
    if bill.earns:
        until = work.now + timedelta(days=work.setting(POINTS_DAYS))
        steps.append(PointsStep(bill.earns, "purchase", source, f"{key}:pe", expires_at=until))
    return posting.post_points(work, buyer.member_id, steps) if steps else buyer.points


__all__ = ["Settled", "TenderIn", "held_tender", "open_bill", "settle", "settle_held"]
