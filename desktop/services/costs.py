"""The moving average cost of goods: moved in the same transaction as their stock, just before it changes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from desktop.models.products import Sku
from desktop.models.stock import Stock
from desktop.pricing.average_cost import average_after
from desktop.shop.work import Work

Move = tuple[
    int, int, int
]  # SKU, thousandths that come (or leave), what they cost in thousandths of a minor unit


def move_averages(work: Work, moves: Sequence[Move]) -> None:
    """Move the cost of each SKU by what comes or leaves; all that lies anywhere shares one cost.

    Holds the rows of goods and stock in ascending order, so that nobody else brings in or sells in between. Goods are
    held softly (NO KEY UPDATE): the movements of a sale may go on referring to them.
    """
    skus = sorted({sku_id for sku_id, _delta, _worth in moves})
    work.rows(select(Sku.id).where(Sku.id.in_(skus)).order_by(Sku.id).with_for_update(key_share=True)).all()
    rows = select(Stock.id).where(Stock.sku_id.in_(skus)).order_by(Stock.sku_id, Stock.location_id)
    work.rows(rows.with_for_update()).all()
    lying = (
        select(Sku.id, Sku.cost_minor, func.coalesce(func.sum(Stock.on_hand_milli), 0).label("held"))
        .join(Stock, Stock.sku_id == Sku.id, isouter=True)
        .where(Sku.id.in_(skus))
        .group_by(Sku.id, Sku.cost_minor)
    )
    for row in work.rows(lying).all():
        held, cost = int(row.held), row.cost_minor
        for sku_id, delta, worth in moves:
            if sku_id == row.id:
                cost = average_after(held, cost, delta, worth)
                held += delta
        if cost != row.cost_minor:
            work.update(Sku, row.id, {"cost_minor": cost})
