"""The tables are made whole or not at all, equal the models, and two programs that start together make them once."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.pool import NullPool

from desktop.models import Base
from desktop.storage import schema
from desktop.storage.engine import Storage, open_storage, parse_url
from desktop.storage.migrate import current, newest, upgrade
from desktop.storage.trigrams import INDEX
from tests.helpers.postgres import Cluster
from tests.helpers.tills import PATIENCE, gather, start

MOMENTS = (2, 30, 90)  # the statement before which the program is killed


@pytest.fixture
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The address of a database without any table, on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = "fresh_" + str(abs(hash(request.node.nodeid)))
    yield cluster.create(name)
    cluster.drop(name)


on_both = pytest.mark.parametrize("fresh_url", ["sqlite", "postgresql"], indirect=True)


def tables(storage: Storage) -> set[str]:
    """What is in the database."""
    with storage.read.connect() as connection:
        return {name for name in inspect(connection).get_table_names() if not of_the_search(name)}


def of_the_search(name: str | None) -> bool:
    """What full-text search brings besides the models: FTS5's own tables, PostgreSQL's trigram index."""
    return name is not None and (name.startswith("order_fts") or name == INDEX)


def die_before(number: int, engine: Any, kind: str = "") -> None:
    """Kill this process, as a power cut would, right before that statement (of those with these words in them)."""
    count = iter(range(1, 10**6))

    @event.listens_for(engine, "before_cursor_execute")
    def _count(_connection: Any, _cursor: Any, statement: str, *_ignored: Any) -> None:
        if kind in statement and next(count) == number:
            os.kill(os.getpid(), signal.SIGKILL)


def upgrade_and_die(url: str, statement: int) -> None:
    """Make the tables; dies on the way."""
    storage = open_storage(url)
    die_before(statement, storage.write)
    upgrade(storage)


def die_at_the_commit(url: str) -> None:
    """Make the tables; dies when the last statement is done and nothing is committed."""
    storage = open_storage(url)
    event.listen(storage.write, "commit", lambda _connection: os.kill(os.getpid(), signal.SIGKILL))
    upgrade(storage)


def make_without_transaction(url: str, statement: int) -> None:
    """What must not be done: each table for itself."""
    engine = create_engine(parse_url(url), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    die_before(statement, engine, "CREATE TABLE")
    Base.metadata.create_all(engine)


def killed(job: Any, *arguments: Any) -> None:
    """Run it in a process that must die."""
    process = start(job, *arguments)
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL


def whole(storage: Storage) -> bool:
    """Whether exactly the tables of the models are there, with the newest schema's number."""
    return tables(storage) == {*Base.metadata.tables, "alembic_version"} and current(storage) == newest()


@pytest.mark.req("R9")
@on_both
def test_a_kill_in_the_middle_leaves_the_old_schema_and_the_next_start_makes_the_new(fresh_url: str) -> None:
    for statement in MOMENTS:
        killed(upgrade_and_die, fresh_url, statement)
        storage = open_storage(fresh_url)
        assert (tables(storage), current(storage)) == (set(), None), f"killed before statement {statement}"
        storage.close()
    killed(die_at_the_commit, fresh_url)
    storage = open_storage(fresh_url)
    assert tables(storage) == set()
    upgrade(storage)
    assert whole(storage)
    storage.close()


@on_both
def test_control_without_one_transaction_a_kill_leaves_half(fresh_url: str) -> None:
    killed(make_without_transaction, fresh_url, 20)
    storage = open_storage(fresh_url)
    assert 0 < len(tables(storage)) < len(Base.metadata.tables)
    storage.close()


def bring_up_to_date(url: str, together: Any, answers: Any) -> None:
    """Open a shop for the first time, at the moment others do."""
    storage = open_storage(url)
    together.wait(PATIENCE)
    schema.ensure(storage)
    answers.put(schema.current(storage))
    storage.close()


@pytest.mark.req("R9")
@on_both
def test_programs_that_start_together_make_the_tables_once(fresh_url: str) -> None:
    assert gather(bring_up_to_date, 3, fresh_url) == [newest()] * 3
    storage = open_storage(fresh_url)
    assert whole(storage)
    storage.close()


LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def limits_of(connection: Any) -> tuple[str, ...]:
    """How long this connection to PostgreSQL lets a statement, a lock and a pause take."""
    raw = connection.connection.driver_connection
    return tuple(raw.execute(f"SHOW {name}").fetchone()[0] for name in LIMITS)


@pytest.mark.req("R9")
def test_a_large_shop_is_brought_up_to_date_however_long_it_takes(postgres: Cluster) -> None:
    storage, found = open_storage(postgres.create("patient")), set()

    @event.listens_for(storage.write, "before_cursor_execute")
    def _look(connection: Any, _cursor: Any, statement: str, *_ignored: Any) -> None:
        if statement.split()[0] in ("CREATE", "ALTER", "UPDATE", "INSERT"):
            found.add(limits_of(connection))

    upgrade(storage)
    event.remove(storage.write, "before_cursor_execute", _look)
    assert found == {("0", "0", "0")}
    with storage.write.connect() as connection:  # control: a till's statement is cut off, also afterwards
        assert limits_of(connection) == ("15s", "3s", "10s")
    storage.close()
    postgres.drop("patient")


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what the models cannot say."""
    return not of_the_search(name)


def differences(storage: Storage) -> list[Any]:
    """What an automatic migration would still want to change."""
    with storage.read.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
        return list(compare_metadata(context, Base.metadata))


def test_the_migrations_build_exactly_the_models(storage: Storage) -> None:
    assert differences(storage) == []
    assert schema.newest() == newest() == current(storage) == schema.current(storage)


def test_control_a_forgotten_column_is_seen(storage: Storage) -> None:
    with storage.write.begin() as connection:
        connection.execute(text("ALTER TABLE member ADD COLUMN forgotten INTEGER"))
    assert [found[0] for found in differences(storage)] == ["remove_column"]


def test_an_upgrade_that_has_nothing_to_do_writes_nothing(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    before = file.read_bytes()
    storage = open_storage(sqlite_url)
    upgrade(storage)
    schema.ensure(storage)
    storage.close()
    assert file.read_bytes() == before


def test_references_are_checked_again_after_an_upgrade(sqlite_url: str) -> None:
    storage = open_storage(sqlite_url)
    upgrade(storage)
    with storage.write.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    storage.close()
