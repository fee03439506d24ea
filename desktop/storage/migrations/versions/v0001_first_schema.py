"""The first schema: goods, stock, orders, payments, members, people and the house itself."""

import sqlalchemy as sa
from alembic import op

from desktop.models.base import BigId, UtcDateTime
from desktop.storage.migrations.append_only import SINCE_0001, forbid_changes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table and forbid changes to the append-only ones."""
    op.create_table(
        "audit_chain",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_chain")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("touched", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("chain", "number", name=op.f("uq_audit_event_chain_number")),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False)
    op.create_table(
        "category",
        sa.Column("id", BigId, nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("alert_milli", sa.BigInteger(), nullable=True),
        sa.Column("minimum_milli", sa.BigInteger(), nullable=True),
        sa.Column("safety_milli", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("external_ref", name=op.f("uq_category_external_ref")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "daily_total",
        sa.Column("id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("till_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("order_type", sa.String(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunds_minor", sa.BigInteger(), nullable=False),
        sa.Column("points_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_total")),
        sa.UniqueConstraint(
            "day",
            "till_id",
            "channel",
            "order_type",
            "carried",
            name=op.f("uq_daily_total_day_till_id_channel_order_type_carried"),
        ),
    )
    op.create_index(op.f("ix_daily_total_day"), "daily_total", ["day"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("client_key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("same", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(op.f("ix_import_run_shape"), "import_run", ["shape"], unique=False)
    op.create_table(
        "location",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("code", name=op.f("uq_location_code")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("after", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_state_after", "outbox", ["state", "after"], unique=False)
    op.create_table(
        "payment_method",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_payment_method")),
    )
    op.create_table(
        "price_list",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("order_type", sa.String(), nullable=False),
        sa.Column("tier_key", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("key", name=op.f("uq_price_list_key")),
    )
    op.create_table(
        "role",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_role")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", BigId, nullable=False),
        sa.Column("screen", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filters", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("screen <> ''", name=op.f("ck_saved_view_screen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_brake",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_try", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_brake")),
    )
    op.create_table(
        "staff",
        sa.Column("id", BigId, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "tag",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("name", name=op.f("uq_tag_name")),
    )
    op.create_table(
        "tier",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("earn_bp", sa.BigInteger(), nullable=False),
        sa.Column("from_minor", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tier")),
    )
    op.create_table(
        "till",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till")),
        sa.UniqueConstraint("code", name=op.f("uq_till_code")),
    )
    op.create_table(
        "member",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("phone_tail", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("gender", sa.String(), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("tier_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("credit_score", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("referred_by", BigId, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("orders_count", sa.BigInteger(), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.Column("carried_orders", sa.BigInteger(), nullable=False),
        sa.Column("carried_minor", sa.BigInteger(), nullable=False),
        sa.Column("last_order_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.CheckConstraint("points >= 0", name=op.f("ck_member_points")),
        sa.ForeignKeyConstraint(["referred_by"], ["member.id"], name=op.f("fk_member_referred_by")),
        sa.ForeignKeyConstraint(["tier_key"], ["tier.key"], name=op.f("fk_member_tier_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("code", name=op.f("uq_member_code")),
        sa.UniqueConstraint("external_ref", name=op.f("uq_member_external_ref")),
        sa.UniqueConstraint("phone", name=op.f("uq_member_phone")),
    )
    op.create_index("ix_member_created_at", "member", ["created_at"], unique=False)
    op.create_index("ix_member_initials", "member", ["initials"], unique=False)
    op.create_index("ix_member_name", "member", ["name"], unique=False)
    op.create_index("ix_member_phone_tail", "member", ["phone_tail"], unique=False)
    op.create_index("ix_member_pinyin", "member", ["pinyin"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("category_id", BigId, nullable=True),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("on_shelf", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_product_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    op.create_index(op.f("ix_product_category_id"), "product", ["category_id"], unique=False)
    op.create_index(op.f("ix_product_initials"), "product", ["initials"], unique=False)
    op.create_table(
        "role_permission",
        sa.Column("role_key", sa.String(), nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["role_key"], ["role.key"], name=op.f("fk_role_permission_role_key")),
        sa.PrimaryKeyConstraint("role_key", "permission", name=op.f("pk_role_permission")),
    )
    op.create_table(
        "staff_role",
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("role_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["role_key"], ["role.key"], name=op.f("fk_staff_role_role_key")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "role_key", name=op.f("pk_staff_role")),
    )
    op.create_table(
        "checkout",
        sa.Column("id", BigId, nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("till_id", BigId, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("agreed_version", sa.BigInteger(), nullable=False),
        sa.Column("agreed_by", sa.String(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("token_until", UtcDateTime(), nullable=True),
        sa.Column("device_hash", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("code_until", UtcDateTime(), nullable=True),
        sa.Column("code_tries", sa.BigInteger(), nullable=False),
        sa.Column("codes_sent", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_checkout_member_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_checkout_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout")),
        sa.UniqueConstraint("client_key", name=op.f("uq_checkout_client_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_checkout_token_hash")),
    )
    op.create_index(op.f("ix_checkout_state"), "checkout", ["state"], unique=False)
    op.create_index(op.f("ix_checkout_till_id"), "checkout", ["till_id"], unique=False)
    op.create_table(
        "image",
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_image_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_image")),
    )
    op.create_table(
        "member_tag",
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("tag_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_tag_member_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_member_tag_tag_id")),
        sa.PrimaryKeyConstraint("member_id", "tag_id", name=op.f("pk_member_tag")),
    )
    op.create_table(
        "points_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("frozen_until", UtcDateTime(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_points_entry_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_entry")),
        sa.UniqueConstraint("client_key", name=op.f("uq_points_entry_client_key")),
    )
    op.create_index("ix_points_entry_expires_at", "points_entry", ["expires_at"], unique=False)
    op.create_index("ix_points_entry_member_id_id", "points_entry", ["member_id", "id"], unique=False)
    op.create_table(
        "product_tag",
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("tag_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_tag_product_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_product_tag_tag_id")),
        sa.PrimaryKeyConstraint("product_id", "tag_id", name=op.f("pk_product_tag")),
    )
    op.create_table(
        "sale_order",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("short_code", sa.String(), nullable=False),
        sa.Column("order_type", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("till_id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("goods_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_note", sa.String(), nullable=False),
        sa.Column("freight_minor", sa.BigInteger(), nullable=False),
        sa.Column("rounding_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "due_minor",
            sa.BigInteger(),
            sa.Computed("total_minor - points_minor", persisted=True),
            nullable=False,
        ),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("points_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("points_spent", sa.BigInteger(), nullable=False),
        sa.Column("points_earned", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("receipt_number", sa.String(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.Column("shipped_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("pay_deadline", UtcDateTime(), nullable=True),
        sa.Column("ship_deadline", UtcDateTime(), nullable=True),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= paid_minor", name=op.f("ck_sale_order_refunded")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_sale_order_location_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sale_order_member_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_sale_order_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_order")),
        sa.UniqueConstraint("channel", "external_ref", name=op.f("uq_sale_order_channel_external_ref")),
        sa.UniqueConstraint("client_key", name=op.f("uq_sale_order_client_key")),
        sa.UniqueConstraint("code", name=op.f("uq_sale_order_code")),
    )
    op.create_index(
        "ix_sale_order_channel_placed_at_id", "sale_order", ["channel", "placed_at", "id"], unique=False
    )
    op.create_index("ix_sale_order_due_minor_id", "sale_order", ["due_minor", "id"], unique=False)
    op.create_index(
        "ix_sale_order_member_id_placed_at", "sale_order", ["member_id", "placed_at", "id"], unique=False
    )
    op.create_index(
        "ix_sale_order_other_types",
        "sale_order",
        ["order_type", "placed_at", "id"],
        unique=False,
        sqlite_where=sa.text("order_type <> 'retail'"),
        postgresql_where=sa.text("order_type <> 'retail'"),
    )
    op.create_index("ix_sale_order_placed_at_id", "sale_order", ["placed_at", "id"], unique=False)
    op.create_index(
        "ix_sale_order_points",
        "sale_order",
        ["points_minor", "placed_at", "id"],
        unique=False,
        sqlite_where=sa.text("points_minor > 0"),
        postgresql_where=sa.text("points_minor > 0"),
    )
    op.create_index(
        "ix_sale_order_points_placed",
        "sale_order",
        ["placed_at", "id", "points_minor"],
        unique=False,
        sqlite_where=sa.text("points_minor > 0"),
        postgresql_where=sa.text("points_minor > 0"),
    )
    op.create_index(
        "ix_sale_order_refunded",
        "sale_order",
        ["placed_at", "id"],
        unique=False,
        sqlite_where=sa.text("refunded_minor > 0"),
        postgresql_where=sa.text("refunded_minor > 0"),
    )
    op.create_index(op.f("ix_sale_order_short_code"), "sale_order", ["short_code"], unique=False)
    op.create_index(
        "ix_sale_order_status_placed_at_id", "sale_order", ["status", "placed_at", "id"], unique=False
    )
    op.create_table(
        "sku",
        sa.Column("id", BigId, nullable=False),
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_sku_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sku")),
        sa.UniqueConstraint("code", name=op.f("uq_sku_code")),
    )
    op.create_index(op.f("ix_sku_product_id"), "sku", ["product_id"], unique=False)
    op.create_table(
        "barcode",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_barcode_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barcode")),
    )
    op.create_index("ix_barcode_code", "barcode", ["code"], unique=False)
    op.create_index(op.f("ix_barcode_sku_id"), "barcode", ["sku_id"], unique=False)
    op.create_table(
        "level",
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("alert_milli", sa.BigInteger(), nullable=True),
        sa.Column("minimum_milli", sa.BigInteger(), nullable=True),
        sa.Column("safety_milli", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_level_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_level")),
    )
    op.create_table(
        "order_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_order_event_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    op.create_index("ix_order_event_order_id", "order_event", ["order_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("base_milli", sa.BigInteger(), nullable=False),
        sa.Column("list_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_milli", sa.BigInteger(), nullable=False),
        sa.Column("trace", sa.String(), nullable=False),
        sa.CheckConstraint("qty_milli > 0", name=op.f("ck_order_line_qty")),
        sa.CheckConstraint(
            "refunded_milli >= 0 AND refunded_milli <= qty_milli", name=op.f("ck_order_line_refunded")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_order_line_order_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_order_line_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
    )
    op.create_index("ix_order_line_order_id", "order_line", ["order_id"], unique=False)
    op.create_index("ix_order_line_sku_id", "order_line", ["sku_id"], unique=False)
    op.create_table(
        "order_review",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_order_review_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_review")),
        sa.UniqueConstraint("order_id", "external_ref", name=op.f("uq_order_review_order_id_external_ref")),
    )
    op.create_table(
        "price",
        sa.Column("id", BigId, nullable=False),
        sa.Column("list_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("min_qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_price_amount")),
        sa.ForeignKeyConstraint(["list_id"], ["price_list.id"], name=op.f("fk_price_list_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_price_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    op.create_index(
        "ix_price_sku_id_list_id", "price", ["sku_id", "list_id", "unit", "min_qty_milli"], unique=True
    )
    op.create_table(
        "refund",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("points_returned", sa.BigInteger(), nullable=False),
        sa.Column("points_taken_back", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("restock", sa.Boolean(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_refund_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_refund_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("client_key", name=op.f("uq_refund_client_key")),
    )
    op.create_index("ix_refund_order_id", "refund", ["order_id"], unique=False)
    op.create_table(
        "shipment",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("tracking", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_shipment_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
    )
    op.create_index(op.f("ix_shipment_order_id"), "shipment", ["order_id"], unique=False)
    op.create_index(op.f("ix_shipment_tracking"), "shipment", ["tracking"], unique=False)
    op.create_table(
        "sku_unit",
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("factor_milli", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("factor_milli > 0", name=op.f("ck_sku_unit_factor")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_sku_unit_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", "name", name=op.f("pk_sku_unit")),
    )
    op.create_table(
        "stock",
        sa.Column("id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("on_hand_milli", sa.BigInteger(), nullable=False),
        sa.Column("reserved_milli", sa.BigInteger(), nullable=False),
        sa.Column("set_aside_milli", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "on_hand_milli - reserved_milli - set_aside_milli >= 0", name=op.f("ck_stock_available")
        ),
        sa.CheckConstraint("on_hand_milli >= 0", name=op.f("ck_stock_on_hand")),
        sa.CheckConstraint("reserved_milli >= 0", name=op.f("ck_stock_reserved")),
        sa.CheckConstraint("set_aside_milli >= 0", name=op.f("ck_stock_set_aside")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_stock_location_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_stock_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock")),
    )
    op.create_index("ix_stock_sku_id_location_id", "stock", ["sku_id", "location_id"], unique=True)
    op.create_table(
        "stock_movement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("delta_milli", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_stock_movement_location_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_stock_movement_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        sa.UniqueConstraint("client_key", name=op.f("uq_stock_movement_client_key")),
    )
    op.create_index(
        "ix_stock_movement_reason_at",
        "stock_movement",
        ["reason", "at", "sku_id", "delta_milli"],
        unique=False,
    )
    op.create_index("ix_stock_movement_sku_id_at", "stock_movement", ["sku_id", "at"], unique=False)
    op.create_table(
        "tender",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("method_key", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(points > 0) = (method_key = 'points')", name=op.f("ck_tender_points")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_tender_amount")),
        sa.ForeignKeyConstraint(["method_key"], ["payment_method.key"], name=op.f("fk_tender_method_key")),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_tender_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender")),
        sa.UniqueConstraint("client_key", name=op.f("uq_tender_client_key")),
    )
    op.create_index("ix_tender_amount_minor", "tender", ["amount_minor"], unique=False)
    op.create_index("ix_tender_at_id", "tender", ["at", "id"], unique=False)
    op.create_index("ix_tender_order_id", "tender", ["order_id"], unique=False)
    op.create_index(
        "ix_tender_reference",
        "tender",
        ["reference"],
        unique=False,
        sqlite_where=sa.text("reference <> ''"),
        postgresql_where=sa.text("reference <> ''"),
    )
    op.create_table(
        "refund_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("refund_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty_milli > 0", name=op.f("ck_refund_line_qty")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_refund_line_line_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_line_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_line")),
    )
    op.create_index(op.f("ix_refund_line_line_id"), "refund_line", ["line_id"], unique=False)
    op.create_index(op.f("ix_refund_line_refund_id"), "refund_line", ["refund_id"], unique=False)
    op.create_table(
        "refund_tender",
        sa.Column("id", BigId, nullable=False),
        sa.Column("refund_id", BigId, nullable=False),
        sa.Column("tender_id", BigId, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_tender_amount")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_tender_refund_id")),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_refund_tender_tender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_tender")),
    )
    op.create_index(op.f("ix_refund_tender_at"), "refund_tender", ["at"], unique=False)
    op.create_index(op.f("ix_refund_tender_refund_id"), "refund_tender", ["refund_id"], unique=False)
    op.create_index(op.f("ix_refund_tender_tender_id"), "refund_tender", ["tender_id"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("qty_milli > 0", name=op.f("ck_reservation_qty")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_reservation_line_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_reservation_location_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_reservation_order_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_reservation_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    op.create_index(op.f("ix_reservation_order_id"), "reservation", ["order_id"], unique=False)
    op.create_index("ix_reservation_state_expires_at", "reservation", ["state", "expires_at"], unique=False)
    forbid_changes(SINCE_0001)
