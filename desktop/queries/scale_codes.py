"""What a scanned code stands for, with the weight or price a scale printed into it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import MILLI, Money, half_up
from desktop.basics.scale_codes import Label, decode, fits
from desktop.models.people import Permission
from desktop.models.shelves import ScaleCode
from desktop.pricing.cart import Offer
from desktop.queries.offers import find_codes, read_offers
from desktop.shop.action import question
from desktop.shop.work import Read

# How many grams one of the unit is, by how units are written in shops.
GRAMS = {
    "kg": 1_000, "千克": 1_000, "公斤": 1_000, "kilo": 1_000, "斤": 500, "市斤": 500, "500g": 500, "两": 50, "100g": 100,
    "g": 1, "克": 1, "gram": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Goods of a code: so many thousandths of this unit, at a price of their own when a scale printed one."""

    sku_id: int
    unit: str
    qty_milli: int = MILLI
    fixed_minor: int | None = None
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of scale codes, as the settings show it."""

    id: int
    name: str
    pattern: str
    active: bool


@question(permission=Permission.SETTINGS)
def scale_layouts(read: Read) -> tuple[Layout, ...]:
    """The layouts this shop knows, in their order."""
    statement = select(ScaleCode.id, ScaleCode.name, ScaleCode.pattern, ScaleCode.active)
    return tuple(Layout(*tuple(row)) for row in read.rows(statement.order_by(ScaleCode.pattern)))


def read_code(read: Read, text: str) -> list[Found]:
    """Goods a scanned or typed code stands for: barcodes and codes first, then what scales print.

    Raises `Misread` when a scale's code has a wrong check digit.
    """
    code = text.strip()
    found = [Found(*pair) for pair in find_codes(read, code)]
    if found or not code.isascii() or not code.isdigit() or len(code) < 12:
        return found
    patterns = select(ScaleCode.pattern).where(ScaleCode.active).order_by(ScaleCode.pattern)
    for row in read.rows(patterns):
        if fits(row.pattern, code):
            found = _of_label(read, decode(row.pattern, code))
            if found:
                return found
    return []


def _of_label(read: Read, label: Label) -> list[Found]:
    number = label.item.lstrip("0")  # scales and shops fill up with zeros as they like
    for code in dict.fromkeys((label.prefixed, label.item, number, number.zfill(5))):
        pairs = find_codes(read, code) if number else []
        if pairs:
            offers = read_offers(read, [sku for sku, _unit in pairs])
            return [_weighed(read, offers[pair], label) for pair in pairs if pair in offers]
    return []


def _weighed(read: Read, offer: Offer, label: Label) -> Found:
    """The quantity a label stands for: its grams, or as much as its price buys."""
    fixed = label.price_minor
    if fixed is not None and offer.kind != "weighed":
        return _pieces(read, offer, fixed)
    grams = GRAMS.get(offer.unit_name.lower().replace(" ", ""))
    if label.grams is not None and (grams is not None or fixed is None):
        if grams is None:
            raise Refused(
                N_("The label of “{name}” says grams, but it is sold by “{unit}”. Change the unit or the layout."),
                name=offer.name, unit=offer.unit_name,
            )  # fmt: skip
        qty = half_up(label.grams * MILLI, grams)
    else:
        qty = half_up((fixed or 0) * MILLI, offer.list_minor) if offer.list_minor else 0
    if qty <= 0 or fixed == 0:
        raise Refused(N_("The label of “{name}” says nothing was weighed. Weigh it again."), name=offer.name)
    return Found(offer.sku_id, offer.unit, qty, fixed, True)


def _pieces(read: Read, offer: Offer, price_minor: int) -> Found:
    """So many pieces at their list price: what else pieces cost, no till decides by itself."""
    count, rest = divmod(price_minor, offer.list_minor) if offer.list_minor else (0, price_minor)
    if rest or not count:
        raise Refused(
            N_("The label of “{name}” says {price}, but one piece costs {list}. Change the price or the label."),
            next_step="staff", name=offer.name, price=str(Money(price_minor, read.currency)),
            list=str(Money(offer.list_minor, read.currency)),
        )  # fmt: skip
    return Found(offer.sku_id, offer.unit, count * MILLI)
