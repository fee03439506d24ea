"""Rows of a spreadsheet, streamed: what the cells show, with everything that can't be trusted named."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import repeat
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.services.imports.spool import Cell

LARGEST = 300 * 1024 * 1024  # bytes of all parts, unpacked
STEEPEST, STEEP_FROM = 400, 20 * 1024 * 1024  # a part this much larger than packed is no table somebody typed
MOST_PARTS = 2_000
MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
MOST_MERGED = 20_000
EXACT = 10**15  # spreadsheets keep 15 digits of a number
ERRORS = {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
NO_VALUE = N_("The formula has no value in the file. Open it in a spreadsheet, save it, then import again.")
ROUNDED = N_(
    "The number has more than 15 digits and was rounded. Format the column as text and type it again."
)
BROKEN = (
    zipfile.BadZipFile,
    ParseError,
    DefusedXmlException,
    InvalidFileException,
    KeyError,
    ValueError,
    EOFError,
)


@dataclass
class SheetFile:
    """An opened spreadsheet; `sheets` are its visible pages, `sheet` the one to read."""

    path: Path
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    _merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def encoding(self) -> str:
        """What kind of file it is, and which page."""
        return f"XLSX · {self.sheet}" if len(self.sheets) > 1 else "XLSX"

    def remarks(self) -> list[str]:
        """Nothing needs saying beyond the cells."""
        return []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number, cells) of every row that is not empty; formulas by the value the file keeps of them."""
        check_parts(self.path)
        try:
            yield from self._rows()
        except Malformed:
            raise
        except BROKEN as error:
            if _forbidden(error):
                raise Malformed(
                    N_(
                        "{file} holds XML entities, which no spreadsheet needs. Save it anew, then import that."
                    ),
                    file=self.path.name,
                ) from None
            raise Malformed(
                N_("{file} is a damaged spreadsheet. Open it, save it anew, then import that."),
                file=self.path.name,
            ) from None

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open("rb") as file:  # closed by us: a book that can't be read leaves it open
            yield from self._pages(file)

    def _pages(self, file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            pages = {page.title: page for page in book.worksheets if page.sheet_state == "visible"}
            self.sheets = tuple(pages)
            if not pages:
                raise Malformed(N_("{file} has no page with a table."), file=self.path.name)
            self.sheet = self.sheet if self.sheet in pages else self.sheets[0]
            page = pages[self.sheet]
            formulas, self._merged = _scan(self.path, str(page._worksheet_path))
            page.reset_dimensions()  # what the file says of its size need not be true
            values = page.iter_rows(values_only=True)
            yield from self._cells(values, self._formulas() if formulas else repeat(()))
        finally:
            book.close()

    def _formulas(self) -> Iterator[Sequence[Any]]:
        book = load_workbook(self.path, read_only=True, data_only=False, keep_links=False)
        try:
            page = book[self.sheet]
            page.reset_dimensions()
            yield from page.iter_rows(values_only=True)
        finally:
            book.close()

    def _cells(
        self, values: Iterator[Sequence[Any]], formulas: Iterator[Sequence[Any]] | repeat[Any]
    ) -> Iterator[tuple[int, list[str]]]:
        held: dict[int, tuple[int, str]] = {}  # column → last row, text
        starts = {(top, left): (left, top, right, bottom) for left, top, right, bottom in self._merged}
        for number, (row, written) in enumerate(zip(values, formulas, strict=False), start=1):
            if number > MOST_ROWS:
                raise Malformed(
                    N_("{file} has more than {most} rows. Split it first."),
                    file=self.path.name,
                    most=f"{MOST_ROWS:,}",
                )
            cells = [as_text(value) for value in row]
            for column, formula in enumerate(written):
                if (
                    column < len(cells)
                    and row[column] is None
                    and isinstance(formula, str)
                    and formula[:1] == "="
                ):
                    cells[column] = Cell(formula[:80], NO_VALUE)
            if starts or held:
                _fill(cells, number, starts, held)
            while cells and not cells[-1]:
                cells.pop()
            if any(cell.strip() for cell in cells):
                yield number, cells


def _forbidden(error: BaseException | None) -> bool:
    """Whether an entity was met; openpyxl wraps what it meets in an error of its own."""
    while error is not None:
        if isinstance(error, DefusedXmlException):
            return True
        error = error.__cause__ or error.__context__
    return False


def _fill(
    cells: list[str],
    number: int,
    starts: dict[tuple[int, int], tuple[int, int, int, int]],
    held: dict[int, tuple[int, str]],
) -> None:
    """Write the text of merged cells into each row they span, as the eye reads them."""
    for column, (last, text) in list(held.items()):
        if number > last:
            del held[column]
            continue
        cells += [""] * (column + 1 - len(cells))
        cells[column] = cells[column] or text
    for column in range(len(cells)):
        area = starts.get((number, column + 1))
        if area:
            held[column] = (area[3], cells[column])


def as_text(value: Any) -> str:
    """A cell as the person would type it: numbers without a stray tail, days as ISO dates."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _number(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    if isinstance(value, int):
        text = str(value)
        rounded = abs(value) >= EXACT and not text.lstrip("-")[15:].strip("0")
        return Cell(text, ROUNDED) if rounded else text
    if abs(value) >= EXACT:
        return Cell(f"{value:.0f}", ROUNDED)
    return f"{value:.15g}" if "e" not in f"{value:.15g}" else f"{value:.12f}".rstrip("0").rstrip(".")


def check_parts(path: Path) -> None:
    """Refuse what would burst when unpacked, is locked, or is no spreadsheet; nothing is unpacked for it."""
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Malformed(
            N_("{file} is a damaged spreadsheet. Open it, save it anew, then import that."), file=name
        ) from None
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names or "content.xml" in names or "xl/workbook.xml" not in names:
        kind = "XLSB" if "xl/workbook.bin" in names else "ODS" if "content.xml" in names else "ZIP"
        raise Malformed(
            N_("{file} is a {kind} file. Open it in a spreadsheet and save it as XLSX or CSV."),
            file=name,
            kind=kind,
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Malformed(
            N_("{file} is locked by a password. Take the password off, save it, then import it."), file=name
        )
    unpacked = sum(part.file_size for part in parts)
    steep = any(p.file_size > STEEP_FROM and p.file_size > STEEPEST * max(1, p.compress_size) for p in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST or steep:
        raise Malformed(
            N_("{file} would unpack to {size} MB, far more than a table of its size. It was not opened."),
            file=name, size=f"{unpacked >> 20:,}",
        )  # fmt: skip


_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def _scan(path: Path, part: str) -> tuple[bool, list[tuple[int, int, int, int]]]:
    """Whether the page has formulas, and which of its cells are merged downwards."""
    formulas, merged, tail = False, [], b""
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as file:
        while chunk := file.read(1 << 20):
            text = tail + chunk
            formulas = formulas or _FORMULA.search(text) is not None
            for found in _MERGE.finditer(text):
                area = range_boundaries(found[1].decode("ascii"))
                if area[1] < area[3] and area[2] <= MOST_COLUMNS and area[3] - area[1] < MOST_MERGED:
                    merged.append(area)
            tail = text[text.rfind(b"<") :][-200:] if b"<" in text[-200:] else b""
    return formulas, merged[:MOST_MERGED]
