"""What an import did, or would do: counts, and every refused row with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.services.imports.spool import Spool

TELL_EVERY = 200  # rows
NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
DONE, STOPPED, NOT_WRITTEN = "done", "stopped", "not written"


class Halted(Exception):
    """The person pressed cancel while files were read or checked."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken in, and why."""

    file: str
    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one checked row, and why it is refused."""

    deed: str
    reason: str = ""


class BadRows:
    """The refused rows of an import, kept in its spool: they may be as many as the file has."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def append(self, row: BadRow) -> None:
        """Add one."""
        self._spool.put_bad(row)

    def __len__(self) -> int:
        return self._spool.count_bad()

    def __iter__(self) -> Iterator[BadRow]:
        return (row for _id, row in self._spool.bad())

    def first(self, most: int) -> list[BadRow]:
        """The first of them."""
        return [row for _id, row in self._spool.bad(most=most)]


@dataclass
class Report:
    """The outcome of an import; `dry` means nothing was written."""

    kind: str
    bad: BadRows
    spool: Spool
    dry: bool = False
    rows: int = 0
    made: int = 0
    changed: int = 0
    same: int = 0
    state: str = DONE
    run_id: int = 0
    unread: int = 0  # rows refused before the shop was asked about them
    told: Callable[[int, int], bool] | None = None  # rows looked at and in all; says whether to go on
    lines: int = 0
    weighed: bool = False  # the shop was asked: its refusals are among the bad rows
    files: list[str] = field(default_factory=list)  # name, encoding and columns used
    remarks: Counter[str] = field(default_factory=Counter)  # oddities that were taken in all the same

    @property
    def refused(self) -> int:
        """How many rows were not taken in."""
        return len(self.bad)

    def looked(self) -> None:
        """Count a row that was read, telling so now and then. Raises `Halted`."""
        self.rows += 1
        if self.told is not None and self.rows % TELL_EVERY == 0 and not self.told(self.rows, self.lines):
            raise Halted

    def reasons(self) -> list[tuple[str, int]]:
        """Reasons with their counts, most frequent first."""
        return self.spool.reasons()

    def count(self, verdict: Verdict) -> None:
        """Count one row."""
        if verdict.deed == NEW:
            self.made += 1
        elif verdict.deed == CHANGED:
            self.changed += 1
        elif verdict.deed == SAME:
            self.same += 1
