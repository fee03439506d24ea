"""Pricing: what a bill may never do, whatever the cart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.errors import Refused
from desktop.basics.money import allocate, half_up
from desktop.pricing.cart import MOST_LINES, CartLine, ListPrice, Offer, Terms, points_value, price_cart


def offer(sku: int, price: int, *more: ListPrice, kind: str = "goods") -> Offer:
    return Offer(
        sku,
        "",
        "件",
        f"goods {sku}",
        "",
        f"S{sku}",
        kind,
        "",
        1000,
        0,
        price,
        (ListPrice("retail", price), *more),
    )


prices = st.integers(0, 10**7)
carts = st.lists(st.tuples(prices, prices, st.integers(1, 99)), min_size=1, max_size=8)


def bill_of(cart: list[tuple[int, int, int]], terms: Terms):  # type: ignore[no-untyped-def]
    offers = {(i, ""): offer(i, price, ListPrice("tier", tier)) for i, (price, tier, _) in enumerate(cart)}
    lines = [CartLine(i, "", pieces * 1000) for i, (_, _, pieces) in enumerate(cart)]
    return price_cart(lines, offers, terms)


@pytest.mark.req("Q3")
@given(
    carts,
    st.integers(0, 10**9),
    st.integers(-5, 10**9),
    st.integers(0, 5000),
    st.sampled_from([1, 7, 100, 333]),
    st.sampled_from(["CNY", "JPY", "KWD"]),
)
def test_points_stay_within_cap_balance_and_total(
    cart: list[tuple[int, int, int]], balance: int, wanted: int, cap: int, per_unit: int, currency: str
) -> None:
    bill = bill_of(cart, Terms(currency, balance, wanted, cap, per_unit, 12_000))
    assert bill.points_minor * 10_000 <= bill.total_minor * cap
    assert 0 <= bill.points <= max(0, balance)
    assert bill.to_pay_minor + bill.points_minor == bill.total_minor == bill.goods_minor - bill.discount_minor
    assert sum(line.total_minor for line in bill.lines) == bill.total_minor
    assert bill.discount_minor >= 0
    assert bill.earns >= 0


def test_control_rounding_the_cap_up_would_break_it() -> None:
    """The naive cap (half up) lets points pay more than half of an odd amount."""
    total = 20_371
    naive = half_up(total * 5_000, 10_000)
    assert naive * 10_000 > total * 5_000
    bill = bill_of([(total, total, 1)], Terms("CNY", 10**6, 10**6, 5_000, 100))
    assert bill.points_minor * 10_000 <= total * 5_000


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_a_split_adds_up_exactly(total: int, weights: list[int]) -> None:
    if not sum(weights):
        weights[0] = 1
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part * sum(weights) - total * weight) < sum(weights)
        for part, weight in zip(parts, weights, strict=True)
    )


@pytest.mark.req("O1")
def test_the_best_price_this_customer_may_have_wins_and_says_why() -> None:
    offers = {
        (1, ""): offer(
            1, 1000, ListPrice("gold", 900), ListPrice("bulk", 700, 10_000), ListPrice("dearer", 1200)
        )
    }
    one = price_cart([CartLine(1, "", 1000)], offers, Terms("CNY"))
    ten = price_cart([CartLine(1, "", 10_000)], offers, Terms("CNY"))
    assert (one.lines[0].price_minor, one.lines[0].trace, one.discount_minor) == (900, "gold", 100)
    assert (ten.lines[0].price_minor, ten.total_minor) == (700, 7000)


@pytest.mark.parametrize("qty", [0, -1000, 1500, 10**12])
def test_impossible_quantities_are_refused(qty: int) -> None:
    with pytest.raises(Refused):
        price_cart([CartLine(1, "", qty)], {(1, ""): offer(1, 100)}, Terms("CNY"))


def test_weighed_goods_are_priced_by_the_gram_half_up() -> None:
    bill = price_cart([CartLine(1, "", 328)], {(1, ""): offer(1, 2523, kind="weighed")}, Terms("CNY"))
    assert bill.total_minor == 828  # 25.23 × 0.328 = 8.27544, half up


def test_goods_without_a_price_and_endless_carts_are_refused() -> None:
    with pytest.raises(Refused):
        price_cart([CartLine(2, "", 1000)], {(1, ""): offer(1, 100)}, Terms("CNY"))
    with pytest.raises(Refused):
        price_cart([CartLine(1, "", 1000)] * (MOST_LINES + 1), {(1, ""): offer(1, 100)}, Terms("CNY"))


def test_points_value_rounds_down() -> None:
    assert points_value(199, Terms("CNY", points_per_unit=150)) == 132
