"""The sample shop for tests: made once per kind of database, copied for each test that changes it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desktop.shop.shop import Shop
    from tests.helpers.postgres import Cluster

PICTURED = datetime(2026, 11, 21, 7, 20, tzinfo=UTC)  # 15:20 in Shanghai, when the pictures were taken


def sample_at(url: str, now: datetime = PICTURED) -> Shop:
    """The sample shop in this empty database, entered from the owner's terminal."""
    from desktop.basics.clock import HandClock
    from desktop.services.sample import make_sample
    from desktop.shop import actors
    from desktop.shop.shop import Shop
    from desktop.storage.engine import open_storage

    shop = Shop(open_storage(url), actor=actors.console(), clock=HandClock(now))
    make_sample(shop)
    return shop


def entered(url: str) -> Shop:
    """A sample shop that is there already."""
    from desktop.basics.clock import HandClock
    from desktop.shop import actors
    from desktop.shop.shop import Shop
    from desktop.storage.engine import open_storage

    return Shop(open_storage(url), actor=actors.console(), clock=HandClock(PICTURED))


@pytest.fixture(scope="session")
def sqlite_sample(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the sample shop, made once."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    shutil.copyfile(sqlite_template, path)
    shop = sample_at(f"sqlite:///{path}")
    shop.news.close()
    shop.storage.close()
    return path


@pytest.fixture(scope="session")
def postgres_sample(postgres: Cluster, postgres_template: str) -> str:
    """A PostgreSQL database with the sample shop, made once; its name."""
    shop = sample_at(postgres.create("sample_shop", postgres_template))
    shop.news.close()
    shop.storage.close()
    return "sample_shop"


@pytest.fixture(params=["sqlite", "postgresql"])
def sample_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a sample shop of this test's own, on each kind of database."""
    if request.param == "sqlite":
        path = tmp_path / "sample.db"
        shutil.copyfile(request.getfixturevalue("sqlite_sample"), path)
        yield f"sqlite:///{path}"
        return
    cluster = request.getfixturevalue("postgres")
    name = f"sample_{abs(hash(request.node.nodeid))}"
    yield cluster.create(name, request.getfixturevalue("postgres_sample"))
    cluster.drop(name)


@pytest.fixture
def sample(sample_url: str) -> Iterator[Shop]:
    """A sample shop of this test's own."""
    shop = entered(sample_url)
    yield shop
    shop.news.close()
    shop.storage.close()
