"""Lines of text for a narrow paper roll, where a Chinese character takes two columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MISSING = "〓"  # what typesetters put where a letter is missing; never a question mark
COLUMNS = {58: 32, 80: 48}  # half-width columns by paper width in mm
# What till printers cannot write, and what stands for it: U+00A5 would come out as "0 6".
_STANDS_FOR = str.maketrans({"¥": "￥", "−": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " "})


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line of a receipt, already as wide as the paper; `code` is a QR code, `picture` a PNG instead of text."""

    text: str = ""
    align: Literal["left", "center"] = "left"
    bold: bool = False
    big: bool = False
    code: str = ""
    picture: bytes = b""


def printable(text: str) -> str:
    """The text without control characters, with equal letters that a GBK printer knows."""
    kept = "".join(ch if ch >= " " and ch != "\x7f" else " " for ch in text)
    return kept.translate(_STANDS_FOR)


def in_gbk(text: str) -> bool:
    """Whether a printer with the usual Chinese letters can write it as text."""
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def width(text: str) -> int:
    """Columns on paper: two for each letter of the Chinese set, `×` and `·` among them."""
    return sum(1 if ch < "\x80" else 2 for ch in printable(text))


def wrap(text: str, columns: int) -> Iterator[str]:
    """The text in pieces no wider than `columns`, broken at spaces where there are some."""
    rest = printable(text).strip()
    while width(rest) > columns:
        cut = _fits(rest, columns)
        space = rest.rfind(" ", 0, cut + 1)
        if space > 0 and rest[:space].strip():
            cut = space
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    yield rest


def _fits(text: str, columns: int) -> int:
    used = 0
    for i, ch in enumerate(text):
        used += width(ch)
        if used > columns:
            return max(1, i)
    return len(text)


def pair(left: str, right: str, columns: int) -> Iterator[str]:
    """Left text and right text on one line; a long left text takes lines of its own above."""
    left, right = printable(left), printable(right)
    pieces = list(wrap(left, columns))
    room = columns - width(right) - 1
    if width(pieces[-1]) > room:
        yield from pieces
        yield " " * max(0, columns - width(right)) + right
        return
    yield from pieces[:-1]
    yield pieces[-1] + " " * (columns - width(pieces[-1]) - width(right)) + right


def rule(columns: int) -> str:
    """A line across the paper."""
    return "-" * columns
