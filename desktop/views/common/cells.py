"""What a table cell may hold, and how a column is declared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "tick", "text", "strong", "muted", "link", "two_line", "number", "money", "badge", "name", "stock", "icon"
]
Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Column:
    """A column: `value(row)` gives the cell, else the row's attribute named `key`.

    Kinds: tick (check box), text, strong, muted, link, two_line (TwoLine), number, money (right, strong),
    badge (BadgeCell), name (NameCell), stock (StockCell), icon (IconCell).
    """

    key: str
    title: str
    width: int
    kind: Kind = "text"
    align: Align | None = None
    sortable: bool = False
    value: Callable[[Any], Any] | None = None
    hidden: bool = False
    stretch: bool = False

    def side(self) -> Align:
        """Return where the cell's content stands."""
        if self.align is not None:
            return self.align
        return "right" if self.kind in ("number", "money") else "left"


@dataclass(frozen=True)
class Toned:
    """A text or number in a tone: "danger", "warn", "success", "points", "primary", "text", "muted"; `unit` follows it small."""

    text: str
    tone: str = ""
    unit: str = ""
    strong: bool = False


@dataclass(frozen=True)
class TwoLine:
    """A title with a caption, and at left the photo or picture of a product, or an icon in a toned tile."""

    title: str
    caption: str = ""
    picture: str = ""
    icon: str = ""
    tone: str = "neutral"
    product_id: int = 0


@dataclass(frozen=True)
class BadgeCell:
    """A status; pip is wait, half, done, alert, closed or an icon."""

    text: str
    tone: str
    pip: str = ""


@dataclass(frozen=True)
class NameCell:
    """A person: round tile with the first letter, name, and a tier chip; no name shows a guest."""

    name: str
    tier: str = ""
    tier_tone: str = "neutral"
    guest: bool = False


@dataclass(frozen=True)
class IconCell:
    """An icon with a word; `token` colours the icon (a payment brand, say)."""

    icon: str
    text: str
    token: str = "text2"


@dataclass(frozen=True)
class StockCell:
    """Stock in thousandths with its two marks; `hint` replaces `min · safety` at right (goods on the way)."""

    now: int
    least: int
    safety: int
    now_text: str
    unit: str
    hint: str
    incoming: bool = False
    full: int = 0


def cell_text(value: Any) -> str:
    """Return a cell's plain words, for copying, search and screen readers."""
    match value:
        case None:
            return "—"
        case Toned(text=text, unit=unit):
            return f"{text} {unit}".strip()
        case TwoLine(title=title, caption=caption):
            return f"{title}, {caption}" if caption else title
        case BadgeCell(text=text) | IconCell(text=text):
            return text
        case NameCell(name=name, tier=tier):
            return f"{name} {tier}".strip()
        case StockCell(now_text=now_text, unit=unit, hint=hint):
            return f"{now_text} {unit}, {hint}"
        case _:
            return str(value)
