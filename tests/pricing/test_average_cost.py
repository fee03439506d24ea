"""The moving average: what goods are worth together stays, whatever comes and goes, but for rounding."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.pricing.average_cost import average_after, share

QTY, COST = st.integers(1, 10**9), st.integers(0, 10**8)


@pytest.mark.req("I8")
@given(held=st.integers(0, 10**9), cost=COST, came=QTY, price=COST)
def test_what_comes_is_worth_what_it_cost(held: int, cost: int, came: int, price: int) -> None:
    after = average_after(held, cost, came, came * price)
    exact = held * cost + came * price
    assert 2 * abs(after * (held + came) - exact) <= held + came  # half a minor unit a piece
    assert min(cost, price) <= after <= max(cost, price) or not held


@pytest.mark.req("I8")
@given(held=QTY, cost=COST, came=QTY, price=COST, back=st.integers(1, 100))
def test_what_goes_back_at_its_own_price_leaves_the_average_of_before(
    held: int, cost: int, came: int, price: int, back: int
) -> None:
    part = came * back // 100
    with_it = average_after(held, cost, came, came * price)
    assume(with_it * (held + came) >= part * price)  # rounding may leave less than goes back: see the corners
    after = average_after(held + came, with_it, -part, -part * price)
    rest = held + came - part
    exact = held * cost + (came - part) * price
    # both roundings, spread over what is left
    assert 2 * abs(after * rest - exact) <= rest + held + came


@pytest.mark.req("I8")
@given(held=st.integers(0, 10**6), cost=COST, lots=st.lists(st.tuples(QTY, COST), min_size=2, max_size=6))
def test_the_order_of_deliveries_matters_by_rounding_alone(
    held: int, cost: int, lots: list[tuple[int, int]]
) -> None:
    def all_of(order: list[tuple[int, int]]) -> int:
        there, now = held, cost
        for came, price in order:
            now = average_after(there, now, came, came * price)
            there += came
        return now

    assert abs(all_of(lots) - all_of(lots[::-1])) <= len(lots)


@pytest.mark.parametrize(
    ("held", "cost", "delta", "worth", "expected"),
    [
        (0, 500, 10_000, 10_000 * 700, 700),  # nothing lay there: what it cost before is forgotten
        (10_000, 100, -10_000, -10_000 * 900, 100),  # all went back: the last cost is kept
        (10_000, 100, -5_000, -5_000 * 900, 100),  # dearer than all that lies there: never below nothing
        (10_000, 100, -5_000, -5_000 * 150, 50),
        (3, 100, 1, 101, 100),
    ],
)  # fmt: skip
def test_corners(held: int, cost: int, delta: int, worth: int, expected: int) -> None:
    assert average_after(held, cost, delta, worth) == expected


@given(amount=COST, cut=st.integers(0, 1_000))
def test_parts_of_an_amount_add_up_to_it(amount: int, cut: int) -> None:
    assert abs(share(amount, cut, 1_000) + share(amount, 1_000 - cut, 1_000) - amount) <= 1
