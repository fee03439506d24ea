"""What schema 0002 brings into a shop that is already open: the rights the clock and its readers need."""

from __future__ import annotations

from desktop.storage.migrations.rights import give_rights

# As they were when 0002 was written; a later change of the shipped roles is a later migration's business.
RIGHTS = {
    "owner": ("see rules", "change rules", "run the clock"),
    "merchant": ("see rules", "change rules"),
    "clock": (
        "run the clock",
        "see rules",
        "edit stock",
        "see members",
        "adjust points",
        "read the audit trail",
    ),
}


def bring_over() -> None:
    """Give the shipped roles of an open shop the new rights."""
    give_rights(RIGHTS)
