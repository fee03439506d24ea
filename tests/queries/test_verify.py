"""Whatever is changed behind the shop's back in the database is found and named."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from desktop.queries.verify import verify
from desktop.queries.verify_fault import Fault
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from desktop.storage.migrations.append_only import APPEND_ONLY

DONE = (
    "(SELECT min(id) FROM sale_order WHERE status = 'done' AND points_spent > 0 AND placed_at > '2026-11-19')"
)
TO_SHIP = "(SELECT min(id) FROM sale_order WHERE status = 'to_ship')"
PLENTY = "(SELECT min(id) FROM stock WHERE on_hand_milli > 20000 AND reserved_milli = 0)"
ENTRY = "(SELECT max(id) FROM points_entry WHERE delta > 100)"
# What is done to the database, and the kind of fault that must name it.
SABOTAGE = (
    ("stock", f"UPDATE stock SET on_hand_milli = on_hand_milli + 1 WHERE id = {PLENTY}"),
    ("reserved", f"UPDATE stock SET reserved_milli = 1000 WHERE id = {PLENTY}"),
    ("stock", "UPDATE stock_movement SET delta_milli = delta_milli - 1 WHERE id = (SELECT max(id) FROM stock_movement)"),
    ("stock", "DELETE FROM stock_movement WHERE id = (SELECT min(id) FROM stock_movement WHERE reason = 'sale')"),
    ("reserved", "UPDATE reservation SET qty_milli = qty_milli + 1 WHERE id = (SELECT min(id) FROM reservation WHERE state = 'open')"),
    ("reservation", f"UPDATE sale_order SET status = 'done' WHERE id = {TO_SHIP}"),
    ("lines", f"UPDATE order_line SET total_minor = total_minor + 1 WHERE id = (SELECT min(id) FROM order_line WHERE order_id = {DONE})"),
    ("line", f"UPDATE order_line SET qty_milli = 2 * qty_milli WHERE id = (SELECT min(id) FROM order_line WHERE order_id = {DONE})"),
    ("lines", f"DELETE FROM order_line WHERE id = (SELECT min(id) FROM order_line WHERE order_id = {DONE})"),
    ("total", f"UPDATE sale_order SET discount_minor = discount_minor + 1 WHERE id = {DONE}"),
    ("paid", f"UPDATE sale_order SET paid_minor = paid_minor + 1 WHERE id = {DONE}"),
    ("paid", "UPDATE tender SET amount_minor = amount_minor - 1 WHERE id = (SELECT max(id) FROM tender)"),
    ("paid", f"DELETE FROM tender WHERE order_id = {DONE}"),
    ("points paid", f"UPDATE sale_order SET points_minor = points_minor - 1 WHERE id = {DONE}"),
    ("points used", f"UPDATE sale_order SET points_spent = points_spent + 1 WHERE id = {DONE}"),
    ("status", f"UPDATE sale_order SET status = 'unpaid' WHERE id = {DONE}"),
    ("refunded", "UPDATE refund SET amount_minor = amount_minor - 1 WHERE id = (SELECT max(id) FROM refund)"),
    ("refund points", "UPDATE refund SET points_returned = 1 WHERE id = (SELECT max(id) FROM refund WHERE points_returned > 1)"),
    ("refund limit", "UPDATE refund_tender SET amount_minor = 999999 WHERE id = (SELECT max(id) FROM refund_tender)"),
    ("refunded quantity", f"UPDATE order_line SET refunded_milli = 1 WHERE id = (SELECT min(id) FROM order_line WHERE order_id = {DONE})"),
    ("points", "UPDATE member SET points = points + 1 WHERE id = 318"),
    ("points", f"UPDATE points_entry SET delta = delta + 1 WHERE id = {ENTRY}"),
    ("ledger", f"UPDATE points_entry SET balance = balance + 1 WHERE id = {ENTRY}"),
    ("ledger", "DELETE FROM points_entry WHERE id = (SELECT min(id) FROM points_entry WHERE member_id = 318)"),
    ("earned", f"UPDATE sale_order SET points_earned = points_earned + 7 WHERE id = {DONE}"),
    ("spent", "UPDATE points_entry SET source = 'order:1' WHERE id = (SELECT max(id) FROM points_entry WHERE reason = 'spent')"),
    ("member orders", "UPDATE member SET orders_count = orders_count + 1 WHERE id = 318"),
    ("member money", "UPDATE member SET spent_minor = spent_minor - 1 WHERE id = 318"),
    ("daily orders", "UPDATE daily_total SET orders = orders + 1 WHERE id = (SELECT max(id) FROM daily_total WHERE carried = {false})"),
    ("daily money", "DELETE FROM daily_total WHERE day = '2026-11-20'"),
    ("daily refunds", "UPDATE daily_total SET refunds_minor = 0 WHERE refunds_minor > 0"),
    ("daily points", "UPDATE daily_total SET points_minor = points_minor + 1 WHERE day = '2026-11-20'"),
    ("receipts", f"UPDATE sale_order SET receipt_number = '01-999999' WHERE id = {DONE}"),
    ("receipts", "UPDATE counter SET value = value - 1 WHERE name = 'receipt:1'"),
    ("copies", "UPDATE print_job SET copy_no = copy_no + 1 WHERE id = (SELECT min(id) FROM print_job)"),
    ("drawer", "UPDATE drawer_kick SET till_id = 2 WHERE id = (SELECT min(id) FROM drawer_kick)"),
    ("audit trail", "UPDATE audit_event SET actor = 'staff:9' WHERE id = (SELECT min(id) FROM audit_event)"),
    ("audit trail", "DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)"),
)  # fmt: skip


def unlock(connection: Connection) -> None:
    """Take away what forbids changes, as somebody with the database's own tools could."""
    if connection.dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}")
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


def found(shop: Shop, connection: Connection) -> tuple[Fault, ...]:
    """What the check says inside this transaction."""
    return verify.run(Read(connection, shop.actor, shop.clock.now(), {})).faults


@pytest.mark.req("A2", "C10", "I1", "M1", "M9", "O4", "O15", "O17")
def test_every_edit_behind_the_shops_back_is_named(sample: Shop) -> None:
    missed = []
    for kind, statement in SABOTAGE:
        with sample.storage.write.connect() as connection:
            if sample.storage.is_sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            with connection.begin() as change:
                unlock(connection)
                false = "0" if sample.storage.is_sqlite else "false"
                touched = connection.execute(text(statement.replace("{false}", false))).rowcount
                faults = found(sample, connection)
                change.rollback()
        assert touched, f"nothing was changed by: {statement}"
        if kind not in {fault.kind for fault in faults}:
            missed.append((kind, statement, [str(fault) for fault in faults]))
    assert missed == []
    assert sample.ask(verify).whole  # the control: untouched again, nothing is found


@pytest.mark.req("I1")
def test_a_fault_names_what_it_should_be(sample: Shop) -> None:
    with sample.storage.write.connect() as connection, connection.begin() as change:
        milk = "sku_id = (SELECT id FROM sku WHERE code = 'ZH-2001')"
        connection.execute(text(f"UPDATE stock SET on_hand_milli = on_hand_milli + 1500 WHERE {milk}"))
        faults = found(sample, connection)
        change.rollback()
    assert [(fault.kind, fault.subject, fault.expected, fault.found) for fault in faults] == [
        ("stock", "ZH-2001", "8", "9.5")
    ]
    assert "ZH-2001" in str(faults[0])


@pytest.mark.req("O17")
def test_days_follow_the_shops_zone_through_a_change_of_summer_time() -> None:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from desktop.queries.local_days import stretches

    berlin = ZoneInfo("Europe/Berlin")
    parts = list(stretches(berlin, datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)))
    assert [distance for _start, _end, distance in parts] == [7_200, 3_600]
    assert parts[0][1] == parts[1][0] == datetime(2026, 10, 25, 1, tzinfo=UTC)
