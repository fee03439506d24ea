"""Bills and what was decided about them: kept sums are those of the rows, booked entries those of the decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, and_, case, cast, func, literal, or_, select

from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.payments import RefundTender, Tender
from desktop.models.statements import (
    AMOUNT,
    DONE,
    FEE,
    MATCHED,
    PAY,
    RESOLVED,
    Statement,
    StatementEntry,
    StatementRow,
)
from desktop.queries.verify_fault import Fault, count, finding, money
from desktop.shop.work import Read

R, S, E = StatementRow, Statement, StatementEntry
BOOKED = ("subsidy", "correction", "fee")


def statement_sums(read: Read) -> Iterator[Fault]:
    """M12: what a bill says it paid, gave back and cost, and how many rows it has, is what its rows add up to."""
    sums = {
        "paid": func.sum(case((R.kind == PAY, R.amount_minor), else_=0)),
        "back": func.sum(case((R.kind == PAY, 0), else_=R.amount_minor)),
        "fee": func.sum(R.fee_minor),
        "rows": func.count(),
    }
    rows = (
        select(R.statement_id, *(total.label(name) for name, total in sums.items()))
        .where(R.row_key.not_like("ours:%"))
        .group_by(R.statement_id)
        .subquery()
    )
    kept = {"paid": S.paid_minor, "back": S.refunded_minor, "fee": S.fee_minor, "rows": S.rows}
    subject = S.gateway.concat(" ").concat(cast(S.day, String))
    for name, found in kept.items():
        made = func.coalesce(rows.c[name], 0)
        statement = (
            select(subject.label("subject"), made.label("expected"), found.label("found"))
            .outerjoin(rows, rows.c.statement_id == S.id)
            .where(S.state == DONE, made != found)
        )
        yield from finding(read, "bill", statement, count if name == "rows" else money)


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
    fits = and_(R.state == MATCHED, R.resolution == literal(""), R.amount_minor != R.ours_minor)
    differs = and_(R.state == AMOUNT, R.amount_minor == R.ours_minor)
    rows = select(_number(), R.amount_minor.label("expected"), R.ours_minor.label("found"))
    yield from finding(read, "bill row", rows.where(or_(fits, differs)), money)


def tied_rows(read: Read) -> Iterator[Fault]:
    """M12: a row that fits says of ours what the payment or refund it is tied to says."""
    a, t, pr, rt = PaymentAttempt, Tender, ProviderRefund, RefundTender
    ours = case(
        (R.provider_refund_id.is_not(None), pr.amount_minor),
        (R.refund_tender_id.is_not(None), rt.amount_minor),
        (and_(R.attempt_id.is_not(None), R.kind == PAY, a.state != "reversed"), a.paid_minor),
        (and_(R.attempt_id.is_(None), R.tender_id.is_not(None)), t.amount_minor),
        else_=R.ours_minor,
    )
    rows = (
        select(_number(), ours.label("expected"), R.ours_minor.label("found"))
        .outerjoin(a, a.id == R.attempt_id)
        .outerjoin(t, t.id == R.tender_id)
        .outerjoin(pr, pr.id == R.provider_refund_id)
        .outerjoin(rt, rt.id == R.refund_tender_id)
        .where(R.state == MATCHED, or_(ours.is_(None), ours != R.ours_minor))
    )
    yield from finding(read, "bill tie", rows, money)


def _number() -> Any:
    return func.coalesce(func.nullif(R.reference, ""), R.row_key).label("subject")


CHECKS = (statement_sums, decided_rows, matched_rows, tied_rows)
