"""One measured figure and the bar it is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A value measured in this run; `bar` is the most it may be, None for information only."""

    name: str
    value: float
    unit: str
    bar: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the value is within its bar."""
        return self.bar is None or self.value <= self.bar
