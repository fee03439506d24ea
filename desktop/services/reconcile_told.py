"""Rows that several bills tell: kept once, with the one that came first, and by the next when that one is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import case, delete, exists, func, select, update

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.statements import DONE, PAY, Statement, StatementRow, StatementTold
from desktop.services.reconcile_match import OURS
from desktop.services.statements.shape import BillRow
from desktop.shop.work import Work

R, S, TOLD = StatementRow, Statement, StatementTold


def told_before(work: Work, statement: Statement, rows: Sequence[BillRow]) -> None:
    """Remember which of these rows another bill brought already. Raises `Refused` when one is told otherwise now."""
    if work.value(select(S.id).where(*_near(statement)).limit(1)) is None:
        return
    new = {row.key: row for row in rows}
    there: Any = select(R.id, R.statement_id, R.row_key, R.amount_minor, R.fee_minor).where(
        R.gateway == statement.gateway, R.row_key.in_(new)
    )
    also = []
    for old in work.rows(there):
        row = new[old.row_key]
        if (old.amount_minor, old.fee_minor) != (row.amount_minor, row.fee_minor):
            raise Refused(
                N_("An earlier bill tells payment {number} with other sums. Take that bill back first if it was wrong."),
                number=row.reference or row.number,
            )  # fmt: skip
        if old.statement_id != statement.id:
            also.append({"statement_id": statement.id, "row_id": old.id, "line": row.line})
    if also:
        work.rows(work.insert(TOLD).on_conflict_do_nothing(), also)


def pass_on(work: Work, statement: Statement) -> None:
    """A bill goes: rows that others tell too stay with the first of those, as they were decided."""
    work.rows(delete(TOLD).where(TOLD.statement_id == statement.id))
    mine = R.statement_id == statement.id
    if work.value(select(TOLD.row_id).join(R, R.id == TOLD.row_id).where(mine).limit(1)) is None:
        return
    told = select(TOLD.row_id).where(TOLD.row_id == R.id).order_by(TOLD.statement_id).limit(1)
    heir, line = (told.with_only_columns(c).scalar_subquery() for c in (TOLD.statement_id, TOLD.line))
    day = told.join(S, S.id == TOLD.statement_id).with_only_columns(S.day).scalar_subquery()
    moved = update(R).where(mine, exists().where(TOLD.row_id == R.id))
    work.rows(moved.values(statement_id=heir, line=line, day=day))
    work.rows(delete(TOLD).where(exists().where(R.id == TOLD.row_id, R.statement_id == TOLD.statement_id)))
    for other in list(work.session.scalars(select(S).where(*_near(statement), S.id != statement.id))):
        add_up(work, other)
        work.touch(S.__tablename__, other.id)


def _near(statement: Statement) -> tuple[Any, ...]:
    """The bills that may tell the same rows: of the day and of those beside it."""
    around = (statement.day - timedelta(days=1), statement.day + timedelta(days=1))
    return S.gateway == statement.gateway, S.state == DONE, S.day.between(*around)


def add_up(work: Work, statement: Statement) -> None:
    """The sums over the rows a bill stands for, without those of ours that stand beside them (minor units)."""
    pays = R.kind == PAY
    sums: Any = work.rows(
        select(
            func.count(), func.coalesce(func.sum(case((pays, R.amount_minor), else_=0)), 0),
            func.coalesce(func.sum(case((pays, 0), else_=R.amount_minor)), 0),
            func.coalesce(func.sum(R.fee_minor), 0),
        ).where(R.statement_id == statement.id, R.row_key.not_like(f"{OURS}%"))
    ).one()  # fmt: skip
    statement.rows, statement.paid_minor = int(sums[0]), int(sums[1])
    statement.refunded_minor, statement.fee_minor = int(sums[2]), int(sums[3])
