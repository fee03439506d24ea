"""What 500 g or 100 ml cost, worked out from the pack written on the goods."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from desktop.basics.money import half_up

# A unit in grams or millilitres, and whether it is weight.
UNITS = {
    "kg": (1_000, True), "千克": (1_000, True), "公斤": (1_000, True), "斤": (500, True), "g": (1, True),
    "克": (1, True), "l": (1_000, False), "升": (1_000, False), "ml": (1, False), "毫升": (1, False),
}  # fmt: skip
PACK = re.compile(
    r"(\d+(?:\.\d+)?)\s*(kg|千克|公斤|斤|g|克|l|升|ml|毫升)(?:\s*[×x*]\s*(\d+))?\s*$", re.IGNORECASE
)
WEIGHT, VOLUME = ("500 g", 500), ("100 ml", 100)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """So many minor units for this much."""

    minor: int
    per: str


def unit_price(price_minor: int, pack: str, unit: str = "") -> UnitPrice | None:
    """The price of 500 g or 100 ml of a pack as `950 ml` or `30 g × 10`; weighed goods by their unit. None: not said."""
    found = PACK.search(pack.strip()) or PACK.search(f"1{unit.strip()}")
    if found is None:
        return None
    size, weight = UNITS[found[2].lower()]
    whole = Fraction(found[1]) * size * int(found[3] or 1)
    if not whole:
        return None
    per, base = WEIGHT if weight else VOLUME
    part = Fraction(price_minor * base) / whole
    return UnitPrice(half_up(part.numerator, part.denominator), per)
