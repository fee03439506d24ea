"""Prices of lists in other currencies: rounded once, never a float, lines add up to the bill in every exponent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.errors import Refused
from desktop.basics.money import digits_of
from desktop.pricing.cart import CartLine, ListPrice, Offer, Terms, check_rates, price_cart
from desktop.pricing.exchange import carried_over, rate_text
from desktop.pricing.foreign_prices import ForeignPrice, foreign_total, foreign_words

CODES = ["CNY", "JPY", "KWD", "USD"]
RATES = st.decimals("0.0001", "999", places=6, allow_nan=False)
LINES = st.lists(
    st.tuples(st.integers(0, 10**7), st.integers(0, 10**6), st.integers(1, 10**6), RATES),
    min_size=1,
    max_size=6,
)


def offer(sku: int, price: int, *foreign: ForeignPrice) -> Offer:
    retail = (ListPrice("retail", price),)
    return Offer(
        sku, "", "kg", f"goods {sku}", "", f"S{sku}", "weighed", "", 1000, 0, price, retail, foreign=foreign
    )


def exact(minor: int, qty_milli: int, rate: str, foreign: str, base: str) -> int:
    """The same by fractions: price × quantity × rate, half up."""
    worth = Fraction(minor, 10 ** digits_of(foreign)) * Fraction(qty_milli, 1000) * Fraction(rate)
    return int(worth * 10 ** digits_of(base) + Fraction(1, 2))


@pytest.mark.req("M6")
@given(LINES, st.sampled_from(CODES), st.sampled_from(CODES))
def test_lines_add_up_and_each_is_rounded_once(
    cart: list[tuple[int, int, int, Decimal]], foreign: str, base: str
) -> None:
    offers, lines = {}, []
    for sku, (listed, minor, qty, rate) in enumerate(cart):
        price = ForeignPrice("abroad", foreign, minor, rate=rate_text(rate))
        offers[sku, ""] = offer(sku, listed, price)
        lines.append(CartLine(sku, "", qty))
    bill = price_cart(lines, offers, Terms(base))
    assert (
        sum(line.total_minor for line in bill.lines)
        == bill.total_minor
        == bill.goods_minor - bill.discount_minor
    )
    for line, (_listed, minor, qty, rate) in zip(bill.lines, cart, strict=True):
        assert all(type(part) is int for part in (line.total_minor, line.price_minor, line.list_total_minor))
        worth = exact(minor, qty, rate_text(rate), foreign, base)
        assert line.total_minor == min(line.list_total_minor, worth)
        assert (line.foreign is not None) == (worth < line.list_total_minor)
        assert line.discount_minor >= 0


@pytest.mark.req("M6")
def test_many_cheap_pieces_are_not_rounded_one_by_one() -> None:
    assert foreign_total(1, 10_000_000, "7.12", "USD", "CNY") == 71_200  # 10,000 × US$0.01
    assert foreign_total(1, 1_000, "7.12", "USD", "CNY") * 10_000 == 70_000  # what rounding each would give


@pytest.mark.req("M6")
@pytest.mark.parametrize(
    ("currency", "minor", "rate", "base", "words"),
    [
        ("USD", 1_200, "7.12", "CNY", "USD 12.00 × 7.12 = ¥85.44"),
        ("JPY", 1_200, "0.048", "CNY", "JPY 1,200 × 0.048 = ¥57.60"),
        ("KWD", 1_005, "23.155", "CNY", "KWD 1.005 × 23.155 = ¥23.27"),
        ("USD", 1_200, "150.25", "JPY", "USD 12.00 × 150.25 = ¥1,803"),
    ],
)
def test_a_price_says_how_it_was_reckoned(
    currency: str, minor: int, rate: str, base: str, words: str
) -> None:
    assert foreign_words(currency, minor, rate, base) == words


@pytest.mark.req("M6")
def test_a_price_from_a_quantity_on_and_one_without_a_rate() -> None:
    many = ForeignPrice("abroad", "USD", 1_000, 10_000, "7")
    none = ForeignPrice("other", "EUR", 1, 20_000, refusal=Refused("no rate"))
    offers = {(1, ""): offer(1, 9_000, many, none)}

    def bill(pieces: int):  # type: ignore[no-untyped-def]
        return price_cart([CartLine(1, "", pieces * 1_000)], offers, Terms("CNY"))

    assert (bill(9).total_minor, bill(9).rates) == (81_000, ())
    assert (bill(10).total_minor, bill(10).rates) == (70_000, (("USD", "7"),))
    check_rates(bill(19))  # the one without a rate does not count yet
    with pytest.raises(Refused):
        check_rates(bill(20))
    assert bill(20).total_minor == 140_000  # shown without it, never sold


@pytest.mark.req("M6")
@given(
    st.integers(0, 10**9),
    RATES,
    RATES,
    st.sampled_from(CODES),
    st.sampled_from(CODES),
    st.integers(1, 20_000),
)
def test_a_list_copied_into_another_currency_is_rounded_once(
    minor: int, one: Decimal, other: Decimal, source: str, target: str, factor: int
) -> None:
    found = carried_over(minor, (source, one), (target, other), factor)
    worth = (
        Fraction(minor, 10 ** digits_of(source)) * Fraction(one) / Fraction(other) * Fraction(factor, 10_000)
    )
    whole = worth * 10 ** digits_of(target)
    assert abs(Fraction(found) - whole) <= Fraction(1, 2)
    assert carried_over(minor, (source, one), (source, one)) == minor
    assert Decimal(found).quantize(Decimal(1), ROUND_HALF_UP) == found
