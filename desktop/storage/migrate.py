"""Create or upgrade the tables: all of it or nothing, and never a schema newer than this program."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.storage.engine import Storage

FOLDER = Path(__file__).parent / "migrations"
# Any number all programs agree on: two that start together must not both make the tables.
ONE_AT_A_TIME = 0x7A67
# What keeps tills from waiting for each other; an upgrade of a large shop takes minutes, and the next program waits.
TILL_LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def newest() -> str:
    """The schema this program was written for."""
    return _script().get_current_head() or ""


def current(storage: Storage) -> str | None:
    """The schema the database has, or None when it is empty."""
    with storage.read.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(storage: Storage) -> None:
    """Bring the database to this program's schema in one transaction.

    Raises `ShopError` when a newer program has already been here; the file is then left untouched.
    """
    script = _script()
    have, head = current(storage), script.get_current_head()
    if have == head:
        return
    if have is not None and have not in {r.revision for r in script.walk_revisions()}:
        raise ShopError(
            N_(
                "This shop was opened by a newer program (schema {have}; this one knows {head}). Update the program first."
            ),
            have=have,
            head=head,
        )
    with storage.write.connect() as connection:
        if storage.is_sqlite:  # no-op inside a transaction, so before it: rebuilding a table must not cascade
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                if not storage.is_sqlite:  # a file is locked by BEGIN IMMEDIATE already
                    for limit in TILL_LIMITS:
                        connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
                    connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
                _run(script, connection)
                _check_references(connection, storage)
        finally:
            if storage.is_sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def _run(script: ScriptDirectory, connection: Connection) -> None:
    def steps(revision: object, _context: object) -> object:
        return script._upgrade_revs("head", revision)  # type: ignore[arg-type]

    context = MigrationContext.configure(connection, opts={"fn": steps, "transactional_ddl": True})
    from alembic.operations import Operations

    with Operations.context(context):
        context.run_migrations()


def _check_references(connection: Connection, storage: Storage) -> None:
    if storage.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise ShopError(
            N_("The upgrade would break references between rows; nothing was changed. Please report this.")
        )
