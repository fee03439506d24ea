"""What one unit costs on average, moved by what comes in and what goes back. Pure integers."""

from __future__ import annotations

from desktop.basics.money import half_up


def average_after(held_milli: int, cost_minor: int, delta_milli: int, worth: int) -> int:
    """The cost of one unit (minor units) once `delta_milli` thousandths of a unit came in, or left if negative.

    `worth` is what these cost, in thousandths of a minor unit and with the same sign. Nothing held afterwards, or a
    rest that would be worth less than nothing (dear goods went back, cheap ones were sold before), keeps the cost.
    """
    left = held_milli + delta_milli
    value = held_milli * cost_minor + worth
    if left <= 0 or value < 0:
        return cost_minor
    return half_up(value, left)


def share(amount_minor: int, part_milli: int, whole_milli: int) -> int:
    """The part of an amount that belongs to a part of the goods, half up."""
    return half_up(amount_minor * part_milli, whole_milli)
