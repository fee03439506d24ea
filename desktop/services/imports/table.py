"""A text table from a file: encoding and delimiter found, broken bytes and other kinds of file refused with words."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_

LARGEST = 300 * 1024 * 1024  # bytes, unpacked
MOST_COLUMNS = 200
KINDS = {
    b"PK\x03\x04": "XLSX / ZIP",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\xd0\xcf\x11\xe0": "XLS / DOC",
    b"SQLite format 3": "SQLite",
}


@dataclass(frozen=True)
class Table:
    """The rows of one file; `line` numbers count as a text editor does, the heading being 1."""

    name: str
    encoding: str
    columns: tuple[str, ...]
    text: str
    delimiter: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row below the heading; empty lines are passed over."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)
        next(reader, None)
        line = reader.line_num
        for cells in reader:
            start, line = line + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield start, cells


def read_table(path: Path) -> Table:
    """Read a CSV or TSV file, gzipped or not. Raises `Malformed` saying what it is instead."""
    raw = _bytes(path)
    for magic, kind in KINDS.items():
        if raw.startswith(magic):
            raise Malformed(
                N_("{file} is a {kind} file, not a text table. Save it as CSV, then import that."),
                file=path.name,
                kind=kind,
            )
    text, encoding = decode(raw, path.name)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        heading = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        heading = []
    columns = tuple(cell.strip() for cell in heading)
    if not any(columns):
        raise Malformed(N_("{file} is empty."), file=path.name)
    if len(columns) > MOST_COLUMNS:
        raise Malformed(
            N_("{file} has {count} columns; at most {most} are possible."),
            file=path.name,
            count=len(columns),
            most=MOST_COLUMNS,
        )
    return Table(path.name, encoding, columns, text, delimiter)


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Malformed(N_("{file} is not there. Check the name."), file=str(path)) from None
    except (IsADirectoryError, PermissionError, OSError):
        raise Malformed(
            N_("{file} can’t be read. Check that it is a file you may open."), file=str(path)
        ) from None
    if raw.startswith(b"\x1f\x8b"):
        raw = _unpacked(raw, path.name)
    if len(raw) > LARGEST:
        raise Malformed(
            N_("{file} is larger than {most} MB. Split it first."),
            file=path.name,
            most=LARGEST // 1024 // 1024,
        )
    return raw


def _unpacked(raw: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            return file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        raise Malformed(N_("{file} is a damaged gzip file. Copy it again."), file=name) from None


def decode(raw: bytes, name: str) -> tuple[str, str]:
    """The text and its encoding: UTF-8 (with or without mark), UTF-16 with mark, else GB18030.

    Raises `Malformed` with the line of the first byte that fits neither.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    if b"\x00" in raw and encodings[0] != "utf-16":
        raise Malformed(N_("{file} is not a text file. Save the table as CSV, then import that."), file=name)
    broken = 0
    for encoding in encodings:
        try:
            return raw.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError as error:
            broken = max(broken, error.start)
    line = raw.count(b"\n", 0, broken) + 1
    raise Malformed(
        N_("{file} has broken characters in line {line}. Save it as UTF-8, then import it again."),
        file=name,
        line=line,
    )
