"""The news after a commit: which rows of which tables were touched."""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """Touched rows by table; `action` and `actor` say who did what, `here` whether this program did it."""

    touched: dict[str, frozenset[int]] = field(default_factory=dict)
    action: str = ""
    actor: str = ""
    here: bool = True

    def touches(self, *tables: str) -> bool:
        """Whether any of these tables is among them."""
        return any(table in self.touched for table in tables)

    def ids(self, table: str) -> frozenset[int]:
        """The touched ids of one table."""
        return self.touched.get(table, frozenset())

    def to_json(self) -> str:
        """For the audit row; other programs read the news from there."""
        return json.dumps(
            {table: sorted(ids) for table, ids in sorted(self.touched.items())}, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, text: str, action: str, actor: str) -> Changes:
        """The news of another program."""
        return cls(
            {table: frozenset(ids) for table, ids in json.loads(text).items()}, action, actor, here=False
        )
