"""Cash: what a closed drawer should have held is its float and what moved; counts add up; Z reports have no gap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, String, and_, case, cast, func, literal, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from desktop.models.cash_sessions import (
    CLOSED,
    DROP,
    FLOAT,
    OPEN,
    OUT,
    CashCount,
    CashForeign,
    CashMovement,
    CashSession,
    CashTally,
)
from desktop.models.payments import RefundTender, Tender
from desktop.models.people import Till
from desktop.models.stored_value import DONE, PayOut, TopUp
from desktop.queries.cash_sums import CASH, back_by, in_drawer
from desktop.queries.verify_fault import Fault, count, finding, money
from desktop.shop.work import Read


def _total(column: Any) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _named() -> ColumnElement[str]:
    return Till.code + " Z" + cast(func.coalesce(CashSession.number, 0), String)


def expected(read: Read) -> Iterator[Fault]:
    """M13: expected = float + cash taken + in − refunds − out − dropped, of every closed session."""
    session = CashSession.id.label("session")
    sign = case(
        (CashMovement.kind.in_((OUT, DROP)), -CashMovement.amount_minor), else_=CashMovement.amount_minor
    )
    moved = select(session, sign.label("amount")).join(
        CashMovement, CashMovement.session_id == CashSession.id
    )
    taken = select(session, in_drawer()).join(Tender, Tender.session_id == CashSession.id)
    back = select(session, -RefundTender.amount_minor).join(
        RefundTender, RefundTender.session_id == CashSession.id
    )
    back = back.join(Tender, Tender.id == RefundTender.tender_id)
    up = select(session, TopUp.amount_minor).join(TopUp, TopUp.session_id == CashSession.id)
    out = select(session, -PayOut.amount_minor).join(PayOut, PayOut.session_id == CashSession.id)
    everything = union_all(
        moved,
        taken.where(Tender.method_key == CASH),
        back.where(back_by() == CASH, RefundTender.foreign_currency == ""),
        up.where(TopUp.method_key == CASH, TopUp.state == DONE),
        out.where(PayOut.method_key == CASH),
    ).subquery("everything")
    sums = select(everything.c.session, _total(everything.c.amount).label("total"))
    sums_by = sums.group_by(everything.c.session).subquery("sums")
    should = func.coalesce(sums_by.c.total, 0)
    statement = (
        select(_named().label("subject"), should.label("expected"), CashSession.expected_minor.label("found"))
        .join(Till, Till.id == CashSession.till_id)
        .join(sums_by, sums_by.c.session == CashSession.id, isouter=True)
        .where(CashSession.state == CLOSED, should != CashSession.expected_minor)
    )
    yield from finding(read, "cash expected", statement, money)


def floats(read: Read) -> Iterator[Fault]:
    """M13: a session's float is what was put in at its opening."""
    put = select(CashMovement.session_id, _total(CashMovement.amount_minor).label("total"))
    put_in = put.where(CashMovement.kind == FLOAT).group_by(CashMovement.session_id).subquery("put_in")
    should = func.coalesce(put_in.c.total, 0)
    statement = (
        select(_named().label("subject"), should.label("expected"), CashSession.float_minor.label("found"))
        .join(Till, Till.id == CashSession.till_id)
        .join(put_in, put_in.c.session_id == CashSession.id, isouter=True)
        .where(should != CashSession.float_minor)
    )
    yield from finding(read, "cash float", statement, money)


def counts(read: Read) -> Iterator[Fault]:
    """M13: a count is its coins and notes."""
    worth = _total(CashCount.denomination_minor * CashCount.pieces).label("total")
    own = select(CashCount.tally_id, worth).where(CashCount.currency == "")
    pieces = own.group_by(CashCount.tally_id).subquery("counted_pieces")
    should = func.coalesce(pieces.c.total, 0)
    statement = (
        select(_named().label("subject"), should.label("expected"), CashTally.counted_minor.label("found"))
        .select_from(CashTally)
        .join(CashSession, CashSession.id == CashTally.session_id)
        .join(Till, Till.id == CashSession.till_id)
        .join(pieces, pieces.c.tally_id == CashTally.id, isouter=True)
        .where(should != CashTally.counted_minor)
    )
    yield from finding(read, "cash count", statement, money)


def foreign(read: Read) -> Iterator[Fault]:
    """M13: so is a count of another currency, and the float of one was there as it was counted."""
    worth = _total(CashCount.denomination_minor * CashCount.pieces).label("total")
    keys = (CashCount.tally_id, CashCount.currency)
    pieces = select(*keys, worth).group_by(*keys).subquery("counted_pieces")
    added = func.coalesce(pieces.c.total, 0)
    should = case((CashTally.round == 0, CashForeign.expected_minor), else_=added)
    of = (pieces.c.tally_id == CashForeign.tally_id, pieces.c.currency == CashForeign.currency)
    statement = (
        select(_named().label("subject"), should.label("expected"), CashForeign.counted_minor.label("found"))
        .select_from(CashForeign)
        .join(CashTally, CashTally.id == CashForeign.tally_id)
        .join(CashSession, CashSession.id == CashForeign.session_id)
        .join(Till, Till.id == CashSession.till_id)
        .join(pieces, and_(*of), isouter=True)
        .where(or_(should != CashForeign.counted_minor, added != CashForeign.counted_minor))
    )
    yield from finding(read, "cash foreign", statement, count)


def one_open(read: Read) -> Iterator[Fault]:
    """M13: at most one session is open per till."""
    many = cast(func.count(), BigInteger)
    statement = (
        select(Till.code.label("subject"), literal(1).label("expected"), many.label("found"))
        .join(CashSession, CashSession.till_id == Till.id)
        .where(CashSession.state == OPEN)
        .group_by(Till.code)
        .having(many > 1)
    )
    yield from finding(read, "cash open", statement, count)


def z_numbers(read: Read) -> Iterator[Fault]:
    """M13: the Z reports of a till are numbered without a gap."""
    last, many = func.max(CashSession.number), cast(func.count(), BigInteger)
    statement = (
        select(Till.code.label("subject"), last.label("expected"), many.label("found"))
        .join(CashSession, CashSession.till_id == Till.id)
        .where(CashSession.state == CLOSED)
        .group_by(Till.code)
        .having(last != many)
    )
    yield from finding(read, "z reports", statement, count)


CHECKS = (expected, floats, counts, foreign, one_open, z_numbers)
