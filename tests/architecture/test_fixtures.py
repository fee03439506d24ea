"""What every test may rely on: a database of its own, a quiet log, a keyring that forgets."""

import logging
import os
from pathlib import Path

import keyring
import pytest
from sqlalchemy import text

from desktop.basics.clock import HandClock
from desktop.shop.shop import Shop
from tests.helpers.databases import MORNING
from tests.helpers.logs import Logs


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_has_a_database_of_its_own(shop: Shop, turn: str) -> None:
    with shop.storage.write.begin() as connection:
        connection.execute(text("CREATE TABLE only_once (turn TEXT)"))  # fails where the first turn left it
        connection.execute(text("INSERT INTO only_once VALUES (:turn)"), {"turn": turn})
        assert connection.execute(text("SELECT turn FROM only_once")).scalars().all() == [turn]


def test_both_kinds_of_database_are_real(storage, shop_url: str) -> None:
    asked = "SELECT sqlite_version()" if storage.is_sqlite else "SELECT version()"
    with storage.read.connect() as connection:
        answer = str(connection.execute(text(asked)).scalar())
    assert answer.startswith("3." if shop_url.startswith("sqlite") else "PostgreSQL ")


def test_the_postgresql_server_has_no_open_port(postgres_url: str, postgres) -> None:
    assert str(postgres.folder) in postgres_url
    assert not [line for line in (postgres.folder / "log").read_text().splitlines() if "IPv4" in line]


def test_time_stands_still_until_told(clock: HandClock) -> None:
    assert clock.now() == clock.now() == MORNING


def test_the_keyring_forgets_and_the_home_is_the_tests_own(tmp_path: Path) -> None:
    assert keyring.get_password("zhanggui", "any") is None
    keyring.set_password("zhanggui", "any", "secret")
    assert keyring.get_password("zhanggui", "any") == "secret"
    assert Path(os.environ["ZHANGGUI_HOME"]).is_relative_to(tmp_path)


def test_control_a_stray_line_is_seen_and_an_expected_one_is_not(logs: Logs) -> None:
    logs.allow("the printer is off")
    handler, log = Logs(), logging.getLogger("shop")
    log.addHandler(handler)
    log.info("all is well")
    log.warning("the printer is off")
    log.removeHandler(handler)
    assert handler.stray() == ["shop: WARNING: the printer is off"]
    handler.allow("printer")
    assert handler.stray() == []
