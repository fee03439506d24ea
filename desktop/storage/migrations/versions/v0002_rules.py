"""Rules, their runs, notices and what hangs on them."""

import sqlalchemy as sa
from alembic import op

from desktop.models.base import BigId, UtcDateTime
from desktop.storage.migrations.append_only import SINCE_0002, forbid_changes
from desktop.storage.migrations.v0002_data import bring_over

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the clock and give old shops the rights they need."""
    op.create_table(
        "check_run",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("checks", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_run")),
    )
    op.create_index("ix_check_run_kind_id", "check_run", ["kind", "id"], unique=False)
    op.create_table(
        "clock_beat",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("swept_at", UtcDateTime(), nullable=True),
        sa.Column("seen_event", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sweeps", sa.BigInteger(), nullable=False),
        sa.Column("doubt", sa.String(), nullable=False),
        sa.Column("doubt_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_beat")),
    )
    op.create_table(
        "notice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("after", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", "receiver", "channel", name=op.f("uq_notice_key_receiver_channel")),
    )
    op.create_index("ix_notice_receiver", "notice", ["receiver", "channel", "id"], unique=False)
    op.create_index("ix_notice_state", "notice", ["state", "receiver", "channel", "id"], unique=False)
    op.create_table(
        "notice_channel",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("by_phone", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_notice_channel_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_channel")),
    )
    op.create_table(
        "notice_template",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", "language", name=op.f("pk_notice_template")),
    )
    op.create_table(
        "replenishment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("cover_days", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replenishment")),
    )
    op.create_index(
        "ix_replenishment_open",
        "replenishment",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_replenishment_state_closed_at", "replenishment", ["state", "closed_at"], unique=False)
    op.create_table(
        "rule",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("spec", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("event_floor", sa.BigInteger(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("paused_why", sa.String(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by", sa.String(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("key", name=op.f("uq_rule_key")),
    )
    op.create_table(
        "rule_run",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rule_id", BigId, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("retry_at", UtcDateTime(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("effects", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.CheckConstraint("tries >= 1", name=op.f("ck_rule_run_tries")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_run_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_run")),
        sa.UniqueConstraint(
            "rule_id", "subject_id", "due_at", name=op.f("uq_rule_run_rule_id_subject_id_due_at")
        ),
    )
    op.create_index("ix_rule_run_at_id", "rule_run", ["at", "id"], unique=False)
    op.create_index(
        "ix_rule_run_retry",
        "rule_run",
        ["retry_at"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index("ix_rule_run_rule_id_at", "rule_run", ["rule_id", "at", "id"], unique=False)
    op.create_index("ix_rule_run_subject", "rule_run", ["subject_kind", "subject_id", "id"], unique=False)
    op.create_table(
        "rule_version",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rule_id", BigId, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("spec", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_version_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("rule_id", "version", name=op.f("uq_rule_version_rule_id_version")),
    )
    op.create_table(
        "rule_watch",
        sa.Column("rule_id", BigId, nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("last_due_at", UtcDateTime(), nullable=False),
        sa.Column("next_due_at", UtcDateTime(), nullable=True),
        sa.Column("fired_at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_watch_rule_id")),
        sa.PrimaryKeyConstraint("rule_id", "subject_id", name=op.f("pk_rule_watch")),
    )
    op.create_index(
        "ix_rule_watch_next",
        "rule_watch",
        ["rule_id", "next_due_at"],
        unique=False,
        sqlite_where=sa.text("next_due_at IS NOT NULL"),
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.create_table(
        "phone_session",
        sa.Column("id", BigId, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("code_until", UtcDateTime(), nullable=True),
        sa.Column("code_tries", sa.BigInteger(), nullable=False),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_phone_session_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_phone_session_token_hash")),
    )
    op.create_table(
        "order_tag",
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("tag_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_order_tag_order_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_order_tag_tag_id")),
        sa.PrimaryKeyConstraint("order_id", "tag_id", name=op.f("pk_order_tag")),
    )
    op.create_index("ix_order_tag_tag_id_order_id", "order_tag", ["tag_id", "order_id"], unique=False)
    op.create_table(
        "replenishment_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("list_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("suggested_milli", sa.BigInteger(), nullable=False),
        sa.Column("wanted_milli", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("available_milli", sa.BigInteger(), nullable=False),
        sa.Column("minimum_milli", sa.BigInteger(), nullable=False),
        sa.Column("safety_milli", sa.BigInteger(), nullable=False),
        sa.Column("sold_milli", sa.BigInteger(), nullable=False),
        sa.Column("sold_days", sa.BigInteger(), nullable=False),
        sa.Column("coming_milli", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("suggested_milli >= 0", name=op.f("ck_replenishment_line_suggested")),
        sa.CheckConstraint("wanted_milli >= 0", name=op.f("ck_replenishment_line_wanted")),
        sa.ForeignKeyConstraint(
            ["list_id"], ["replenishment.id"], name=op.f("fk_replenishment_line_list_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_replenishment_line_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replenishment_line")),
        sa.UniqueConstraint("list_id", "sku_id", name=op.f("uq_replenishment_line_list_id_sku_id")),
    )
    op.create_index(op.f("ix_replenishment_line_sku_id"), "replenishment_line", ["sku_id"], unique=False)
    op.add_column("member", sa.Column("email", sa.String(), server_default="", nullable=False))
    op.add_column("member", sa.Column("language", sa.String(), server_default="", nullable=False))
    op.create_index("ix_order_event_kind_at", "order_event", ["kind", "at", "order_id"], unique=False)
    op.add_column("outbox", sa.Column("error", sa.String(), server_default="", nullable=False))
    op.create_index(
        "ix_points_entry_reason_source", "points_entry", ["reason", "source", "delta"], unique=False
    )
    op.add_column("sale_order", sa.Column("queued_until", UtcDateTime(), nullable=True))
    op.create_index(
        "ix_sale_order_on_the_way",
        "sale_order",
        ["shipped_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'shipped'"),
        postgresql_where=sa.text("status = 'shipped'"),
    )
    op.create_index(
        "ix_sale_order_queued",
        "sale_order",
        ["queued_until", "id"],
        unique=False,
        sqlite_where=sa.text("queued_until IS NOT NULL"),
        postgresql_where=sa.text("queued_until IS NOT NULL"),
    )
    op.create_index(
        "ix_sale_order_unpaid",
        "sale_order",
        ["pay_deadline", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'unpaid'"),
        postgresql_where=sa.text("status = 'unpaid'"),
    )
    op.create_index(
        "ix_sale_order_unshipped",
        "sale_order",
        ["ship_deadline", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'to_ship'"),
        postgresql_where=sa.text("status = 'to_ship'"),
    )
    op.add_column("staff", sa.Column("email", sa.String(), server_default="", nullable=False))
    op.add_column("staff", sa.Column("language", sa.String(), server_default="", nullable=False))
    op.create_index("ix_stock_movement_source", "stock_movement", ["source"], unique=False)
    forbid_changes(SINCE_0002)
    bring_over()
