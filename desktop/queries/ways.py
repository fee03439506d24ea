"""Conditions as plain data: a statement is built once for each shape of question, later ones bring only values.

A search has some forty parts. Building it anew and finding it in SQLAlchemy's cache costs three times what its rows do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, bindparam, false, or_

T = TypeVar("T", bound=tuple[Any, ...])


class Way(NamedTuple):
    """The condition `make(*shape, *values)`. Only values may differ between two questions of one statement."""

    make: Callable[..., ColumnElement[bool]]
    values: tuple[Any, ...] = ()  # numbers, texts, moments, lists, or other ways
    shape: tuple[Any, ...] = ()  # hashable, and whatever else the SQL depends on

    def sql(self) -> ColumnElement[bool]:
        """The condition with its values in it, or with the names they are given by later."""
        return self.make(*self.shape, *map(_sql, self.values))


class Slot(NamedTuple):
    """The place of a value that is brought when the statement runs."""

    name: str


def _sql(value: Any) -> Any:
    if isinstance(value, Way):
        return value.sql()
    return bindparam(value.name) if isinstance(value, Slot) else value


def apart(asked: T) -> tuple[T, dict[str, Any]]:
    """The shape of a question, which holds nothing anybody typed, and the values for its slots by name."""
    values: dict[str, Any] = {}

    def emptied(part: Any) -> Any:
        if isinstance(part, Way):
            return Way(part.make, tuple(map(slot, part.values)), part.shape)
        if isinstance(part, tuple):
            inner = map(emptied, part)
            return type(part)(*inner) if hasattr(part, "_fields") else tuple(inner)
        return part

    def slot(value: Any) -> Any:
        if isinstance(value, Way):
            return emptied(value)
        name = f"v{len(values)}"
        values[name] = value
        return Slot(name)

    return emptied(asked), values


def either(*found: ColumnElement[bool]) -> ColumnElement[bool]:
    """At least one of these; none of none."""
    return or_(false(), *found)


def one_of(column: Any, values: tuple[Any, ...]) -> Way:
    """A column is one of these: a plain comparison for one, which the indexes like better."""
    if len(values) == 1:
        return Way(_same, values, (column,))
    return Way(_among, (list(values),), (column,))


def _same(column: Any, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column == value
    return found


def _among(column: Any, values: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(values)
    return found
