"""Build full-text search anew from the orders themselves."""

from __future__ import annotations

from sqlalchemy import select, text

from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.models.search import OrderText
from desktop.shop import order_texts
from desktop.shop.action import action
from desktop.shop.work import Work
from desktop.storage.trigrams import make_trigram_index

PART = 10_000


@action(permission=Permission.AUDIT)
def rebuild_search(work: Work) -> int:
    """Write every order's text that is wrong, drop those of orders that are gone, fill the index; how many texts."""
    changed, after = 0, 0
    while ids := list(
        work.rows(select(Order.id).where(Order.id > after).order_by(Order.id).limit(PART)).scalars()
    ):
        changed += order_texts.keep(work.connection, ids)
        after = ids[-1]
    gone = select(OrderText.order_id).where(~select(Order.id).where(Order.id == OrderText.order_id).exists())
    changed += order_texts.keep(work.connection, list(work.rows(gone).scalars()))
    if work.is_sqlite:
        work.connection.execute(text("INSERT INTO order_fts(order_fts) VALUES ('rebuild')"))
    else:
        make_trigram_index(work.connection)
    work.touch(OrderText.__tablename__, 0)
    work.note(texts=changed)
    return changed
