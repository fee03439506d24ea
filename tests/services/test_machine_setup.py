"""What this machine remembers of its database: never a password, and found again at the next start."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.machine import Machine
from desktop.commands.places import chosen_place
from desktop.services.machine_setup import Setup, print_test, try_database, use_database
from tests.helpers.till_printer import TillPrinter

ADDRESS = "postgresql://shop:s3cret@server:5433/shop?sslmode=require"


@pytest.mark.req("A6")
def test_the_next_start_finds_the_address_with_its_password_and_no_file_holds_it() -> None:
    machine = Machine()
    use_database(machine, ADDRESS)
    assert "s3cret" not in machine.path.read_text(encoding="utf-8")
    assert chosen_place(None) == ADDRESS
    assert (
        chosen_place("sqlite:///asked.db") == "sqlite:///asked.db"
    )  # what the command line says comes first
    use_database(machine, "")
    assert chosen_place(None).endswith("shop.db")


def test_without_a_keyring_a_password_is_refused_and_nothing_written() -> None:
    keyring.set_keyring(fail.Keyring())
    machine = Machine()
    with pytest.raises(Unavailable):
        use_database(machine, ADDRESS)
    assert machine.get("database", "") == ""
    assert (
        use_database(machine, "postgresql://shop@server/shop") == "postgresql://shop@server/shop"
    )  # control


def test_looking_at_an_address_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    assert try_database(sqlite_url).state == "empty"
    missing = tmp_path / "new.db"
    assert try_database(str(missing)).state == "empty"
    assert not missing.exists()
    for wrong in ("mysql://x/y", str(tmp_path / "no" / "folder.db"), "sqlite://"):
        with pytest.raises(ShopError):
            try_database(wrong)
    text = tmp_path / "notes.txt"
    text.write_text("this is no database at all, " * 50, encoding="utf-8")
    with pytest.raises(ShopError):
        try_database(str(text))


def test_a_newer_database_is_recognised(sqlite_url: str) -> None:
    from sqlalchemy import text

    from desktop.storage.engine import open_storage

    storage = open_storage(sqlite_url)
    with storage.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    storage.close()
    assert try_database(sqlite_url).state == "newer"


def test_a_test_page_needs_a_printer() -> None:
    with pytest.raises(ShopError):
        print_test(Setup(""), "青禾杂货铺")
    with pytest.raises(ShopError):
        print_test(Setup("carrier pigeon"), "青禾杂货铺")


@pytest.mark.req("Q6")
def test_the_test_page_fits_the_paper_and_has_a_ruler(till_printer: TillPrinter) -> None:
    assert print_test(Setup(till_printer.address, 58, dots=400), "青禾杂货铺")
    page = till_printer.papers[0]
    assert b"12345678901234567890123456789012\n" in page
    assert b"\x1dv0\x00" + (50).to_bytes(2, "little") in page  # 400 dots
