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
        "clock_beat",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("swept_at", UtcDateTime(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sweeps", sa.BigInteger(), nullable=False),
        sa.Column("doubt", sa.String(), nullable=False),
        sa.Column("doubt_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_beat")),
    )
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
    op.create_index("ix_order_event_kind_at", "order_event", ["kind", "at", "order_id"], unique=False)
    op.create_index(
        "ix_sale_order_on_the_way",
        "sale_order",
        ["shipped_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'shipped'"),
        postgresql_where=sa.text("status = 'shipped'"),
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
    forbid_changes(SINCE_0002)
    bring_over()
