"""Triggers that forbid changing or deleting what must stay as it was written."""

from __future__ import annotations

from alembic import op

SINCE_0001 = (
    "audit_event",
    "stock_movement",
    "points_entry",
    "order_event",
    "tender",
    "refund",
    "refund_line",
    "refund_tender",
)
SINCE_0002 = ("rule_version",)
SINCE_0003 = (
    "after_sale_event",
    "batch_movement",
    "price_changed",
    "goods_receipt",
    "goods_receipt_line",
    "refund_extra",
    "set_aside_entry",
    "shipment_line",
    "shipment_trail",
    "stocktake_scan",
    "supplier_return_line",
)
SINCE_0004 = (
    "drawer_kick",
    "payment_event",
    "cash_count",
    "cash_foreign",
    "cash_movement",
    "cash_tally",
    "stored_value_entry",
    "pay_out",
    "fx_rate",
    "statement_entry",
)
APPEND_ONLY = SINCE_0001 + SINCE_0002 + SINCE_0003 + SINCE_0004


def forbid_changes(tables: tuple[str, ...]) -> None:
    """Create the triggers for these tables, on either database."""
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION zhanggui_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END$$"
    )
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION zhanggui_append_only()"
        )
