"""Changing money from one currency into another. Pure; minor units, rates as decimals, never a float."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.basics.money import BASIS, digits_of

PLACES = 10  # digits after the point of a kept rate
LEAST, MOST = Decimal("0.0000001"), Decimal(10_000_000)
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def read_rate(text: str) -> Decimal:
    """A rate as a person or a service writes it. Raises `Malformed` for what is none, zero, negative or absurd."""
    cleaned = text.strip().replace("，", ",").replace("．", ".")
    try:
        with localcontext(_EXACT):
            return _sound(Decimal(cleaned))
    except (InvalidOperation, ValueError):
        raise Malformed(
            N_("“{text}” is not a rate. Type what one unit is worth, like 7.1025."), text=cleaned[:40]
        ) from None


def rate_text(rate: Decimal) -> str:
    """A rate as it is kept: digits, never `7E+2`."""
    return format(rate.normalize(_EXACT), "f")


def per_unit(rate: Decimal, units: int) -> Decimal:
    """The rate of one unit, where it was said for so many of them."""
    with localcontext(_EXACT):
        return _sound(rate / units)


def inverted(rate: Decimal, units: int = 1) -> Decimal:
    """The rate of one foreign unit, where it was said how many foreign ones `units` of ours cost."""
    with localcontext(_EXACT):
        return _sound(units / rate)


def less_spread(rate: Decimal, spread_bp: int) -> Decimal:
    """What the shop gives for a unit when it keeps a spread of so many basis points."""
    with localcontext(_EXACT):
        return _kept(rate * (BASIS - spread_bp) / BASIS)


def to_base(foreign_minor: int, rate: Decimal, foreign: str, base: str) -> int:
    """What a foreign amount is worth in the base currency, half up."""
    with localcontext(_EXACT):
        return _round(_scaled(foreign_minor, foreign, base) * rate, ROUND_HALF_UP)


def line_to_base(parts: int, share: int, rate: Decimal, foreign: str, base: str) -> int:
    """What `parts` of a foreign minor unit's `share`th are worth in the base currency, rounded once, half up."""
    with localcontext(_EXACT):
        return _round(_scaled(parts, foreign, base) * rate / share, ROUND_HALF_UP)


def carried_over(
    minor: int, one: tuple[str, Decimal], other: tuple[str, Decimal], factor_bp: int = BASIS
) -> int:
    """A price times a factor in another currency; each with the rate of its unit (1: the base). Half up, once."""
    with localcontext(_EXACT):
        worth = _scaled(minor, one[0], other[0]) * one[1] / other[1]
        return _round(worth * factor_bp / BASIS, ROUND_HALF_UP)


def to_foreign(base_minor: int, rate: Decimal, foreign: str, base: str) -> int:
    """A base amount in the foreign currency, half up: for prices shown and money given back."""
    with localcontext(_EXACT):
        return _round(_scaled(base_minor, base, foreign) / rate, ROUND_HALF_UP)


def needed(base_minor: int, rate: Decimal, foreign: str, base: str) -> int:
    """The least foreign amount whose worth covers a base amount."""
    with localcontext(_EXACT):
        found = _round(_scaled(base_minor, base, foreign) / rate, ROUND_CEILING)
    while found and to_base(found - 1, rate, foreign, base) >= base_minor:
        found -= 1
    return found


def given_back(base_before: int, base_now: int, rate: Decimal, foreign: str, base: str) -> int:
    """The foreign part of a further refund at the original rate: several together are what one would have been."""
    together = to_foreign(base_before + base_now, rate, foreign, base)
    return together - to_foreign(base_before, rate, foreign, base)


def moved_bp(before: Decimal, after: Decimal) -> int:
    """How far a rate moved, in basis points of the earlier one, whichever way."""
    with localcontext(_EXACT):
        return _round(abs(after - before) * BASIS / before, ROUND_HALF_UP)


def _sound(rate: Decimal) -> Decimal:
    if not rate.is_finite() or not LEAST <= rate <= MOST:
        raise ValueError("no rate")
    return _kept(rate)


def _kept(rate: Decimal) -> Decimal:
    return rate.quantize(Decimal(1).scaleb(-PLACES), rounding=ROUND_HALF_UP).normalize(_EXACT)


def _scaled(minor: int, from_currency: str, to_currency: str) -> Decimal:
    return Decimal(minor).scaleb(digits_of(to_currency) - digits_of(from_currency))


def _round(value: Decimal, rounding: str) -> int:
    return int(value.to_integral_value(rounding=rounding))
