"""After-sales: cases opened, approved or refused, withdrawn, closed; photos and remarks put to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.pictures import check_small
from desktop.models.after_sales import (
    APPROVED,
    ASKED,
    AWAITED,
    CANCELLED,
    CLOSED,
    CONDITION_WORDS,
    EXCHANGE,
    KINDS,
    MOST_PHOTOS,
    RECEIVED,
    REFUSED,
    RESALEABLE,
    AfterSale,
    AfterSaleGoods,
    AfterSaleLine,
    AfterSalePhoto,
)
from desktop.models.orders import DONE, SHIPPED, TO_SHIP, Order
from desktop.models.people import Permission
from desktop.pricing.cart import CartLine
from desktop.services import once
from desktop.services.after_sale_asking import AskedLine, check_asked
from desktop.services.after_sale_goods import goods_leave_again
from desktop.services.after_sale_steps import LONGEST_NOTE, lock_case, move, record, tell_order
from desktop.services.approving import needs_approval
from desktop.services.posting import next_number
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_REASON = 100
TOO_MANY_PHOTOS = N_("A case holds {count} photos at most.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer asks for; `goods` are what an exchange sends instead (empty: the same again)."""

    kind: str
    lines: tuple[AskedLine, ...]
    reason: str
    note: str = ""
    goods: tuple[CartLine, ...] = ()
    with_freight: bool = False
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The new case."""

    case_id: int
    code: str
    state: str


@action(permission=Permission.HANDLE_ORDERS)
def open_case(
    work: Work, order_id: int, asked: Asked, client_key: str, photos: Sequence[bytes] = ()
) -> Opened:
    """Open a case on a paid order. What it asks for is taken off what anybody else may ask for.

    Whether somebody must approve it first is a setting; money without goods always waits for that. A retry with the
    same key gets the first answer. Raises `Refused` for more than was sold or is not asked for yet.
    """
    order = work.get(Order, order_id, lock=True)
    given = once.claim(work, client_key, [order_id, repr(asked), len(photos)])
    if given is not None:
        return Opened(**given)
    if asked.kind not in KINDS or order.status not in (TO_SHIP, SHIPPED, DONE):
        raise Refused(N_("After-sales needs a paid order. Cancel or change this one instead."))
    if not asked.reason.strip():
        raise Refused(N_("Say why first."))
    worth = check_asked(work, order, asked.kind, asked.lines, asked.with_freight)
    case = work.add(AfterSale(
        code=_next_code(work), order_id=order.id, kind=asked.kind, state=ASKED,
        reason=asked.reason.strip()[:LONGEST_REASON], note=asked.note.strip()[:LONGEST_NOTE],
        with_freight=asked.with_freight, worth_minor=worth, tracking=asked.tracking.strip()[:64],
        opened_at=work.now, moved_at=work.now, opened_by=work.actor.key, client_key=client_key,
    ))  # fmt: skip
    _write(work, case, asked, photos)
    record(work, case.id, ASKED, case.reason)
    if not (needs_approval(work, worth) or any(line.amount_minor for line in asked.lines)):
        move(work, case, AWAITED if KINDS[case.kind].goods else APPROVED)
    tell_order(work, case)
    opened = Opened(case.id, case.code, case.state)
    once.keep(work, client_key, {name: getattr(opened, name) for name in Opened.__slots__})
    return opened


def _next_code(work: Work) -> str:
    day = shop_day(work.now, work.zone)
    return f"AS-{day:%y%m%d}-{next_number(work, f'aftersale:{day:%y%m%d}'):03d}"


def _write(work: Work, case: AfterSale, asked: Asked, photos: Sequence[bytes]) -> None:
    work.post(AfterSaleLine, [
        {
            "case_id": case.id, "line_id": line.line_id, "qty_milli": line.qty_milli, "amount_minor": line.amount_minor,
            "condition": line.condition if line.condition in CONDITION_WORDS else RESALEABLE,
            "received_milli": 0, "damaged_milli": 0,
        }
        for line in asked.lines
    ])  # fmt: skip
    if asked.kind == EXCHANGE:
        plan_goods(work, case.id, asked.goods)
    _keep_photos(work, case, photos)


def plan_goods(work: Work, case_id: int, goods: Sequence[CartLine]) -> None:
    """Write down what an exchange is to send."""
    wanted: dict[tuple[int, str], int] = {}
    for line in goods:
        if line.qty_milli <= 0:
            raise Refused(N_("Choose how many are to be sent."))
        wanted[line.sku_id, line.unit] = wanted.get((line.sku_id, line.unit), 0) + line.qty_milli
    work.post(AfterSaleGoods, [
        {"case_id": case_id, "sku_id": sku, "unit": unit, "qty_milli": qty, "credit_minor": 0, "spent_minor": 0}
        for (sku, unit), qty in wanted.items()
    ])  # fmt: skip


@action(permission=Permission.APPROVE)
def approve_case(work: Work, case_id: int, note: str = "") -> str:
    """Say yes; returns the new state: the goods are awaited, or it can be settled at once."""
    case, _order = lock_case(work, case_id)
    move(work, case, AWAITED if KINDS[case.kind].goods else APPROVED, note)
    return case.state


@action(permission=Permission.APPROVE)
def refuse_case(work: Work, case_id: int, why: str, client_key: str) -> None:
    """Say no, with the reason. Goods that are here already leave the books again, back to the customer."""
    case, _order = lock_case(work, case_id)
    if not why.strip():
        raise Refused(N_("Say why first."))
    if case.state == RECEIVED:
        goods_leave_again(work, case, client_key)
    move(work, case, REFUSED, why)
    tell_order(work, case)


@action(permission=Permission.HANDLE_ORDERS)
def withdraw_case(work: Work, case_id: int, why: str = "") -> None:
    """The customer wants it no longer; what it asked for is free to be asked for again."""
    case, _order = lock_case(work, case_id)
    move(work, case, CANCELLED, why)
    tell_order(work, case)


@action(permission=Permission.HANDLE_ORDERS)
def close_case(work: Work, case_id: int, note: str = "") -> None:
    """Nothing is left to do: the goods sent instead have arrived. Raises `Refused` before it is settled."""
    case, _order = lock_case(work, case_id)
    if case.state != "settled":
        raise Refused(N_("Settle the case first."))
    move(work, case, CLOSED, note)


@action(permission=Permission.HANDLE_ORDERS)
def note_on_case(work: Work, case_id: int, text: str) -> None:
    """Put a remark of the staff on the case's timeline."""
    if not text.strip():
        raise Refused(N_("Type the note first."))
    work.get(AfterSale, case_id)
    record(work, case_id, "note", text)


@action(permission=Permission.HANDLE_ORDERS)
def add_case_photos(work: Work, case_id: int, photos: Sequence[bytes]) -> None:
    """Put photos made by `small_picture` to a case; anything else is refused, and so is the seventh."""
    case, _order = lock_case(work, case_id)
    _keep_photos(work, case, photos)
    record(work, case.id, "photos", str(len(photos)))


def _keep_photos(work: Work, case: AfterSale, photos: Sequence[bytes]) -> None:
    there = work.value(select(func.count()).where(AfterSalePhoto.case_id == case.id)) or 0
    if there + len(photos) > MOST_PHOTOS:
        raise Refused(TOO_MANY_PHOTOS, count=MOST_PHOTOS)
    for photo in photos:
        check_small(photo)
    row = {"case_id": case.id, "actor": work.actor.key, "at": work.now}
    for photo in photos:  # not by `post`: the audit trail keeps no pictures
        work.rows(insert(AfterSalePhoto).values(**row, data=photo))
    if photos:
        work.touch("after_sale_photo", case.id)
        work.note(photos=len(photos))
