"""What the blanks of a rule may be filled with: the shop's tags, people, goods …, and their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.rules.lists import Choices, templates_for
from desktop.views.common.background import Scope


@dataclass
class Offers:
    """`names` knows words for (kind, value), goods chosen meanwhile included; `figures` the settings as kept."""

    of: Callable[[QWidget], Scope]
    currency: str
    may_edit: bool = True
    may_set: bool = True
    by_kind: Mapping[str, tuple[tuple[Any, str], ...]] = field(default_factory=dict)
    names: dict[tuple[str, Any], str] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    subject: str = ""  # of the trigger chosen now

    def take(self, choices: Choices) -> None:
        """Show what the shop offers now."""
        self.by_kind, self.figures = choices.by_kind, dict(choices.figures)
        for kind, offered in choices.by_kind.items():
            self.names.update({(kind, value): words for value, words in offered})

    def options(self, kind: str) -> list[tuple[Any, str]]:
        """What may be chosen for a kind; only orders and members have a member behind them."""
        found = list(self.by_kind.get(kind, ()))
        if kind == "templates" and self.subject:
            fitting = templates_for(self.subject)
            return [(value, words) for value, words in found if value in fitting]
        if kind == "receivers" and self.subject in ("sku", "purchase", "shop"):
            return [(value, words) for value, words in found if value != "member"]
        return found
