"""Goods that were ordered and are not there yet: on purchase orders, between places, and on lists marked as ordered without any."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import BigInteger, cast, func, select

from desktop.models.purchasing import COMING, PurchaseLine, PurchaseOrder
from desktop.models.replenishment import DONE, Replenishment, ReplenishmentLine
from desktop.models.stock import SELLING_KINDS, Location, StockMovement
from desktop.models.transfers import UNDERWAY, Transfer, TransferLine
from desktop.shop.work import Read

COMING_DAYS = 14  # what was ordered longer ago and never came counts no more
LEFT = PurchaseLine.packs * PurchaseLine.pack_milli - PurchaseLine.received_milli


def on_the_way(read: Read) -> dict[int, int]:
    """By SKU what was ordered and did not come yet (thousandths)."""
    found = on_orders(read)
    for more in (_on_lists(read), _in_transit(read)):
        for sku_id, quantity in more.items():
            found[sku_id] = found.get(sku_id, 0) + quantity
    return found


def on_orders(read: Read, sku_id: int | None = None) -> dict[int, int]:
    """By SKU what is left of purchase orders that were sent (thousandths)."""
    statement = (
        select(PurchaseLine.sku_id, cast(func.sum(LEFT), BigInteger()).label("quantity"))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.order_id)
        .where(PurchaseOrder.state.in_(COMING), LEFT > 0)
        .group_by(PurchaseLine.sku_id)
    )
    if sku_id is not None:
        statement = statement.where(PurchaseLine.sku_id == sku_id)
    return {row.sku_id: int(row.quantity) for row in read.rows(statement)}


def arrivals(read: Read, sku_id: int) -> tuple[tuple[date | None, int], ...]:
    """When how much of a SKU is expected (thousandths), the first one first; None: nobody said when."""
    statement = (
        select(PurchaseOrder.expected_on, LEFT.label("quantity"))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.order_id)
        .where(PurchaseOrder.state.in_(COMING), PurchaseLine.sku_id == sku_id, LEFT > 0)
        .order_by(PurchaseOrder.expected_on, PurchaseOrder.id)
    )
    return tuple((row.expected_on, int(row.quantity)) for row in read.rows(statement))


def _in_transit(read: Read) -> dict[int, int]:
    """By SKU what is on its way to a place that sells."""
    line, left = TransferLine, TransferLine.qty_milli - TransferLine.received_milli
    left = left - line.lost_milli - line.returned_milli
    statement = (
        select(line.sku_id, cast(func.sum(left), BigInteger()).label("quantity"))
        .join(Transfer, Transfer.id == line.transfer_id)
        .join(Location, Location.id == Transfer.to_id)
        .where(Transfer.state.in_(UNDERWAY), Location.kind.in_(SELLING_KINDS), left > 0)
        .group_by(line.sku_id)
    )
    return {row.sku_id: int(row.quantity) for row in read.rows(statement)}


def _on_lists(read: Read) -> dict[int, int]:
    """What lists of the last days were marked as ordered for without purchase orders, less what was received since."""
    since = read.now - timedelta(days=COMING_DAYS)
    line = ReplenishmentLine
    ordered = (
        select(
            line.sku_id,
            func.sum(line.wanted_milli).label("quantity"),
            func.min(Replenishment.closed_at).label("first"),
        )
        .join(Replenishment, Replenishment.id == line.list_id)
        .where(
            Replenishment.state == DONE,
            Replenishment.closed_at >= since,
            Replenishment.orders == 0,
            ~line.removed,
        )
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
