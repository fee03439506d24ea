"""Splitting refunds: any sequence of parts ends where one refund of all would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.errors import Refused
from desktop.pricing.refund import Given, Paid, Split, line_refund, split_refund


def all_of(paid: Paid, parts: list[int]) -> list[Split]:
    """Refund the parts one after the other, then what remains."""
    done, before = [], Given()
    for part in [*parts, paid.paid_minor]:
        amount = min(part, paid.paid_minor - before.amount_minor)
        if not amount:
            continue
        try:
            split = split_refund(paid, before, amount)
        except Refused:
            continue
        done.append(split)
        before = Given(
            before.amount_minor + amount,
            before.value_minor + split.value_minor,
            before.points + split.points,
            before.taken_back + split.taken_back,
        )
    return done


@pytest.mark.req("C9", "C10", "M9")
@given(
    st.integers(1, 10**7),
    st.integers(0, 10**7),
    st.integers(1, 10**6),
    st.integers(0, 10**5),
    st.lists(st.integers(1, 10**6), max_size=8),
)
def test_parts_come_to_the_whole(money: int, worth: int, points: int, earned: int, parts: list[int]) -> None:
    paid = Paid(money + worth, worth, points if worth else 0, earned)
    done = all_of(paid, parts)
    assert sum(s.money_minor for s in done) == money
    assert sum(s.value_minor for s in done) == worth
    assert sum(s.points for s in done) == paid.points_spent
    assert sum(s.taken_back for s in done) == earned
    assert all(min(s.money_minor, s.value_minor, s.points, s.taken_back) >= 0 for s in done)
    assert all((s.value_minor > 0) == (s.points > 0) for s in done)


def test_one_dear_point_is_not_cut_into_money() -> None:
    """A point worth ¥1.00: half of the order goes back as money, the point as a point."""
    done = all_of(Paid(200, 100, 1, 0), [150])
    assert [(s.money_minor, s.points) for s in done] == [(50, 1), (50, 0)]


def test_control_rounding_part_by_part_loses_points() -> None:
    parts = [333, 333, 334]
    assert sum(777 * part // 1000 for part in parts) < 777


@given(st.integers(0, 10**7), st.integers(1, 50))
def test_the_last_piece_takes_what_remains(total: int, pieces: int) -> None:
    given_minor = 0
    for piece in range(pieces):
        given_minor += line_refund(total, pieces * 1000, piece * 1000, given_minor, 1000)
    assert given_minor == total
