"""What a refund would give back, before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from desktop.models.orders import Order, OrderLine
from desktop.models.people import Permission
from desktop.pricing.refund import Paid, line_refund, split_refund
from desktop.queries.given_back import read_given, read_given_of_line
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """Money (minor units) and points that would go back, and earned points that would be taken back."""

    money_minor: int
    points_minor: int
    points_returned: int
    points_taken_back: int


@question(permission=Permission.REFUND)
def refund_preview(
    read: Read, order_id: int, lines: Sequence[tuple[int, int]], with_freight: bool = False
) -> RefundPreview:
    """What giving back these (line id, thousandths) pairs would come to."""
    order = read.rows(select(Order.__table__).where(Order.id == order_id)).one()
    amount = sum(_line(read, line_id, qty) for line_id, qty in lines if qty > 0)
    amount += order.freight_minor + order.rounding_minor if with_freight else 0
    amount = min(amount, order.paid_minor - order.refunded_minor)
    paid = Paid(order.paid_minor, order.points_minor, order.points_spent, order.points_earned)
    split = split_refund(paid, read_given(read, order_id), amount)
    return RefundPreview(split.money_minor, split.value_minor, split.points, split.taken_back)


def _line(read: Read, line_id: int, qty: int) -> int:
    line = read.rows(select(OrderLine.__table__).where(OrderLine.id == line_id)).one()
    given = read_given_of_line(read, line_id)
    return line_refund(line.total_minor, line.qty_milli, line.refunded_milli, given, qty)
