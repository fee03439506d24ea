"""From a table to checked rows: every cell read by its field, every bad row kept with its reason."""

from __future__ import annotations

import csv
import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import Malformed, ShopError
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.system import ImportRun
from desktop.services.imports.fields import Field, Setting, TableKind, guess, missing
from desktop.services.imports.report import BadRow, Report
from desktop.services.imports.table import Table, read_table
from desktop.shop.action import question
from desktop.shop.work import Read

Progress = Callable[[int, int], bool]  # rows done, rows in all; False means stop


def never_stop(_done: int, _all: int) -> bool:
    """Progress nobody looks at."""
    return True


@contextmanager
def unswept() -> Iterator[None]:
    """No cycle search while many small rows are made, and later ones pass over these rows.

    A search through millions of rows would stop every thread, the window's too, for a noticeable time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


def shape(columns: tuple[str, ...]) -> str:
    """What a file with these headings is remembered by."""
    return hashlib.sha256("\x1f".join(columns).encode()).hexdigest()


@question(permission=Permission.IMPORT)
def import_setting(read: Read) -> Setting:
    """The currency and zone cells are read with."""
    return Setting(read.currency, read.zone)


@question(permission=Permission.IMPORT)
def remembered_mapping(read: Read, columns: tuple[str, ...], kind: str) -> dict[str, str]:
    """The columns chosen for the last file with these headings: column → field."""
    statement = select(ImportRun.mapping).where(ImportRun.shape == shape(columns), ImportRun.kind == kind)
    stored = read.value(statement.order_by(ImportRun.id.desc()).limit(1))
    return dict(json.loads(stored)) if stored else {}


def open_tables(paths: list[Path]) -> list[Table]:
    """Read all files first: nothing is written when one of them cannot be read."""
    if not paths:
        raise Malformed(N_("Name at least one file to import."))
    return [read_table(path) for path in paths]


def mapped(table: Table, kind: TableKind, given: Mapping[str, str], report: Report) -> dict[str, int]:
    """The columns of a table by field, noted in the report. Raises `Malformed` when a required one is missing."""
    mapping = guess(kind, table.columns, given)
    lacking = missing(kind, mapping)
    if lacking:
        raise Malformed(
            N_(
                "{file} has no column for {fields}. Its columns are: {columns}. Say which with --map COLUMN=FIELD."
            ),
            file=table.name,
            fields=", ".join(lacking),
            columns=", ".join(table.columns),
        )
    used = ", ".join(f"{table.columns[index]} → {key}" for key, index in mapping.items())
    report.files.append(f"{table.name} ({table.encoding}): {used}")
    return mapping


def checked_rows(
    table: Table, kind: TableKind, mapping: Mapping[str, int], setting: Setting, report: Report
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, values by field) of every good row; the others go to the report."""
    readers = [(kind.field(key), index) for key, index in mapping.items()]
    width = len(table.columns)
    try:
        for line, cells in table.rows():
            report.rows += 1
            if len(cells) != width:
                reason = _("The row has {have} cells instead of {want}.").format(have=len(cells), want=width)
                report.bad.append(BadRow(table.name, line, reason, tuple(cells[:20])))
                continue
            try:
                yield line, _values(readers, cells, setting)
            except ShopError as error:
                report.bad.append(BadRow(table.name, line, str(error), tuple(cells[:20])))
    except csv.Error as error:
        raise Malformed(
            N_("{file} is not a proper table ({trouble}). Export it again as CSV."),
            file=table.name,
            trouble=str(error),
        ) from None


def _values(readers: list[tuple[Field, int]], cells: list[str], setting: Setting) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field, index in readers:
        cell = cells[index]
        if cell and not cell.isspace():
            values[field.key] = field.parse(cell, setting)
        elif field.required and not field.may_be_empty:
            raise ShopError(N_("“{field}” is empty."), field=field.key)
    return values
