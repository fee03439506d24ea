"""The record of what one batch of an import touched."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from desktop.models.imports import IN


@dataclass
class Run:
    """One batch being written: the import it belongs to, a key of its own, what it touched."""

    id: int
    key: str
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The document its movements and points name."""
        return f"import:{self.id}"

    def note(self, subject: str, subject_id: int, *, made: bool = True, **detail: Any) -> None:
        """Remember that this was made, or changed: how it was and what was written."""
        text = json.dumps(detail, ensure_ascii=False) if detail else ""
        self.entries.append({
            "run_id": self.id, "subject": subject, "subject_id": subject_id, "made": made, "detail": text,
            "state": IN, "reason": "",
        })  # fmt: skip
