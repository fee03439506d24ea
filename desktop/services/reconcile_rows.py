"""A part of a bill's rows written down at once: row by row into a file, as arrays to a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import DateTime, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from desktop.models.base import UtcDateTime
from desktop.models.statements import ARRIVING, Statement, StatementRow
from desktop.services.statements.shape import BillRow
from desktop.shop.work import Work

R = StatementRow
_EMPTY = {
    "state": ARRIVING, "before": "", "ours_minor": 0, "resolution": "", "note": "", "resolved_by": "",
}  # fmt: skip


def put_rows(work: Work, statement: Statement, rows: Sequence[BillRow]) -> None:
    """Keep rows; those another file told already stay as they are."""
    values = [_values(row) for row in rows]
    if not values:
        return
    whole = {"statement_id": statement.id, "gateway": statement.gateway, "day": statement.day, **_EMPTY}
    unique = ("gateway", "row_key")
    if work.is_sqlite:
        put = work.insert(R).on_conflict_do_nothing(index_elements=unique)
        work.rows(put, [whole | row for row in values])
        return
    names = list(values[0])
    fixed = [literal(value, R.__table__.c[name].type).label(name) for name, value in whole.items()]
    put = work.insert(R).from_select([*names, *whole], select(*_columns(names, values), *fixed))
    work.rows(put.on_conflict_do_nothing(index_elements=unique))


def _columns(names: Sequence[str], values: Sequence[dict[str, Any]]) -> list[Any]:
    """An array a column: a server that is asked row by row takes ten times as long."""
    return [
        func.unnest(cast(bindparam(name, [row[name] for row in values]), ARRAY(_plain(name)))).label(name)
        for name in names
    ]


def _plain(name: str) -> Any:
    """The column's type as an array holds it: moments are aware already."""
    kind = R.__table__.c[name].type
    return DateTime(timezone=True) if isinstance(kind, UtcDateTime) else kind


def _values(row: BillRow) -> dict[str, Any]:
    return {
        "row_key": row.key, "line": row.line, "occurrence": row.occurrence, "kind": row.kind, "number": row.number,
        "reference": row.reference, "refund_number": row.refund_number, "refund_reference": row.refund_reference,
        "amount_minor": row.amount_minor, "order_minor": row.order_minor, "fee_minor": row.fee_minor, "at": row.at,
        "raw_state": row.raw_state[:40], "remark": row.remark[:200],
    }  # fmt: skip
