"""Money: integers only, each currency's own digits, one rounding rule."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.errors import ShopError
from desktop.basics.money import Money, half_up, parse_quantity, quantity_text

currencies = st.sampled_from(["CNY", "USD", "EUR", "JPY", "KWD"])
amounts = st.integers(-(10**14), 10**14)


@pytest.mark.req("M6")
@given(amounts, currencies)
def test_what_is_written_is_read_back(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(money.plain(), currency) == money
    assert Money.parse(str(money), currency) == money


@pytest.mark.req("M6")
@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (842650, "CNY", "¥8,426.50"),
        (1234, "JPY", "¥1,234"),
        (-60, "CNY", "−¥0.60"),
        (1005, "KWD", "KWD 1.005"),
    ],
)
def test_each_currency_has_its_own_digits(amount: int, currency: str, text: str) -> None:
    assert str(Money(amount, currency)) == text


@pytest.mark.parametrize("typed", ["１２．５０", " ¥12.5 ", "12.50元", "12.5", "$12.50"])
def test_what_people_type_is_understood(typed: str) -> None:
    assert Money.parse(typed, "CNY").amount == 1250


@pytest.mark.parametrize(
    "typed",
    ["", "abc", "1.2.3", "1,23", "12.345", "1e5", "--1", "NaN", "Infinity", "9" * 30, "١٢x", "=1+1", "<b>"],
)
def test_what_is_no_amount_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ShopError) as caught:
        Money.parse(typed, "CNY")
    assert "{" not in str(caught.value)


def test_money_is_never_a_float_nor_mixed() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "CNY")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, "CNY")
    with pytest.raises(ValueError, match="CNY"):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(dataclasses.FrozenInstanceError):
        Money(1, "CNY").amount = 2  # type: ignore[misc]


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_half_goes_away_from_zero(numerator: int, denominator: int) -> None:
    from decimal import ROUND_HALF_UP, Decimal

    assert half_up(numerator, denominator) == int(
        (Decimal(numerator) / denominator).quantize(0, ROUND_HALF_UP)
    )


def test_control_pythons_own_rounding_is_not_a_shops() -> None:
    assert round(0.5) == 0
    assert half_up(1, 2) == 1
    assert round(2.675, 2) == 2.67
    assert half_up(2675, 10) == 268


@given(st.integers(-(10**11), 10**11))
def test_quantities_are_written_and_read_back(milli: int) -> None:
    assert parse_quantity(quantity_text(milli)) == milli


@pytest.mark.parametrize("typed", ["", "1.2345", "x", "1/2", "9" * 20])
def test_what_is_no_quantity_is_refused(typed: str) -> None:
    with pytest.raises(ShopError):
        parse_quantity(typed)
