"""Money in integer minor units, with the few arithmetic rules a shop needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_

# Digits after the point, ISO 4217 (others write IQD without any). What is not listed has two.
DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0
    ),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    "CLF": 4,
}
SYMBOLS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "KRW": "₩"}
CURRENCIES = ("CNY", "USD", "EUR", "JPY", "GBP", "HKD", "TWD", "KRW", "BRL", "SGD", "MYR", "AUD", "CAD")
LARGEST = 10**15  # minor units; keeps every sum of a shop inside 64 bits

BASIS = 10_000  # basis points in one whole
MILLI = 1_000  # thousandths in one unit of goods


def half_up(numerator: int, denominator: int) -> int:
    """Divide integers, rounding halves away from zero: the one rounding rule for money."""
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def digits_of(currency: str) -> int:
    """Digits after the point in this currency."""
    return DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (分, cents) of one currency."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or isinstance(self.amount, bool):
            raise TypeError("money is an integer number of minor units")

    def _same(self, other: Money) -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def share(self, basis_points: int) -> Money:
        """This many basis points of the amount, half up."""
        return Money(half_up(self.amount * basis_points, BASIS), self.currency)

    def times(self, quantity_milli: int) -> Money:
        """The price of a quantity in thousandths of a unit, half up."""
        return Money(half_up(self.amount * quantity_milli, MILLI), self.currency)

    def plain(self) -> str:
        """Digits with the currency's point and thousands marks, `−` for minus, no symbol: `1,234.50`."""
        places = digits_of(self.currency)
        whole, part = divmod(abs(self.amount), 10**places)
        text = f"{whole:,}" + (f".{part:0{places}d}" if places else "")
        return f"−{text}" if self.amount < 0 else text

    def __str__(self) -> str:
        symbol = SYMBOLS.get(self.currency, self.currency + " ")
        text = self.plain()
        return f"−{symbol}{text[1:]}" if text.startswith("−") else f"{symbol}{text}"

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read what a person typed (full-width digits, thousands marks and the symbol are fine).

        Raises `ShopError` naming what is wrong.
        """
        cleaned = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
        cleaned = cleaned.replace(currency, "", 1)  # “KWD 1.005”, “−KWD 1.005”
        cleaned = re.sub(r"HK|NT|[¥$€£₩元\s]", "", cleaned)
        if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", cleaned):
            cleaned = cleaned.replace(",", "")
        try:
            if not re.fullmatch(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)", cleaned):
                raise InvalidOperation
            value = Decimal(cleaned).scaleb(digits_of(currency))
        except InvalidOperation:
            raise ShopError(
                N_("“{text}” is not an amount. Type it like 12.50."), text=text.strip()[:40]
            ) from None
        if value != value.to_integral_value():
            raise ShopError(
                N_("{currency} has only {places} digits after the point."),
                currency=currency,
                places=digits_of(currency),
            )
        if abs(value) > LARGEST:
            raise ShopError(N_("“{text}” is too large an amount."), text=text.strip()[:40])
        return cls(int(value), currency)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` over non-negative `weights` by largest remainder, so that the parts add up exactly."""
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to allocate over")
        return [0] * len(weights)
    sign = -1 if total < 0 else 1
    size = abs(total)
    parts = [size * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in order[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def quantity_text(milli: int) -> str:
    """A quantity in thousandths as people write it: `2`, `0.328`, `−1.5`."""
    sign = "−" if milli < 0 else ""
    whole, part = divmod(abs(milli), MILLI)
    return f"{sign}{whole:,}" + (f".{part:03d}".rstrip("0") if part else "")


def parse_quantity(text: str) -> int:
    """Read a quantity typed by a person into thousandths. Raises `ShopError`."""
    cleaned = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace(",", "")
    if not re.fullmatch(r"-?([0-9]+(\.[0-9]{0,3}0*)?|\.[0-9]{1,3}0*)", cleaned):
        raise ShopError(
            N_("“{text}” is not a quantity. Use a number with at most 3 digits after the point."),
            text=text.strip()[:40],
        )
    value = Decimal(cleaned).scaleb(3)
    if abs(value) > 10**12:
        raise ShopError(N_("“{text}” is too large a quantity."), text=text.strip()[:40])
    return int(value)
