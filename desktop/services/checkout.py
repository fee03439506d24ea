"""The open sale at a till: saved after every change, joined by a member, shown to a phone, dropped or settled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.basics.errors import Changed, NotFound, Refused
from desktop.basics.i18n import N_, _
from desktop.basics.ids import new_token, six_digits
from desktop.models.checkout import Checkout
from desktop.models.members import Member
from desktop.models.people import Permission, Till
from desktop.models.products import Product, Sku
from desktop.models.settings import KIOSK_CODE_TTL
from desktop.pricing.cart import CartLine
from desktop.queries.checkout import shop_name
from desktop.services.joining import checked_phone, find_by_phone, join
from desktop.services.pay_letting_go import let_go
from desktop.services.pay_waiting import check_unfrozen
from desktop.shop.action import action
from desktop.shop.work import Work

if TYPE_CHECKING:
    from desktop.gateways.notify import Notify
    from desktop.shop.shop import Shop

CODE_MINUTES = 5
MOST_CODES = 5  # sent per sale
MOST_TRIES = 5  # typed per code


@dataclass(frozen=True, slots=True)
class PhoneOffer:
    """The one-time address part for the QR code, and until when it may be taken."""

    token: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """How a typed code did: `good`, `wrong`, `late` or `spent` (too many tries)."""

    verdict: str
    tries_left: int = 0


def digest(*parts: str) -> str:
    """What is stored instead of a token, device or code."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def open_sale(work: Work, key: str) -> Checkout:
    """The sale with this key, locked. Raises `NotFound` or `Refused` when it is over."""
    sale = work.find(select(Checkout).where(Checkout.client_key == key).with_for_update())
    if sale is None:
        raise NotFound(N_("This sale was cleared. Scan the goods again."))
    if sale.state != "open":
        raise Refused(N_("This sale is already finished."))
    return sale


def touch(work: Work, sale: Checkout) -> int:
    """Give the sale its next version: whoever agreed to an older one must look again.

    Raises `Refused` while it is being paid by a provider: what was agreed to stays as it is.
    """
    check_unfrozen(work, f"sale:{sale.client_key}")
    sale.version += 1
    sale.updated_at = work.now
    return sale.version


@action(permission=Permission.KIOSK)
def save_checkout(work: Work, key: str, lines: Sequence[CartLine], points: int = 0) -> int:
    """Write the cart of this till's open sale (made when new); returns its version."""
    text = written(lines)
    sale = work.find(select(Checkout).where(Checkout.client_key == key).with_for_update())
    check_fixed(work, lines, sale.lines if sale is not None else "[]")
    if sale is None:
        sale = Checkout(
            client_key=key, till_id=work.actor.till_id, lines=text, points=points, updated_at=work.now
        )
        work.session.add(sale)
        _seen(work)
        return 1
    if sale.state != "open":
        raise Refused(N_("This sale is already finished."))
    if sale.lines == text and sale.points == points:
        return sale.version
    sale.lines, sale.points = text, points
    return touch(work, sale)


def written(lines: Sequence[CartLine]) -> str:
    """The lines as a sale keeps them."""
    rows = [
        [line.sku_id, line.unit, line.qty_milli, *([] if line.fixed_minor is None else [line.fixed_minor])]
        for line in lines
    ]
    return json.dumps(rows)


def check_fixed(work: Work, lines: Sequence[CartLine], before: str) -> None:
    """A till may take a line's price from a scale's label; any other comes from staff and was in the sale before."""
    fixed = {line for line in lines if line.fixed_minor is not None}
    unknown = fixed - {CartLine(*line) for line in json.loads(before)}
    if not unknown:
        return
    kinds = select(Product.kind).join(Sku, Sku.product_id == Product.id)
    wanted = kinds.where(Sku.id.in_({line.sku_id for line in unknown})).distinct()
    if any(row.kind != "weighed" for row in work.rows(wanted)):
        raise Refused(N_("Only staff can set this price."), next_step="staff")


def _seen(work: Work) -> None:
    till = work.session.get(Till, work.actor.till_id)
    if till is not None:
        till.seen_at = work.now


@action(permission=Permission.KIOSK)
def drop_checkout(work: Work, key: str) -> None:
    """Clear a sale that will not be paid; what a provider took for it goes back by itself."""
    sale = work.find(select(Checkout).where(Checkout.client_key == key).with_for_update())
    if sale is not None and sale.state == "open":
        let_go(work, f"sale:{key}")
        sale.state, sale.token_hash, sale.code_hash, sale.phone = "dropped", None, "", ""


@action(permission=Permission.KIOSK)
def join_by_phone(work: Work, key: str, phone: str, sign_up: bool = False) -> int | None:
    """Put a member on the sale by phone number; None when unknown and not to be signed up. Points stay untouched."""
    sale = open_sale(work, key)
    digits = checked_phone(phone)
    member = join(work, digits, "kiosk") if sign_up else find_by_phone(work, digits)
    if member is None:
        return None
    if member.status != "active":
        raise Refused(N_("This member’s account is closed. Ask the shop."))
    _set_member(work, sale, member.id)
    return member.id


@action(permission=Permission.KIOSK)
def leave_member(work: Work, key: str) -> int:
    """Take the member off the sale («not me»), with their points, prices and phone."""
    sale = open_sale(work, key)
    _set_member(work, sale, None)
    sale.token_hash, sale.device_hash = None, ""
    return sale.version


def _set_member(work: Work, sale: Checkout, member_id: int | None) -> None:
    if sale.member_id == member_id:
        return
    sale.member_id, sale.points, sale.stored_minor, sale.agreed_by = member_id, 0, 0, ""
    touch(work, sale)


@action(permission=Permission.KIOSK)
def choose_campaign(work: Work, key: str, set_aside_id: int | None) -> int:
    """Sell from the stock of a campaign, or (None) as always; returns the sale's version."""
    sale = open_sale(work, key)
    if sale.set_aside_id == set_aside_id:
        return sale.version
    sale.set_aside_id = set_aside_id
    return touch(work, sale)


@action(permission=Permission.KIOSK)
def offer_to_phone(work: Work, key: str) -> PhoneOffer:
    """A new one-time token for the QR code; the earlier one, and a phone that had it, are out."""
    sale = open_sale(work, key)
    token = new_token()
    sale.token_hash, sale.device_hash = digest(token), ""
    sale.token_until = work.now + timedelta(seconds=work.setting(KIOSK_CODE_TTL))
    return PhoneOffer(token, sale.token_until)


@action(permission=Permission.KIOSK)
def issue_kiosk_code(work: Work, key: str, version: int) -> tuple[str, str]:
    """A six-digit code for the member on the sale; returns (phone, code). Only its hash is kept."""
    sale = open_sale(work, key)
    if sale.version != version:
        raise Changed(N_("The sale changed meanwhile. Check the amounts, then pay."), next_step="look_again")
    member = work.get(Member, sale.member_id) if sale.member_id else None
    if member is None or not member.phone:
        raise Refused(N_("Type the member’s phone number first."))
    return member.phone, new_code(work, sale, member.phone)


def new_code(work: Work, sale: Checkout, phone: str) -> str:
    """Make a code that proves a phone number for this sale. Raises `Refused` after too many."""
    if sale.codes_sent >= MOST_CODES:
        raise Refused(N_("Too many codes were sent for this sale. Pay without points or start again."))
    code = six_digits()
    sale.phone, sale.code_hash, sale.code_tries = phone, digest(sale.client_key, phone, code), 0
    sale.code_until = work.now + timedelta(minutes=CODE_MINUTES)
    sale.codes_sent += 1
    return code


def weigh_code(work: Work, sale: Checkout, code: str) -> Proof:
    """Check a typed code, counting the try; a good one is used up."""
    if not sale.code_hash or sale.code_until is None or sale.code_until < work.now:
        return Proof("late")
    if sale.code_tries >= MOST_TRIES:
        return Proof("spent")
    sale.code_tries += 1
    if digest(sale.client_key, sale.phone, code.strip()) != sale.code_hash:
        return Proof("wrong", MOST_TRIES - sale.code_tries)
    sale.code_hash = ""
    return Proof("good")


def say_proof(proof: Proof) -> None:
    """Turn a verdict into a sentence. Raises `Refused` unless it is good."""
    if proof.verdict == "wrong" and proof.tries_left:
        raise Refused(N_("That is not the code. {left} tries left."), left=proof.tries_left)
    if proof.verdict == "late":
        raise Refused(N_("The code is too old. Ask for a new one."), next_step="new_code")
    if proof.verdict != "good":
        raise Refused(N_("Too many wrong codes. Ask for a new one."), next_step="new_code")


@action(permission=Permission.KIOSK)
def try_kiosk_code(work: Work, key: str, code: str, version: int) -> Proof:
    """Check the code typed at the kiosk; a good one is the member's word for this version of the sale."""
    sale = open_sale(work, key)
    if sale.version != version:
        raise Changed(N_("The sale changed meanwhile. Check the amounts, then pay."), next_step="look_again")
    proof = weigh_code(work, sale, code)
    if proof.verdict == "good":
        sale.agreed_version, sale.agreed_by = sale.version, "code"
    return proof


@action(permission=Permission.TAKE_PAYMENT)
def agree_by_staff(work: Work, key: str, version: int) -> None:
    """The member's word for this version of the sale, given to a person: for shops that send no messages."""
    sale = open_sale(work, key)
    if sale.version != version:
        raise Changed(N_("The sale changed meanwhile. Check the amounts, then pay."), next_step="look_again")
    if sale.member_id is None:
        raise Refused(N_("Type the member’s phone number first."))
    sale.agreed_version, sale.agreed_by, sale.updated_at = version, "staff", work.now


def send_kiosk_code(shop: Shop, notify: Notify, key: str, version: int) -> None:
    """Send the member on the sale a code to type at the kiosk."""
    phone, code = shop.do(issue_kiosk_code, key, version)
    notify.send(phone, code_text(shop, code))


def agree_by_code(shop: Shop, key: str, code: str, version: int) -> None:
    """Confirm the points with the code from the member's phone. Raises `Refused` with the tries left."""
    say_proof(shop.do(try_kiosk_code, key, code, version))


def code_text(shop: Shop, code: str) -> str:
    """The message a member gets, in the language of the front that asked."""
    return _("{shop}: your code is {code}, good for {minutes} minutes. Never tell it to anyone.").format(
        shop=shop.ask(shop_name), code=code, minutes=CODE_MINUTES
    )
