"""A table from a file: its kind told by its bytes, its heading found, its rows kept in a spool."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.basics.own_files import refuse_ours
from desktop.services.imports.spool import Spool, shown
from desktop.services.imports.text_file import TextFile
from desktop.services.imports.xlsx_file import MOST_COLUMNS, SheetFile

ZIP = b"PK\x03\x04"
OLD = b"\xd0\xcf\x11\xe0"
KINDS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"SQLite format 3": "SQLite",
    b"Rar!": "RAR",
}
LOCKED = "EncryptedPackage".encode("utf-16-le")
TITLES = 10  # rows above the heading at most


@dataclass(frozen=True)
class Table:
    """The rows of one file; `line` numbers count as a text editor or spreadsheet does."""

    name: str
    encoding: str
    columns: tuple[str, ...]
    spool: Spool
    number: int  # of the file in the spool
    count: int
    remarks: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row below the heading that is not empty."""
        return self.spool.rows(self.number)

    def sample(self, most: int = 20) -> list[list[str]]:
        """The first rows, as a person may read them."""
        return [[shown(cell) for cell in cells] for _line, cells in islice(self.rows(), most)]


def read_table(
    path: Path,
    spool: Spool | None = None,
    number: int = 0,
    sheet: str = "",
    told: Callable[[int, int], bool] | None = None,
) -> Table:
    """Read a CSV, TSV or XLSX file, text gzipped or not. Raises `Malformed` saying what it is instead."""
    spool = spool or Spool()
    source: TextFile | SheetFile = SheetFile(path, sheet) if _is_sheet(path) else TextFile(path)
    try:
        rows = source.rows()
        first = list(islice(rows, TITLES))
        heading = next((i for i, (_n, cells) in enumerate(first) if _filled(cells) > 1), 0)
        columns = _columns(first[heading][1] if first else [], path.name)
        width, padded = len(columns), isinstance(source, SheetFile)
        body = chain(first[heading + 1 :], rows)
        fitted = ((line, _fit(cells, width, padded)) for line, cells in body)
        count = spool.put_rows(number, fitted, told)
    except csv.Error as error:
        raise Malformed(
            N_("{file} is not a proper table ({trouble}). Export it again as CSV."),
            file=path.name,
            trouble=str(error),
        ) from None
    sheets, page = (source.sheets, source.sheet) if isinstance(source, SheetFile) else ((), "")
    said = (source.encoding(), columns, spool, number, count, tuple(source.remarks()), sheets, page)
    return Table(path.name, *said)


def _is_sheet(path: Path) -> bool:
    """Whether the file is a spreadsheet rather than text. Raises `Malformed` for what is neither."""
    refuse_ours(path)
    try:
        with path.open("rb") as file:
            head = file.read(64)
            locked = head.startswith(OLD) and LOCKED in file.read(1 << 20)
    except FileNotFoundError:
        raise Malformed(N_("{file} is not there. Check the name."), file=str(path)) from None
    except OSError:
        raise Malformed(
            N_("{file} can’t be read. Check that it is a file you may open."), file=str(path)
        ) from None
    if locked:
        raise Malformed(
            N_("{file} is locked by a password. Take the password off, save it, then import it."),
            file=path.name,
        )
    if head.startswith(OLD):
        raise Malformed(
            N_("{file} is an old XLS file. Open it in a spreadsheet and save it as XLSX or CSV."),
            file=path.name,
        )
    for magic, kind in KINDS.items():
        if head.startswith(magic):
            raise Malformed(
                N_("{file} is a {kind} file, not a table. Save the table as CSV or XLSX, then import that."),
                file=path.name, kind=kind,
            )  # fmt: skip
    return head.startswith(ZIP)


def _columns(cells: list[str], name: str) -> tuple[str, ...]:
    columns = [shown(cell).strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise Malformed(N_("{file} is empty."), file=name)
    if len(columns) > MOST_COLUMNS:
        raise Malformed(
            N_("{file} has {count} columns; at most {most} are possible."),
            file=name, count=len(columns), most=MOST_COLUMNS,
        )  # fmt: skip
    return tuple(columns)


def _filled(cells: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _fit(cells: list[str], width: int, padded: bool) -> list[str]:
    """Drop empty cells beyond the heading; a spreadsheet leaves out those at the end of a row."""
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    return cells + [""] * (width - len(cells)) if padded and len(cells) < width else cells
