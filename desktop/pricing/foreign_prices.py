"""Prices of a list kept in another currency: what a line costs in the shop's. Pure; minor units, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from desktop.basics.errors import ShopError
from desktop.basics.money import MILLI, Money
from desktop.pricing.exchange import line_to_base, to_base


@dataclass(frozen=True, slots=True)
class ForeignPrice:
    """The price of one unit from a quantity on, in minor units of the list's currency, and the rate in force.

    The rate is what one whole foreign unit is worth, as a decimal text, in force since `since`. Without a rate that
    may be used `refusal` says why: nothing is sold by the list then.
    """

    list_key: str
    currency: str
    minor: int
    min_qty_milli: int = 0
    rate: str = ""
    since: datetime | None = None
    refusal: ShopError | None = None

    def unit_minor(self, base: str) -> int:
        """One unit in the shop's currency, half up: for looking at."""
        return to_base(self.minor, Decimal(self.rate), self.currency, base)

    def total_minor(self, qty_milli: int, base: str) -> int:
        """So many thousandths in the shop's currency, rounded once, half up."""
        return foreign_total(self.minor, qty_milli, self.rate, self.currency, base)


def foreign_total(minor: int, qty_milli: int, rate: str, currency: str, base: str) -> int:
    """What a line costs in the shop's currency: price × quantity × rate, rounded once at the end, half up."""
    return line_to_base(minor * qty_milli, MILLI, Decimal(rate), currency, base)


def foreign_words(currency: str, minor: int, rate: str, base: str) -> str:
    """How a foreign price is reckoned: `USD 12.00 × 7.12 = ¥85.44`."""
    worth = Money(to_base(minor, Decimal(rate), currency, base), base)
    return f"{currency} {Money(minor, currency).plain()} × {rate} = {worth}"


def line_words(line: Any, base: str) -> str:
    """The same of an order line as it is kept; empty for a price of the shop's own lists."""
    if not line.foreign_currency:
        return ""
    return foreign_words(line.foreign_currency, line.foreign_minor, line.rate, base)
