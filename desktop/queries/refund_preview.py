"""What a refund would give back, before it is done: the same arithmetic, tried and thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from desktop.basics.money import half_up
from desktop.models.orders import Order, OrderLine
from desktop.models.payments import Refund, RefundLine, RefundTender
from desktop.models.people import Permission
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
    before = read.rows(
        select(RefundTender.amount_minor, RefundTender.points)
        .join(Refund, Refund.id == RefundTender.refund_id)
        .where(Refund.order_id == order_id)
    ).all()
    value_before = sum(row.amount_minor for row in before if row.points)
    value = points = 0
    if order.points_minor and order.paid_minor:
        total = half_up(order.points_minor * (order.refunded_minor + amount), order.paid_minor)
        value = min(total, order.points_minor) - value_before
        points = order.points_spent * (value_before + value) // order.points_minor
        points -= sum(row.points for row in before)
        value, points = (value, points) if points > 0 else (0, 0)
    money = amount - value
    money_before = sum(row.amount_minor for row in before if not row.points)
    return RefundPreview(money, value, points, _taken(read, order_id, order, money_before + money))


def _line(read: Read, line_id: int, qty: int) -> int:
    line = read.rows(select(OrderLine.__table__).where(OrderLine.id == line_id)).one()
    given = select(func.coalesce(func.sum(RefundLine.amount_minor), 0)).where(RefundLine.line_id == line_id)
    rest = int(line.total_minor) - int(read.value(given))
    if qty >= line.qty_milli - line.refunded_milli:
        return rest
    return min(rest, half_up(line.total_minor * qty, line.qty_milli))


def _taken(read: Read, order_id: int, order: object, money_in_all: int) -> int:
    earned, paid, points = (getattr(order, n) for n in ("points_earned", "paid_minor", "points_minor"))
    if not earned or paid <= points:
        return 0
    back = select(func.coalesce(func.sum(Refund.points_taken_back), 0)).where(Refund.order_id == order_id)
    keep = earned * (paid - points - money_in_all) // (paid - points)
    return max(0, int(earned - keep) - int(read.value(back)))
