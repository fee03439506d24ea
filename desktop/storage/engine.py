"""The only place where an engine is made: a local SQLite file or a remote PostgreSQL."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from desktop.basics import own_files
from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_

try:
    import sqlcipher3.dbapi2 as _driver  # brings its own, current SQLite on every system
except ImportError:  # pragma: no cover - the wheel exists for every system we support
    _driver = sqlite3

WAL_BUG_FIXED = (3, 51, 3)  # earlier versions may damage a WAL file when two connections checkpoint
HEADER = b"SQLite format 3\0"
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "recursive_triggers=ON",
    "trusted_schema=OFF", "cell_size_check=ON", "secure_delete=ON", "mmap_size=0",
)  # fmt: skip


@dataclass(frozen=True)
class Storage:
    """An opened database: `read` and `write` share one pool and differ in how a transaction begins."""

    url: URL
    read: Engine
    write: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a local file."""
        return self.url.get_backend_name() == "sqlite"

    def close(self) -> None:
        """Give all connections back."""
        self.read.dispose()
        if self.is_sqlite:
            own_files.let_go(Path(self.url.database or ""))


def sqlite_driver() -> ModuleType:
    """The module that speaks to SQLite files."""
    return _driver  # type: ignore[no-any-return]


def sqlite_is_current() -> bool:
    """Whether this SQLite is free of the WAL-reset bug."""
    return tuple(_driver.sqlite_version_info) >= WAL_BUG_FIXED


def parse_url(text: str) -> URL:
    """A database address: `sqlite:///file`, `postgresql://…`, or just a file name. Raises `ShopError`."""
    try:
        url = make_url(text if "://" in text else f"sqlite:///{text}")
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise ShopError(
            N_("“{url}” is not a database address. Use sqlite:///file.db or postgresql://user@host/name."),
            url=_safe(text),
        ) from None
    backend = url.get_backend_name()
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ShopError(
            N_("Databases of the kind “{kind}” are not supported; use SQLite or PostgreSQL."), kind=backend
        )
    if not url.database or url.database == ":memory:":
        raise ShopError(N_("A shop needs a file to live in, such as sqlite:///shop.db."))
    return url


def _safe(text: str) -> str:
    """An address without its password."""
    head, sep, tail = text.rpartition("@")  # the last one: a password may hold others
    return f"…@{tail}"[:80] if sep else tail[:80]


def open_storage(address: str | URL) -> Storage:
    """Open the database at this address; nothing is created or upgraded here."""
    url = parse_url(address) if isinstance(address, str) else address
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    return Storage(url, engine, engine.execution_options(zhanggui_write=True))


def _sqlite(url: URL) -> Engine:
    if url.database and not Path(url.database).parent.exists():
        raise ShopError(
            N_("The folder {folder} does not exist. Create it first or choose another."),
            folder=str(Path(url.database).parent),
        )
    _refuse_other_kinds(Path(url.database or ""))
    own_files.hold(Path(url.database or ""))
    engine = create_engine(url, module=_driver, pool_size=8, max_overflow=8)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, see below
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("zhanggui_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _refuse_other_kinds(file: Path) -> None:
    """Leave a file that is no database alone: SQLite takes a short one for empty and writes over it.

    Never a file this program has open: on Linux closing it here would give up SQLite's locks on it.
    """
    if not file.is_file() or own_files.is_ours(file):
        return
    try:
        with file.open("rb") as opened:
            head = opened.read(len(HEADER))
    except OSError:
        return  # the driver says why when it tries
    if head.strip(b"\0") and head != HEADER:
        raise ShopError(N_("{file} is not a shop’s database. Choose another file."), file=str(file))


def _postgresql(url: URL) -> Engine:
    if not all(map(_is_here, _hosts(url))) and "sslmode" not in url.query:
        url = url.update_query_dict({"sslrootcert": "system", **url.query, "sslmode": "verify-full"})
    options = (
        "-c lock_timeout=3s -c statement_timeout=15s -c idle_in_transaction_session_timeout=10s -c timezone=UTC -c jit=off "
        "-c synchronous_commit=on"  # whatever the server's habit: a receipt is printed once the sale is on disk
    )
    return create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        connect_args={
            "options": options,
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "keepalives_interval": 5,
        },
    )


def _hosts(url: URL) -> list[str]:
    """Every place this address may connect to: libpq also takes several, and some behind the question mark."""
    named = [url.host or ""]
    for key in ("host", "hostaddr"):
        value = url.query.get(key, ())
        named += [value] if isinstance(value, str) else value
    return [host for text in named if text for host in text.split(",")]


def _is_here(host: str) -> bool:
    """Whether this is the own machine: a socket's folder or the loopback."""
    return host in ("", "localhost", "127.0.0.1", "::1") or host.startswith(("/", "@"))
