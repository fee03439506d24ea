"""Writing an import: row by row in batches, or all of it in one transaction; what it touched is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.imports import ImportEntry
from desktop.models.people import Permission
from desktop.models.system import ImportRun
from desktop.services.imports import counts, goods, members, orders, prices, supplier_prices, suppliers
from desktop.services.imports.entries import Run
from desktop.services.imports.report import CHANGED, NEW, REFUSED, SAME, Verdict
from desktop.shop.action import action, question
from desktop.shop.work import Read, Work

GOOD, ALL = "good", "all"
RUNNING, COLUMNS = "running", "columns"  # under way, or broken off; only a remembered mapping


class Kind(Protocol):
    """A module that knows one kind of rows."""

    RIGHT: Permission

    def judge(self, read: Read, rows: Sequence[Any]) -> list[Verdict]:
        """What would become of each row."""

    def write(self, work: Work, run: Run, rows: Sequence[Any], verdicts: Sequence[Verdict]) -> None:
        """Write the rows that are new or changed."""


KINDS: dict[str, Kind] = {
    "orders": orders,
    "goods": goods,
    "members": members,
    "stock": counts,
    "prices": prices,
    "suppliers": suppliers,
    "supplier-prices": supplier_prices,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What is remembered of one file: its name, which column is which, and its shape."""

    file_name: str
    mapping: dict[str, str]
    shape: str


class Cancelled(Exception):
    """The person pressed cancel; the transaction is undone."""


@question(permission=Permission.IMPORT)
def weigh_rows(read: Read, kind: str, rows: Sequence[Any]) -> list[Verdict]:
    """What would become of each of these checked rows."""
    return KINDS[kind].judge(read, rows)


@action(permission=Permission.IMPORT)
def begin_run(work: Work, kind: str, files: Sequence[Columns], mode: str, refused: int) -> int:
    """Open the record of an import; returns its number."""
    _require(work, kind)
    return _open(work, kind, files, mode, refused)


@action(permission=Permission.IMPORT)
def write_rows(work: Work, run_id: int, kind: str, rows: Sequence[Any], key: str) -> list[Verdict]:
    """Write a batch of checked rows and count it; returns what became of each."""
    _require(work, kind)
    run = work.get(ImportRun, run_id, lock=True)
    verdicts = _write(work, Run(run_id, key), kind, rows)
    deeds = [verdict.deed for verdict in verdicts]
    run.made += deeds.count(NEW)
    run.changed += deeds.count(CHANGED)
    run.same += deeds.count(SAME)
    run.refused += deeds.count(REFUSED)
    return verdicts


@action(permission=Permission.IMPORT)
def write_whole(
    work: Work,
    kind: str,
    files: Sequence[Columns],
    batches: Callable[[], Iterable[Sequence[Any]]],
    told: Callable[[int], bool],
    key: str,
) -> tuple[int, list[int]]:
    """Write every batch in this one transaction; returns the run and how many were new, changed, the same.

    Raises `Cancelled` when told to stop and `Refused` when a row can't be taken in: nothing is written then.
    """
    _require(work, kind)
    run_id = _open(work, kind, files, ALL, 0)
    sums, done = [0, 0, 0], 0
    for number, rows in enumerate(batches()):
        verdicts = _write(work, Run(run_id, f"{key}:{number}"), kind, rows)
        refused = next((verdict for verdict in verdicts if verdict.deed == REFUSED), None)
        if refused is not None:
            raise Refused(N_("Nothing was taken in: {reason}"), reason=refused.reason)
        for place, deed in enumerate((NEW, CHANGED, SAME)):
            sums[place] += sum(verdict.deed == deed for verdict in verdicts)
        done += len(rows)
        if not told(done):
            raise Cancelled
    work.update(ImportRun, run_id, {"made": sums[0], "changed": sums[1], "same": sums[2], "state": "done"})
    return run_id, sums


@action(permission=Permission.IMPORT)
def finish_run(work: Work, run_id: int, state: str) -> None:
    """Close the record of an import."""
    work.update(ImportRun, run_id, {"state": state}, ImportRun.state == RUNNING)


def _require(work: Work, kind: str) -> None:
    work.require(str(KINDS[kind].RIGHT))


def _open(work: Work, kind: str, files: Sequence[Columns], mode: str, refused: int) -> int:
    rows = [_run_row(work, kind, file, mode) for file in files]
    rows[0] |= {"state": RUNNING, "refused": refused}
    if len(files) > 1:
        rows[0]["file_name"] = f"{files[0].file_name} + {len(files) - 1}"
    return work.post(ImportRun, rows, ids=True)[0]


def _run_row(work: Work, kind: str, file: Columns, mode: str) -> dict[str, Any]:
    return {
        "kind": kind, "file_name": file.file_name, "mapping": json.dumps(file.mapping, ensure_ascii=False),
        "shape": file.shape, "at": work.now, "mode": mode, "state": COLUMNS, "actor": work.actor.key, "made": 0,
        "changed": 0, "same": 0, "refused": 0,
    }  # fmt: skip


def _write(work: Work, run: Run, kind: str, rows: Sequence[Any]) -> list[Verdict]:
    verdicts = KINDS[kind].judge(work, rows)
    KINDS[kind].write(work, run, rows, verdicts)
    if run.entries:
        work.post(ImportEntry, run.entries)
    return verdicts
