"""What is taken off for a way to pay. Pure; minor units and basis points."""

from __future__ import annotations

from dataclasses import replace

from desktop.basics.money import BASIS, allocate
from desktop.pricing.cart import Bill, Terms, earned


def pay_discount(covered_minor: int, basis_points: int, cap_minor: int = 0, given_minor: int = 0) -> int:
    """What is taken off when a method pays so much of what is due; 0 as cap means none.

    The cap holds for all parts of one payment together: `given_minor` was taken off for earlier ones.
    Rounded down and never all of it: a provider takes no payment of nothing.
    """
    if covered_minor <= 0 or basis_points <= 0:
        return 0
    found = covered_minor * basis_points // BASIS
    left = max(0, cap_minor - given_minor) if cap_minor else found
    return min(found, left, covered_minor - 1)


def with_pay_discount(bill: Bill, discount_minor: int, terms: Terms) -> Bill:
    """The bill after that much was taken off: spread over its lines, so that a returned line gives back what it cost."""
    if not discount_minor:
        return bill
    parts = allocate(discount_minor, [line.total_minor for line in bill.lines])
    lines = tuple(
        replace(line, total_minor=line.total_minor - part)
        for line, part in zip(bill.lines, parts, strict=True)
    )
    to_pay = bill.to_pay_minor - discount_minor
    return replace(
        bill,
        lines=lines,
        discount_minor=bill.discount_minor + discount_minor,
        pay_discount_minor=bill.pay_discount_minor + discount_minor,
        total_minor=bill.total_minor - discount_minor,
        to_pay_minor=to_pay,
        earns=earned(to_pay, terms),
    )
