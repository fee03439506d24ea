"""What a list of orders is narrowed to, as plain data that survives being saved."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

IS, NOT, BETWEEN, CONTAINS = "is", "not", "between", "contains"


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition on a field of `order_fields.FIELDS`.

    `is` and `contains`: any of the values; `not`: none of them; `between`: from, to, an empty one being open.
    """

    field: str
    op: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list of orders is narrowed to; everything given must hold. Amounts in minor units, times UTC.

    `days` counts back from today's end in the shop's zone (1 = today); `due` is the money paid or to be paid.
    All of `clauses` must hold, and at least one of `either` when there are any.
    """

    text: str = ""
    days: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    statuses: tuple[str, ...] = ()
    late: bool = False
    channels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    due_from: int | None = None
    due_to: int | None = None
    points_from: int | None = None
    refunded: bool = False
    member_id: int | None = None
    sku_id: int | None = None
    queued: bool = False
    tags: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    either: tuple[Clause, ...] = ()

    def to_json(self) -> str:
        """For a saved view: only what differs from an open filter."""
        start = asdict(OrderFilter())
        plain = {k: v for k, v in asdict(self).items() if v != start[k]}
        return json.dumps(plain, default=lambda moment: moment.isoformat(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> OrderFilter:
        """Back from a saved view; what this version does not know is left out."""
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {k: v for k, v in json.loads(text).items() if k in known}
        for name in ("since", "until"):
            if values.get(name):
                values[name] = datetime.fromisoformat(values[name])
        for name in ("clauses", "either"):
            if name in values:
                values[name] = tuple(
                    Clause(c["field"], c["op"], tuple(map(str, c["values"]))) for c in values[name]
                )
        lists = {k: tuple(v) for k, v in values.items() if isinstance(v, list)}
        return cls(**(values | lists))

    def without(self, *names: str) -> OrderFilter:
        """The same filter with these fields open again."""
        open_filter = OrderFilter()
        return replace(self, **{name: getattr(open_filter, name) for name in names})
