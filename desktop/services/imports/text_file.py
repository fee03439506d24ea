"""Rows of a text file whatever it is written in: UTF-8, UTF-16, GB18030, or one line this way and the next that way."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_, _

LARGEST = 300 * 1024 * 1024  # bytes, unpacked
LONGEST_LINE = 2_000_000
SAMPLE = 20  # lines the separator is guessed from
DELIMITERS = ",;\t|"
END_OF_FILE = b"\x1a"  # DOS programs end a text so
WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass
class TextFile:
    """An opened text table; `ways` fills up with how many lines were written in which encoding."""

    path: Path
    delimiter: str = ","
    ways: Counter[str] = field(default_factory=Counter)
    other_lines: list[int] = field(default_factory=list)  # of the encoding the first lines did not have

    def encoding(self) -> str:
        """The encoding, or the two that are mixed."""
        return " + ".join(way for way, _count in self.ways.most_common()) or "utf-8"

    def remarks(self) -> list[str]:
        """What should be said of it."""
        if len(self.ways) < 2:
            return []
        lines = ", ".join(map(str, self.other_lines[:8])) + (" …" if len(self.other_lines) > 8 else "")
        said = _("{file} mixes {encodings}; each line was read by its own. Look at line {lines}.")
        return [said.format(file=self.path.name, encodings=self.encoding(), lines=lines)]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row; line numbers count as a text editor does, empty lines are passed over."""
        csv.field_size_limit(LONGEST_LINE)
        lines = self._lines()
        first = list(islice(lines, SAMPLE))
        if first and first[0].strip().lower().startswith("sep=") and len(first[0].strip()) == 5:
            self.delimiter = first[0].strip()[4]
            first[0] = "\n"
        else:
            self.delimiter = guess_delimiter(first)
        reader = csv.reader(chain(first, lines), delimiter=self.delimiter)
        line = 0
        for cells in reader:
            start, line = line + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield start, cells

    def _lines(self) -> Iterator[str]:
        total = 0
        with _opened(self.path) as file:
            wide = _wide(file, self.path.name)
            if wide:
                self.ways["utf-16"] += 1
                yield from _wide_lines(file, wide, self.path.name)
                return
            for number, raw in enumerate(_raw_lines(file, self.path.name), start=1):
                total += len(raw)
                if total > LARGEST:
                    raise too_large(self.path.name)
                if raw.startswith(END_OF_FILE):
                    return
                yield self._decoded(raw.rstrip(END_OF_FILE), number)

    def _decoded(self, raw: bytes, number: int) -> str:
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if b"\x00" in raw:
            raise Malformed(
                N_("{file} is not a text file. Save the table as CSV, then import that."), file=self.path.name
            )
        if raw.isascii():
            return raw.decode("ascii")
        text, way = decode(raw)
        if way:
            self.ways[way] += 1
            if way != next(iter(self.ways)):
                self.other_lines.append(number)
        return text


def decode(raw: bytes) -> tuple[str, str]:
    """One line and its encoding; without an encoding it fits none and its broken bytes stand as lone surrogates.

    A broken UTF-8 line often makes some GB18030 text, of characters nobody meant: it is called broken instead.
    """
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        rough = raw.decode("utf-8", "replace")
    whole = sum(char >= "ࠀ" and char != "�" for char in rough)  # a GB18030 text hardly ever makes one
    if whole <= rough.count("�"):
        try:
            return raw.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    return raw.decode("utf-8", "surrogateescape"), ""


def guess_delimiter(lines: list[str]) -> str:
    """The separator that gives the first lines the most cells and the same number of them."""
    best, score = ",", 0
    for delimiter in DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells)]
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        if width > 1 and times * width > score:
            best, score = delimiter, times * width
    return best


def too_large(name: str) -> Malformed:
    """The sentence for a file that is too large."""
    return Malformed(N_("{file} is larger than {most} MB. Split it first."), file=name, most=LARGEST >> 20)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise Malformed(N_("{file} is not there. Check the name."), file=str(path)) from None
    except OSError:
        raise Malformed(
            N_("{file} can’t be read. Check that it is a file you may open."), file=str(path)
        ) from None
    with file:
        if file.peek(2)[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=file) as unpacked, io.BufferedReader(unpacked) as buffered:
                yield buffered
        else:
            yield file


def _raw_lines(file: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        while line := file.readline(LONGEST_LINE):
            if len(line) >= LONGEST_LINE:
                raise Malformed(N_("{file} has a line too long to be one of a table."), file=name)
            if b"\r" in line[:-2] and not line.endswith(b"\n"):
                yield from line.replace(b"\r", b"\n").splitlines(
                    keepends=True
                )  # as old Macs ended their lines
            else:
                yield line
    except (OSError, EOFError, zlib.error):
        raise _damaged(name) from None


def _damaged(name: str) -> Malformed:
    return Malformed(N_("{file} is a damaged gzip file. Copy it again."), file=name)


def _wide(file: IO[bytes], name: str) -> str:
    """UTF-16 by its mark, or by the empty half of its commas and digits; nothing for other texts."""
    try:
        head = file.peek(400)[:400] if isinstance(file, io.BufferedReader) else b""
    except (OSError, EOFError, zlib.error):
        raise _damaged(name) from None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if head[:2] in WIDE:
        return WIDE[head[:2]]
    if odd > 2 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 2 and odd == 0 else ""


def _wide_lines(file: IO[bytes], encoding: str, name: str) -> Iterator[str]:
    total = 0
    with io.TextIOWrapper(file, encoding=encoding, errors="surrogatepass", newline="") as text:
        try:
            while line := text.readline(LONGEST_LINE):
                total += 2 * len(line)
                if total > LARGEST:
                    raise too_large(name)
                yield line.removeprefix("\ufeff")
        except UnicodeDecodeError:
            raise Malformed(
                N_("{file} ends in the middle of a character. Copy it again."), file=name
            ) from None
