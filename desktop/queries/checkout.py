"""The open sale as the kiosk and the phone see it, and the goods a scan stands for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_, _
from desktop.basics.money import MILLI
from desktop.models.checkout import Checkout
from desktop.models.people import Permission, Till
from desktop.models.products import Barcode, Product, Sku
from desktop.models.settings import SHOP_BRANCH, SHOP_NAME
from desktop.pricing.cart import Bill, CartLine, price_cart
from desktop.queries.cash_sums import rounding_of
from desktop.queries.lasting import leaving_day
from desktop.queries.offers import (
    Buyer,
    available_milli,
    offered_in,
    read_buyer,
    read_offers,
    terms_for,
)
from desktop.queries.places import place_of_till
from desktop.queries.scale_codes import Found, read_code
from desktop.queries.stored_value import balance_of
from desktop.shop.action import question
from desktop.shop.work import Read

AFTERWARDS = timedelta(minutes=10)  # how long a phone may still look at the paid sale


@dataclass(frozen=True, slots=True)
class Goods:
    """One thing that can go into the cart; `price_minor` is the list price of one unit."""

    sku_id: int
    unit: str
    unit_name: str
    name: str
    pack: str
    code: str
    kind: str
    picture: str
    price_minor: int
    available_milli: int
    on_shelf: bool
    product_id: int = 0
    product: str = ""  # the name without its variant
    variant: str = ""
    scanned_milli: int = MILLI  # what the scanned code stands for
    fixed_minor: int | None = None  # what a scale's label says it costs
    labelled: bool = False  # weighed already: the label was scanned


@dataclass(frozen=True, slots=True)
class MemberBrief:
    """A member as a public screen may show them: 林女士, last four digits."""

    member_id: int
    shown_name: str
    initial: str
    phone_tail: str
    tier_key: str
    tier_name: str
    points: int


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """The open sale: what was scanned, priced now, who joined, and whether they agreed to this version."""

    key: str
    version: int
    agreed: bool
    agreed_by: str
    state: str
    order_id: int | None
    lines: tuple[CartLine, ...]
    bill: Bill
    member: MemberBrief | None
    phone_joined: bool
    signed_in: bool
    code_sent: bool
    token_until: datetime | None
    updated_at: datetime
    cash_due_minor: int  # what is due when all of it is paid in cash: rounded as the shop does
    stored_minor: int = 0  # of it the member’s stored value pays
    stored_left_minor: int = 0  # what the member has of it


@question(permission=Permission.BROWSE_GOODS)
def shop_card(read: Read) -> tuple[str, str, str, str]:
    """Name, branch, currency and zone: what the front of the shop shows to anybody."""
    return read.setting(SHOP_NAME), read.setting(SHOP_BRANCH), read.currency, str(read.zone)


@question(permission=Permission.BROWSE_GOODS)
def find_goods(read: Read, code: str) -> tuple[Goods, ...]:
    """What a scanned or typed code stands for; empty when unknown, several when goods share a code."""
    return _goods(read, read_code(read, code))


@question(permission=Permission.BROWSE_GOODS)
def search_goods(read: Read, text: str, limit: int = 24, channel: str = "kiosk") -> tuple[Goods, ...]:
    """Goods by name, pinyin, initials or code, for adding by hand; an empty text gives the first on the shelf."""
    asked = text.strip().lower()
    pattern = f"%{asked.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    statement = select(Sku.id).join(Product, Product.id == Sku.product_id).where(*offered_in(read, channel))
    if asked:
        statement = statement.where(
            or_(
                func.lower(Product.name).like(pattern, escape="!"),
                Product.initials.like(pattern[1:], escape="!"),
                Product.pinyin.like(pattern[1:], escape="!"),
                func.lower(Sku.code).like(pattern, escape="!"),
                func.lower(Sku.variant).like(pattern, escape="!"),
                Sku.id.in_(select(Barcode.sku_id).where(Barcode.code == asked)),
            )
        )
    ids = [row.id for row in read.rows(statement.order_by(Product.name, Sku.id).limit(limit))]
    return _goods(read, [Found(sku_id, "") for sku_id in ids], channel)


def _goods(read: Read, wanted: Sequence[Found], channel: str = "kiosk") -> tuple[Goods, ...]:
    offers = read_offers(read, [one.sku_id for one in wanted], channel=channel)
    place = place_of_till(read, read.actor.till_id)
    lasting = (
        leaving_day(read) if channel == "store" else None
    )  # a customer at the kiosk takes them along now
    free = available_milli(read, [one.sku_id for one in wanted], place, lasting) if wanted else {}
    return tuple(
        Goods(
            o.sku_id, o.unit, o.unit_name, o.name, o.pack, o.code, o.kind, o.picture, o.list_minor,
            free.get(o.sku_id, 0), o.on_shelf, o.product_id, o.product, o.variant, one.qty_milli, one.fixed_minor,
            one.labelled,
        )
        for one in wanted
        if (o := offers.get((one.sku_id, one.unit))) is not None
    )  # fmt: skip


@question(permission=Permission.KIOSK)
def price_for(read: Read, lines: Sequence[CartLine], member_id: int | None = None, points: int = 0) -> Bill:
    """Price a cart without saving it."""
    return _bill(read, lines, read_buyer(read, member_id), points)


@question(permission=Permission.KIOSK)
def checkout_view(read: Read, key: str) -> CheckoutView:
    """The open sale with this key, priced now. Raises `NotFound`."""
    row = read.first(select(Checkout.__table__).where(Checkout.client_key == key))
    if row is None:
        raise NotFound(N_("This sale was cleared. Scan the goods again."))
    return _view(read, row)


@question(permission=Permission.KIOSK)
def open_checkout(read: Read, till_id: int) -> CheckoutView | None:
    """The sale this till had open when it went dark, with goods in it; None when there is none, and for another kiosk."""
    if read.actor.kind == "kiosk" and till_id != read.actor.till_id:
        return None
    statement = select(Checkout.__table__).where(
        Checkout.till_id == till_id, Checkout.state == "open", Checkout.lines != "[]"
    )
    row = read.first(statement.order_by(Checkout.id.desc()).limit(1))
    return _view(read, row) if row is not None else None


@question(permission=Permission.CONFIRM_OWN)
def phone_view(read: Read, token: str, device: str) -> CheckoutView:
    """The sale as the phone that took it may see it; a foreign one is not found."""
    hashed, taken = (hashlib.sha256(text.encode()).hexdigest() for text in (token, device))
    statement = select(Checkout.__table__).where(Checkout.token_hash == hashed, Checkout.device_hash == taken)
    row = read.first(statement)
    if row is None or (row.state != "open" and row.updated_at < read.now - AFTERWARDS):
        raise NotFound(N_("This code is no longer valid. Scan the one on the screen again."))
    return _view(read, row)


@question(permission=Permission.KIOSK)
def tills(read: Read) -> tuple[tuple[int, str, str, str], ...]:
    """(id, code, name, kind) of every till."""
    statement = select(Till.id, Till.code, Till.name, Till.kind).order_by(Till.id)
    return tuple((r.id, r.code, _(r.name), r.kind) for r in read.rows(statement))


def _view(read: Read, row: Any) -> CheckoutView:
    lines = tuple(CartLine(*line) for line in json.loads(row.lines))
    buyer = read_buyer(read, row.member_id)
    bill = _bill(read, lines, buyer, row.points, f"sale:{row.client_key}")
    signed_in = row.agreed_by in ("signed in", "phone") and bool(row.device_hash)
    rest = max(0, bill.to_pay_minor - row.stored_minor)
    return CheckoutView(
        key=row.client_key,
        version=row.version,
        agreed=row.agreed_version == row.version,
        agreed_by=row.agreed_by,
        state=row.state,
        order_id=row.order_id,
        lines=lines,
        bill=bill,
        member=brief(buyer) if buyer else None,
        phone_joined=bool(row.device_hash),
        signed_in=signed_in,
        code_sent=bool(row.code_hash),
        token_until=row.token_until,
        updated_at=row.updated_at,
        cash_due_minor=rest + rounding_of(read, rest),
        stored_minor=row.stored_minor,
        stored_left_minor=balance_of(read, row.member_id).total_minor,
    )


def _bill(read: Read, lines: Sequence[CartLine], buyer: Buyer | None, points: int, subject: str = "") -> Bill:
    offers = read_offers(
        read, [line.sku_id for line in lines], tier=buyer.tier_key if buyer else "", channel="kiosk",
        subject=subject,
    )  # fmt: skip
    priced = [line for line in lines if (line.sku_id, line.unit) in offers]
    return price_cart(priced, offers, terms_for(read, buyer, points))


def brief(buyer: Buyer) -> MemberBrief:
    """The member without anything a bystander could use."""
    return MemberBrief(
        buyer.member_id, shown_name(buyer.name, buyer.gender, buyer.phone_tail), buyer.name[:1], buyer.phone_tail,
        buyer.tier_key, _(buyer.tier_name), buyer.points,
    )  # fmt: skip


def shown_name(name: str, gender: str, tail: str) -> str:
    """林女士, 陈先生, or the tail of the phone number when there is no name."""
    if not name:
        return _("Member {tail}").format(tail=tail)
    family = name[:1] if not name.isascii() else name.split()[-1]
    if gender == "f":
        return _("Ms {name}").format(name=family)
    if gender == "m":
        return _("Mr {name}").format(name=family)
    return f"{family}{'*' * max(1, len(name) - 1)}" if not name.isascii() else family


@question(permission=Permission.BROWSE_GOODS)
def shop_name(read: Read) -> str:
    """The shop's name, for a message to a member."""
    return read.setting(SHOP_NAME)
