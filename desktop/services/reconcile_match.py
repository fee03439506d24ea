"""How a bill's rows fit what the shop wrote down: one statement for each kind of tie, for all rows at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import String as Text
from sqlalchemy.orm import aliased

from desktop.models.pay_offers import PaymentCase
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.payments import PaymentMethod, RefundTender, Tender
from desktop.models.statements import (
    AMOUNT,
    ARRIVING,
    CROSSED,
    DONE,
    DUPLICATE,
    FEE,
    MATCHED,
    OURS_ONLY,
    PAY,
    PROVIDER_ONLY,
    REFUND,
    Statement,
    StatementRow,
    provider_span,
)
from desktop.queries.pay_trouble import BY_ITSELF, GONE
from desktop.queries.pay_words import BILL
from desktop.shop.work import Work

PAID = ("succeeded", "refunding", "partly refunded", "refunded", "refund abnormal")
GIVEN = ("succeeded", "processing")  # a refund on its way counts: the provider's bill may be faster
HELD = timedelta(minutes=30)  # before midnight: what was paid then may stand on the next day's bill
OLDEST_ATTEMPT = timedelta(days=8)  # no provider lets one be paid later
FEE_SLACK = 1  # minor units: providers round each row their own way
OURS = "ours:"
R, A, T, PR, RT = StatementRow, PaymentAttempt, Tender, ProviderRefund, RefundTender
_SOME: ColumnElement[str] = literal_column("''")


def match(work: Work, statement: Statement) -> None:
    """Tie every row of a bill that has arrived, find what the bill doesn't tell, and say how each fits."""
    mine = and_(R.statement_id == statement.id, R.state == ARRIVING)
    _payments(work, statement, mine)
    _tenders(work, statement, mine)
    _refunds(work, mine)
    _given_back_by_hand(work, statement, mine)
    _reversed(work, statement, mine)
    _judge(work, statement, mine)
    find_ours(work, statement)
    _day_before(work, statement)


# -- payments ---------------------------------------------------------------------------------------------------


def _payments(work: Work, statement: Statement, mine: ColumnElement[bool]) -> None:
    """By our number, then by the provider's."""
    paid = case((A.state.in_(PAID), A.paid_minor), else_=0)
    expected = _expected_fee(work, statement)
    fits = and_(paid == R.amount_minor, paid > 0, _fee_fits(expected))
    found = {
        "attempt_id": A.id, "order_id": A.order_id, "ours_minor": paid, "ours_fee_minor": expected,
        "ours_at": func.coalesce(A.ended_at, A.created_at), "state": case((fits, MATCHED), else_=ARRIVING),
    }  # fmt: skip
    first = and_(mine, R.kind == PAY, R.occurrence == 1, A.gateway == statement.gateway)
    work.rows(update(R).where(first, R.number != _SOME, A.number == R.number).values(found))
    by_reference = and_(A.method_key == statement.gateway, A.reference == R.reference)
    work.rows(
        update(R).where(first, R.attempt_id.is_(None), R.reference != _SOME, by_reference).values(found)
    )
    booked = {"tender_id": T.id, "order_id": T.order_id}
    tied = and_(R.statement_id == statement.id, R.kind == PAY, R.tender_id.is_(None))
    work.rows(update(R).where(tied, T.attempt_id == R.attempt_id).values(booked))


def _tenders(work: Work, statement: Statement, mine: ColumnElement[bool]) -> None:
    """Payments somebody typed in, by the provider's number: first those of the same amount, then the others."""
    row, used = aliased(R), aliased(R)
    open_row = and_(
        row.statement_id == statement.id, row.state == ARRIVING, row.kind == PAY, row.attempt_id.is_(None),
        row.tender_id.is_(None), row.reference != _SOME,
    )  # fmt: skip
    for same in ((R.amount_minor, T.amount_minor), (literal(0), literal(0))):
        mark = row.amount_minor if same[0] is R.amount_minor else literal(0)
        theirs = select(
            row.id, row.reference, mark.label("mark"),
            func.row_number().over(partition_by=(row.reference, mark), order_by=row.line).label("n"),
        ).where(open_row).subquery()  # fmt: skip
        wanted = select(row.reference).where(open_row)
        free = and_(
            T.method_key == statement.gateway, T.attempt_id.is_(None), T.reference != _SOME,
            T.reference.in_(wanted), ~exists().where(used.tender_id == T.id, used.kind == PAY),
        )  # fmt: skip
        order = func.row_number().over(partition_by=(T.reference, same[1]), order_by=(T.at, T.id))
        ours = select(
            T.id, T.reference, T.order_id, T.amount_minor, T.at, same[1].label("mark"), order.label("n")
        ).where(free).subquery()  # fmt: skip
        fits = and_(
            theirs.c.reference == ours.c.reference, theirs.c.mark == ours.c.mark, theirs.c.n == ours.c.n
        )
        work.rows(
            update(R).where(mine, R.id == theirs.c.id, fits).values(
                tender_id=ours.c.id, order_id=ours.c.order_id, ours_minor=ours.c.amount_minor, ours_at=ours.c.at
            )
        )  # fmt: skip


# -- refunds ----------------------------------------------------------------------------------------------------


def _refunds(work: Work, mine: ColumnElement[bool]) -> None:
    """Refunds the shop asked the provider for, by our number, then by the provider's."""
    back = and_(mine, R.kind == REFUND, R.occurrence == 1)
    found = {
        "provider_refund_id": PR.id, "attempt_id": PR.attempt_id, "refund_tender_id": PR.refund_tender_id,
        "ours_minor": case((PR.state.in_(GIVEN), PR.amount_minor), else_=0),
        "ours_at": func.coalesce(PR.ended_at, PR.created_at),
    }  # fmt: skip
    work.rows(update(R).where(back, R.refund_number != _SOME, PR.number == R.refund_number).values(found))
    by_reference = and_(PR.reference != _SOME, PR.reference == R.refund_reference)
    work.rows(update(R).where(back, R.provider_refund_id.is_(None), by_reference).values(found))
    work.rows(
        update(R)
        .where(back, R.provider_refund_id.is_not(None), A.id == R.attempt_id)
        .values(order_id=A.order_id)
    )


def _given_back_by_hand(work: Work, statement: Statement, mine: ColumnElement[bool]) -> None:
    """Refunds of typed-in payments: the payment's number at the provider and the same amount."""
    row, used = aliased(R), aliased(R)
    open_row = and_(
        row.statement_id == statement.id, row.state == ARRIVING, row.kind == REFUND,
        row.provider_refund_id.is_(None), row.reference != _SOME,
    )  # fmt: skip
    theirs = select(
        row.id, row.reference, row.amount_minor,
        func.row_number().over(partition_by=(row.reference, row.amount_minor), order_by=row.line).label("n"),
    ).where(open_row).subquery()  # fmt: skip
    order = func.row_number().over(partition_by=(T.reference, RT.amount_minor), order_by=(RT.at, RT.id))
    ours = (
        select(RT.id, RT.tender_id, T.reference, T.order_id, RT.amount_minor, RT.at, order.label("n"))
        .join(T, T.id == RT.tender_id)
        .where(
            _typed_in(statement.gateway), T.reference != _SOME,
            T.reference.in_(select(row.reference).where(open_row)),
            ~exists().where(used.refund_tender_id == RT.id),
        )
        .subquery()
    )  # fmt: skip
    fits = and_(
        theirs.c.reference == ours.c.reference,
        theirs.c.amount_minor == ours.c.amount_minor,
        theirs.c.n == ours.c.n,
    )
    work.rows(
        update(R).where(mine, R.id == theirs.c.id, fits).values(
            refund_tender_id=ours.c.id, order_id=ours.c.order_id, ours_minor=ours.c.amount_minor,
            ours_at=ours.c.at,
        )
    )  # fmt: skip


def _typed_in(gateway: str) -> ColumnElement[bool]:
    """Of refund_tender beside its tender: money that went back by the wallet though no machine asked for it."""
    return and_(T.method_key == gateway, T.attempt_id.is_(None), RT.route.in_(("", gateway)))


def _reversed(work: Work, statement: Statement, mine: ColumnElement[bool]) -> None:
    """A payment that was reversed stands on the bill twice, there and back, and was never income of ours."""
    row = aliased(R)
    known = and_(A.gateway == statement.gateway, A.number == R.number, R.number != _SOME)
    loose = and_(R.kind == REFUND, R.provider_refund_id.is_(None), R.refund_tender_id.is_(None))
    tie = {"attempt_id": A.id, "order_id": A.order_id, "ours_at": func.coalesce(A.ended_at, A.created_at)}
    work.rows(update(R).where(mine, loose, known).values(tie))
    other = and_(
        row.statement_id == statement.id, row.attempt_id == A.id, row.kind != R.kind,
        row.provider_refund_id.is_(None), row.amount_minor == R.amount_minor,
    )  # fmt: skip
    both = exists().where(other)
    gone = and_(A.id == R.attempt_id, A.state == "reversed", R.provider_refund_id.is_(None), both)
    work.rows(update(R).where(mine, gone).values(ours_minor=R.amount_minor))


# -- how it fits ------------------------------------------------------------------------------------------------


def _judge(work: Work, statement: Statement, mine: ColumnElement[bool]) -> None:
    expected = _expected_fee(work, statement)
    work.rows(update(R).where(mine, R.kind == PAY).values(ours_fee_minor=expected))
    tied = or_(
        R.tender_id.is_not(None), R.provider_refund_id.is_not(None), R.refund_tender_id.is_not(None),
        R.attempt_id.is_not(None),
    )  # fmt: skip
    fits = case(
        (and_(R.occurrence > 1, ~tied), DUPLICATE),
        (or_(~tied, and_(R.ours_minor == 0, R.amount_minor != 0)), PROVIDER_ONLY),
        (R.amount_minor != R.ours_minor, AMOUNT),
        (~_fee_fits(R.ours_fee_minor), FEE),
        else_=MATCHED,
    )
    work.rows(update(R).where(mine).values(state=fits))


def _expected_fee(work: Work, statement: Statement) -> Any:
    """What the provider keeps by the agreed rate, of a payment; NULL when the shop did not say."""
    rate = work.value(select(PaymentMethod.fee_bp).where(PaymentMethod.key == statement.gateway))
    return (R.amount_minor * rate + 5_000) // 10_000 if rate else null()


def _fee_fits(expected: Any) -> ColumnElement[bool]:
    return func.abs(R.fee_minor - func.coalesce(expected, R.fee_minor)) <= FEE_SLACK


# -- ours -------------------------------------------------------------------------------------------------------


def find_ours(work: Work, statement: Statement) -> None:
    """Write down what the shop took or gave back on the day and no bill tells; what was found before stays what it was."""
    mine = and_(R.gateway == statement.gateway, R.day == statement.day, R.row_key.like(f"{OURS}%"))
    work.rows(update(R).where(mine, R.state.in_((OURS_ONLY, CROSSED))).values(state=ARRIVING))
    told = _told(work, statement)
    for kind, source in _ours(statement):
        if kind in told:
            names = [column.name for column in source.selected_columns]
            fresh = work.insert(R).from_select(names, source)
            kept = {
                name: fresh.excluded[name]
                for name in ("statement_id", "state", "ours_minor", "at", "ours_at")
            }
            work.rows(fresh.on_conflict_do_update(index_elements=("gateway", "row_key"), set_=kept))
    let_go(work, and_(mine, R.state == ARRIVING))


def let_go(work: Work, which: ColumnElement[bool]) -> None:
    """Take rows away. Their cases end and lose their names: SQLite gives a row's number to another one later."""
    names = select(literal(f"{BILL}:").concat(cast(R.id, Text))).where(which)
    case_id = cast(PaymentCase.id, Text)
    work.rows(
        update(PaymentCase)
        .where(PaymentCase.kind == BILL, PaymentCase.source.in_(names))
        .values(
            source=literal(GONE).concat(case_id), done_at=func.coalesce(PaymentCase.done_at, work.now),
            done_by=case((PaymentCase.done_at.is_(None), work.actor.key), else_=PaymentCase.done_by),
            done_note=case((PaymentCase.done_at.is_(None), BY_ITSELF), else_=PaymentCase.done_note),
        )
    )  # fmt: skip
    work.rows(delete(R).where(which))


def _told(work: Work, statement: Statement) -> set[str]:
    """The kinds of rows the bills of this day tell."""
    there = select(Statement.variant).where(
        Statement.gateway == statement.gateway, Statement.day == statement.day,
        or_(Statement.state == DONE, Statement.id == statement.id),
    )  # fmt: skip
    variants = set(work.rows(there).scalars())
    return {PAY, REFUND} if "all" in variants else variants


def _ours(statement: Statement) -> list[tuple[str, Select[Any]]]:
    first, end = provider_span(statement.day)
    r = aliased(R)
    succeeded = func.coalesce(A.ended_at, A.created_at)
    attempts = _row(statement, PAY, "a", A.id, succeeded, A.paid_minor, number=A.number, reference=A.reference,
                    order_id=A.order_id, attempt_id=A.id).where(
        A.gateway == statement.gateway, A.state.in_(PAID), A.paid_minor > 0,
        A.created_at >= first - OLDEST_ATTEMPT, A.created_at < end, succeeded >= first, succeeded < end,
        ~exists().where(r.attempt_id == A.id, r.kind == PAY, r.state != ARRIVING),
    )  # fmt: skip
    tenders = _row(statement, PAY, "t", T.id, T.at, T.amount_minor, reference=T.reference, order_id=T.order_id,
                   tender_id=T.id).where(
        T.method_key == statement.gateway, T.attempt_id.is_(None), T.at >= first, T.at < end,
        ~exists().where(r.tender_id == T.id, r.kind == PAY, r.state != ARRIVING),
    )  # fmt: skip
    given = func.coalesce(PR.ended_at, PR.created_at)
    refunds = _row(statement, REFUND, "r", PR.id, given, PR.amount_minor, number=A.number, reference=A.reference,
                   refund_number=PR.number, refund_reference=PR.reference, order_id=A.order_id, attempt_id=A.id,
                   provider_refund_id=PR.id, refund_tender_id=PR.refund_tender_id).join(
        A, A.id == PR.attempt_id
    ).where(
        A.gateway == statement.gateway, PR.state == "succeeded", given >= first, given < end,
        ~exists().where(r.provider_refund_id == PR.id, r.state != ARRIVING),
    )  # fmt: skip
    by_hand = _row(statement, REFUND, "h", RT.id, RT.at, RT.amount_minor, reference=T.reference,
                   order_id=T.order_id, refund_tender_id=RT.id).join(T, T.id == RT.tender_id).where(
        _typed_in(statement.gateway), RT.at >= first, RT.at < end,
        ~exists().where(r.refund_tender_id == RT.id, r.state != ARRIVING),
    )  # fmt: skip
    return [(PAY, attempts), (PAY, tenders), (REFUND, refunds), (REFUND, by_hand)]


def _row(
    statement: Statement, kind: str, mark: str, key: Any, at: Any, minor: Any, **more: Any
) -> Select[Any]:
    """One of ours as a row of the day, held when the next day's bill may still tell it."""
    next_day = select(Statement.id).where(
        Statement.gateway == statement.gateway, Statement.day == statement.day + timedelta(days=1),
        Statement.state == DONE,
    )  # fmt: skip
    end = provider_span(statement.day)[1]
    state = case((and_(at >= end - HELD, ~next_day.exists()), CROSSED), else_=OURS_ONLY)
    fixed: dict[str, Any] = {
        "statement_id": literal(statement.id), "gateway": literal(statement.gateway), "day": literal(statement.day),
        "row_key": literal(f"{OURS}{mark}:").concat(cast(key, Text)),
        "line": literal(0), "occurrence": literal(1), "kind": literal(kind), "amount_minor": literal(0),
        "order_minor": literal(0), "fee_minor": literal(0), "at": at, "raw_state": literal(""),
        "remark": literal(""), "state": state, "before": literal(""), "ours_minor": minor, "ours_at": at,
        "resolution": literal(""), "note": literal(""), "resolved_by": literal(""), "resolved_at": null(),
        "number": literal(""), "reference": literal(""), "refund_number": literal(""),
        "refund_reference": literal(""), **more,
    }  # fmt: skip
    return select(*(value.label(name) for name, value in fixed.items()))


def _same(told: Any) -> ColumnElement[bool]:
    """Another row is about the same payment or refund of ours."""
    return or_(
        and_(told.attempt_id == R.attempt_id, told.kind == R.kind, R.kind == PAY),
        and_(told.tender_id == R.tender_id, told.kind == R.kind),
        told.provider_refund_id == R.provider_refund_id,
        told.refund_tender_id == R.refund_tender_id,
    )


def taken_back(work: Work, statement: Statement) -> None:
    """A bill is gone with its rows: what it told of the midnight before waits again, and other files of its day tell less."""
    told = aliased(R)
    still = exists().where(
        told.gateway == statement.gateway, told.day == statement.day, told.row_key.not_like(f"{OURS}%"), _same(told)
    )  # fmt: skip
    before = (R.gateway == statement.gateway, R.day == statement.day - timedelta(days=1))
    crossed = and_(*before, R.row_key.like(f"{OURS}%"), R.resolution == "crossed", ~still)
    work.rows(update(R).where(crossed).values(state=CROSSED, before="", resolution=""))
    other = work.find(
        select(Statement).where(
            Statement.gateway == statement.gateway, Statement.day == statement.day, Statement.state == DONE
        )
    )  # fmt: skip
    if other is not None:
        find_ours(work, other)
        _day_before(work, other)


def _day_before(work: Work, statement: Statement) -> None:
    """What was held over midnight is told now, or is missing after all."""
    told = aliased(R)
    held = and_(
        R.gateway == statement.gateway, R.day == statement.day - timedelta(days=1), R.row_key.like(f"{OURS}%"),
        R.state.in_((CROSSED, OURS_ONLY)),
    )  # fmt: skip
    came = exists().where(told.statement_id == statement.id, told.row_key.not_like(f"{OURS}%"), _same(told))
    work.rows(update(R).where(held, came).values(state=MATCHED, before=CROSSED, resolution="crossed"))
    work.rows(update(R).where(held, R.state == CROSSED).values(state=OURS_ONLY))
