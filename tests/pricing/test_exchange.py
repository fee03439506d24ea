"""Changing money between currencies: half up, every exponent, sums exact, nothing lost on the way there and back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.errors import Malformed
from desktop.basics.money import Money, digits_of
from desktop.pricing.exchange import (
    given_back,
    inverted,
    less_spread,
    moved_bp,
    needed,
    per_unit,
    rate_text,
    read_rate,
    to_base,
    to_foreign,
)

CODES = st.sampled_from(["CNY", "USD", "EUR", "JPY", "KRW", "KWD", "IQD", "CLF"])
RATES = st.decimals("0.0001", "10000", places=6, allow_nan=False)
SUMS = st.integers(0, 10**11)


@pytest.mark.req("M6")
@pytest.mark.parametrize(
    ("minor", "foreign", "base", "rate", "worth"),
    [
        (10_000, "USD", "CNY", "7.1025", 71_025),
        (10_000, "JPY", "CNY", "0.0472", 47_200),  # ¥10,000 has no digits after the point
        (1_000, "KWD", "CNY", "23.155", 2_316),  # 1.000 KWD = 23.155 元: half up
        (1, "KWD", "CNY", "5", 1),  # 0.001 KWD = half a 分 … up
        (1, "KWD", "CNY", "4.999", 0),
        (1_000, "CNY", "JPY", "21.15", 212),  # 10.00 元 = 211.5 円: half up
        (12_345, "USD", "KWD", "0.3071", 37_911),
    ],
)
def test_the_exponent_of_each_currency_counts(
    minor: int, foreign: str, base: str, rate: str, worth: int
) -> None:
    assert to_base(minor, Decimal(rate), foreign, base) == worth


@pytest.mark.req("M6")
def test_the_table_of_exponents_is_iso_and_says_what_others_write_otherwise() -> None:
    from babel.numbers import get_currency_precision

    known = {
        "CNY": 2,
        "USD": 2,
        "JPY": 0,
        "KRW": 0,
        "VND": 0,
        "KWD": 3,
        "BHD": 3,
        "JOD": 3,
        "TND": 3,
        "OMR": 3,
    }
    known |= {"CLF": 4, "IQD": 3, "ISK": 0, "UGX": 0, "HUF": 2, "TWD": 2}
    assert {code: digits_of(code) for code in known} == known
    assert (
        get_currency_precision("IQD") == 0
    )  # the trap: whoever takes the figure from there is off by a thousand
    assert Money.parse("1.005", "IQD").amount == 1_005


@pytest.mark.req("M6")
@given(CODES, CODES, RATES, SUMS)
def test_there_and_back_is_within_one_unit(foreign: str, base: str, rate: Decimal, minor: int) -> None:
    """Within one unit of the coarser of both currencies, whatever the rate."""
    back = to_base(to_foreign(minor, rate, foreign, base), rate, foreign, base)
    one_foreign = to_base(1, rate, foreign, base)
    assert abs(back - minor) <= max(1, one_foreign)


@pytest.mark.req("M6")
@given(CODES, CODES, RATES, st.integers(1, 10**9))
def test_the_least_that_covers_covers_and_one_less_does_not(
    foreign: str, base: str, rate: Decimal, minor: int
) -> None:
    least = needed(minor, rate, foreign, base)
    assert to_base(least, rate, foreign, base) >= minor
    assert least == 0 or to_base(least - 1, rate, foreign, base) < minor


@pytest.mark.req("M6")
@given(CODES, CODES, RATES, st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
def test_refunds_in_parts_give_back_what_one_would_have(
    foreign: str, base: str, rate: Decimal, parts: list[int]
) -> None:
    before, given_all = 0, 0
    for part in parts:
        piece = given_back(before, part, rate, foreign, base)
        assert piece >= 0
        before, given_all = before + part, given_all + piece
    assert given_all == to_foreign(sum(parts), rate, foreign, base)


def test_a_naive_refund_in_parts_would_not() -> None:
    """The control: each part rounded for itself gives more than was taken."""
    rate, parts = Decimal("7"), [4, 4, 4]
    naive = sum(to_foreign(part, rate, "USD", "CNY") for part in parts)
    assert naive == 3
    assert to_foreign(sum(parts), rate, "USD", "CNY") == 2


@pytest.mark.req("M6")
@given(RATES, st.integers(0, 5_000))
def test_a_spread_never_favours_the_customer(rate: Decimal, spread: int) -> None:
    assert less_spread(rate, spread) <= rate


@pytest.mark.req("M6")
@pytest.mark.parametrize(
    "text", ["", "0", "-7.1", "NaN", "Infinity", "7,1", "seven", "1e99", "0.00000000001", "<html>"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_rate(text)


@pytest.mark.req("M6")
def test_rates_are_kept_as_digits() -> None:
    assert rate_text(read_rate(" 7.1020 ")) == "7.102"
    assert rate_text(read_rate("700")) == "700"
    assert rate_text(per_unit(read_rate("710.25"), 100)) == "7.1025"  # a bank’s list
    assert rate_text(inverted(read_rate("0.14"))) == "7.1428571429"
    assert moved_bp(Decimal("7.1"), Decimal("7.455")) == 500
    assert moved_bp(Decimal("7.1"), Decimal("6.745")) == 500
