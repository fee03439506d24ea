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
        "payment_attempt",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("customer_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("buyer_paid_minor", sa.BigInteger(), nullable=True),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("mismatch", sa.Boolean(), nullable=False),
        sa.Column("booked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("till_id", BigId, nullable=True),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
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
        "ix_payment_attempt_next_at",
        "payment_attempt",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('created', 'sent', 'pending', 'unknown', 'cancelling')"),
        postgresql_where=sa.text("state IN ('created', 'sent', 'pending', 'unknown', 'cancelling')"),
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
    op.add_column("refund_tender", sa.Column("route", sa.String(), server_default="", nullable=False))
    op.add_column("refund_tender", sa.Column("session_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_refund_tender_session_id"), "refund_tender", ["session_id"], unique=False)
    op.add_column("tender", sa.Column("attempt_id", sa.BigInteger(), nullable=True))
    op.add_column("tender", sa.Column("session_id", sa.BigInteger(), nullable=True))
    op.add_column("tender", sa.Column("foreign_currency", sa.String(), server_default="", nullable=False))
    op.add_column("tender", sa.Column("foreign_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("tender", sa.Column("rate", sa.String(), server_default="", nullable=False))
    op.create_index(op.f("ix_tender_attempt_id"), "tender", ["attempt_id"], unique=False)
    op.create_index(op.f("ix_tender_session_id"), "tender", ["session_id"], unique=False)
    forbid_changes(SINCE_0004)
    bring_over()
