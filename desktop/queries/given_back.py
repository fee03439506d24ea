"""What refunds of an order gave back so far."""

from __future__ import annotations

from sqlalchemy import func, select

from desktop.models.payments import Refund, RefundLine, RefundTender
from desktop.pricing.refund import Given
from desktop.shop.work import Read


def read_given(read: Read, order_id: int) -> Given:
    """Sums over the order's refunds."""
    mine = select(RefundTender.amount_minor, RefundTender.points).join(
        Refund, Refund.id == RefundTender.refund_id
    )
    rows = read.rows(mine.where(Refund.order_id == order_id)).all()
    taken = select(func.coalesce(func.sum(Refund.points_taken_back), 0)).where(Refund.order_id == order_id)
    return Given(
        amount_minor=sum(row.amount_minor for row in rows),
        value_minor=sum(row.amount_minor for row in rows if row.points),
        points=sum(row.points for row in rows),
        taken_back=int(read.value(taken)),
    )


def read_given_of_line(read: Read, line_id: int) -> int:
    """Minor units given back for one line."""
    statement = select(func.coalesce(func.sum(RefundLine.amount_minor), 0))
    return int(read.value(statement.where(RefundLine.line_id == line_id)))
