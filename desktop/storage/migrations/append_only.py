"""Triggers that forbid changing or deleting what must stay as it was written."""

from __future__ import annotations

from alembic import op

APPEND_ONLY = (
    "audit_event",
    "stock_movement",
    "points_entry",
    "order_event",
    "tender",
    "refund",
    "refund_line",
    "refund_tender",
)


def forbid_changes() -> None:
    """Create the triggers for every append-only table, on either database."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION zhanggui_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END$$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION zhanggui_append_only()"
        )
