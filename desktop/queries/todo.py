"""One thing somebody must do: what, how much money hangs on it, since when, and the one step that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# In this order among those with the same money at stake.
KINDS = (
    "clock_doubt", "books", "payment_case", "bills", "bills_missing", "method_down", "certificate", "cash_open", "stuck", "rule_paused",
    "unsent", "late", "chased", "aftersales", "out", "to_ship", "unpaid", "queued", "purchase_late", "restock", "low", "lapsing",
)  # fmt: skip
SOON = timedelta(hours=24)  # what is left undone is looked at again this time tomorrow
MOST = 1_000  # rows of a kind that are looked at; a shop with more reads “1,000+”


@dataclass(frozen=True, slots=True)
class Step:
    """What the button does: `show` opens a screen (an item of it, or its filters), other verbs do it at once."""

    verb: str
    screen: str = ""
    target: int | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Todo:
    """`money_minor` is what is at stake, in minor units, 0 when it is none; `more` says the count is a lower bound."""

    kind: str
    count: int
    money_minor: int
    since: datetime | None
    step: Step
    facts: Mapping[str, Any] = field(default_factory=dict)
    more: bool = False

    @property
    def counted(self) -> str:
        """`12`, or `1,000+`."""
        return f"{self.count:,}{'+' if self.more else ''}"


def rank(todo: Todo) -> tuple[int, int]:
    """Most money first."""
    return -todo.money_minor, KINDS.index(todo.kind)
