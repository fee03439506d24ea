"""Q8: orders paid now and fetched in the store with a code (核销).

A code is found by a slow hash; the code itself stands only in the message to the member, who must be able to read it
again, so a copy of the database holds the open ones of members. Used, replaced or too old it is worth nothing.
Wrong codes are counted for each person before they are looked up: after five the till waits, longer each time.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from desktop.basics.errors import NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.order_talk import PickUp
from desktop.models.order_terms import PICK_UP_DAYS
from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, Order
from desktop.models.people import Permission
from desktop.services import once
from desktop.services.leaving import goods_leave
from desktop.services.notices import Wanted, post_notice
from desktop.services.orders import tell
from desktop.services.sign_in import brake, forget_tries
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

DIGITS = 8
_SALT = b"zhanggui pick-up code"
NOT_KNOWN = N_("No order has this code. Check the digits with the customer.")


@dataclass(frozen=True, slots=True)
class Collectable:
    """The order behind a code that was found: not handed over yet."""

    order_id: int
    short_code: str
    code_hash: str
    until: datetime


def digest(code: str) -> str:
    """The slow hash a code is found by (scrypt: some 20 ms a try)."""
    kept = "".join(ch for ch in code if ch.isdigit())
    return hashlib.scrypt(kept.encode(), salt=_SALT, n=2**13, r=8, p=1, dklen=24).hex()


def give_code(work: Work, order: Order) -> str:
    """A new code for a paid order; earlier ones are out. The member is told, a person may say it, too."""
    out = update(PickUp).where(PickUp.order_id == order.id, PickUp.state == "open")
    work.rows(out.values(state="replaced"))
    code, kept = _fresh(work)
    until = work.now + timedelta(days=work.setting(PICK_UP_DAYS))
    made = PickUp(order_id=order.id, code_hash=kept, state="open", made_at=work.now, expires_at=until)
    work.add(made)
    if order.member_id is not None:
        wanted = Wanted(
            key=f"pick_up:{made.id}", template="pick_up_code", receivers=(f"member:{order.member_id}",),
            channels=("portal", "email", "sms"), fields={"number": order.short_code, "pick_up": spaced(code), "time": until},
            subject=f"order:{order.id}",
        )  # fmt: skip
        post_notice(work, wanted)
    return code


def _fresh(work: Work) -> tuple[str, str]:
    """A code nobody ever had, and its hash."""
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        kept = digest(code)
        if work.value(select(PickUp.id).where(PickUp.code_hash == kept)) is None:
            return code, kept


def spaced(code: str) -> str:
    """`1234 5678`: easier to say and to type."""
    return f"{code[:4]} {code[4:]}"


@action(permission=Permission.HANDLE_ORDERS)
def new_pick_up_code(work: Work, order_id: int) -> str:
    """A fresh code for an order that waits to be fetched; shown once. Raises `Refused` for any other order."""
    order = work.get(Order, order_id, lock=True)
    if not order.collect or order.status != TO_SHIP:
        raise Refused(N_("Only a paid order that is fetched in the store has a code."))
    code = give_code(work, order)
    tell(work, order.id, "code made")
    return spaced(code)


def find_pick_up(shop: Shop, code: str) -> Collectable:
    """The order behind a typed or scanned code. Raises `Braked` after too many wrong ones, or says what is wrong."""
    door, subject = shop.acting_as(actors.guest()), f"pick-up:{shop.actor.key}"
    brake(door, subject)
    found = shop.ask(pick_up_of, digest(code))
    if found is None:
        raise NotFound(NOT_KNOWN)
    door.do(forget_tries, subject)
    return found


@question(permission=Permission.SEE_ORDERS)
def pick_up_of(read: Read, code_hash: str) -> Collectable | None:
    """The order behind a hash, None for none. Raises `Refused` for a code that was used, replaced or is too old."""
    row = read.first(
        select(
            PickUp.state,
            PickUp.expires_at,
            PickUp.used_at,
            Order.id,
            Order.short_code,
            Order.status,
            PickUp.code_hash,
        )
        .join(Order, Order.id == PickUp.order_id)
        .where(PickUp.code_hash == code_hash)
    )
    if row is None:
        return None
    _check(read, row.state, row.expires_at, row.used_at, row.status)
    return Collectable(row.id, row.short_code, row.code_hash, row.expires_at)


def _check(read: Read, state: str, until: datetime, used_at: datetime | None, status: str) -> None:
    if state == "used" and used_at is not None:
        raise Refused(
            N_("This order was fetched on {day} with this code."),
            day=f"{used_at.astimezone(read.zone):%Y-%m-%d %H:%M}",
        )
    if state != "open":
        raise Refused(N_("This code was replaced by a newer one. Ask for that."))
    if status == CANCELLED:
        raise Refused(N_("The order behind this code is cancelled. Nothing is handed over."))
    if until < read.now:
        raise Refused(
            N_("This code was good until {day}. Make a new one on the order."), next_step="new_pick_up_code",
            day=f"{until.astimezone(read.zone):%Y-%m-%d}",
        )  # fmt: skip


@action(permission=Permission.TAKE_PAYMENT)
def hand_over(work: Work, code_hash: str, client_key: str) -> str:
    """The customer has shown the code and takes the goods: they leave and the order is done; returns its number."""
    given = once.claim(work, client_key, [code_hash, "hand over"])
    if given is not None:
        return str(given)
    pick_up = work.find(select(PickUp).where(PickUp.code_hash == code_hash).with_for_update())
    if pick_up is None:
        raise NotFound(NOT_KNOWN)
    order = work.get(Order, pick_up.order_id, lock=True)
    _check(work, pick_up.state, pick_up.expires_at, pick_up.used_at, order.status)
    pick_up.state, pick_up.used_at = "used", work.now
    goods_leave(work, order, f"pick-up:{pick_up.id}")
    order.step(SHIPPED)
    order.shipped_at = work.now
    tell(work, order.id, "fetched")
    order.step(DONE)
    order.done_at = work.now
    tell(work, order.id, "done")
    once.keep(work, client_key, order.short_code)
    return order.short_code
