"""What an import did, or would do: counts, and every refused row with its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken in, and why."""

    file: str
    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass
class Report:
    """The outcome of an import; `dry` means nothing was written."""

    kind: str
    dry: bool = False
    rows: int = 0
    made: int = 0
    changed: int = 0
    same: int = 0
    files: list[str] = field(default_factory=list)  # name, encoding and columns used
    bad: list[BadRow] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)  # oddities that were taken in all the same

    @property
    def refused(self) -> int:
        """How many rows were not taken in."""
        return len(self.bad)

    def reasons(self) -> list[tuple[str, int]]:
        """Reasons with their counts, most frequent first."""
        return Counter(row.reason for row in self.bad).most_common()
