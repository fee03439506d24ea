"""The shop's own database is never opened a second time: on Linux that would give up its locks."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.basics.errors import Malformed
from desktop.basics.own_files import is_ours
from desktop.services.imports.desk import Desk
from desktop.services.statements.unpacking import load
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage

FROM_OUTSIDE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0)
try:
    connection.execute("BEGIN IMMEDIATE")
    print("free")
except sqlite3.OperationalError:
    print("locked")
"""


def seen_from_outside(file: Path) -> str:
    """Whether another program could write now."""
    done = subprocess.run([sys.executable, "-c", FROM_OUTSIDE, str(file)], capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.req("R6")
def test_the_shop_is_no_file_to_import_and_its_lock_stays(sqlite_shop: Shop) -> None:
    file = Path(sqlite_shop.storage.url.database or "")
    with sqlite_shop.storage.write.begin():
        assert seen_from_outside(file) == "locked"
        for path in (file, file.with_name(file.name + "-wal"), file.parent / "." / file.name):
            with pytest.raises(Malformed):
                Desk(sqlite_shop).open([path])
            with pytest.raises(Malformed):
                load(path)
        assert seen_from_outside(file) == "locked"


@pytest.mark.skipif(sys.platform == "win32", reason="there the second handle is refused by the system")
def test_control_one_more_handle_gives_up_the_lock(tmp_path: Path) -> None:
    file = tmp_path / "plain.db"
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("CREATE TABLE t (x)")
    connection.execute("BEGIN IMMEDIATE")
    assert seen_from_outside(file) == "locked"
    file.read_bytes()
    assert seen_from_outside(file) == "free"
    connection.close()


def test_a_closed_database_is_a_file_like_any_other(sqlite_url: str) -> None:
    storage = open_storage(sqlite_url)
    file = Path(storage.url.database or "")
    assert is_ours(file)
    storage.close()
    assert not is_ours(file)
