"""Rights a migration gives to the shipped roles of a shop that is already open."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op


def give_rights(rights: Mapping[str, tuple[str, ...]]) -> None:
    """Add what a role lacks; an empty database gets its roles at its opening."""
    role = sa.table("role", sa.column("key", sa.String))
    given = sa.table("role_permission", sa.column("role_key", sa.String), sa.column("permission", sa.String))
    connection = op.get_bind()
    there = set(connection.execute(sa.select(role.c.key)).scalars())
    held = {tuple(row) for row in connection.execute(sa.select(given.c.role_key, given.c.permission))}
    wanted = [(key, right) for key in there & set(rights) for right in rights[key]]
    missing = [{"role_key": key, "permission": right} for key, right in wanted if (key, right) not in held]
    if missing:
        connection.execute(sa.insert(given), missing)
