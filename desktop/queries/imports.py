"""Imports there were: who, when, which file, what became of it, and what could not be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.models.imports import IN, KEPT, ImportEntry
from desktop.models.people import Permission, Staff
from desktop.models.system import ImportRun
from desktop.queries.page import Page
from desktop.shop.action import question
from desktop.shop.work import Read

PAGE = 100
COLUMNS = "columns"  # runs that only remember a mapping
MOST_REASONS = 200


@dataclass(frozen=True, slots=True)
class RunRow:
    """One import; `open` things can still be taken back, `kept` ones could not."""

    id: int
    at: datetime
    who: str
    kind: str
    file_name: str
    mode: str
    state: str
    made: int
    changed: int
    same: int
    refused: int
    open: int
    kept: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Things of an import that stayed when it was taken back: how many of which kind, and why (a sentence key)."""

    subject: str
    reason: str
    count: int


@question(permission=Permission.IMPORT)
def import_runs(read: Read, after: tuple[Any, ...] | None = None) -> Page[RunRow]:
    """Imports, the newest first."""
    statement = select(ImportRun.__table__).where(ImportRun.state != COLUMNS).order_by(ImportRun.id.desc())
    if after is not None:
        statement = statement.where(ImportRun.id < after[0])
    found = read.rows(statement.limit(PAGE + 1)).all()
    runs = found[:PAGE]
    left = _counts(read, [run.id for run in runs])
    names = {f"staff:{row.id}": row.name for row in read.rows(select(Staff.id, Staff.name))}
    rows = tuple(
        RunRow(
            run.id, run.at, names.get(run.actor, ""), run.kind, run.file_name, run.mode, run.state, run.made,
            run.changed, run.same, run.refused, left.get((run.id, IN), 0), left.get((run.id, KEPT), 0),
        )
        for run in runs
    )  # fmt: skip
    return Page(rows, (runs[-1].id,) if len(found) > PAGE else None)


def _counts(read: Read, runs: list[int]) -> dict[tuple[int, str], int]:
    counted = select(ImportEntry.run_id, ImportEntry.state, func.count().label("many"))
    counted = counted.where(ImportEntry.run_id.in_(runs)).group_by(ImportEntry.run_id, ImportEntry.state)
    return {(row.run_id, row.state): row.many for row in read.rows(counted)}


@question(permission=Permission.IMPORT)
def count_import_runs(read: Read) -> int:
    """How many imports there were."""
    return int(read.value(select(func.count()).where(ImportRun.state != COLUMNS)))


@question(permission=Permission.IMPORT)
def kept_of_import(read: Read, run_id: int) -> tuple[Kept, ...]:
    """What of an import could not be taken back, by reason."""
    statement = select(ImportEntry.subject, ImportEntry.reason, func.count().label("many"))
    statement = statement.where(ImportEntry.run_id == run_id, ImportEntry.state == KEPT)
    statement = statement.group_by(ImportEntry.subject, ImportEntry.reason).order_by(func.count().desc())
    found = read.rows(statement.limit(MOST_REASONS))
    return tuple(Kept(row.subject, row.reason, row.many) for row in found)
