"""What schema 0003 moves of goods: the one photo of a product becomes its main one, reviews of orders those of goods."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from desktop.basics.errors import Malformed
from desktop.basics.pictures import thumb_of

_ADD = text("INSERT INTO photo (product_id, position, data, thumb) VALUES (:product, 0, :data, :thumb)")
# A buyer's word about an order is one about each of the goods in it; nobody has allowed it to be shown yet.
_REVIEWS = """
INSERT INTO review (product_id, order_id, member_id, score, message, state, answer, source, at, judged_by)
SELECT DISTINCT sku.product_id, sale_order.id, sale_order.member_id,
       CASE WHEN order_review.score < 1 THEN 1 WHEN order_review.score > 5 THEN 5 ELSE order_review.score END,
       trim(order_review.title || ' ' || order_review.message), 'new', '', 'order_review:' || order_review.id,
       order_review.at, ''
FROM order_review JOIN sale_order ON sale_order.id = order_review.order_id
JOIN order_line ON order_line.order_id = sale_order.id JOIN sku ON sku.id = order_line.sku_id
"""


def bring_goods() -> None:
    """Move photos and reviews to where they stand from now on."""
    connection = op.get_bind()
    for product in (
        connection.execute(text("SELECT product_id FROM image ORDER BY product_id")).scalars().all()
    ):
        data = connection.execute(
            text("SELECT data FROM image WHERE product_id = :p"), {"p": product}
        ).scalar_one()
        try:
            thumb = thumb_of(bytes(data))
        except Malformed:
            continue  # never shown before either
        connection.execute(_ADD, {"product": product, "data": bytes(data), "thumb": thumb})
    op.execute("DELETE FROM image")
    op.execute(_REVIEWS)
