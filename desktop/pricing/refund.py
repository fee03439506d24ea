"""What a refund gives back: pure arithmetic over what was paid and what was given back before. Minor units."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import half_up


@dataclass(frozen=True, slots=True)
class Paid:
    """How an order was paid: in all, the part of it that was points, points spent and earned."""

    paid_minor: int
    points_minor: int
    points_spent: int
    points_earned: int


@dataclass(frozen=True, slots=True)
class Given:
    """What earlier refunds of the order gave back: in all, the value of points in it, points, earned ones taken."""

    amount_minor: int = 0
    value_minor: int = 0
    points: int = 0
    taken_back: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """One refund: money, the value of the points returned, those points, earned points to take back."""

    money_minor: int
    value_minor: int
    points: int
    taken_back: int


def split_refund(paid: Paid, given: Given, amount: int) -> Split:
    """Split an amount into money and points pro rata, cumulatively, so that many small refunds come out exact.

    Whole points only: never more money than was paid in money, never more points than were spent.
    Raises `Refused` when only points are left and one of them is worth more than the amount.
    """
    value, points = _points(paid, given, amount)
    money = amount - value
    money_before = given.amount_minor - given.value_minor
    in_money = paid.paid_minor - paid.points_minor
    if money + money_before > in_money:
        raise Refused(
            N_("What is left was paid with points worth more than that. Give the rest back together.")
        )
    keep = paid.points_earned * (in_money - money_before - money) // in_money if in_money else 0
    taken = max(0, paid.points_earned - keep - given.taken_back) if in_money else 0
    return Split(money, value, points, taken)


def _points(paid: Paid, given: Given, amount: int) -> tuple[int, int]:
    if not paid.points_minor:
        return 0, 0
    spent, worth = paid.points_spent, paid.points_minor
    money_left = paid.paid_minor - worth - (given.amount_minor - given.value_minor)
    fair = spent * (given.amount_minor + amount) // paid.paid_minor
    at_least = -(
        -(given.value_minor + amount - money_left) * spent // worth
    )  # rounded up: money must suffice
    at_most = (given.value_minor + amount) * spent // worth
    so_far = max(given.points, min(max(fair, at_least), at_most, spent))
    value = worth * so_far // spent - given.value_minor
    return (value, so_far - given.points) if value > 0 else (0, 0)  # points worth less than a coin wait


def line_refund(
    total_minor: int, qty_milli: int, refunded_milli: int, given_minor: int, wanted_milli: int
) -> int:
    """What a quantity of a line is worth: its share of the line, the last piece taking what remains."""
    rest = total_minor - given_minor
    if wanted_milli >= qty_milli - refunded_milli:
        return rest
    return min(rest, half_up(total_minor * wanted_milli, qty_milli))
