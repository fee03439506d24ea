"""Do the books balance after a crash? Counted here in plain SQL, apart from the program's own check."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from desktop.queries.verify import verify
from desktop.shop import actors
from desktop.shop.shop import Shop

HALF = {  # each finds orders that are not whole
    "without exactly its answer": (
        "SELECT o.id FROM sale_order o WHERE (SELECT count(*) FROM idempotency i WHERE i.client_key = o.client_key) <> 1"
    ),
    "whose lines do not add up": (
        "SELECT o.id FROM sale_order o WHERE o.total_minor <> "
        "(SELECT coalesce(sum(l.total_minor), 0) FROM order_line l WHERE l.order_id = o.id)"
    ),
    "whose tenders do not add up": (
        "SELECT o.id FROM sale_order o WHERE o.paid_minor <> "
        "(SELECT coalesce(sum(t.amount_minor), 0) FROM tender t WHERE t.order_id = o.id)"
    ),
    "whose goods did not leave": (
        "SELECT o.id FROM sale_order o WHERE (SELECT coalesce(sum(l.base_milli), 0) FROM order_line l "
        "WHERE l.order_id = o.id) <> (SELECT -coalesce(sum(m.delta_milli), 0) FROM stock_movement m "
        "WHERE m.source = 'order:' || o.id)"
    ),
    "whose points did not move": (
        "SELECT o.id FROM sale_order o WHERE o.points_earned - o.points_spent <> "
        "(SELECT coalesce(sum(p.delta), 0) FROM points_entry p WHERE p.source = 'order:' || o.id)"
    ),
    "without their three steps": (
        "SELECT o.id FROM sale_order o WHERE (SELECT count(*) FROM order_event e WHERE e.order_id = o.id) <> 3"
    ),
    "whose sale is still open": (
        "SELECT o.id FROM sale_order o JOIN checkout c ON c.client_key = o.client_key WHERE c.state <> 'done'"
    ),
    "missing though their sale is done": (
        "SELECT c.id FROM checkout c WHERE c.state = 'done' "
        "AND NOT EXISTS (SELECT 1 FROM sale_order o WHERE o.client_key = c.client_key)"
    ),
    "missing on the day": (
        "SELECT d.id FROM daily_total d WHERE NOT d.carried AND d.orders <> (SELECT count(*) FROM sale_order o "
        "WHERE o.till_id = d.till_id AND o.channel = d.channel AND o.order_type = d.order_type) "
        "AND (SELECT count(DISTINCT day) FROM daily_total) = 1"
    ),
}


def half_orders(connection: Connection) -> list[str]:
    """Orders that are there in part; empty when every one is whole."""
    found = []
    for what, statement in HALF.items():
        found += [f"order {row[0]} {what}" for row in connection.execute(text(statement))]
    return found


def orders_by_key(connection: Connection) -> dict[str, tuple[int, str, str]]:
    """Client key → id, code and receipt number of the order it became."""
    rows = connection.execute(text("SELECT client_key, id, code, receipt_number FROM sale_order"))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def lost(connection: Connection, diary: list[Any]) -> list[Any]:
    """Acknowledged receipts that have no such order."""
    orders = orders_by_key(connection)
    receipts = [(line[1], line[2]) for line in diary if line[0] == "done"]
    return [
        key for key, told in receipts
        if orders.get(key) != (told["order_id"], told["code"], told["receipt_number"])
    ]  # fmt: skip


def check_books(shop: Shop) -> None:
    """Fail with what does not fit."""
    with shop.storage.read.connect() as connection:
        assert half_orders(connection) == []
    assert shop.acting_as(actors.console()).ask(verify).faults == ()
