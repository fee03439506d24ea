"""Purchase orders that should have come: somebody asks the supplier, or says when they come."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from desktop.basics.clock import day_starts
from desktop.models.purchasing import PurchaseOrder, Supplier
from desktop.queries.purchasing import late_now
from desktop.queries.todo import MOST, Step, Todo
from desktop.shop.work import Read

NAMED = 3


def late_purchases(read: Read) -> Iterator[Todo]:
    """What they are worth is not at stake: it was not paid for goods that did not come."""
    rows = read.rows(
        select(PurchaseOrder.id, PurchaseOrder.expected_on, Supplier.name)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(late_now(read))
        .order_by(PurchaseOrder.expected_on, PurchaseOrder.id)
        .limit(MOST + 1)
    ).all()
    if rows:
        alone = len(rows) == 1
        step = (
            Step("show", "buying", rows[0].id) if alone else Step("show", "buying", filters={"view": "late"})
        )
        names = tuple(dict.fromkeys(row.name for row in rows))[:NAMED]
        since = day_starts(rows[0].expected_on, read.zone)
        yield Todo("purchase_late", min(len(rows), MOST), 0, since, step, {"names": names}, len(rows) > MOST)
