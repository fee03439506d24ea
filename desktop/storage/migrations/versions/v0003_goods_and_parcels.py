"""The whole life of an order and of a carton: parcels, after-sales, purchasing, batches, stocktakes, search."""

import sqlalchemy as sa
from alembic import op

from desktop.models.base import BigId, UtcDateTime
from desktop.storage.migrations.append_only import SINCE_0003, forbid_changes
from desktop.storage.migrations.v0003_data import bring_over
from desktop.storage.migrations.v0003_search import bring_search

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and give old shops what they need to go on."""
    op.create_table(
        "bulk_edit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_edit")),
        sa.UniqueConstraint("client_key", name=op.f("uq_bulk_edit_client_key")),
    )
    op.create_table(
        "order_text",
        sa.Column("place", BigId, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_order_text")),
        sa.UniqueConstraint("order_id", name=op.f("uq_order_text_order_id")),
    )
    op.create_table(
        "scale_code",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_code")),
    )
    op.create_index("ix_scale_code_pattern", "scale_code", ["pattern"], unique=True)
    op.create_table(
        "supplier",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pinyin", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("lead_days", sa.BigInteger(), nullable=False),
        sa.Column("order_days", sa.String(), nullable=False),
        sa.Column("cut_off", sa.BigInteger(), nullable=True),
        sa.Column("least_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("lead_days >= 0", name=op.f("ck_supplier_lead_days")),
        sa.CheckConstraint("least_minor >= 0", name=op.f("ck_supplier_least")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("code", name=op.f("uq_supplier_code")),
    )
    op.create_index("ix_supplier_active_name", "supplier", ["active", "name"], unique=False)
    op.create_table(
        "tracking_service",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("header", sa.String(), nullable=False),
        sa.Column("paths", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("troubled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_service")),
        sa.UniqueConstraint("name", name=op.f("uq_tracking_service_name")),
    )
    op.create_table(
        "carrier",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("service_id", BigId, nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["tracking_service.id"], name=op.f("fk_carrier_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("name", name=op.f("uq_carrier_name")),
    )
    op.create_table(
        "import_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_entry_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_entry")),
    )
    op.create_index("ix_import_entry_run_id_state", "import_entry", ["run_id", "state", "id"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("list_id", BigId, nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("sent_how", sa.String(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["replenishment.id"], name=op.f("fk_purchase_order_list_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("code", name=op.f("uq_purchase_order_code")),
    )
    op.create_index(
        "ix_purchase_order_coming",
        "purchase_order",
        ["expected_on"],
        unique=False,
        sqlite_where=sa.text("state IN ('sent', 'part')"),
        postgresql_where=sa.text("state IN ('sent', 'part')"),
    )
    op.create_index(op.f("ix_purchase_order_list_id"), "purchase_order", ["list_id"], unique=False)
    op.create_index("ix_purchase_order_state_id", "purchase_order", ["state", "id"], unique=False)
    op.create_index("ix_purchase_order_supplier_id", "purchase_order", ["supplier_id", "id"], unique=False)
    op.create_table(
        "set_aside",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_set_aside_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
    )
    op.create_index("ix_set_aside_state_ends_at", "set_aside", ["state", "ends_at"], unique=False)
    op.create_table(
        "stocktake",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_words", sa.String(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_stocktake_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake")),
        sa.UniqueConstraint("client_key", name=op.f("uq_stocktake_client_key")),
        sa.UniqueConstraint("code", name=op.f("uq_stocktake_code")),
    )
    op.create_index("ix_stocktake_state_location_id", "stocktake", ["state", "location_id"], unique=False)
    op.create_table(
        "supplier_return",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expected_minor", sa.BigInteger(), nullable=False),
        sa.Column("credited_minor", sa.BigInteger(), nullable=True),
        sa.Column("credited_at", UtcDateTime(), nullable=True),
        sa.Column("credited_by", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_supplier_return_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_return_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_return")),
        sa.UniqueConstraint("code", name=op.f("uq_supplier_return_code")),
    )
    op.create_index("ix_supplier_return_state_id", "supplier_return", ["state", "id"], unique=False)
    op.create_index(op.f("ix_supplier_return_supplier_id"), "supplier_return", ["supplier_id"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("from_id", BigId, nullable=False),
        sa.Column("to_id", BigId, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_transfer_places")),
        sa.ForeignKeyConstraint(["from_id"], ["location.id"], name=op.f("fk_transfer_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["location.id"], name=op.f("fk_transfer_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("client_key", name=op.f("uq_transfer_client_key")),
        sa.UniqueConstraint("code", name=op.f("uq_transfer_code")),
    )
    op.create_index("ix_transfer_state_id", "transfer", ["state", "id"], unique=False)
    op.create_table(
        "goods_receipt",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_goods_receipt_location_id")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_goods_receipt_order_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_goods_receipt_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_receipt")),
        sa.UniqueConstraint("code", name=op.f("uq_goods_receipt_code")),
    )
    op.create_index(op.f("ix_goods_receipt_order_id"), "goods_receipt", ["order_id"], unique=False)
    op.create_index(op.f("ix_goods_receipt_supplier_id"), "goods_receipt", ["supplier_id"], unique=False)
    op.create_table(
        "photo",
        sa.Column("id", BigId, nullable=False),
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("thumb", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_photo_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index("ix_photo_product_id_position", "photo", ["product_id", "position"], unique=False)
    op.create_table(
        "product_option",
        sa.Column("id", BigId, nullable=False),
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_option_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_option")),
        sa.UniqueConstraint("product_id", "name", name=op.f("uq_product_option_product_id_name")),
    )
    op.create_table(
        "shelf",
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=True),
        sa.Column("until_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_shelf_product_id")),
        sa.PrimaryKeyConstraint("product_id", "channel", name=op.f("pk_shelf")),
    )
    op.create_index("ix_shelf_channel_product_id", "shelf", ["channel", "product_id"], unique=False)
    op.create_table(
        "batch",
        sa.Column("id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_batch_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("sku_id", "code", name=op.f("uq_batch_sku_id_code")),
    )
    op.create_index("ix_batch_expires_on", "batch", ["expires_on"], unique=False)
    op.create_table(
        "location_level",
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("alert_milli", sa.BigInteger(), nullable=True),
        sa.Column("minimum_milli", sa.BigInteger(), nullable=True),
        sa.Column("safety_milli", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_location_level_location_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_location_level_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", "location_id", name=op.f("pk_location_level")),
    )
    op.create_table(
        "order_message",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_order_message_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_message")),
        sa.UniqueConstraint("client_key", name=op.f("uq_order_message_client_key")),
    )
    op.create_index("ix_order_message_order_id", "order_message", ["order_id", "id"], unique=False)
    op.create_index(
        "ix_order_message_unread",
        "order_message",
        ["sender", "order_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "pick_up",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_pick_up_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_up")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_pick_up_code_hash")),
    )
    op.create_index(op.f("ix_pick_up_order_id"), "pick_up", ["order_id"], unique=False)
    op.create_table(
        "price_changed",
        sa.Column("id", BigId, nullable=False),
        sa.Column("list_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("min_qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("before_minor", sa.BigInteger(), nullable=True),
        sa.Column("after_minor", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["price_list.id"], name=op.f("fk_price_changed_list_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_price_changed_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_changed")),
    )
    op.create_index("ix_price_changed_sku_id_at", "price_changed", ["sku_id", "at", "id"], unique=False)
    op.create_table(
        "product_alias",
        sa.Column("id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("learned", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_product_alias_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_alias")),
    )
    op.create_index(op.f("ix_product_alias_name"), "product_alias", ["name"], unique=False)
    op.create_index("ix_product_alias_sku_id_name", "product_alias", ["sku_id", "name"], unique=True)
    op.create_table(
        "purchase_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("their_code", sa.String(), nullable=False),
        sa.Column("pack_milli", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_milli", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("pack_milli > 0", name=op.f("ck_purchase_line_pack")),
        sa.CheckConstraint("packs > 0", name=op.f("ck_purchase_line_packs")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_purchase_line_price")),
        sa.CheckConstraint("received_milli >= 0", name=op.f("ck_purchase_line_received")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_purchase_line_order_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_purchase_line_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
        sa.UniqueConstraint("order_id", "sku_id", name=op.f("uq_purchase_line_order_id_sku_id")),
    )
    op.create_index(op.f("ix_purchase_line_sku_id"), "purchase_line", ["sku_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("id", BigId, nullable=False),
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=True),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_review_score")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_review_member_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_review_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_review_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("source", "product_id", name=op.f("uq_review_source_product_id")),
    )
    op.create_index("ix_review_at_id", "review", ["at", "id"], unique=False)
    op.create_index("ix_review_product_id_state", "review", ["product_id", "state", "score"], unique=False)
    op.create_index("ix_review_state_at_id", "review", ["state", "at", "id"], unique=False)
    op.create_table(
        "set_aside_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("set_aside_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("sold_milli", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "sold_milli >= 0 AND qty_milli >= sold_milli", name=op.f("ck_set_aside_line_sold")
        ),
        sa.ForeignKeyConstraint(
            ["set_aside_id"], ["set_aside.id"], name=op.f("fk_set_aside_line_set_aside_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_set_aside_line_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside_line")),
        sa.UniqueConstraint("set_aside_id", "sku_id", name=op.f("uq_set_aside_line_set_aside_id_sku_id")),
    )
    op.create_index("ix_set_aside_line_sku_id", "set_aside_line", ["sku_id"], unique=False)
    op.create_table(
        "sku_option",
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("option_id", BigId, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["option_id"], ["product_option.id"], name=op.f("fk_sku_option_option_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_sku_option_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", "option_id", name=op.f("pk_sku_option")),
    )
    op.create_table(
        "stocktake_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("stocktake_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("counted_milli", sa.BigInteger(), nullable=True),
        sa.Column("expected_milli", sa.BigInteger(), nullable=True),
        sa.Column("first_milli", sa.BigInteger(), nullable=True),
        sa.Column("before_milli", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("posted_milli", sa.BigInteger(), nullable=True),
        sa.Column("unit_cost_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("counted_milli >= 0", name=op.f("ck_stocktake_line_counted")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_stocktake_line_sku_id")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stocktake_line_stocktake_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake_line")),
    )
    op.create_index(
        "ix_stocktake_line_sku_id_counted_at", "stocktake_line", ["sku_id", "counted_at"], unique=False
    )
    op.create_index(
        "ix_stocktake_line_stocktake_id_sku_id", "stocktake_line", ["stocktake_id", "sku_id"], unique=True
    )
    op.create_table(
        "stocktake_scan",
        sa.Column("id", BigId, nullable=False),
        sa.Column("stocktake_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("milli", sa.BigInteger(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_stocktake_scan_sku_id")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stocktake_scan_stocktake_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake_scan")),
        sa.UniqueConstraint("client_key", name=op.f("uq_stocktake_scan_client_key")),
    )
    op.create_index(
        "ix_stocktake_scan_stocktake_id_id", "stocktake_scan", ["stocktake_id", "id"], unique=False
    )
    op.create_table(
        "supplier_sku",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("their_code", sa.String(), nullable=False),
        sa.Column("pack_milli", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.BigInteger(), nullable=True),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.CheckConstraint("pack_milli > 0", name=op.f("ck_supplier_sku_pack")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_supplier_sku_price")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_supplier_sku_sku_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_sku_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_sku")),
        sa.UniqueConstraint("supplier_id", "sku_id", name=op.f("uq_supplier_sku_supplier_id_sku_id")),
    )
    op.create_index(
        "ix_supplier_sku_preferred",
        "supplier_sku",
        ["sku_id"],
        unique=True,
        sqlite_where=sa.text("preferred"),
        postgresql_where=sa.text("preferred"),
    )
    op.create_index("ix_supplier_sku_sku_id", "supplier_sku", ["sku_id"], unique=False)
    op.create_table(
        "transfer_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("transfer_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("received_milli", sa.BigInteger(), nullable=False),
        sa.Column("lost_milli", sa.BigInteger(), nullable=False),
        sa.Column("returned_milli", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("unit_cost_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty_milli > 0", name=op.f("ck_transfer_line_qty")),
        sa.CheckConstraint(
            "received_milli + lost_milli + returned_milli <= qty_milli", name=op.f("ck_transfer_line_sent")
        ),
        sa.CheckConstraint(
            "received_milli >= 0 AND lost_milli >= 0 AND returned_milli >= 0",
            name=op.f("ck_transfer_line_parts"),
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_transfer_line_sku_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_line_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_line")),
    )
    op.create_index(op.f("ix_transfer_line_sku_id"), "transfer_line", ["sku_id"], unique=False)
    op.create_index(
        "ix_transfer_line_transfer_id_sku_id", "transfer_line", ["transfer_id", "sku_id"], unique=True
    )
    op.create_table(
        "after_sale",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("with_freight", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("worth_minor", sa.BigInteger(), nullable=False),
        sa.Column("difference_minor", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", BigId, nullable=True),
        sa.Column("replacement_id", BigId, nullable=True),
        sa.Column("shipment_id", BigId, nullable=True),
        sa.Column("tracking", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_after_sale_order_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_after_sale_refund_id")),
        sa.ForeignKeyConstraint(
            ["replacement_id"], ["sale_order.id"], name=op.f("fk_after_sale_replacement_id")
        ),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_after_sale_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale")),
        sa.UniqueConstraint("client_key", name=op.f("uq_after_sale_client_key")),
        sa.UniqueConstraint("code", name=op.f("uq_after_sale_code")),
    )
    op.create_index("ix_after_sale_opened_at_id", "after_sale", ["opened_at", "id"], unique=False)
    op.create_index(op.f("ix_after_sale_order_id"), "after_sale", ["order_id"], unique=False)
    op.create_index(op.f("ix_after_sale_replacement_id"), "after_sale", ["replacement_id"], unique=False)
    op.create_index(
        "ix_after_sale_state_moved_at_id", "after_sale", ["state", "moved_at", "id"], unique=False
    )
    op.create_table(
        "batch_movement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("batch_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("delta_milli", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_movement_batch_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_batch_movement_location_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_batch_movement_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_movement")),
    )
    op.create_index(op.f("ix_batch_movement_batch_id"), "batch_movement", ["batch_id"], unique=False)
    op.create_index("ix_batch_movement_document", "batch_movement", ["document", "sku_id"], unique=False)
    op.create_table(
        "batch_stock",
        sa.Column("id", BigId, nullable=False),
        sa.Column("batch_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("location_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty_milli >= 0", name=op.f("ck_batch_stock_qty")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_stock_batch_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_batch_stock_location_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_batch_stock_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_stock")),
        sa.UniqueConstraint("batch_id", "location_id", name=op.f("uq_batch_stock_batch_id_location_id")),
    )
    op.create_index(
        "ix_batch_stock_sku_id_location_id", "batch_stock", ["sku_id", "location_id"], unique=False
    )
    op.create_index(
        "ix_batch_stock_there",
        "batch_stock",
        ["batch_id", "qty_milli"],
        unique=False,
        sqlite_where=sa.text("qty_milli > 0"),
        postgresql_where=sa.text("qty_milli > 0"),
    )
    op.create_table(
        "goods_receipt_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("receipt_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("qty_milli > 0", name=op.f("ck_goods_receipt_line_qty")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["purchase_line.id"], name=op.f("fk_goods_receipt_line_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["goods_receipt.id"], name=op.f("fk_goods_receipt_line_receipt_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_goods_receipt_line_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_receipt_line")),
    )
    op.create_index(op.f("ix_goods_receipt_line_line_id"), "goods_receipt_line", ["line_id"], unique=False)
    op.create_index(
        op.f("ix_goods_receipt_line_receipt_id"), "goods_receipt_line", ["receipt_id"], unique=False
    )
    op.create_index(op.f("ix_goods_receipt_line_sku_id"), "goods_receipt_line", ["sku_id"], unique=False)
    op.create_table(
        "refund_extra",
        sa.Column("id", BigId, nullable=False),
        sa.Column("refund_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_extra_amount")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_refund_extra_line_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_extra_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_extra")),
    )
    op.create_index(op.f("ix_refund_extra_line_id"), "refund_extra", ["line_id"], unique=False)
    op.create_index(op.f("ix_refund_extra_refund_id"), "refund_extra", ["refund_id"], unique=False)
    op.create_table(
        "set_aside_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("delta_milli", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["set_aside_line.id"], name=op.f("fk_set_aside_entry_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside_entry")),
    )
    op.create_index("ix_set_aside_entry_document", "set_aside_entry", ["document"], unique=False)
    op.create_index(op.f("ix_set_aside_entry_line_id"), "set_aside_entry", ["line_id"], unique=False)
    op.create_table(
        "shipment_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("shipment_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("base_milli", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty_milli > 0", name=op.f("ck_shipment_line_qty")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_shipment_line_line_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_line_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
        sa.UniqueConstraint("shipment_id", "line_id", name=op.f("uq_shipment_line_shipment_id_line_id")),
    )
    op.create_index(op.f("ix_shipment_line_line_id"), "shipment_line", ["line_id"], unique=False)
    op.create_table(
        "shipment_trail",
        sa.Column("id", BigId, nullable=False),
        sa.Column("shipment_id", BigId, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_trail_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_trail")),
        sa.UniqueConstraint("shipment_id", "mark", name=op.f("uq_shipment_trail_shipment_id_mark")),
    )
    op.create_table(
        "supplier_price",
        sa.Column("id", BigId, nullable=False),
        sa.Column("supplier_sku_id", BigId, nullable=False),
        sa.Column("from_packs", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_packs > 1", name=op.f("ck_supplier_price_from_packs")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_supplier_price_price")),
        sa.ForeignKeyConstraint(
            ["supplier_sku_id"], ["supplier_sku.id"], name=op.f("fk_supplier_price_supplier_sku_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_price")),
        sa.UniqueConstraint(
            "supplier_sku_id", "from_packs", name=op.f("uq_supplier_price_supplier_sku_id_from_packs")
        ),
    )
    op.create_table(
        "after_sale_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["after_sale.id"], name=op.f("fk_after_sale_event_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale_event")),
    )
    op.create_index(op.f("ix_after_sale_event_case_id"), "after_sale_event", ["case_id"], unique=False)
    op.create_table(
        "after_sale_goods",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty_milli > 0", name=op.f("ck_after_sale_goods_qty")),
        sa.CheckConstraint(
            "spent_minor >= 0 AND spent_minor <= credit_minor", name=op.f("ck_after_sale_goods_spent")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["after_sale.id"], name=op.f("fk_after_sale_goods_case_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_after_sale_goods_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale_goods")),
    )
    op.create_index(op.f("ix_after_sale_goods_case_id"), "after_sale_goods", ["case_id"], unique=False)
    op.create_index(op.f("ix_after_sale_goods_line_id"), "after_sale_goods", ["line_id"], unique=False)
    op.create_table(
        "after_sale_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("received_milli", sa.BigInteger(), nullable=False),
        sa.Column("damaged_milli", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "damaged_milli >= 0 AND damaged_milli <= received_milli", name=op.f("ck_after_sale_line_damaged")
        ),
        sa.CheckConstraint(
            "qty_milli >= 0 AND amount_minor >= 0 AND qty_milli + amount_minor > 0",
            name=op.f("ck_after_sale_line_asked"),
        ),
        sa.CheckConstraint(
            "received_milli >= 0 AND received_milli <= qty_milli", name=op.f("ck_after_sale_line_received")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["after_sale.id"], name=op.f("fk_after_sale_line_case_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_after_sale_line_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale_line")),
        sa.UniqueConstraint("case_id", "line_id", name=op.f("uq_after_sale_line_case_id_line_id")),
    )
    op.create_index(op.f("ix_after_sale_line_line_id"), "after_sale_line", ["line_id"], unique=False)
    op.create_table(
        "after_sale_photo",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["after_sale.id"], name=op.f("fk_after_sale_photo_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_after_sale_photo")),
    )
    op.create_index(op.f("ix_after_sale_photo_case_id"), "after_sale_photo", ["case_id"], unique=False)
    op.create_table(
        "exchange_credit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "spent_minor >= 0 AND spent_minor <= amount_minor", name=op.f("ck_exchange_credit_spent")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["after_sale.id"], name=op.f("fk_exchange_credit_case_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_exchange_credit_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_credit")),
        sa.UniqueConstraint("case_id", "order_id", name=op.f("uq_exchange_credit_case_id_order_id")),
    )
    op.create_index(op.f("ix_exchange_credit_order_id"), "exchange_credit", ["order_id"], unique=False)
    op.create_table(
        "supplier_return_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("return_id", BigId, nullable=False),
        sa.Column("receipt_line_id", BigId, nullable=True),
        sa.Column("sku_id", BigId, nullable=False),
        sa.Column("qty_milli", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty_milli > 0", name=op.f("ck_supplier_return_line_qty")),
        sa.ForeignKeyConstraint(
            ["receipt_line_id"],
            ["goods_receipt_line.id"],
            name=op.f("fk_supplier_return_line_receipt_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["supplier_return.id"], name=op.f("fk_supplier_return_line_return_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_supplier_return_line_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_return_line")),
    )
    op.create_index(
        op.f("ix_supplier_return_line_receipt_line_id"),
        "supplier_return_line",
        ["receipt_line_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supplier_return_line_return_id"), "supplier_return_line", ["return_id"], unique=False
    )
    op.create_index(op.f("ix_supplier_return_line_sku_id"), "supplier_return_line", ["sku_id"], unique=False)
    op.add_column("checkout", sa.Column("ticket", sa.BigInteger(), nullable=True))
    op.add_column("checkout", sa.Column("set_aside_id", sa.BigInteger(), nullable=True))
    op.add_column("import_run", sa.Column("mode", sa.String(), server_default="good", nullable=False))
    op.add_column("import_run", sa.Column("state", sa.String(), server_default="done", nullable=False))
    op.add_column("import_run", sa.Column("actor", sa.String(), server_default="", nullable=False))
    op.add_column("location", sa.Column("closed_at", UtcDateTime(), nullable=True))
    op.add_column("member", sa.Column("credit_minor", sa.BigInteger(), nullable=True))
    op.add_column(
        "order_line", sa.Column("shipped_milli", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("order_line", sa.Column("freed_milli", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("price_list", sa.Column("name", sa.String(), server_default="", nullable=False))
    op.add_column("price_list", sa.Column("valid_from", UtcDateTime(), nullable=True))
    op.add_column("price_list", sa.Column("valid_until", UtcDateTime(), nullable=True))
    op.add_column("price_list", sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("replenishment", sa.Column("orders", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("replenishment_line", sa.Column("supplier_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "replenishment_line", sa.Column("pack_milli", sa.BigInteger(), server_default="1000", nullable=False)
    )
    op.add_column("replenishment_line", sa.Column("price_minor", sa.BigInteger(), nullable=True))
    op.add_column(
        "replenishment_line", sa.Column("lead_days", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "replenishment_line", sa.Column("days", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "replenishment_line", sa.Column("expected_milli", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "replenishment_line", sa.Column("low_milli", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "replenishment_line", sa.Column("high_milli", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("replenishment_line", sa.Column("method", sa.String(), server_default="", nullable=False))
    op.add_column("replenishment_line", sa.Column("error_milli", sa.BigInteger(), nullable=True))
    op.add_column("replenishment_line", sa.Column("naive_milli", sa.BigInteger(), nullable=True))
    op.add_column("sale_order", sa.Column("invoice_number", sa.String(), server_default="", nullable=False))
    op.add_column(
        "sale_order", sa.Column("collect", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
    )
    op.create_index(
        "ix_sale_order_external_ref",
        "sale_order",
        ["external_ref"],
        unique=False,
        sqlite_where=sa.text("external_ref IS NOT NULL"),
        postgresql_where=sa.text("external_ref IS NOT NULL"),
    )
    op.create_index(
        "ix_sale_order_receipt_number",
        "sale_order",
        ["receipt_number"],
        unique=False,
        sqlite_where=sa.text("receipt_number <> ''"),
        postgresql_where=sa.text("receipt_number <> ''"),
    )
    op.add_column("shipment", sa.Column("kind", sa.String(), server_default="sale", nullable=False))
    op.add_column("shipment", sa.Column("carrier_id", sa.BigInteger(), nullable=True))
    op.add_column("shipment", sa.Column("state", sa.String(), server_default="", nullable=False))
    op.add_column("shipment", sa.Column("eta", UtcDateTime(), nullable=True))
    op.add_column("shipment", sa.Column("delivered_at", UtcDateTime(), nullable=True))
    op.add_column("shipment", sa.Column("asked_at", UtcDateTime(), nullable=True))
    op.add_column("shipment", sa.Column("next_ask_at", UtcDateTime(), nullable=True))
    op.add_column("shipment", sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("shipment", sa.Column("trouble", sa.String(), server_default="", nullable=False))
    op.create_index(
        "ix_shipment_next_ask_at",
        "shipment",
        ["next_ask_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_ask_at IS NOT NULL"),
        postgresql_where=sa.text("next_ask_at IS NOT NULL"),
    )
    op.add_column("sku", sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sku", sa.Column("batch_tracked", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sku", sa.Column("shelf_life_days", sa.BigInteger(), nullable=True))
    op.add_column("stock", sa.Column("frozen_by", sa.BigInteger(), nullable=True))
    op.create_index("ix_stock_movement_at_id", "stock_movement", ["at", "id"], unique=False)
    op.add_column("till", sa.Column("location_id", sa.BigInteger(), nullable=True))
    forbid_changes(SINCE_0003)
    bring_over()
    bring_search()
