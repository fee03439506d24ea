"""How the database is opened: every connection durable and strict, addresses checked, strangers' servers encrypted."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from desktop.basics.errors import ShopError
from desktop.storage.engine import (
    HEADER,
    Storage,
    open_storage,
    parse_url,
    sqlite_driver,
    sqlite_is_current,
)

POOL = 16  # as many connections as the pool gives out at once
PROMISED = {
    "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "recursive_triggers": 1,
    "trusted_schema": 0, "cell_size_check": 1, "secure_delete": 1,
}  # fmt: skip


def pragmas(connection: Any) -> dict[str, Any]:
    """What this connection is set to."""
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PROMISED}


@pytest.mark.req("R9")
def test_every_connection_of_the_pool_is_durable_and_strict(sqlite_url: str) -> None:
    storage = open_storage(sqlite_url)
    with ExitStack() as stack:
        opened = [stack.enter_context(engine.connect()) for engine in (storage.read,) * POOL]
        assert [pragmas(connection) for connection in opened] == [PROMISED] * POOL
        assert len({id(c.connection.driver_connection) for c in opened}) == POOL
    with storage.write.begin() as connection:
        assert pragmas(connection) == PROMISED
    storage.close()
    with storage.read.connect() as connection:  # and after everything was closed
        assert pragmas(connection) == PROMISED
    storage.close()


def test_control_another_way_to_open_the_file_is_neither(sqlite_url: str) -> None:
    plain = create_engine(sqlite_url, module=sqlite_driver())
    with plain.connect() as connection:
        assert pragmas(connection)["foreign_keys"] == 0
        assert pragmas(connection)["recursive_triggers"] == 0
    plain.dispose()


def test_the_sqlite_that_is_bundled_is_free_of_the_bug_that_damages_files() -> None:
    assert sqlite_is_current()


@pytest.mark.req("R9")
def test_every_connection_to_a_server_waits_for_the_disk_and_never_for_ever(postgres_url: str) -> None:
    storage = open_storage(postgres_url)
    wanted = {
        "synchronous_commit": "on", "lock_timeout": "3s", "statement_timeout": "15s",
        "idle_in_transaction_session_timeout": "10s", "TimeZone": "UTC", "transaction_isolation": "read committed",
    }  # fmt: skip
    with ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(storage.write.connect())
            assert {name: connection.execute(text(f"SHOW {name}")).scalar() for name in wanted} == wanted
    storage.close()


@pytest.mark.parametrize("write", [True, False], ids=["write", "control-read"])
def test_a_writing_transaction_takes_the_lock_at_its_start(sqlite_url: str, write: bool) -> None:
    storage, other = open_storage(sqlite_url), open_storage(sqlite_url)
    with (storage.write if write else storage.read).connect() as holder, holder.begin():
        with other.read.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            connection.rollback()
            if write:
                with pytest.raises(Exception, match="locked"):
                    connection.exec_driver_sql("UPDATE counter SET value = 1")
            else:
                connection.exec_driver_sql("UPDATE counter SET value = 1")
            connection.exec_driver_sql("PRAGMA busy_timeout=5000")
    storage.close()
    other.close()


# -- addresses ------------------------------------------------------------------------------------------------------


def dialled(address: str) -> dict[str, Any]:
    """What the driver would be told, without connecting."""
    engine = open_storage(address).read
    _arguments, told = engine.dialect.create_connect_args(engine.url)
    return told


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    "address",
    [
        "postgresql://shop@db.example.com/shop",
        "postgresql+psycopg://shop:word@203.0.113.7:5433/shop",
        "postgresql:///shop?host=db.example.com&user=shop",
        "postgresql:///shop?host=localhost&host=db.example.com",
        "postgresql:///shop?host=localhost,db.example.com",
        "postgresql://shop@localhost/shop?hostaddr=203.0.113.7",
        "postgres://shop@db.example.com/shop",
    ],
)
def test_a_server_elsewhere_is_only_spoken_to_encrypted_and_with_its_name_proven(address: str) -> None:
    if address.startswith("postgres://"):
        with pytest.raises(ShopError):
            open_storage(address)
        return
    told = dialled(address)
    assert (told["sslmode"], told["sslrootcert"]) == ("verify-full", "system")


@pytest.mark.req("A6")
@pytest.mark.parametrize(
    "address",
    [
        "postgresql://shop@localhost/shop",
        "postgresql://shop@127.0.0.1:5433/shop",
        "postgresql:///shop?host=/run/postgresql",
        "postgresql:///shop",
    ],
)
def test_control_the_own_machine_needs_no_certificate(address: str) -> None:
    assert "sslmode" not in dialled(address)


@pytest.mark.req("A6")
def test_what_the_address_says_about_certificates_is_kept() -> None:
    own = "postgresql://shop@db.example.com/shop?sslrootcert=/etc/shop-ca.pem"
    assert (dialled(own)["sslmode"], dialled(own)["sslrootcert"]) == ("verify-full", "/etc/shop-ca.pem")
    chosen = "postgresql://shop@db.example.com/shop?sslmode=verify-ca&sslrootcert=/etc/ca.pem"
    assert (dialled(chosen)["sslmode"], dialled(chosen)["sslrootcert"]) == ("verify-ca", "/etc/ca.pem")


@pytest.mark.parametrize(
    "address", ["mysql://shop@db/shop", "sqlite://", "sqlite:///:memory:", "http://example.com", "oracle://x"]
)
def test_addresses_of_another_kind_are_refused(address: str) -> None:
    with pytest.raises(ShopError):
        parse_url(address)


def test_a_wrong_address_is_said_without_its_password() -> None:
    with pytest.raises(ShopError) as told:
        parse_url("postgresql://shop:open@sesame@db.example.com:port/shop")
    assert "sesame" not in str(told.value)
    assert "db.example.com" in str(told.value)


def test_a_folder_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(ShopError, match="nowhere"):
        open_storage(f"sqlite:///{tmp_path}/nowhere/shop.db")
    assert list(tmp_path.iterdir()) == []


def test_a_database_begins_as_databases_do(storage: Storage) -> None:
    if storage.is_sqlite:
        assert Path(storage.url.database or "").read_bytes().startswith(HEADER)
