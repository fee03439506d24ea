"""Ways to pay: the day's counters are the sum of their parts, and what was taken off for a way to pay is part of the discount."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, and_, cast, func, or_, select

from desktop.models.orders import Order
from desktop.models.pay_offers import MethodUse, MethodUsePart
from desktop.queries.verify_fault import Fault, finding, money
from desktop.shop.work import Read


def uses(read: Read) -> Iterator[Fault]:
    """M8: what a method was used for on a day = Σ its uses that still count."""
    total = cast(func.sum(MethodUsePart.amount_minor), BigInteger).label("amount")
    counted = select(MethodUsePart.method_key, MethodUsePart.day, total).where(
        MethodUsePart.released_at.is_(None)
    )
    parts = counted.group_by(MethodUsePart.method_key, MethodUsePart.day).subquery("parts")
    found = func.coalesce(parts.c.amount, 0)
    statement = (
        select(
            MethodUse.method_key.label("subject"), found.label("expected"), MethodUse.sum_minor.label("found")
        )
        .join(
            parts,
            and_(parts.c.method_key == MethodUse.method_key, parts.c.day == MethodUse.day),
            isouter=True,
        )
        .where(MethodUse.member_id == 0, MethodUse.sum_minor != found)
    )
    yield from finding(read, "method uses", statement, money)


def taken_off(read: Read) -> Iterator[Fault]:
    """M7: what was taken off for the way to pay lies within goods, discount and freight."""
    most = Order.discount_minor + Order.freight_minor
    wrong = or_(Order.pay_discount_minor < 0, and_(Order.pay_discount_minor > most, Order.freight_minor == 0))
    columns = (Order.code.label("subject"), most.label("expected"), Order.pay_discount_minor.label("found"))
    yield from finding(read, "payment discount", select(*columns).where(wrong), money)


CHECKS = (uses, taken_off)
