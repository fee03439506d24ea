"""Cash rounding: to whole units, never by a unit or more, never to nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.money import Money
from desktop.pricing.rounding import DOWN, NEAREST, cash_rounding

CASES = (
    (12_345, 10, DOWN, -5),
    (12_345, 100, DOWN, -45),
    (12_300, 100, DOWN, 0),
    (12_342, 5, NEAREST, -2),
    (12_343, 5, NEAREST, 2),
    (12_350, 100, NEAREST, 50),
    (5, 10, DOWN, 0),  # nothing is given away
    (2, 5, NEAREST, 0),
    (12_345, 0, DOWN, 0),
    (0, 10, DOWN, 0),
    (-45, 10, DOWN, 0),
)


@pytest.mark.req("M1")
@pytest.mark.parametrize(("amount", "unit", "how", "expected"), CASES)
def test_the_small_change_of_an_amount(amount: int, unit: int, how: str, expected: int) -> None:
    assert cash_rounding(Money(amount, "CNY"), unit, how) == expected


@pytest.mark.req("M1")
@given(st.integers(0, 10**12), st.integers(0, 10_000), st.sampled_from([DOWN, NEAREST]))
def test_rounding_stays_within_its_unit(amount: int, unit: int, how: str) -> None:
    rounding = cash_rounding(Money(amount, "CHF"), unit, how)
    due = amount + rounding
    assert rounding == 0 or due % unit == 0
    assert rounding <= 0 or how == NEAREST
    assert abs(rounding) < max(unit, 1)
    assert due > 0 or amount == 0
