"""Where an import keeps its rows while it looks at them: a file of its own, so that memory stays flat."""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop.services.imports.report import BadRow, Halted

MANY = 500
_TABLES = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4000; PRAGMA temp_store=FILE;
CREATE TABLE line (file INTEGER, line INTEGER, cells TEXT);
CREATE TABLE bad (id INTEGER PRIMARY KEY, file TEXT, line INTEGER, reason TEXT, cells TEXT);
CREATE TABLE part (id INTEGER PRIMARY KEY, kind TEXT, ref TEXT, data BLOB);
CREATE TABLE batch (id INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX of_line ON line (file, line);
CREATE INDEX of_part ON part (kind, ref, id);
"""


class Cell(str):
    """A cell that can't be taken as it stands; `reason` is the sentence that says why."""

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, text: str, reason: str) -> Cell:
        """The text as far as it can be shown, and why it is refused."""
        made = super().__new__(cls, text)
        made.reason = reason
        return made


def _kept(cell: str) -> Any:
    return [cell, cell.reason] if isinstance(cell, Cell) else cell


def _given(cell: Any) -> str:
    return cell if isinstance(cell, str) else Cell(cell[0], cell[1])


def shown(cell: str) -> str:
    """A cell as a person may read it: broken bytes as a question mark in a box."""
    return "".join("�" if "\ud800" <= char <= "\udfff" else char for char in cell)


class Spool:
    """Rows as read, bad rows, parts by order and checked batches, all in one private temporary file."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(
            prefix="zhanggui-import-", suffix=".db"
        )  # readable by its owner alone
        os.close(handle)
        self._connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        self._connection.executescript(_TABLES)
        self._end = weakref.finalize(self, _forget, self._connection, Path(name))

    def close(self) -> None:
        """Delete the file."""
        self._end()

    def put_rows(
        self,
        file: int,
        rows: Iterable[tuple[int, Sequence[str]]],
        told: Callable[[int, int], bool] | None = None,
    ) -> int:
        """Keep the rows of one file, telling how many there are so far; how many they are. Raises `Halted`."""
        count, waiting = 0, []
        with self._together():
            for line, cells in rows:
                waiting.append((file, line, json.dumps([_kept(cell) for cell in cells])))
                count += 1
                if len(waiting) == MANY:
                    self._connection.executemany("INSERT INTO line VALUES (?, ?, ?)", waiting)
                    waiting.clear()
                    if told is not None and not told(count, 0):
                        raise Halted
            self._connection.executemany("INSERT INTO line VALUES (?, ?, ?)", waiting)
        return count

    @contextmanager
    def _together(self) -> Iterator[None]:
        """One transaction for many rows, ended whatever happens; without a journal nothing can be rolled back."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def rows(self, file: int) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of a file, as they came."""
        statement = "SELECT line, cells FROM line WHERE file = ? ORDER BY rowid"
        for line, cells in self._connection.execute(statement, (file,)):
            yield line, [_given(cell) for cell in json.loads(cells)]

    def cells(self, file: int, line: int) -> tuple[str, ...]:
        """One row again, for the list of bad ones."""
        statement = "SELECT cells FROM line WHERE file = ? AND line = ?"
        found = self._connection.execute(statement, (file, line)).fetchone()
        return tuple(_given(cell) for cell in json.loads(found[0])) if found else ()

    def put_bad(self, row: BadRow) -> None:
        """Keep a refused row."""
        cells = json.dumps([shown(cell) for cell in row.cells])
        values = (row.file, row.line, row.reason, cells)
        self._connection.execute("INSERT INTO bad (file, line, reason, cells) VALUES (?, ?, ?, ?)", values)

    def count_bad(self) -> int:
        """How many rows were refused."""
        return int(self._connection.execute("SELECT count(*) FROM bad").fetchone()[0])

    def bad(self, after: int = 0, most: int = -1, reason: str = "") -> Iterator[tuple[int, BadRow]]:
        """(id, refused row) from an id on, perhaps only those of one reason."""
        statement = "SELECT id, file, line, reason, cells FROM bad WHERE id > ? AND (? = '' OR reason = ?) ORDER BY id LIMIT ?"
        for row_id, file, line, why, cells in self._connection.execute(
            statement, (after, reason, reason, most)
        ):
            yield row_id, BadRow(file, line, why, tuple(json.loads(cells)))

    def reasons(self) -> list[tuple[str, int]]:
        """Reasons with their counts, most frequent first."""
        statement = "SELECT reason, count(*) FROM bad GROUP BY reason ORDER BY 2 DESC, 1"
        return [(reason, count) for reason, count in self._connection.execute(statement)]

    def forget_checks(self) -> None:
        """Check anew: what was found of the rows so far is dropped, the rows stay."""
        for table in ("bad", "part", "batch", "seen"):
            self._connection.execute(f"DELETE FROM {table}")

    def put_parts(self, kind: str, rows: Iterable[tuple[str, Any]]) -> None:
        """Keep checked rows of a table by what they belong to."""
        statement = "INSERT INTO part (kind, ref, data) VALUES (?, ?, ?)"
        with self._together():
            self._connection.executemany(statement, ((kind, ref, pickle.dumps(data)) for ref, data in rows))

    def parts(self, kind: str, ref: str) -> list[Any]:
        """The rows of a table that belong to this."""
        statement = "SELECT data FROM part WHERE kind = ? AND ref = ? ORDER BY id"
        return [pickle.loads(data) for (data,) in self._connection.execute(statement, (kind, ref))]

    def part(self, kind: str, ref: str) -> Any:
        """The last row of a table that belongs to this, or None."""
        found = self.parts(kind, ref)
        return found[-1] if found else None

    def refs(self, kind: str) -> Iterator[str]:
        """What the rows of a table belong to, each once, in the file's order."""
        statement = "SELECT ref FROM part WHERE kind = ? GROUP BY ref ORDER BY min(id)"
        return (ref for (ref,) in self._connection.execute(statement, (kind,)))

    def refs_without(self, kind: str, owner: str) -> Iterator[tuple[str, Any]]:
        """(ref, row) of those in a table that belong to nothing in the owner's table."""
        statement = "SELECT ref, data FROM part WHERE kind = ? AND ref NOT IN (SELECT ref FROM part WHERE kind = ?) ORDER BY id"
        return ((ref, pickle.loads(data)) for ref, data in self._connection.execute(statement, (kind, owner)))

    def put_batch(self, rows: Sequence[Any]) -> None:
        """Keep checked rows, ready to be written."""
        self._connection.execute("INSERT INTO batch (data) VALUES (?)", (pickle.dumps(list(rows)),))

    def batches(self) -> Iterator[list[Any]]:
        """The checked rows again, batch by batch; may be walked more than once."""
        for (batch_id,) in self._connection.execute("SELECT id FROM batch ORDER BY id").fetchall():
            found = self._connection.execute("SELECT data FROM batch WHERE id = ?", (batch_id,)).fetchone()
            yield pickle.loads(found[0])

    def first_time(self, key: str) -> bool:
        """Whether this key was not seen before."""
        made = self._connection.execute("INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING", (key,))
        return made.rowcount == 1


def _forget(connection: sqlite3.Connection, path: Path) -> None:
    connection.close()
    path.unlink(missing_ok=True)
