"""What schema 0004 brings into a shop that is already open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from desktop.storage.migrations.rights import give_rights

# As they were when 0004 was written; a later change of the shipped roles is a later migration's business.
RIGHTS = {
    "owner": (
        "keep the cash",
        "reconcile payments",
        "bring in bills",
        "follow payments",
        "pay out stored value",
    ),
    "merchant": ("keep the cash", "reconcile payments", "bring in bills", "pay out stored value"),
    "cashier": ("keep the cash",),
    "clock": (
        "follow payments",
        "bring in bills",
    ),
}


def bring_over() -> None:
    """Give the shipped roles their new rights, and a shop that is open its new way to pay."""
    give_rights(RIGHTS)
    _add_stored_value()


def _add_stored_value() -> None:
    columns: list[sa.ColumnClause[object]] = [
        sa.column(name) for name in ("key", "kind", "enabled", "position")
    ]
    method = sa.table("payment_method", *columns)
    connection = op.get_bind()
    there = {row.key: row.position for row in connection.execute(sa.select(method.c.key, method.c.position))}
    if there and "stored_value" not in there:
        row = {"key": "stored_value", "kind": "stored_value", "enabled": True}
        connection.execute(sa.insert(method).values(**row, position=max(there.values()) + 1))
