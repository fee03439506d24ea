"""What a screen offers to the command palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One thing to do now: a verb, what it concerns, its icon and keys, and what runs it."""

    title: str
    run: Callable[[], object]
    hint: str = ""
    icon: str = "arrow-right-line"
    keys: tuple[str, ...] = ()
