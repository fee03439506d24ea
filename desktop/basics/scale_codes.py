"""Barcodes printed by scales: which goods, how heavy, what price, read by patterns a shop may write itself. Pure.

A pattern has one letter a digit: plain digits stand for themselves, `C` goods, `W` grams, `P` price in minor units,
`V` the price's own check digit, `K` the check digit of the whole, `X` anything. Known layouts:
GS1 General Specifications 2.1.14 and 7.9 (prefix 02, 20–29; price verifier; check digit);
scales in Chinese shops: FWWWWWWEEEEEC in 13 digits (wxbarcode.com/Ch/New-921.html) and
26 PLU amount weight C in 18 (enjoyit.com.cn/bbs, board 33, topic 85).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.basics.errors import Malformed, ShopError
from desktop.basics.i18n import N_

LETTERS = "CWPVKX"
LENGTHS = (12, 13, 18)
# GS1 General Specifications 7.9: weighted products of a digit.
TWICE_LESS = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)  # 2−
THRICE = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)  # 3
FIVE_MORE = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)  # 5+
FIVE_LESS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)  # 5−
KNOWN = (  # name, pattern: what the settings page offers to begin with
    (N_("Weight, 13 digits (GS1)"), "21CCCCCWWWWWK"),
    (N_("Price, 13 digits (scales in China)"), "22CCCCCPPPPPK"),
    (N_("Price with its own check digit (GS1)"), "23CCCCVPPPPPK"),
    (N_("Price and weight, 18 digits (scales in China)"), "26CCCCCPPPPPWWWWWK"),
)


class Misread(ShopError):
    """The scanner saw a digit wrong: nothing may be sold by this reading."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a scale printed: the goods' digits with and without prefix, grams, price in minor units."""

    item: str
    prefixed: str
    grams: int | None
    price_minor: int | None


def check_pattern(text: str) -> str:
    """The pattern as it is kept. Raises `Malformed` for one that can't tell goods or what they weigh or cost."""
    pattern = re.sub(r"[\s\-]", "", text).upper()
    if len(pattern) not in LENGTHS or not re.fullmatch(rf"[0-9{LETTERS}]+", pattern):
        raise Malformed(N_("A layout has 12, 13 or 18 places: digits and the letters C, W, P, V, K and X."))
    if not re.match(r"0?2[0-9]?", pattern) or not pattern[0].isdigit():
        raise Malformed(
            N_("A layout begins with 2 and one more digit, or 02: these codes belong to the shop.")
        )
    runs = {letter: re.findall(f"{letter}+", pattern) for letter in LETTERS}
    if any(len(found) > 1 for letter, found in runs.items() if letter not in "X"):
        raise Malformed(N_("The places of one letter stand side by side in a layout."))
    if not runs["C"] or len(runs["C"][0]) < 3 or not (runs["W"] or runs["P"]):
        raise Malformed(
            N_("A layout needs at least three C for the goods, and W for grams or P for the price.")
        )
    if any(len(found[0]) > 1 for letter, found in runs.items() if letter in "VK" and found):
        raise Malformed(N_("V and K are one check digit each."))
    if runs["K"] and not pattern.endswith("K"):
        raise Malformed(N_("The check digit K stands at the end."))
    if runs["V"] and (not runs["P"] or len(runs["P"][0]) not in (4, 5)):
        raise Malformed(N_("The price’s own check digit needs a price of four or five digits."))
    return pattern


def fits(pattern: str, code: str) -> bool:
    """Whether a scanned code has this layout; its check digits are looked at by `decode`."""
    return (
        len(code) == len(pattern)
        and code.isascii()
        and code.isdigit()
        and all(not place.isdigit() or place == digit for place, digit in zip(pattern, code, strict=True))
    )


def decode(pattern: str, code: str) -> Label:
    """What a code of this layout says. Raises `Misread` when a check digit is wrong."""
    price = _part(pattern, code, "P")
    if "K" in pattern and check_digit(code[:-1]) != code[-1]:
        raise Misread(N_("The label was misread. Scan it again, or type the goods and the weight."))
    if "V" in pattern and price_check_digit(price) != _part(pattern, code, "V"):
        raise Misread(N_("The label was misread. Scan it again, or type the goods and the weight."))
    item, grams = _part(pattern, code, "C"), _part(pattern, code, "W")
    prefix = re.match(r"\d+", pattern)
    return Label(
        item,
        (prefix.group() if prefix else "") + item,
        int(grams) if grams else None,
        int(price) if price else None,
    )


def encode(pattern: str, item: str, grams: int = 0, price_minor: int = 0) -> str:
    """The code a scale would print. Raises `Malformed` when a number has more digits than the layout."""
    values = {"C": item, "W": str(grams), "P": str(price_minor)}
    text = list(pattern)
    for letter, value in values.items():
        places = [i for i, place in enumerate(pattern) if place == letter]
        if places and len(value) > len(places):
            raise Malformed(N_("“{value}” has more digits than the layout has places."), value=value)
        for i, digit in zip(places, value.zfill(len(places)), strict=False):
            text[i] = digit
    if "V" in pattern:
        text[pattern.index("V")] = price_check_digit(_part(pattern, "".join(text), "P"))
    body = "".join("0" if place == "X" else place for place in text)
    return body[:-1] + check_digit(body[:-1]) if "K" in pattern else body


def check_digit(digits: str) -> str:
    """The GS1 check digit of what stands before it, for any length (General Specifications 7.9)."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def price_check_digit(price: str) -> str:
    """The verifier of a price of four or five digits (General Specifications 7.9): 2875 has 9, 14685 has 6."""
    digits = [int(digit) for digit in price]
    if len(digits) == 4:
        tables = (TWICE_LESS, TWICE_LESS, THRICE, FIVE_LESS)
        return str(sum(t[d] for t, d in zip(tables, digits, strict=True)) * 3 % 10)
    weights = (FIVE_MORE, TWICE_LESS, FIVE_LESS, FIVE_MORE, TWICE_LESS)
    total = sum(t[d] for t, d in zip(weights, digits, strict=True))
    return str(FIVE_LESS.index(-total % 10))


def _part(pattern: str, code: str, letter: str) -> str:
    return "".join(digit for place, digit in zip(pattern, code, strict=True) if place == letter)
