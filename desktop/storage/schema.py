"""Whether the tables fit this program, told without loading the migrations."""

from __future__ import annotations

from functools import cache

from sqlalchemy import inspect, text

from desktop.storage.engine import Storage


@cache
def newest() -> str:
    """The schema this program was written for: the highest number among the migrations' files."""
    from pathlib import Path

    files = (Path(__file__).parent / "migrations" / "versions").glob("v[0-9]*.py")
    return max(path.stem[1:5] for path in files)


def current(storage: Storage) -> str | None:
    """The schema the database has, or None when it is empty."""
    with storage.read.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def ensure(storage: Storage) -> None:
    """Bring the tables to this program's schema; the migrations load only when needed. Raises `ShopError`."""
    if current(storage) != newest():
        from desktop.storage.migrate import upgrade

        upgrade(storage)
