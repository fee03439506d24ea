"""The tills with their codes, and when each was last heard of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from desktop.models.people import Permission, Till
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class TillRow:
    """One till; `name` may be a sentence to translate, as the first ones are."""

    id: int
    code: str
    name: str
    kind: str
    seen_at: datetime | None


@question(permission=Permission.SETTINGS)
def tills_list(read: Read) -> tuple[TillRow, ...]:
    """All tills, counters first."""
    statement = select(Till.id, Till.code, Till.name, Till.kind, Till.seen_at).order_by(Till.kind, Till.id)
    return tuple(TillRow(row.id, row.code, row.name, row.kind, row.seen_at) for row in read.rows(statement))
