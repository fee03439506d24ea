"""The lines of a bill out of what was downloaded: a zip of CSVs, gzip, or the CSV itself. Nothing is written to disk."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.basics.own_files import refuse_ours
from desktop.services.imports.text_file import decode

LARGEST = 200 * 1024 * 1024  # bytes, unpacked; a row has some 300
LARGEST_PACKED = 64 * 1024 * 1024
MOST_MEMBERS = 20
LONGEST_LINE = 20_000
SUMMARY = ("汇总", "summary")
DETAIL = "业务明细"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Packed:
    """What was downloaded, with its name and its hash (SHA-256)."""

    data: bytes
    name: str

    @property
    def hash(self) -> str:
        """What the file is known by."""
        return hashlib.sha256(self.data).hexdigest()

    def lines(self) -> Iterator[tuple[int, str]]:
        """(number, text) of every line that is not empty. Raises `Malformed` for what is no bill."""
        total = 0
        with _opened(self.data) as file:
            number = 0
            for raw in _raw_lines(file):
                number, total = number + 1, total + len(raw)
                if total > LARGEST:
                    raise _bomb()
                text = _decoded(raw.removeprefix(BOM) if number == 1 else raw)
                if text.strip():
                    yield number, text.rstrip("\r\n")


def load(path: Path) -> Packed:
    """Read a file a person chose. Raises `Malformed`."""
    refuse_ours(path)
    try:
        if path.stat().st_size > LARGEST_PACKED:
            raise _bomb()
        return Packed(path.read_bytes(), path.name)
    except FileNotFoundError:
        raise Malformed(N_("{file} is not there. Check the name."), file=path.name) from None
    except OSError:
        raise Malformed(
            N_("{file} can’t be read. Check that it is a file you may open."), file=path.name
        ) from None


def _opened(data: bytes) -> IO[bytes]:
    if data[:2] == b"\x1f\x8b":
        return io.BufferedReader(gzip.GzipFile(fileobj=io.BytesIO(data)))
    if data[:4] == b"PK\x03\x04":
        return _member(data)
    if data[:4] in (b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF") or b"\x00" in data[:4_000]:
        raise no_bill()
    return io.BytesIO(data)


def _member(data: bytes) -> IO[bytes]:
    """The detail CSV of a provider's zip; what else lies in it is only looked at by name."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(members) > MOST_MEMBERS or sum(entry.file_size for entry in members) > LARGEST:
            raise _bomb()
        names = {_name(entry): entry for entry in members}
        tables = [name for name in names if name.lower().endswith(".csv")]
        wanted = [name for name in tables if DETAIL in name and not _is_summary(name)]
        wanted = wanted or [name for name in tables if not _is_summary(name)]
        if len(wanted) != 1:
            raise Malformed(
                N_("The zip holds no single bill in it. Choose the file as the provider gave it.")
            )
        entry = names[wanted[0]]
        if entry.flag_bits & 1:
            raise Malformed(N_("The zip is locked with a password. Unpack it, then choose the CSV in it."))
        return archive.open(entry)
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        raise damaged() from None


def _name(entry: zipfile.ZipInfo) -> str:
    """The member's name as its maker meant it. Raises `Malformed` for one that points out of its folder."""
    name = entry.filename
    if not entry.flag_bits & 0x800:  # no mark for UTF-8: the maker's own code page, read as cp437
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or any(ord(letter) < 32 for letter in name):
        raise Malformed(
            N_("The zip holds a file with a name no bill has. Download the bill from the provider itself.")
        )
    return name


def _is_summary(name: str) -> bool:
    return any(word in name.lower() for word in SUMMARY)


def _raw_lines(file: IO[bytes]) -> Iterator[bytes]:
    try:
        while line := file.readline(LONGEST_LINE):
            if len(line) >= LONGEST_LINE:
                raise no_bill()
            yield line
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        raise damaged() from None


def _decoded(raw: bytes) -> str:
    if raw.isascii():
        return raw.decode("ascii")
    text, way = decode(raw)
    if not way:
        raise damaged()
    return text


def _bomb() -> Malformed:
    return Malformed(
        N_("This file unpacks to more than any bill. Download the bill from the provider itself.")
    )


def damaged() -> Malformed:
    """The sentence for a file that broke on its way."""
    return Malformed(N_("The bill is damaged or cut off. Download it again."))


def no_bill() -> Malformed:
    """The sentence for any other file."""
    return Malformed(
        N_(
            "This is no bill of Alipay or WeChat Pay. Download the day’s trade bill as CSV or zip, then choose that."
        )
    )
