"""Texts with named fields, such as “Order {number} is paid”: read, checked and filled without running anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_


def fields_of(text: str) -> tuple[str, ...]:
    """The fields a text names, in order. Raises `Malformed` for braces that are no field."""
    found = []
    try:
        for _literal, name, spec, conversion in Formatter().parse(text):
            if name is None:
                continue
            if not name.isidentifier() or spec or conversion:
                raise ValueError(name)
            found.append(name)
    except ValueError:
        raise Malformed(
            N_("A field is a name in braces, like {example}. Write two braces for one that stays."),
            example="{number}",
        ) from None
    return tuple(dict.fromkeys(found))


def check_fields(text: str, allowed: Sequence[str]) -> None:
    """Raises `Malformed` naming the first field that this text can't have."""
    for name in fields_of(text):
        if name not in allowed:
            raise Malformed(
                N_("There is no field {field} here. These are there: {fields}."),
                field=f"{{{name}}}",
                fields=" ".join(f"{{{known}}}" for known in allowed),
            )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; a field without a value stays empty. Never looks into a value."""
    parts = []
    for literal, name, _spec, _conversion in Formatter().parse(text):
        parts.append(literal)
        if name is not None:
            parts.append(values.get(name, ""))
    return "".join(parts)
