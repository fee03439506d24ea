"""The whole life of an order and of a carton: parcels, after-sales, purchasing, batches, stocktakes, search."""

import sqlalchemy as sa
from alembic import op

from desktop.storage.migrations.append_only import SINCE_0003, forbid_changes
from desktop.storage.migrations.v0003_data import bring_over

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and give old shops what they need to go on."""
    op.add_column(
        "order_line", sa.Column("shipped_milli", sa.BigInteger(), server_default="0", nullable=False)
    )
    forbid_changes(SINCE_0003)
    bring_over()
