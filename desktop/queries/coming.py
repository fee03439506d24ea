"""Goods that were ordered and are not there yet."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from desktop.models.replenishment import DONE, Replenishment, ReplenishmentLine
from desktop.models.stock import StockMovement
from desktop.shop.work import Read

COMING_DAYS = 14  # what was ordered longer ago and never came counts no more


def on_the_way(read: Read) -> dict[int, int]:
    """By SKU what was ordered in the last days, less what was received since (thousandths)."""
    since = read.now - timedelta(days=COMING_DAYS)
    line = ReplenishmentLine
    ordered = (
        select(
            line.sku_id,
            func.sum(line.wanted_milli).label("quantity"),
            func.min(Replenishment.closed_at).label("first"),
        )
        .join(Replenishment, Replenishment.id == line.list_id)
        .where(Replenishment.state == DONE, Replenishment.closed_at >= since, ~line.removed)
        .group_by(line.sku_id)
    )
    rows = {row.sku_id: (int(row.quantity), row.first) for row in read.rows(ordered)}
    if not rows:
        return {}
    came = select(StockMovement.sku_id, StockMovement.at, StockMovement.delta_milli).where(
        StockMovement.sku_id.in_(sorted(rows)), StockMovement.reason == "receive", StockMovement.at >= since
    )
    left = {sku_id: quantity for sku_id, (quantity, _at) in rows.items()}
    for movement in read.rows(came):
        if movement.at > rows[movement.sku_id][1]:
            left[movement.sku_id] -= movement.delta_milli
    return {sku_id: quantity for sku_id, quantity in left.items() if quantity > 0}
