"""Every way to pay: attempts, refunds by providers, cash sessions, stored value, rates, statements, print jobs."""

import sqlalchemy as sa
from alembic import op

from desktop.models.base import BigId, UtcDateTime
from desktop.storage.migrations.append_only import SINCE_0004, forbid_changes
from desktop.storage.migrations.v0004_data import bring_over

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and give old shops what they need to go on."""
    op.create_table(
        "bonus_tier",
        sa.Column("id", BigId, nullable=False),
        sa.Column("from_minor", sa.BigInteger(), nullable=False),
        sa.Column("bonus_minor", sa.BigInteger(), nullable=False),
        sa.Column("bonus_bp", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(bonus_minor > 0) <> (bonus_bp > 0)", name=op.f("ck_bonus_tier_one")),
        sa.CheckConstraint("from_minor > 0", name=op.f("ck_bonus_tier_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bonus_tier")),
    )
    op.create_table(
        "fx_currency",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("spread_bp", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("troubled_at", UtcDateTime(), nullable=True),
        sa.Column("next_fetch_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("spread_bp >= 0 AND spread_bp < 10000", name=op.f("ck_fx_currency_spread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fx_currency")),
        sa.UniqueConstraint("code", name=op.f("uq_fx_currency_code")),
    )
    op.create_index(op.f("ix_fx_currency_next_fetch_at"), "fx_currency", ["next_fetch_at"], unique=False)
    op.create_table(
        "fx_rate",
        sa.Column("id", BigId, nullable=False),
        sa.Column("base_code", sa.String(), nullable=False),
        sa.Column("foreign_code", sa.String(), nullable=False),
        sa.Column("rate", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("spread_bp", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint("mode IN ('fixed', 'floating')", name=op.f("ck_fx_rate_mode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fx_rate")),
    )
    op.create_index(
        "ix_fx_rate_foreign_mode_id", "fx_rate", ["foreign_code", "base_code", "mode", "id"], unique=False
    )
    op.create_table(
        "order_look",
        sa.Column("id", BigId, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_look")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_order_look_token_hash")),
    )
    op.create_table(
        "payment_account",
        sa.Column("id", BigId, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_account")),
        sa.UniqueConstraint("gateway", name=op.f("uq_payment_account_gateway")),
    )
    op.create_table(
        "receipt_logo",
        sa.Column("id", BigId, nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_logo")),
    )
    op.create_table(
        "statement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("file_hash", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('arriving', 'done')", name=op.f("ck_statement_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("gateway", "day", "file_hash", name=op.f("uq_statement_gateway_day_file_hash")),
    )
    op.create_table(
        "cash_session",
        sa.Column("id", BigId, nullable=False),
        sa.Column("till_id", BigId, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("float_minor", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("counted_minor", sa.BigInteger(), nullable=True),
        sa.Column("after_minor", sa.BigInteger(), nullable=False),
        sa.Column("difference_minor", sa.BigInteger(), nullable=True),
        sa.Column("foreign_off", sa.String(), server_default="", nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("prints", sa.BigInteger(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (number IS NULL)", name=op.f("ck_cash_session_number")),
        sa.CheckConstraint(
            "state = 'open' OR difference_minor = counted_minor + after_minor - expected_minor",
            name=op.f("ck_cash_session_sum"),
        ),
        sa.CheckConstraint("float_minor >= 0", name=op.f("ck_cash_session_float")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_cash_session_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_session")),
        sa.UniqueConstraint("client_key", name=op.f("uq_cash_session_client_key")),
    )
    op.create_index("ix_cash_session_closed_at", "cash_session", ["closed_at"], unique=False)
    op.create_index("ix_cash_session_opened_at_id", "cash_session", ["opened_at", "id"], unique=False)
    op.create_index(
        "ux_cash_session_open_till",
        "cash_session",
        ["till_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ux_cash_session_till_id_number", "cash_session", ["till_id", "number"], unique=True)
    op.create_table(
        "channel_total",
        sa.Column("id", BigId, nullable=False),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("fee_minor >= 0", name=op.f("ck_channel_total_fee")),
        sa.ForeignKeyConstraint(
            ["method_key"], ["payment_method.key"], name=op.f("fk_channel_total_method_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_total")),
        sa.UniqueConstraint("method_key", "day", name=op.f("uq_channel_total_method_key_day")),
    )
    op.create_table(
        "method_offer",
        sa.Column("id", BigId, nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["method_key"], ["payment_method.key"], name=op.f("fk_method_offer_method_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_offer")),
    )
    op.create_index("ix_method_offer_scope", "method_offer", ["scope", "method_key"], unique=True)
    op.create_table(
        "method_use",
        sa.Column("id", BigId, nullable=False),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sum_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count >= 0 AND sum_minor >= 0", name=op.f("ck_method_use_sums")),
        sa.ForeignKeyConstraint(
            ["method_key"], ["payment_method.key"], name=op.f("fk_method_use_method_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_use")),
    )
    op.create_index(
        "ix_method_use_method_key_day", "method_use", ["method_key", "day", "member_id"], unique=True
    )
    op.create_table(
        "method_use_part",
        sa.Column("id", BigId, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["method_key"], ["payment_method.key"], name=op.f("fk_method_use_part_method_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_use_part")),
        sa.UniqueConstraint("source", name=op.f("uq_method_use_part_source")),
    )
    op.create_table(
        "pay_approval",
        sa.Column("id", BigId, nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("till_id", BigId, nullable=True),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_pay_approval_staff_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_pay_approval_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_approval")),
    )
    op.create_table(
        "print_job",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("copy_no", sa.BigInteger(), nullable=False),
        sa.Column("till_id", BigId, nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("drawer_event", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("copy_no >= 0", name=op.f("ck_print_job_copy")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_print_job_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sa.UniqueConstraint("client_key", name=op.f("uq_print_job_client_key")),
        sa.UniqueConstraint("kind", "document", "copy_no", name=op.f("uq_print_job_kind_document_copy_no")),
    )
    op.create_index("ix_print_job_at_id", "print_job", ["at", "id"], unique=False)
    op.create_index(
        "ix_print_job_open",
        "print_job",
        ["till_id", "next_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'printing')"),
        postgresql_where=sa.text("state IN ('queued', 'printing')"),
    )
    op.create_index(
        "ix_print_job_waits",
        "print_job",
        ["at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'printing', 'failed', 'unsure')"),
        postgresql_where=sa.text("state IN ('queued', 'printing', 'failed', 'unsure')"),
    )
    op.create_table(
        "reason_plan",
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_reason_plan_owner_id")),
        sa.PrimaryKeyConstraint("reason", name=op.f("pk_reason_plan")),
    )
    op.create_table(
        "role_amount",
        sa.Column("role_key", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("most_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["role_key"], ["role.key"], name=op.f("fk_role_amount_role_key")),
        sa.PrimaryKeyConstraint("role_key", "deed", name=op.f("pk_role_amount")),
    )
    op.create_table(
        "cash_movement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_cash_movement_amount")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["cash_session.id"], name=op.f("fk_cash_movement_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_movement")),
        sa.UniqueConstraint("client_key", name=op.f("uq_cash_movement_client_key")),
    )
    op.create_index(op.f("ix_cash_movement_session_id"), "cash_movement", ["session_id"], unique=False)
    op.create_table(
        "cash_tally",
        sa.Column("id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("counted_minor", sa.BigInteger(), nullable=False),
        sa.Column("expected_minor", sa.BigInteger(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("counted_minor >= 0", name=op.f("ck_cash_tally_counted")),
        sa.ForeignKeyConstraint(["session_id"], ["cash_session.id"], name=op.f("fk_cash_tally_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_tally")),
        sa.UniqueConstraint("client_key", name=op.f("uq_cash_tally_client_key")),
    )
    op.create_index("ix_cash_tally_session_id_round", "cash_tally", ["session_id", "round"], unique=True)
    op.create_table(
        "drawer_kick",
        sa.Column("id", BigId, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("till_id", BigId, nullable=False),
        sa.Column("job_id", BigId, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["print_job.id"], name=op.f("fk_drawer_kick_job_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_drawer_kick_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawer_kick")),
        sa.UniqueConstraint("event", name=op.f("uq_drawer_kick_event")),
    )
    op.create_table(
        "pay_out",
        sa.Column("id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bonus_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("till_id", BigId, nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0 AND bonus_minor >= 0", name=op.f("ck_pay_out_amount")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_pay_out_member_id")),
        sa.ForeignKeyConstraint(["method_key"], ["payment_method.key"], name=op.f("fk_pay_out_method_key")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_pay_out_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_out")),
        sa.UniqueConstraint("client_key", name=op.f("uq_pay_out_client_key")),
    )
    op.create_index(op.f("ix_pay_out_at"), "pay_out", ["at"], unique=False)
    op.create_index(op.f("ix_pay_out_member_id"), "pay_out", ["member_id"], unique=False)
    op.create_index(op.f("ix_pay_out_session_id"), "pay_out", ["session_id"], unique=False)
    op.create_table(
        "stored_balance",
        sa.Column("member_id", BigId, autoincrement=False, nullable=False),
        sa.Column("money_minor", sa.BigInteger(), nullable=False),
        sa.Column("bonus_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("money_minor >= 0 AND bonus_minor >= 0", name=op.f("ck_stored_balance_parts")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_stored_balance_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_stored_balance")),
    )
    op.create_table(
        "top_up",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("bonus_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=True),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("till_id", BigId, nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount_minor > 0 AND bonus_minor >= 0", name=op.f("ck_top_up_amounts")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_top_up_member_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_top_up_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_top_up")),
        sa.UniqueConstraint("client_key", name=op.f("uq_top_up_client_key")),
    )
    op.create_index(op.f("ix_top_up_attempt_id"), "top_up", ["attempt_id"], unique=False)
    op.create_index(op.f("ix_top_up_done_at"), "top_up", ["done_at"], unique=False)
    op.create_index(op.f("ix_top_up_member_id"), "top_up", ["member_id"], unique=False)
    op.create_index(op.f("ix_top_up_session_id"), "top_up", ["session_id"], unique=False)
    op.create_index("ix_top_up_state_at", "top_up", ["state", "at"], unique=False)
    op.create_table(
        "cash_count",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tally_id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=False),
        sa.Column("denomination_minor", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("pieces > 0 AND denomination_minor > 0", name=op.f("ck_cash_count_pieces")),
        sa.ForeignKeyConstraint(["session_id"], ["cash_session.id"], name=op.f("fk_cash_count_session_id")),
        sa.ForeignKeyConstraint(["tally_id"], ["cash_tally.id"], name=op.f("fk_cash_count_tally_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_count")),
    )
    op.create_index(op.f("ix_cash_count_session_id"), "cash_count", ["session_id"], unique=False)
    op.create_index(op.f("ix_cash_count_tally_id"), "cash_count", ["tally_id"], unique=False)
    op.create_table(
        "cash_foreign",
        sa.Column("id", BigId, nullable=False),
        sa.Column("tally_id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("counted_minor", sa.BigInteger(), nullable=False),
        sa.Column("expected_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("counted_minor >= 0", name=op.f("ck_cash_foreign_counted")),
        sa.ForeignKeyConstraint(["session_id"], ["cash_session.id"], name=op.f("fk_cash_foreign_session_id")),
        sa.ForeignKeyConstraint(["tally_id"], ["cash_tally.id"], name=op.f("fk_cash_foreign_tally_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_foreign")),
    )
    op.create_index(op.f("ix_cash_foreign_session_id"), "cash_foreign", ["session_id"], unique=False)
    op.create_index(
        "ux_cash_foreign_tally_id_currency", "cash_foreign", ["tally_id", "currency"], unique=True
    )
    op.create_table(
        "payment_attempt",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("customer_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("buyer_paid_minor", sa.BigInteger(), nullable=True),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("mismatch", sa.Boolean(), nullable=False),
        sa.Column("booked", sa.Boolean(), nullable=False),
        sa.Column("refusal", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("till_id", BigId, nullable=True),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("deadline_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_attempt_amount")),
        sa.CheckConstraint("paid_minor >= 0 AND refunded_minor >= 0", name=op.f("ck_payment_attempt_sums")),
        sa.CheckConstraint("refunded_minor <= paid_minor", name=op.f("ck_payment_attempt_refunds")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_payment_attempt_member_id")),
        sa.ForeignKeyConstraint(
            ["method_key"], ["payment_method.key"], name=op.f("fk_payment_attempt_method_key")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_payment_attempt_order_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_payment_attempt_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempt")),
        sa.UniqueConstraint("client_key", name=op.f("uq_payment_attempt_client_key")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_attempt_number")),
    )
    op.create_index("ix_payment_attempt_created_at_id", "payment_attempt", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_payment_attempt_held",
        "payment_attempt",
        ["state", "booked"],
        unique=False,
        sqlite_where=sa.text("state = 'succeeded' AND NOT booked"),
        postgresql_where=sa.text("state = 'succeeded' AND NOT booked"),
    )
    op.create_index("ix_payment_attempt_method_key_id", "payment_attempt", ["method_key", "id"], unique=False)
    op.create_index(
        "ix_payment_attempt_next_at",
        "payment_attempt",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_payment_attempt_order_id"), "payment_attempt", ["order_id"], unique=False)
    op.create_index(
        "ix_payment_attempt_reference", "payment_attempt", ["method_key", "reference"], unique=False
    )
    op.create_index("ix_payment_attempt_subject", "payment_attempt", ["subject"], unique=False)
    op.create_index(
        "ux_payment_attempt_open_subject",
        "payment_attempt",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("state IN ('created', 'sent', 'pending', 'unknown', 'cancelling')"),
        postgresql_where=sa.text("state IN ('created', 'sent', 'pending', 'unknown', 'cancelling')"),
    )
    op.create_table(
        "stored_value_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("money_delta", sa.BigInteger(), nullable=False),
        sa.Column("bonus_delta", sa.BigInteger(), nullable=False),
        sa.Column("money_balance", sa.BigInteger(), nullable=False),
        sa.Column("bonus_balance", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'bonus' OR (money_delta = 0 AND bonus_delta > 0)",
            name=op.f("ck_stored_value_entry_given"),
        ),
        sa.CheckConstraint(
            "kind <> 'bonus_back' OR (money_delta = 0 AND bonus_delta < 0)",
            name=op.f("ck_stored_value_entry_taken_back"),
        ),
        sa.CheckConstraint(
            "kind <> 'pay_out' OR (bonus_delta = 0 AND money_delta < 0)",
            name=op.f("ck_stored_value_entry_paid_out"),
        ),
        sa.CheckConstraint(
            "kind <> 'refund' OR (money_delta >= 0 AND bonus_delta >= 0)",
            name=op.f("ck_stored_value_entry_refunded"),
        ),
        sa.CheckConstraint(
            "kind <> 'spend' OR (money_delta <= 0 AND bonus_delta <= 0)",
            name=op.f("ck_stored_value_entry_spent"),
        ),
        sa.CheckConstraint(
            "kind <> 'top_up' OR (bonus_delta = 0 AND money_delta > 0)",
            name=op.f("ck_stored_value_entry_topped_up"),
        ),
        sa.CheckConstraint("money_delta <> 0 OR bonus_delta <> 0", name=op.f("ck_stored_value_entry_moves")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_stored_value_entry_member_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_stored_value_entry_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_value_entry")),
        sa.UniqueConstraint("client_key", name=op.f("uq_stored_value_entry_client_key")),
    )
    op.create_index(op.f("ix_stored_value_entry_at"), "stored_value_entry", ["at"], unique=False)
    op.create_index(
        "ix_stored_value_entry_member_id_id", "stored_value_entry", ["member_id", "id"], unique=False
    )
    op.create_index("ix_stored_value_entry_order_id", "stored_value_entry", ["order_id"], unique=False)
    op.create_table(
        "payment_case",
        sa.Column("id", BigId, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("attempt_id", BigId, nullable=True),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("done_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempt.id"], name=op.f("fk_payment_case_attempt_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_payment_case_order_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_payment_case_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_case")),
        sa.UniqueConstraint("source", name=op.f("uq_payment_case_source")),
    )
    op.create_index(op.f("ix_payment_case_attempt_id"), "payment_case", ["attempt_id"], unique=False)
    op.create_index(
        "ix_payment_case_open",
        "payment_case",
        ["opened_at", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(op.f("ix_payment_case_order_id"), "payment_case", ["order_id"], unique=False)
    op.create_table(
        "payment_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("attempt_id", BigId, nullable=False),
        sa.Column("refund_number", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempt.id"], name=op.f("fk_payment_event_attempt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
    )
    op.create_index(op.f("ix_payment_event_attempt_id"), "payment_event", ["attempt_id"], unique=False)
    op.create_table(
        "provider_refund",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("attempt_id", BigId, nullable=False),
        sa.Column("refund_tender_id", BigId, nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_provider_refund_amount")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempt.id"], name=op.f("fk_provider_refund_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_tender_id"], ["refund_tender.id"], name=op.f("fk_provider_refund_refund_tender_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_refund")),
        sa.UniqueConstraint("client_key", name=op.f("uq_provider_refund_client_key")),
        sa.UniqueConstraint("number", name=op.f("uq_provider_refund_number")),
    )
    op.create_index(op.f("ix_provider_refund_attempt_id"), "provider_refund", ["attempt_id"], unique=False)
    op.create_index(
        "ix_provider_refund_next_at",
        "provider_refund",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('created', 'sent', 'unknown', 'processing')"),
        postgresql_where=sa.text("state IN ('created', 'sent', 'unknown', 'processing')"),
    )
    op.create_index(
        op.f("ix_provider_refund_refund_tender_id"), "provider_refund", ["refund_tender_id"], unique=False
    )
    op.create_table(
        "statement_row",
        sa.Column("id", BigId, nullable=False),
        sa.Column("statement_id", BigId, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("row_key", sa.String(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("occurrence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("refund_number", sa.String(), nullable=False),
        sa.Column("refund_reference", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("order_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("raw_state", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("ours_minor", sa.BigInteger(), nullable=False),
        sa.Column("ours_fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("ours_at", UtcDateTime(), nullable=True),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("attempt_id", BigId, nullable=True),
        sa.Column("tender_id", BigId, nullable=True),
        sa.Column("provider_refund_id", BigId, nullable=True),
        sa.Column("refund_tender_id", BigId, nullable=True),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("resolved_by", sa.String(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolved_at IS NOT NULL)", name=op.f("ck_statement_row_resolved")
        ),
        sa.CheckConstraint("kind IN ('pay', 'refund')", name=op.f("ck_statement_row_kind")),
        sa.CheckConstraint(
            "amount_minor >= 0 AND order_minor >= 0 AND ours_minor >= 0",
            name=op.f("ck_statement_row_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempt.id"], name=op.f("fk_statement_row_attempt_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_statement_row_order_id")),
        sa.ForeignKeyConstraint(
            ["provider_refund_id"], ["provider_refund.id"], name=op.f("fk_statement_row_provider_refund_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_tender_id"], ["refund_tender.id"], name=op.f("fk_statement_row_refund_tender_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_row_statement_id")
        ),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_statement_row_tender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_row")),
        sa.UniqueConstraint("gateway", "row_key", name=op.f("uq_statement_row_gateway_row_key")),
    )
    op.create_index(
        "ix_statement_row_attempt_id",
        "statement_row",
        ["attempt_id"],
        unique=False,
        sqlite_where=sa.text("attempt_id IS NOT NULL"),
        postgresql_where=sa.text("attempt_id IS NOT NULL"),
    )
    op.create_index("ix_statement_row_gateway_day", "statement_row", ["gateway", "day"], unique=False)
    op.create_index(
        "ix_statement_row_open",
        "statement_row",
        ["day", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('provider_only', 'ours_only', 'amount', 'fee', 'duplicate')"),
        postgresql_where=sa.text("state IN ('provider_only', 'ours_only', 'amount', 'fee', 'duplicate')"),
    )
    op.create_index(
        "ix_statement_row_provider_refund_id",
        "statement_row",
        ["provider_refund_id"],
        unique=False,
        sqlite_where=sa.text("provider_refund_id IS NOT NULL"),
        postgresql_where=sa.text("provider_refund_id IS NOT NULL"),
    )
    op.create_index(
        "ix_statement_row_refund_tender_id",
        "statement_row",
        ["refund_tender_id"],
        unique=False,
        sqlite_where=sa.text("refund_tender_id IS NOT NULL"),
        postgresql_where=sa.text("refund_tender_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_statement_row_statement_id"), "statement_row", ["statement_id"], unique=False)
    op.create_index(
        "ix_statement_row_tender_id",
        "statement_row",
        ["tender_id"],
        unique=False,
        sqlite_where=sa.text("tender_id IS NOT NULL"),
        postgresql_where=sa.text("tender_id IS NOT NULL"),
    )
    op.create_table(
        "statement_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("row_id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("undoes_id", BigId, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_statement_entry_amount")),
        sa.ForeignKeyConstraint(["row_id"], ["statement_row.id"], name=op.f("fk_statement_entry_row_id")),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["statement_entry.id"], name=op.f("fk_statement_entry_undoes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_entry")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_statement_entry_undoes_id")),
    )
    op.create_index(op.f("ix_statement_entry_row_id"), "statement_entry", ["row_id"], unique=False)
    op.create_table(
        "statement_told",
        sa.Column("statement_id", BigId, autoincrement=False, nullable=False),
        sa.Column("row_id", BigId, autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["row_id"], ["statement_row.id"], name=op.f("fk_statement_told_row_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_told_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "row_id", name=op.f("pk_statement_told")),
    )
    op.create_index(op.f("ix_statement_told_row_id"), "statement_told", ["row_id"], unique=False)
    op.add_column("checkout", sa.Column("stored_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("order_line", sa.Column("foreign_currency", sa.String(), nullable=True))
    op.add_column("order_line", sa.Column("foreign_minor", sa.BigInteger(), nullable=True))
    op.add_column("order_line", sa.Column("rate", sa.String(), nullable=True))
    op.add_column("payment_method", sa.Column("fee_bp", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "payment_method", sa.Column("discount_bp", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "payment_method", sa.Column("discount_cap_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "payment_method", sa.Column("least_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "payment_method", sa.Column("most_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "payment_method", sa.Column("member_day_count", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "payment_method", sa.Column("day_sum_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("payment_method", sa.Column("channels", sa.String(), server_default="", nullable=False))
    op.add_column("payment_method", sa.Column("regions", sa.String(), server_default="", nullable=False))
    op.add_column("payment_method", sa.Column("currencies", sa.String(), server_default="", nullable=False))
    op.add_column("payment_method", sa.Column("trusted_at", UtcDateTime(), nullable=True))
    op.add_column("price_list", sa.Column("currency", sa.String(), server_default="", nullable=False))
    op.add_column("refund_tender", sa.Column("route", sa.String(), server_default="", nullable=False))
    op.add_column("refund_tender", sa.Column("session_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "refund_tender", sa.Column("foreign_currency", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "refund_tender", sa.Column("foreign_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_index(op.f("ix_refund_tender_session_id"), "refund_tender", ["session_id"], unique=False)
    op.add_column(
        "sale_order", sa.Column("pay_discount_minor", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("stocktake", sa.Column("undone_by", sa.String(), server_default="", nullable=False))
    op.add_column("stocktake", sa.Column("undone_at", UtcDateTime(), nullable=True))
    op.add_column("tender", sa.Column("attempt_id", sa.BigInteger(), nullable=True))
    op.add_column("tender", sa.Column("session_id", sa.BigInteger(), nullable=True))
    op.add_column("tender", sa.Column("foreign_currency", sa.String(), server_default="", nullable=False))
    op.add_column("tender", sa.Column("foreign_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("tender", sa.Column("rate", sa.String(), server_default="", nullable=False))
    op.create_index(op.f("ix_tender_attempt_id"), "tender", ["attempt_id"], unique=False)
    op.create_index(op.f("ix_tender_session_id"), "tender", ["session_id"], unique=False)
    op.add_column("till", sa.Column("region", sa.String(), server_default="", nullable=False))
    op.add_column("till", sa.Column("receipts", sa.String(), server_default="ask", nullable=False))
    op.add_column("till", sa.Column("drawer", sa.Boolean(), server_default=sa.false(), nullable=False))
    forbid_changes(SINCE_0004)
    bring_over()
