"""What is taken off for a way to pay: never above the cap, never all of it, spread over the lines to the coin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.pricing.cart import CartLine, ListPrice, Offer, Terms, price_cart
from desktop.pricing.pay_discount import pay_discount, with_pay_discount

TERMS = Terms("CNY", earn_bp=10_000)


def offer(sku: int, price: int) -> Offer:
    """Goods with one price."""
    return Offer(
        sku, "", "", f"g{sku}", "", "", "normal", "box", 1000, 0, price, (ListPrice("retail", price),)
    )


@pytest.mark.req("M7")
def test_two_percent_capped_at_ten_yuan() -> None:
    assert pay_discount(10_000, 200, 1_000) == 200
    assert pay_discount(100_000, 200, 1_000) == 1_000
    assert pay_discount(100_000, 200, 0) == 2_000  # the control: without a cap it would be more
    assert pay_discount(49, 200) == 0  # less than a coin
    assert pay_discount(1, 5_000) == 0
    assert pay_discount(0, 200) == 0


@pytest.mark.req("M7")
@given(
    prices=st.lists(st.integers(1, 100_000), min_size=1, max_size=8),
    basis_points=st.integers(0, 5_000),
    cap=st.integers(0, 5_000),
)
def test_the_bill_still_adds_up_and_no_line_costs_less_than_nothing(
    prices: list[int], basis_points: int, cap: int
) -> None:
    lines = [CartLine(i, "", 1000) for i in range(len(prices))]
    bill = price_cart(lines, {(i, ""): offer(i, price) for i, price in enumerate(prices)}, TERMS)
    off = pay_discount(bill.to_pay_minor, basis_points, cap)
    after = with_pay_discount(bill, off, TERMS)
    assert 0 <= off < bill.to_pay_minor or (off == 0 and bill.to_pay_minor <= 1)
    assert not cap or off <= cap
    assert after.total_minor == sum(line.total_minor for line in after.lines) == bill.total_minor - off
    assert after.goods_minor - after.discount_minor == after.total_minor
    assert after.to_pay_minor == bill.to_pay_minor - off
    assert all(
        0 <= line.total_minor <= before.total_minor
        for line, before in zip(after.lines, bill.lines, strict=True)
    )
    assert after.earns <= bill.earns
