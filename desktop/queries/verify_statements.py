"""Bills and what was decided about them: kept sums are those of the rows, booked entries those of the decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, and_, case, cast, func, literal, or_, select

from desktop.models.statements import (
    DONE,
    FEE,
    MATCHED,
    PAY,
    RESOLVED,
    Statement,
    StatementEntry,
    StatementRow,
)
from desktop.queries.verify_fault import Fault, finding, money
from desktop.shop.work import Read

R, S, E = StatementRow, Statement, StatementEntry
BOOKED = ("subsidy", "correction", "fee")


def statement_sums(read: Read) -> Iterator[Fault]:
    """M12: what a bill says it paid and gave back is what its rows add up to."""
    told = R.row_key.not_like("ours:%")
    signed = case((R.kind == PAY, R.amount_minor), else_=-R.amount_minor)
    rows = (
        select(R.statement_id, func.sum(signed).label("total"))
        .where(told)
        .group_by(R.statement_id)
        .subquery()
    )
    kept = S.paid_minor - S.refunded_minor
    made = func.coalesce(rows.c.total, 0)
    subject = S.gateway.concat(" ").concat(cast(S.day, String))
    yield from finding(
        read, "bill",
        select(subject.label("subject"), made.label("expected"), kept.label("found"))
        .outerjoin(rows, rows.c.statement_id == S.id).where(S.state == DONE, made != kept), money,
    )  # fmt: skip


def decided_rows(read: Read) -> Iterator[Fault]:
    """M12: a difference is booked with exactly what it is, and not at all while nobody decided it so."""
    booked = select(E.row_id, func.sum(E.amount_minor).label("total")).group_by(E.row_id).subquery()
    gap = case((R.kind == PAY, R.amount_minor - R.ours_minor), else_=R.ours_minor - R.amount_minor)
    fee = R.fee_minor - func.coalesce(R.ours_fee_minor, 0)
    decided = and_(R.state == RESOLVED, R.resolution.in_(BOOKED))
    wanted = case((and_(decided, R.before == FEE), fee), (decided, gap), else_=0)
    found = func.coalesce(booked.c.total, 0)
    rows = (
        select(_number(), wanted.label("expected"), found.label("found"))
        .outerjoin(booked, booked.c.row_id == R.id)
        .where(or_(R.state == RESOLVED, booked.c.row_id.is_not(None)), wanted != found)
    )
    yield from finding(read, "bill entry", rows, money)


def matched_rows(read: Read) -> Iterator[Fault]:
    """M12: a row that fits says the same on both sides; what crossed midnight is told by another bill."""
    rows = select(_number(), R.amount_minor.label("expected"), R.ours_minor.label("found")).where(
        R.state == MATCHED, R.resolution == literal(""), R.amount_minor != R.ours_minor
    )
    yield from finding(read, "bill row", rows, money)


def _number() -> Any:
    return func.coalesce(func.nullif(R.reference, ""), R.row_key).label("subject")


CHECKS = (statement_sums, decided_rows, matched_rows)
