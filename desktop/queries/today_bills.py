"""For what must be done first: days whose bill and books don't agree yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from desktop.models.statements import OPEN, PAY, StatementRow, provider_span
from desktop.queries.todo import MOST, Step, Todo
from desktop.shop.work import Read


def differences(read: Read) -> Iterator[Todo]:
    """The differences that wait for a decision; at stake is what they come to, whichever way."""
    row = StatementRow
    few = (
        select(row.day, row.amount_minor, row.ours_minor, row.kind)
        .where(row.state.in_(OPEN))
        .order_by(row.day, row.id)
        .limit(MOST + 1)
    )
    rows: Any = read.rows(few).all()
    if rows:
        apart = sum((1 if one.kind == PAY else -1) * (one.amount_minor - one.ours_minor) for one in rows)
        step = Step("show", "reconcile", filters={"day": rows[0].day})
        since = provider_span(rows[0].day)[0]
        yield Todo("bills", min(len(rows), MOST), abs(apart), since, step, {}, len(rows) > MOST)
