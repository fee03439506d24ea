"""What a refund would give back, before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from desktop.models.orders import Order, OrderLine
from desktop.models.people import Permission
from desktop.queries.given_back import Worth, besides_goods, left_of_order, sources_of, split_now, worth_of
from desktop.queries.refund_ways import Ways, ways_back
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """Money (minor units) and points that would go back, by which ways, and earned points that would be taken back."""

    money_minor: int
    points_minor: int
    points_returned: int
    points_taken_back: int
    ways: Ways


@question(permission=Permission.REFUND)
def refund_preview(
    read: Read, order_id: int, lines: Sequence[tuple[int, int]], with_freight: bool = False, route: str = ""
) -> RefundPreview:
    """What giving back these (line id, thousandths) pairs would come to; `route`: another way for the money."""
    order = read.rows(select(Order.__table__).where(Order.id == order_id)).one()
    worths = [(line_id, _worth(read, line_id, qty)) for line_id, qty in lines if qty > 0]
    own = sum(worth.own_minor for _line, worth in worths)
    own += besides_goods(read, order, with_freight, lines)
    parts = [(order, split_now(read, order, min(own, left_of_order(read, order))))]
    for line_id, worth in worths:  # what an exchange paid of a line goes back from where that money lies
        for _credit, source_id, amount in sources_of(read, line_id, worth.credit_minor):
            source = read.rows(select(Order.__table__).where(Order.id == source_id)).one()
            parts.append((source, split_now(read, source, amount)))
    splits = [split for _order, split in parts]
    ways = ways_back(read, order, [(one.id, split.money_minor) for one, split in parts], route)
    return RefundPreview(
        sum(s.money_minor for s in splits), sum(s.value_minor for s in splits), sum(s.points for s in splits),
        sum(s.taken_back for s in splits), ways,
    )  # fmt: skip


def _worth(read: Read, line_id: int, qty: int) -> Worth:
    return worth_of(read, read.rows(select(OrderLine.__table__).where(OrderLine.id == line_id)).one(), qty)
