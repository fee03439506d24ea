"""What a verb works with (`Work`: one transaction) and what a question reads with (`Read`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Executable, Result, Row, Select, bindparam, insert, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from desktop.basics.errors import NotAllowed, NotFound
from desktop.basics.i18n import N_
from desktop.models.base import Base
from desktop.models.settings import SHOP_CURRENCY, SHOP_ZONE, SettingSpec, T
from desktop.models.system import Outbox
from desktop.shop.actors import Actor
from desktop.shop.changes import Changes

E = TypeVar("E", bound=Base)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_HIDDEN = "changed"  # stands in the audit trail for values nobody should find there


class Read:
    """A look at the shop at one moment, as one actor."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        now: datetime,
        settings: Mapping[str, str],
        rights: frozenset[str] = frozenset(),
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.now = now
        self._settings = settings
        self._rights = rights

    def require(self, permission: str) -> None:
        """For verbs that need more than their own right for what they are asked. Raises `NotAllowed`."""
        if permission not in self._rights:
            raise NotAllowed(permission)

    def setting(self, spec: SettingSpec[T]) -> T:
        """The value of a shop-wide setting."""
        return spec.read(self._settings.get(spec.key))

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.setting(SHOP_ZONE))

    @property
    def currency(self) -> str:
        """The shop's own currency."""
        return self.setting(SHOP_CURRENCY)

    @property
    def is_sqlite(self) -> bool:
        """Whether the shop lives in a local file."""
        return self.connection.dialect.name == "sqlite"

    def rows(self, statement: Executable, values: Any = None) -> Result[Any]:
        """Run a statement built in SQLAlchemy; what the user typed is always bound, never pasted."""
        return self.connection.execute(statement, values)

    def first(self, statement: Select[*tuple[Any, ...]], values: Any = None) -> Row[Any] | None:
        """The first row or None."""
        return self.connection.execute(statement, values).first()

    def value(self, statement: Select[*tuple[Any, ...]], values: Any = None) -> Any:
        """The first column of the first row or None."""
        return self.connection.execute(statement, values).scalar()


class Work(Read):
    """One transaction of one actor at one moment; everything written is seen by the audit trail."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        now: datetime,
        settings: Mapping[str, str],
        rights: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(session.connection(), actor, now, settings, rights)
        self.session = session
        self._touched: dict[str, set[int]] = {}
        self._detail: list[dict[str, Any]] = []

    def get(self, entity: type[E], row_id: Any, *, lock: bool = False) -> E:
        """Fetch a row by its key, locked against other tills if asked. Raises `NotFound`."""
        row = self.session.get(entity, row_id, with_for_update=True if lock else None, populate_existing=lock)
        if row is None:
            raise NotFound(N_("This entry no longer exists. Refresh the list."))
        return row

    def find(self, statement: Select[E]) -> E | None:
        """The first entity a select finds, or None."""
        return self.session.scalars(statement).first()

    def add(self, entity: E) -> E:
        """Write a new row now, so that it has its id."""
        self.session.add(entity)
        self.flush()
        return entity

    def remove(self, entity: Base) -> None:
        """Delete a row that holds neither money nor history."""
        self._note(type(entity), _row_id(entity), "removed", {})
        self.session.delete(entity)
        self.session.flush()

    def post(self, entity: type[Base], rows: Sequence[dict[str, Any]], *, ids: bool = False) -> list[int]:
        """Write rows by one Core insert; with `ids`, their new ids in order. For rows that are many or append-only."""
        if not rows:
            return []
        self._written(entity, rows)
        if not ids:
            self.connection.execute(insert(entity), rows)
            self._touched.setdefault(entity.__tablename__, set())
            return []
        key = inspect(entity).primary_key[0]
        statement = insert(entity).returning(key, sort_by_parameter_order=len(rows) > 1)
        made = [int(row[0]) for row in self.connection.execute(statement, rows if len(rows) > 1 else rows[0])]
        self._touched.setdefault(entity.__tablename__, set()).update(made)
        return made

    def insert(self, entity: type[Base]) -> Any:
        """This database's INSERT, which knows ON CONFLICT; what it writes the audit trail is told by the caller."""
        return _INSERT[self.connection.dialect.name](entity)

    def offer(self, entity: type[Base], values: dict[str, Any]) -> int | None:
        """Write a row unless a unique key of it is taken; its id, or None when somebody was first."""
        key = inspect(entity).primary_key[0]
        written = self.insert(entity).values(values).on_conflict_do_nothing().returning(key)
        made = self.connection.execute(written).scalar()
        if made is None:
            return None
        self._note(entity, int(made), "new", {str(key.key): int(made), **values})
        return int(made)

    def update(self, entity: type[Base], row_id: Any, values: dict[str, Any], *guards: Any) -> bool:
        """Change one row by a guarded update; False when a guard (enough stock, enough points) said no."""
        key = inspect(entity).primary_key[0]
        statement = update(entity).where(key == bindparam("row_key", row_id), *guards).values(values)
        if self.connection.execute(statement).rowcount != 1:
            return False
        self.changed(entity, row_id, values)
        return True

    def changed(self, entity: type[Base], row_id: Any, values: Mapping[str, Any]) -> None:
        """Tell the audit trail of a row that a statement made beforehand has changed."""
        told = {k: str(v) if hasattr(v, "compile") else v for k, v in values.items()}
        self._note(entity, row_id, "set", told)

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part that is undone alone when it raises: what was written before it stays and can be told of."""
        self.flush()
        touched, told = {table: set(ids) for table, ids in self._touched.items()}, len(self._detail)
        inside = self.session.begin_nested()
        self.session.connection()  # only now it begins: statements here go past the session
        try:
            yield
            self.flush()
        except BaseException:
            inside.rollback()
            self._touched = touched
            del self._detail[told:]
            raise
        inside.commit()

    def touch(self, table: str, row_id: int) -> None:
        """Say that what hangs on this row changed, though the row itself did not."""
        self._touched.setdefault(table, set()).add(row_id)

    def note(self, **facts: Any) -> None:
        """Add facts to the audit row that no column shows."""
        self._detail.append({"note": facts})

    def send_later(self, kind: str, payload: dict[str, Any], *, after: datetime | None = None) -> int:
        """Write an outbox row; a job sends it after the commit and retries."""
        row = {
            "kind": kind,
            "payload": json.dumps(payload, ensure_ascii=False),
            "state": "waiting",
            "tries": 0,
        }
        return self.post(Outbox, [{**row, "after": after or self.now, "at": self.now}], ids=True)[0]

    def flush(self) -> None:
        """Write pending changes of entities and note them for the audit trail."""
        fresh = list(self.session.new)
        for entity in self.session.dirty:
            self._note_dirty(entity)
        self.session.flush()
        for entity in fresh:
            values = {c.key: getattr(entity, c.key) for c in inspect(type(entity)).column_attrs}
            self._note(type(entity), _row_id(entity), "new", values)

    def changes(self, action: str) -> Changes:
        """What this work touched."""
        return Changes({t: frozenset(ids) for t, ids in self._touched.items()}, action, self.actor.key)

    def detail(self) -> list[dict[str, Any]]:
        """Before and after, for the audit row."""
        return self._detail

    # -- what the audit trail is told -------------------------------------------------------------------------

    def _note_dirty(self, entity: Any) -> None:
        state = inspect(entity)
        changed = {}
        for attribute in state.mapper.column_attrs:
            history = state.attrs[attribute.key].history
            if history.has_changes():
                before = history.deleted[0] if history.deleted else None
                changed[attribute.key] = [before, history.added[0] if history.added else None]
        if changed:
            self._note(type(entity), _row_id(entity), "changed", changed)

    def _note(self, entity: type[Base], row_id: Any, how: str, values: dict[str, Any]) -> None:
        if isinstance(row_id, int):
            self._touched.setdefault(entity.__tablename__, set()).add(row_id)
        else:
            self._touched.setdefault(entity.__tablename__, set())
        self._detail.append({"table": entity.__tablename__, "id": row_id, how: _public(entity, values)})

    def _written(self, entity: type[Base], rows: Sequence[dict[str, Any]]) -> None:
        shown = [_public(entity, row) for row in rows[:20]]
        self._detail.append({"table": entity.__tablename__, "rows": len(rows), "new": shown})


_hidden_columns: dict[type[Base], frozenset[str]] = {}


def _public(entity: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """The values without those of personal and secret columns."""
    hidden = _hidden_columns.get(entity)
    if hidden is None:
        columns = inspect(entity).columns
        hidden = frozenset(c.key for c in columns if c.info.get("data") in ("personal", "secret"))
        _hidden_columns[entity] = hidden
    if not hidden:
        return values
    return {key: _HIDDEN if key in hidden else value for key, value in values.items()}


def _row_id(entity: Any) -> Any:
    key = inspect(entity).identity
    if key is None:
        return None
    return key[0] if len(key) == 1 else "/".join(map(str, key))


__all__ = ["Read", "Work", "select"]
