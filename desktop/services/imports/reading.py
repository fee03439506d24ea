"""From a table to checked rows: every cell read by its field, every bad row kept with its reason."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import Malformed, ShopError
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.system import ImportRun
from desktop.services.imports.fields import FIELD_WORDS, Field, Setting, TableKind, guess, missing
from desktop.services.imports.report import BadRow, Report
from desktop.services.imports.spool import Cell, Spool
from desktop.services.imports.table import Table, read_table
from desktop.services.imports.xlsx_file import ERRORS
from desktop.shop.action import question
from desktop.shop.work import Read

Progress = Callable[[int, int], bool]  # rows done, rows in all; False means stop


SWALLOWED = 20  # lines in one cell: nobody typed those


def never_stop(_done: int, _all: int) -> bool:
    """Progress nobody looks at."""
    return True


@contextmanager
def calm() -> Iterator[None]:
    """Let searches for cycles pass over everything that is there already.

    Many small rows set off a search through the whole program. A window's program searches by itself, between events.
    """
    if not gc.isenabled():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


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


def open_tables(
    paths: Sequence[Path], spool: Spool, sheet: str = "", progress: Progress | None = None
) -> list[Table]:
    """Read all files first: nothing is written when one of them cannot be read."""
    if not paths:
        raise Malformed(N_("Name at least one file to import."))
    return [read_table(path, spool, number, sheet, progress) for number, path in enumerate(paths)]


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
    for line, cells in table.rows():
        report.looked()
        if len(cells) != width:
            report.bad.append(BadRow(table.name, line, _misshapen(cells, width), tuple(cells[:20])))
            continue
        try:
            values = _values(readers, cells, setting)
        except ShopError as error:
            report.bad.append(BadRow(table.name, line, str(error), tuple(cells[:20])))
        else:
            values["_at"] = (table.number, line)
            yield line, values


def _misshapen(cells: list[str], width: int) -> str:
    if any(cell.count("\n") > SWALLOWED for cell in cells):
        return _("A quotation mark that begins here is never closed; the rows after it were swallowed.")
    return _("The row has {have} cells instead of {want}.").format(have=len(cells), want=width)


def _values(readers: list[tuple[Field, int]], cells: list[str], setting: Setting) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field, index in readers:
        cell = cells[index]
        if isinstance(cell, Cell):
            raise ShopError(cell.reason)
        if cell and not cell.isspace():
            if cell.isascii():
                if cell in ERRORS:
                    raise ShopError(N_("The cell shows the spreadsheet’s error {error}."), error=cell)
            elif any("\ud800" <= char <= "\udfff" for char in cell):
                raise ShopError(N_("The row has broken characters: they are neither UTF-8 nor GB18030."))
            values[field.key] = field.parse(cell, setting)
        elif field.required and not field.may_be_empty:
            raise ShopError(N_("“{field}” is empty."), field=_(FIELD_WORDS[field.key]))
    return values
