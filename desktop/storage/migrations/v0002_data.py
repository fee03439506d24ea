"""What schema 0002 brings into a shop that is already open: the rights the clock and its readers need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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
    """Give the shipped roles of an open shop the new rights; an empty database gets them at its opening."""
    role = sa.table("role", sa.column("key", sa.String))
    given = sa.table("role_permission", sa.column("role_key", sa.String), sa.column("permission", sa.String))
    connection = op.get_bind()
    there = set(connection.execute(sa.select(role.c.key)).scalars())
    held = {tuple(row) for row in connection.execute(sa.select(given.c.role_key, given.c.permission))}
    wanted = [(key, right) for key in there & set(RIGHTS) for right in RIGHTS[key]]
    missing = [{"role_key": key, "permission": right} for key, right in wanted if (key, right) not in held]
    if missing:
        connection.execute(sa.insert(given), missing)
