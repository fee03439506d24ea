"""What an actor may do, read from the roles in the database and remembered for at most a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, select

from desktop.models.people import ROLES, Permission, RolePermission, Staff, StaffRole
from desktop.models.system import Setting
from desktop.shop.actors import Actor

KEEP_SECONDS = 1.0


class Memory:
    """Rights and settings as last read; a commit that touches them forgets them at once."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._rights: dict[Actor, tuple[float, frozenset[str]]] = {}
        self._settings: tuple[float, dict[str, str]] | None = None

    def forget(self) -> None:
        """Read again next time."""
        self._rights = {actor: (float("-inf"), rights) for actor, (_, rights) in self._rights.items()}
        self._settings = None

    def last_known(self, actor: Actor) -> frozenset[str]:
        """The permissions as last read, however long ago; empty when never read."""
        return self._rights.get(actor, (0.0, frozenset()))[1]

    def rights(self, connection: Connection, actor: Actor) -> frozenset[str]:
        """The permissions the actor has now."""
        known = self._rights.get(actor)
        if known and self._monotonic() - known[0] < KEEP_SECONDS:
            return known[1]
        found = frozenset(rights_of(connection, actor))
        self._rights[actor] = (self._monotonic(), found)
        return found

    def settings(self, connection: Connection) -> dict[str, str]:
        """The stored settings, key to JSON."""
        known = self._settings
        if known and self._monotonic() - known[0] < KEEP_SECONDS:
            return known[1]
        found = {row.key: row.value for row in connection.execute(select(Setting.key, Setting.value))}
        self._settings = (self._monotonic(), found)
        return found


def rights_of(connection: Connection, actor: Actor) -> set[str]:
    """The permissions of an actor, read now: for answers made of several parts, each with a right of its own."""
    if actor.role == "owner":  # the owner's terminal: nobody can lock the owner out of the own database
        return {str(p) for p in Permission}
    if actor.kind == "staff":
        statement = (
            select(RolePermission.permission)
            .join(StaffRole, StaffRole.role_key == RolePermission.role_key)
            .join(Staff, Staff.id == StaffRole.staff_id)
            .where(Staff.id == actor.id, Staff.active)
        )
    else:
        statement = select(RolePermission.permission).where(RolePermission.role_key == actor.role)
    found = {row.permission for row in connection.execute(statement)}
    if actor.role == "guest" and not found:  # a shop that is not set up yet still lets somebody sign in
        return {str(p) for p in ROLES["guest"][1]}
    return found
