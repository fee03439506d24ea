"""What a self-checkout has to know about the shop before the first customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from desktop.basics.errors import Refused
from desktop.basics.i18n import _
from desktop.basics.money import MILLI
from desktop.models.cash_settings import CASH_ROUND_HOW, CASH_ROUND_TO
from desktop.models.payments import PaymentMethod
from desktop.models.people import Permission, Till
from desktop.models.settings import (
    KIOSK_IDLE,
    POINTS_CAP,
    POINTS_PER_UNIT,
    POINTS_PROOF,
    POINTS_WELCOME,
    SHOP_BRANCH,
    SHOP_NAME,
    SHOP_SAMPLE,
)
from desktop.pricing.cart import Bill, CartLine
from desktop.queries.checkout import Goods, find_goods, price_for, search_goods
from desktop.queries.reviews import Stars, read_stars
from desktop.shop.action import question
from desktop.shop.work import Read

BY_HAND = ("card", "cash")  # what a person can take at a kiosk


@dataclass(frozen=True, slots=True)
class KioskFacts:
    """Name of shop and till, and the rules the screens speak of (seconds, basis points, points)."""

    shop_name: str
    branch: str
    till_name: str
    currency: str
    idle_seconds: int
    welcome_points: int
    cap_bp: int
    points_per_unit: int
    proof: bool
    sample: bool
    methods: tuple[str, ...]
    zone: str
    drawer: bool = False  # whether this till has one
    round_to: int = 0  # cash is rounded to so much (minor units)
    round_how: str = "down"


@question(permission=Permission.KIOSK)
def kiosk_facts(read: Read, till_id: int) -> KioskFacts:
    """The shop as this kiosk presents it."""
    till = read.first(select(Till.name, Till.drawer).where(Till.id == till_id))
    enabled = select(PaymentMethod.key).where(PaymentMethod.enabled, PaymentMethod.key.in_(BY_HAND))
    keys = {row.key for row in read.rows(enabled)}
    return KioskFacts(
        shop_name=read.setting(SHOP_NAME),
        branch=read.setting(SHOP_BRANCH),
        till_name=_(till.name) if till else "",
        currency=read.currency,
        idle_seconds=read.setting(KIOSK_IDLE),
        welcome_points=read.setting(POINTS_WELCOME),
        cap_bp=read.setting(POINTS_CAP),
        points_per_unit=read.setting(POINTS_PER_UNIT),
        proof=read.setting(POINTS_PROOF),
        sample=read.setting(SHOP_SAMPLE),
        methods=tuple(key for key in BY_HAND if key in keys),
        zone=str(read.zone),
        drawer=bool(till and till.drawer),
        round_to=read.setting(CASH_ROUND_TO),
        round_how=read.setting(CASH_ROUND_HOW),
    )


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code stands for and, when that is one thing for sale, the bill with one more of it."""

    goods: tuple[Goods, ...]
    bill: Bill | None


@question(permission=Permission.KIOSK)
def scan_goods(
    read: Read, code: str, lines: Sequence[CartLine], member_id: int | None, points: int
) -> Scanned:
    """Find and price in one go: a scan has 16 ms until its line is painted."""
    goods = find_goods.run(read, code)
    sold = [one for one in goods if one.on_shelf]
    if len(sold) != 1:
        return Scanned(goods, None)
    try:
        return Scanned(
            goods, price_for.run(read, one_more(lines, sold[0], sold[0].scanned_milli), member_id, points)
        )
    except Refused:
        return Scanned(goods, None)  # the kiosk asks for the price again and shows the sentence


@dataclass(frozen=True, slots=True)
class Rated:
    """Goods to choose from, and the stars of the products that may show them."""

    goods: tuple[Goods, ...]
    stars: dict[int, Stars]


@question(permission=Permission.KIOSK)
def search_rated(read: Read, text: str) -> Rated:
    """Goods by name, pinyin or code as the kiosk lists them."""
    goods = search_goods.run(read, text)
    return Rated(goods, read_stars(read, {one.product_id for one in goods}))


def one_more(lines: Sequence[CartLine], goods: Goods, quantity_milli: int = MILLI) -> tuple[CartLine, ...]:
    """The cart with more of these goods, on the line they already have or on a new one."""
    if goods.fixed_minor is not None:
        return _one_more_label(lines, goods, goods.fixed_minor)
    key = (goods.sku_id, goods.unit, None)
    if all((line.sku_id, line.unit, line.fixed_minor) != key for line in lines):
        return (*lines, CartLine(goods.sku_id, goods.unit, quantity_milli))
    return tuple(
        replace(line, qty_milli=line.qty_milli + quantity_milli)
        if (line.sku_id, line.unit, line.fixed_minor) == key
        else line
        for line in lines
    )


def _one_more_label(lines: Sequence[CartLine], goods: Goods, fixed_minor: int) -> tuple[CartLine, ...]:
    """One more pack with a label of the scale: its line weighs and costs what all its labels say together."""
    for at, line in enumerate(lines):
        if line.key[:2] == (goods.sku_id, goods.unit) and line.fixed_minor is not None:
            qty, price = line.qty_milli + goods.scanned_milli, line.fixed_minor + fixed_minor
            return (*lines[:at], replace(line, qty_milli=qty, fixed_minor=price), *lines[at + 1 :])
    return (*lines, CartLine(goods.sku_id, goods.unit, goods.scanned_milli, fixed_minor))
