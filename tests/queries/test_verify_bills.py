"""Bills, stored value and papers: whatever is changed behind the shop's back in them is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from desktop.queries import verify_papers, verify_statements, verify_stored
from desktop.queries.verify_fault import Fault
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from tests.queries.test_verify import unlock

CHECKS = (*verify_statements.CHECKS, *verify_stored.CHECKS, *verify_papers.CHECKS)
BILL = "(SELECT max(id) FROM statement WHERE state = 'done' AND rows > 0)"
FITS = "(SELECT max(id) FROM statement_row WHERE state = 'matched' AND resolution = '' AND row_key NOT LIKE 'ours:%')"
APART = (
    "(SELECT max(id) FROM statement_row WHERE state IN ('amount', 'resolved') AND amount_minor <> ours_minor)"
)
TOPPED = "id = (SELECT max(id) FROM stored_value_entry WHERE kind = 'top_up')"
GIVEN = "id = (SELECT max(id) FROM stored_value_entry WHERE kind = 'bonus')"
SPENT = "kind = 'spend', money_delta = -1, bonus_delta = 0, order_id = 1"
LEDGER = "stored_value_entry"
SABOTAGE = (
    ("bill", f"UPDATE statement SET paid_minor = paid_minor + 1, refunded_minor = refunded_minor + 1 WHERE id = {BILL}"),
    ("bill", f"UPDATE statement SET fee_minor = fee_minor + 1 WHERE id = {BILL}"),
    ("bill", f"UPDATE statement SET rows = rows - 1 WHERE id = {BILL}"),
    ("bill", f"UPDATE statement_row SET amount_minor = amount_minor + 1, ours_minor = ours_minor + 1 WHERE id = {FITS}"),
    ("bill", f"DELETE FROM statement_row WHERE id = {FITS}"),
    ("bill row", f"UPDATE statement_row SET ours_minor = ours_minor + 1 WHERE id = {FITS}"),
    ("bill row", f"UPDATE statement_row SET state = 'matched', resolved_at = NULL, resolution = '' WHERE id = {APART}"),
    ("bill row", f"UPDATE statement_row SET state = 'amount' WHERE id = {FITS}"),
    ("bill tie", f"UPDATE statement_row SET amount_minor = 1, ours_minor = 1 WHERE id = {FITS}"),
    ("stored value", "UPDATE stored_balance SET money_minor = money_minor + 1 WHERE money_minor > 0"),
    ("stored bonus", "UPDATE stored_balance SET bonus_minor = bonus_minor + 1 WHERE bonus_minor > 0"),
    ("stored ledger", f"UPDATE {LEDGER} SET money_balance = money_balance + 1, bonus_balance = bonus_balance - 1 WHERE {GIVEN}"),
    ("stored value", f"DELETE FROM {LEDGER} WHERE {TOPPED}"),
    ("top-up", "UPDATE top_up SET amount_minor = amount_minor + 1 WHERE id = (SELECT max(id) FROM top_up WHERE state = 'done')"),
    ("top-up", "UPDATE top_up SET state = 'open' WHERE id = (SELECT max(id) FROM top_up WHERE state = 'done')"),
    ("top-up", f"UPDATE {LEDGER} SET source = 'top_up:1' WHERE {TOPPED}"),
    ("pay-out", "UPDATE pay_out SET amount_minor = amount_minor - 1"),
    ("pay-out", "UPDATE pay_out SET bonus_minor = bonus_minor + 1"),
    ("stored value of an order", f"UPDATE {LEDGER} SET {SPENT} WHERE {GIVEN}"),
    ("stored value of a refund", f"UPDATE {LEDGER} SET kind = 'refund', source = 'refund:1' WHERE {TOPPED}"),
    ("copies", "UPDATE print_job SET copy_no = copy_no + 1 WHERE id = (SELECT min(id) FROM print_job)"),
    ("drawer", "UPDATE drawer_kick SET till_id = 2 WHERE id = (SELECT min(id) FROM drawer_kick)"),
)  # fmt: skip


def faults(shop: Shop, connection: Connection) -> Iterator[Fault]:
    """What these checks say inside this transaction."""
    read = Read(connection, shop.actor, shop.clock.now(), {})
    for check in CHECKS:
        yield from check(read)


@pytest.mark.req("M12", "C14", "A2")
def test_every_edit_of_bills_stored_value_and_papers_is_named(sample: Shop) -> None:
    missed = []
    for kind, statement in SABOTAGE:
        with sample.storage.write.connect() as connection:
            if sample.storage.is_sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            with connection.begin() as change:
                unlock(connection)
                touched = connection.execute(text(statement)).rowcount
                named = {fault.kind for fault in faults(sample, connection)}
                change.rollback()
        assert touched, f"nothing was changed by: {statement}"
        if kind not in named:
            missed.append((kind, statement, sorted(named)))
    assert missed == []
    with sample.storage.read.connect() as connection:
        assert not list(faults(sample, connection))  # the control: untouched again, nothing is found
