"""What schema 0003 brings into a shop that is already open."""

from __future__ import annotations

from desktop.storage.migrations.rights import give_rights
from desktop.storage.migrations.v0003_goods import bring_goods
from desktop.storage.migrations.v0003_parcels import bring_parcels

# As they were when 0003 was written; a later change of the shipped roles is a later migration's business.
RIGHTS = {
    "owner": ("buy goods", "count stock", "approve after-sales"),
    "merchant": ("buy goods", "count stock", "approve after-sales"),
    "cashier": ("count stock",),
    "senior_agent": ("count stock",),
    "clock": ("buy goods",),
}


def bring_over() -> None:
    """Give the shipped roles their new rights, and say of old orders what has left the shop in which parcel."""
    give_rights(RIGHTS)
    bring_parcels()
    bring_goods()
