"""The shop-wide settings with their words and bounds, and facts about the database they lie in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from desktop.models.people import Permission
from desktop.models.settings import REGISTRY
from desktop.models.system import Setting
from desktop.shop.action import question
from desktop.shop.work import Read, select
from desktop.storage.engine import sqlite_driver, sqlite_is_current
from desktop.storage.migrate import newest


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting: `label` and `help` are sentences to translate; bounds are in the value's own unit."""

    key: str
    value: int | str | bool
    default: int | str | bool
    label: str
    help: str
    unit: str
    low: int | None
    high: int | None
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """Where the shop lives: `place` is a file or an address without its password, `size` in bytes."""

    kind: str
    place: str
    size: int
    driver: str
    version: str
    current: bool
    schema: str
    newest_schema: str


@question(permission=Permission.SETTINGS)
def settings_list(read: Read) -> tuple[SettingRow, ...]:
    """Every setting of the registry, in its order."""
    kept = {row.key: row.value for row in read.rows(select(Setting.key, Setting.value))}
    return tuple(
        SettingRow(
            spec.key, spec.read(kept.get(spec.key)), spec.default, spec.label, spec.help, spec.unit, spec.low,
            spec.high, spec.choices,
        )
        for spec in REGISTRY.values()
    )  # fmt: skip


@question(permission=Permission.SETTINGS)
def database_facts(read: Read) -> DatabaseFacts:
    """Which database this is, how large, and whether its software is current."""
    url = read.connection.engine.url
    schema = str(read.rows(text("SELECT version_num FROM alembic_version")).scalar() or "")
    if read.is_sqlite:
        size = _one(read, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        version, driver = str(_one(read, "SELECT sqlite_version()")), sqlite_driver().__name__.split(".")[0]
        place, current = url.database or "", sqlite_is_current()
    else:
        size = _one(read, "SELECT pg_database_size(current_database())")
        version, driver = str(_one(read, "SHOW server_version")), "psycopg"
        place, current = url.render_as_string(hide_password=True), True
    kind = "sqlite" if read.is_sqlite else "postgresql"
    return DatabaseFacts(kind, place, int(size), driver, version, current, schema, newest())


def _one(read: Read, statement: str) -> Any:
    return read.rows(text(statement)).scalar()
