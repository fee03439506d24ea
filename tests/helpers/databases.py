"""Fresh databases for each test, copied from one migrated template, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desktop.basics.clock import HandClock
    from desktop.shop.shop import Shop
    from desktop.storage.engine import Storage
    from tests.helpers.postgres import Cluster

MORNING = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
_numbers = count(1)


def migrate(url: str) -> None:
    """Bring the database at this address to the newest schema."""
    from desktop.storage.engine import open_storage
    from desktop.storage.migrate import upgrade

    storage = open_storage(url)
    upgrade(storage)
    storage.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running PostgreSQL of this test run."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the throw-away PostgreSQL of the tests runs on Linux only")
    from tests.helpers.postgres import Cluster, find_server

    programs = find_server()
    if programs is None:
        pytest.fail("PostgreSQL's server programs are missing; “python3 dev.py setup” says how to get them")
    cluster = Cluster(programs)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty shop in one SQLite file, made once."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """An empty shop in PostgreSQL, made once; the name of its database."""
    migrate(postgres.create("empty_shop"))
    return "empty_shop"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of an empty shop in a SQLite file of this test's own."""
    path = tmp_path / "shop.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Cluster, postgres_template: str) -> Iterator[str]:
    """The address of an empty shop in a PostgreSQL database of this test's own."""
    name = f"shop_{next(_numbers)}"
    yield postgres.create(name, postgres_template)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def shop_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty shop: the test runs once on each kind of database."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def clock() -> HandClock:
    """The shop's clock; it moves when the test says `clock.pass_time(…)`."""
    from desktop.basics.clock import HandClock

    return HandClock(MORNING)


@pytest.fixture
def storage(shop_url: str) -> Iterator[Storage]:
    """The opened database of `shop_url`."""
    from desktop.storage.engine import open_storage

    opened = open_storage(shop_url)
    yield opened
    opened.close()


@pytest.fixture
def shop(storage: Storage, clock: HandClock) -> Iterator[Shop]:
    """An empty shop as its owner sees it, on each kind of database."""
    yield from _opened(storage, clock)


@pytest.fixture
def sqlite_shop(sqlite_url: str, clock: HandClock) -> Iterator[Shop]:
    """The same on SQLite only, for tests that are not about the database."""
    from desktop.storage.engine import open_storage

    storage = open_storage(sqlite_url)
    yield from _opened(storage, clock)
    storage.close()


def _opened(storage: Storage, clock: HandClock) -> Iterator[Shop]:
    from desktop.shop import actors
    from desktop.shop.shop import Shop

    shop = Shop(storage, actor=actors.console(), clock=clock)
    yield shop
    shop.news.close()
