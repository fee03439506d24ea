"""What should lie in a drawer: float, cash taken, given back, put in and taken out. Minor units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.sql.elements import ColumnElement

from desktop.basics.money import Money
from desktop.models.cash_sessions import DROP, FLOAT, IN, OUT, CashForeign, CashMovement, CashTally
from desktop.models.cash_settings import CASH_ROUND_HOW, CASH_ROUND_TO
from desktop.models.payments import RefundTender, Tender
from desktop.models.stored_value import DONE, PayOut, TopUp
from desktop.pricing.rounding import cash_rounding
from desktop.shop.work import Read

CASH = "cash"


@dataclass(frozen=True, slots=True)
class CashSums:
    """The arithmetic of one drawer; `taken` is net of change, `foreign` what lies there in other currencies."""

    float_minor: int
    taken_minor: int
    topped_up_minor: int  # stored value paid in advance
    refunded_minor: int
    paid_out_minor: int  # stored value given back
    in_minor: int
    out_minor: int
    drop_minor: int
    foreign: tuple[tuple[str, int], ...] = ()

    @property
    def expected_minor(self) -> int:
        """What should be there now."""
        came = self.taken_minor + self.topped_up_minor + self.in_minor
        gone = self.refunded_minor + self.paid_out_minor + self.out_minor + self.drop_minor
        return self.float_minor + came - gone


def back_by() -> ColumnElement[str]:
    """By which method a part of a refund went back: another one than the tender’s where it says so."""
    return case((RefundTender.route != "", RefundTender.route), else_=Tender.method_key)


def in_drawer() -> ColumnElement[int]:
    """What a cash tender brings in the shop’s own notes: for foreign ones only the change goes out."""
    change = Tender.received_minor - Tender.amount_minor
    away = case((change > 0, -change), else_=0)
    return case((Tender.foreign_currency == "", Tender.amount_minor), else_=away)


def cash_sums(read: Read, session_id: int) -> CashSums:
    """The sums of one session, from its ledger rows."""
    by_kind = select(CashMovement.kind, func.sum(CashMovement.amount_minor)).group_by(CashMovement.kind)
    mine_only = read.rows(by_kind.where(CashMovement.session_id == session_id))
    moved = {kind: int(total) for kind, total in map(tuple, mine_only)}
    mine = (Tender.session_id == session_id, Tender.method_key == CASH)
    taken = read.value(select(func.coalesce(func.sum(in_drawer()), 0)).where(*mine))
    back = select(func.coalesce(func.sum(RefundTender.amount_minor), 0)).join(
        Tender, Tender.id == RefundTender.tender_id
    )
    here = (RefundTender.session_id == session_id, back_by() == CASH)
    given = read.value(back.where(*here, RefundTender.foreign_currency == ""))
    return CashSums(
        float_minor=moved.get(FLOAT, 0),
        taken_minor=int(taken),
        topped_up_minor=_stored(read, TopUp, session_id, TopUp.state == DONE),
        refunded_minor=int(given),
        paid_out_minor=_stored(read, PayOut, session_id),
        in_minor=moved.get(IN, 0),
        out_minor=moved.get(OUT, 0),
        drop_minor=moved.get(DROP, 0),
        foreign=_foreign(read, session_id, mine, here),
    )


def _foreign(read: Read, session_id: int, taken: Any, given: Any) -> tuple[tuple[str, int], ...]:
    """Notes of other currencies in the drawer: there at the opening, taken less given back, those that are there."""
    came = select(Tender.foreign_currency, func.sum(Tender.foreign_minor)).where(*taken)
    went = select(RefundTender.foreign_currency, func.sum(RefundTender.foreign_minor)).where(*given)
    went = went.join(Tender, Tender.id == RefundTender.tender_id)
    float_of = select(CashForeign.currency, CashForeign.counted_minor).join(
        CashTally, CashTally.id == CashForeign.tally_id
    )
    at_first = read.rows(float_of.where(CashForeign.session_id == session_id, CashTally.round == 0))
    found: dict[str, int] = {row.currency: row.counted_minor for row in at_first}
    for sign, statement, column in ((1, came, Tender), (-1, went, RefundTender)):
        code = column.foreign_currency
        for row in read.rows(statement.where(code != "").group_by(code)):
            name, minor = tuple(row)
            found[name] = found.get(name, 0) + sign * int(minor)
    return tuple(sorted((code, minor) for code, minor in found.items() if minor))


def _stored(read: Read, table: Any, session_id: int, *more: ColumnElement[bool]) -> int:
    total = select(func.coalesce(func.sum(table.amount_minor), 0))
    return int(read.value(total.where(table.session_id == session_id, table.method_key == CASH, *more)))


def rounding_of(read: Read, rest_minor: int) -> int:
    """What the shop’s cash rounding adds to a rest that is paid in cash; mostly below zero."""
    unit, how = read.setting(CASH_ROUND_TO), read.setting(CASH_ROUND_HOW)
    return cash_rounding(Money(rest_minor, read.currency), unit, how)
