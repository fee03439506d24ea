"""Cash rounding: the small change nobody has is left away, as a line of its own. Pure; minor units."""

from __future__ import annotations

from dataclasses import replace

from desktop.basics.money import Money, half_up
from desktop.pricing.cart import Bill

DOWN, NEAREST = "down", "nearest"


def cash_rounding(amount: Money, unit_minor: int, how: str = DOWN) -> int:
    """What is added to an amount that is paid in cash (mostly negative); 0 when nothing is to be rounded.

    `down` (抹零) leaves the rest below a unit away, `nearest` goes up or down. Nothing is ever rounded to zero.
    """
    if unit_minor <= 1 or amount.amount <= 0:
        return 0
    units = half_up(amount.amount, unit_minor) if how == NEAREST else amount.amount // unit_minor
    return units * unit_minor - amount.amount if units else 0


def rounded_bill(bill: Bill, rounding_minor: int) -> Bill:
    """The bill with cash rounding as its own line: total and what is to pay follow, nothing else."""
    if not rounding_minor:
        return bill
    return replace(
        bill,
        rounding_minor=rounding_minor,
        total_minor=bill.total_minor + rounding_minor,
        to_pay_minor=bill.to_pay_minor + rounding_minor,
    )
