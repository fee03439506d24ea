"""What schema 0003 says of orders made before it: what has left, what was given back before, what is in a parcel."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

# Given back before the goods left: refunds of an order that never left, or earlier than its parcel.
_FREED = """
UPDATE order_line SET freed_milli = (
  SELECT coalesce(sum(refund_line.qty_milli), 0) FROM refund_line
  JOIN refund ON refund.id = refund_line.refund_id JOIN sale_order ON sale_order.id = refund.order_id
  WHERE refund_line.line_id = order_line.id
    AND (sale_order.status IN ('to_ship', 'cancelled') OR refund.at < sale_order.shipped_at)
) WHERE refunded_milli > 0
"""
_SHIPPED = """
UPDATE order_line SET shipped_milli = qty_milli - freed_milli
WHERE order_id IN (SELECT id FROM sale_order WHERE status IN ('shipped', 'done'))
"""
_IN_PARCELS = """
INSERT INTO shipment_line (shipment_id, line_id, qty_milli, base_milli)
SELECT newest.id, order_line.id, order_line.shipped_milli,
       order_line.base_milli - order_line.base_milli * order_line.freed_milli / order_line.qty_milli
FROM (SELECT max(id) AS id, order_id FROM shipment WHERE undone_at IS NULL GROUP BY order_id) AS newest
JOIN order_line ON order_line.order_id = newest.order_id
WHERE order_line.shipped_milli > 0
"""
_OPEN_SHOP = text("SELECT 1 FROM role LIMIT 1")
# As they were when 0003 was written.
CARRIERS = (
    ("SF Express", "shunfeng"),
    ("ZTO Express", "zhongtong"),
    ("YTO Express", "yuantong"),
    ("Yunda", "yunda"),
    ("STO Express", "shentong"),
    ("EMS", "ems"),
    ("JD Logistics", "jd"),
    ("DHL", "dhl"),
    ("UPS", "ups"),
)


def bring_parcels() -> None:
    """Fill what is known of old orders, and give an open shop its carriers."""
    for statement in (_FREED, _SHIPPED, _IN_PARCELS):
        op.execute(statement)
    if op.get_bind().execute(_OPEN_SHOP).first() is None:
        return
    for name, code in CARRIERS:
        row = text("INSERT INTO carrier (name, code) VALUES (:name, :code)")
        op.get_bind().execute(row, {"name": name, "code": code})
