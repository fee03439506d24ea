"""Pages of rows: keyset positions instead of offsets, and typed words made safe for LIKE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, tuple_, type_coerce

R = TypeVar("R")
PAGE_ROWS = 200
Position = tuple[Any, ...]
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows in order, and where the next page begins (None: that was the last)."""

    rows: tuple[R, ...]
    after: Position | None


def after_position(keys: Sequence[Any], descending: bool, *position: Any) -> ColumnElement[bool]:
    """The rows behind a position in this order; `keys` end with a unique column and hold no NULL."""
    here = tuple_(*(type_coerce(value, key.type) for key, value in zip(keys, position, strict=True)))
    return tuple_(*keys) < here if descending else tuple_(*keys) > here


def in_order(
    statement: AnySelect,
    keys: Sequence[Any],
    after: Position | None,
    *,
    descending: bool = True,
    size: int = PAGE_ROWS,
) -> AnySelect:
    """The statement for one page, plus one row that tells whether another page follows."""
    if after is not None:
        statement = statement.where(after_position(keys, descending, *after))
    ordered = [key.desc() if descending else key.asc() for key in keys]
    return statement.order_by(*ordered).limit(size + 1)


def page_of(
    rows: Sequence[Any],
    make: Callable[[Any], R],
    position: Callable[[Any], Position],
    *,
    size: int = PAGE_ROWS,
) -> Page[R]:
    """Turn the rows of `in_order` into a page; `position` reads the sort keys of a database row."""
    shown = rows[:size]
    return Page(tuple(make(row) for row in shown), position(shown[-1]) if len(rows) > size else None)


def like(text: str) -> str:
    """What a person typed, with `%`, `_` and the escape itself made ordinary (use with `escape="\\\\"`)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """Whether the column holds the text anywhere, whatever its case. Reads every row of what is left."""
    return holds(column, inside(text))


def inside(text: str) -> str:
    """The pattern by which `holds` finds this text."""
    return f"%{like(text.lower())}%"


def holds(column: Any, pattern: Any) -> ColumnElement[bool]:
    """Whether the column is like a pattern of small letters, whatever its own case."""
    found: ColumnElement[bool] = func.lower(column).like(pattern, escape="\\")
    return found


def starts_with(column: Any, text: str, *, by_code_point: bool = False) -> ColumnElement[bool]:
    """Whether the column begins with the text (exact case), answered from the column's index."""
    return begins(column, *beginning(text, by_code_point=by_code_point))


def beginning(text: str, *, by_code_point: bool = False) -> tuple[Any, ...]:
    """What `begins` needs to know of a text. Only `by_code_point` (SQLite's order) knows where names in other
    letters than ours end.
    """
    end = text[:-1] + chr(ord(text[-1]) + 1) if by_code_point and text else _beyond(text)
    return (text, len(text), end) if end else (text, len(text))


def begins(column: Any, text: Any, length: Any, end: Any = None) -> ColumnElement[bool]:
    """The range finds the place in the index under any collation, the comparison decides."""
    decides = func.substr(column, literal_column("1"), length, type_=column.type) == text
    # LIKE would take SQLite's small letters for large ones
    return and_(column >= text, decides) if end is None else and_(column >= text, column < end, decides)


def _beyond(text: str) -> str | None:
    """The first text after all that begin with this one: its last digit or letter counted on, or None."""
    letters = list(text)
    for i in range(len(letters) - 1, -1, -1):
        letter = letters[i]
        if not letter.isascii():
            return None
        if not letter.isalnum():
            continue
        if letter not in "9zZ":
            letters[i] = chr(ord(letter) + 1)
            return "".join(letters)
        letters[i] = {"9": "0", "z": "a", "Z": "A"}[letter]
    return None
