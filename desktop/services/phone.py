"""The member's side of a sale: one phone takes the offer, proves its number, chooses points and agrees.

Every step names the token from the QR code and the device that took it; a second phone is refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.basics.errors import Changed, NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.checkout import Checkout
from desktop.models.people import Permission, SignInBrake
from desktop.pricing.cart import CartLine, price_cart
from desktop.queries.offers import read_buyer, read_offers, terms_for
from desktop.services import checkout
from desktop.services.checkout import Proof, digest, new_code, say_proof, touch, weigh_code
from desktop.services.joining import checked_phone, join
from desktop.shop.action import action
from desktop.shop.work import Work

if TYPE_CHECKING:
    from desktop.gateways.notify import Notify
    from desktop.shop.shop import Shop

CODES_PER_NUMBER = 8  # before a number has to wait, over all sales: nobody's phone is flooded


def _offered(work: Work, token: str) -> Checkout:
    sale = work.find(select(Checkout).where(Checkout.token_hash == digest(token)).with_for_update())
    if sale is None or sale.state != "open":
        raise NotFound(N_("This code is no longer valid. Scan the one on the screen again."))
    return sale


def _mine(work: Work, token: str, device: str) -> Checkout:
    sale = _offered(work, token)
    if not sale.device_hash or sale.device_hash != digest(device):
        raise NotFound(N_("This code is no longer valid. Scan the one on the screen again."))
    return sale


@action(permission=Permission.CONFIRM_OWN)
def take_offer(work: Work, token: str, device: str) -> str:
    """Bind the sale to this phone, once and while the code is young; returns the sale's key."""
    sale = _offered(work, token)
    if sale.device_hash == digest(device):
        return sale.client_key
    if sale.device_hash or sale.token_until is None or sale.token_until < work.now:
        raise NotFound(N_("This code is no longer valid. Scan the one on the screen again."))
    sale.device_hash = digest(device)
    return sale.client_key


@action(permission=Permission.CONFIRM_OWN)
def issue_phone_code(work: Work, token: str, device: str, phone: str) -> tuple[str, str]:
    """A six-digit code for the number typed on the phone; returns (phone, code). Only its hash is kept."""
    sale = _mine(work, token, device)
    digits = checked_phone(phone)
    spare_number(work, digits)
    return digits, new_code(work, sale, digits)


def spare_number(work: Work, digits: str) -> None:
    """Count one more code for a number. Raises `Refused` when it gets too many in an hour."""
    subject = f"code:{digest(digits)}"
    brake = work.session.get(SignInBrake, subject, with_for_update=True)
    if brake is None:
        work.session.add(SignInBrake(subject=subject, failures=1, last_try=work.now))
        return
    hours = (work.now - brake.last_try).total_seconds() / 3600
    brake.failures = 1 if hours >= 1 else brake.failures + 1
    brake.last_try = work.now
    if brake.failures > CODES_PER_NUMBER:
        raise Refused(N_("Too many codes were sent to this number. Try again in an hour."))


@action(permission=Permission.CONFIRM_OWN)
def try_phone_code(work: Work, token: str, device: str, code: str) -> Proof:
    """Check the code typed on the phone; a good one signs the member in (or up) and puts them on the sale."""
    sale = _mine(work, token, device)
    phone = sale.phone
    proof = weigh_code(work, sale, code)
    if proof.verdict == "good":
        member = join(work, phone, "phone")
        if sale.member_id != member.id:
            sale.member_id, sale.points, sale.stored_minor = member.id, 0, 0
        sale.agreed_by = "signed in"
        touch(work, sale)
    return proof


@action(permission=Permission.CONFIRM_OWN)
def choose_points(work: Work, token: str, device: str, points: int) -> int:
    """Set the points to use, within the cap and the balance; returns how many were set."""
    sale = _signed_in(work, token, device)
    allowed = max(0, min(points, _cap(work, sale)))
    if allowed != sale.points:
        sale.points = allowed
        touch(work, sale)
    return allowed


@action(permission=Permission.CONFIRM_OWN)
def agree(work: Work, token: str, device: str, version: int) -> None:
    """The member's word for exactly the bill the phone showed. Raises `Changed` when the till changed it since."""
    sale = _signed_in(work, token, device)
    if sale.version != version:
        raise Changed(
            N_("The bill changed on the till. Look at it again, then confirm."), next_step="look_again"
        )
    sale.agreed_version, sale.agreed_by, sale.updated_at = version, "phone", work.now


@action(permission=Permission.CONFIRM_OWN)
def leave(work: Work, token: str, device: str) -> None:
    """The phone goes away: member and points come off the sale."""
    sale = _mine(work, token, device)
    sale.member_id, sale.points, sale.token_hash, sale.device_hash, sale.agreed_by = None, 0, None, "", ""
    sale.stored_minor = 0
    touch(work, sale)


def _signed_in(work: Work, token: str, device: str) -> Checkout:
    sale = _mine(work, token, device)
    if sale.member_id is None or sale.agreed_by not in ("signed in", "phone"):
        raise Refused(N_("Sign in with your phone number first."), next_step="sign_in")
    return sale


def _cap(work: Work, sale: Checkout) -> int:
    buyer = read_buyer(work, sale.member_id)
    lines = [CartLine(*line) for line in json.loads(sale.lines)]
    offers = read_offers(
        work, [line.sku_id for line in lines], tier=buyer.tier_key if buyer else "", channel="kiosk"
    )
    return price_cart(lines, offers, terms_for(work, buyer, 0)).cap_points


def send_phone_code(shop: Shop, notify: Notify, token: str, device: str, phone: str) -> None:
    """Send a code to the number typed on the phone."""
    number, code = shop.do(issue_phone_code, token, device, phone)
    notify.send(number, checkout.code_text(shop, code))


def sign_in_by_code(shop: Shop, token: str, device: str, code: str) -> None:
    """Sign the phone in with its code. Raises `Refused` with the tries left."""
    say_proof(shop.do(try_phone_code, token, device, code))
