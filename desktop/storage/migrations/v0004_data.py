"""What schema 0004 brings into a shop that is already open."""

from __future__ import annotations

from desktop.storage.migrations.rights import give_rights

# As they were when 0004 was written; a later change of the shipped roles is a later migration's business.
RIGHTS = {
    "owner": ("keep the cash", "reconcile payments", "follow payments"),
    "merchant": ("keep the cash", "reconcile payments"),
    "cashier": ("keep the cash",),
    "clock": ("follow payments",),
}


def bring_over() -> None:
    """Give the shipped roles their new rights."""
    give_rights(RIGHTS)
