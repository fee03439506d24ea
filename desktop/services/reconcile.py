"""A provider's bill brought in: checked as a whole, written in parts nobody sees yet, then matched at once.

The same file changes nothing, another file of the same day adds only what is new. A part is small, so tills go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.people import Permission
from desktop.models.statements import (
    ARRIVING,
    CROSSED,
    DONE,
    OPEN,
    PAY,
    Statement,
    StatementEntry,
    StatementRow,
)
from desktop.services.reconcile_match import let_go, match, taken_back
from desktop.services.reconcile_rows import put_rows
from desktop.services.reconcile_told import add_up, pass_on, told_before
from desktop.services.statements.bill import Halted, Progress, never_stop, read_bill
from desktop.services.statements.shape import Bill, BillRow
from desktop.services.statements.unpacking import Packed, load
from desktop.shop.action import action
from desktop.shop.work import Work

if TYPE_CHECKING:
    from desktop.shop.shop import Shop

PART = 4_000  # rows of one transaction
LEFT_BEHIND = timedelta(minutes=10)  # a bill still arriving after that was given up
R = StatementRow
_MERCHANT = {"wechat": "mchid", "alipay": "seller_id"}


@dataclass(frozen=True, slots=True)
class Head:
    """Whose bill of which day, before its rows."""

    gateway: str
    account: str
    day: date
    variant: str
    file_hash: str
    file_name: str
    currency: str


@dataclass(frozen=True)
class BillReport:
    """What a bill came to (minor units). `same` when it was brought in before, `dry` when nothing was kept."""

    statement_id: int
    gateway: str
    account: str
    day: date
    file_name: str
    currency: str
    rows: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    fee_minor: int = 0
    states: dict[str, int] = field(default_factory=dict)
    difference_minor: int = 0  # the bill less ours, over what is open
    same: bool = False
    dry: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def open(self) -> int:
        """How many rows somebody has to decide about."""
        return sum(self.states.get(state, 0) for state in OPEN)


def take_bill(
    shop: Shop,
    source: Path | Packed,
    *,
    gateway: str = "",
    day: date | None = None,
    dry: bool = False,
    new_account: bool = False,
    progress: Progress = never_stop,
) -> BillReport:
    """Check a bill, keep its rows and match them. Raises `ShopError` with nothing changed.

    `new_account` accepts a bill of another merchant number than the bills before.
    """
    packed = source if isinstance(source, Packed) else load(source)
    bill = read_bill(packed, gateway=gateway, day=day, progress=progress)
    head = Head(
        bill.gateway, bill.account, bill.day, bill.variant, bill.file_hash, bill.file_name, bill.currency
    )
    if dry:
        return _tried(shop, head, bill, new_account)
    statement_id, known = shop.do(begin_statement, head, new_account=new_account)
    if known is not None:
        return known
    try:
        _write(shop, statement_id, bill, progress)
        return _worded(shop.do(finish_statement, statement_id), bill)
    except BaseException:
        shop.do(discard_statement, statement_id)
        raise


def _write(shop: Shop, statement_id: int, bill: Bill, progress: Progress) -> None:
    done, rows = 0, bill.rows()
    while part := list(islice(rows, PART)):
        shop.do(add_rows, statement_id, part)
        done += len(part)
        if not progress(done, bill.totals.rows):
            raise Halted


def _tried(shop: Shop, head: Head, bill: Bill, new_account: bool) -> BillReport:
    try:
        shop.do(try_statement, head, bill.rows, new_account=new_account)
    except _Seen as seen:
        return _worded(seen.report, bill)
    raise AssertionError("a trial always ends by undoing itself")


def _worded(report: BillReport, bill: Bill) -> BillReport:
    return replace(report, remarks=tuple(bill.remarks))


class _Seen(Refused):
    """Carries what a trial found out of the transaction that is undone."""

    def __init__(self, report: BillReport) -> None:
        super().__init__(N_("Only tried; nothing was changed."))
        self.report = report


# -- steps ------------------------------------------------------------------------------------------------------


@action(permission=Permission.TAKE_BILLS)
def begin_statement(work: Work, head: Head, *, new_account: bool = False) -> tuple[int, BillReport | None]:
    """Open a bill for its rows; with the report of before when this file is known.

    Raises `Refused` for another shop's bill, `Changed` when another program reads the same one now.
    """
    _own(work, head, new_account)
    known = work.find(
        select(Statement).where(
            Statement.gateway == head.gateway, Statement.day == head.day, Statement.file_hash == head.file_hash
        )
    )  # fmt: skip
    if known is not None and known.state == DONE:
        return known.id, _report(work, known, same=True)
    for left in list(work.session.scalars(select(Statement).where(Statement.state == ARRIVING))):
        if left.at <= work.now - LEFT_BEHIND:
            _forget(work, left)
        elif (left.gateway, left.day) == (head.gateway, head.day):
            raise Changed(N_("Another program reads a bill of this day right now. Wait a moment, then look."))
    made = work.add(
        Statement(
            gateway=head.gateway, account=head.account, day=head.day, file_hash=head.file_hash,
            file_name=head.file_name[:120], variant=head.variant, currency=head.currency, at=work.now,
            actor=work.actor.key,
        )
    )  # fmt: skip
    return made.id, None


@action(permission=Permission.TAKE_BILLS)
def add_rows(work: Work, statement_id: int, rows: Sequence[BillRow]) -> None:
    """Keep a part of a bill's rows; those another file told already stay as they are.

    Raises `Refused` when the bill tells one otherwise than before.
    """
    statement = _arriving(work, statement_id)
    told_before(work, statement, rows)
    put_rows(work, statement, rows)


@action(permission=Permission.TAKE_BILLS)
def finish_statement(work: Work, statement_id: int) -> BillReport:
    """Match all rows of a bill and show it. Fast, whatever its size: one statement for each kind of tie."""
    return _finish(work, _arriving(work, statement_id))


@action(permission=Permission.TAKE_BILLS)
def discard_statement(work: Work, statement_id: int) -> None:
    """Take away a bill that did not arrive as a whole."""
    statement = work.session.get(Statement, statement_id)
    if statement is not None and statement.state == ARRIVING:
        _forget(work, statement)


@action(permission=Permission.RECONCILE)
def try_statement(work: Work, head: Head, rows: Any, *, new_account: bool = False) -> None:
    """Do all of it in one transaction and undo it: what it would come to leaves by an exception."""
    statement_id, known = begin_statement.run(work, head, new_account=new_account)
    if known is None:
        arriving: Iterator[BillRow] = rows()
        while part := list(islice(arriving, PART)):
            add_rows.run(work, statement_id, part)
        known = _finish(work, _arriving(work, statement_id))
    raise _Seen(_dry(known))


def _dry(report: BillReport) -> BillReport:
    return replace(report, dry=True)


@action(permission=Permission.RECONCILE)
def take_back_statement(work: Work, statement_id: int) -> None:
    """Take a bill out again, with all its rows. Raises `Refused` once a difference was booked or decided."""
    statement = work.get(Statement, statement_id, lock=True)
    decided = select(R.id).where(R.statement_id == statement.id, R.resolved_at.is_not(None)).limit(1)
    booked = (
        select(StatementEntry.id)
        .join(R, R.id == StatementEntry.row_id)
        .where(R.statement_id == statement.id)
        .limit(1)
    )
    if work.value(decided) is not None or work.value(booked) is not None:
        raise Refused(
            N_("Differences of this bill were already decided. Undo those decisions first; booked ones stay.")
        )
    _forget(work, statement)
    taken_back(work, statement)


# -- parts ------------------------------------------------------------------------------------------------------


def _own(work: Work, head: Head, new_account: bool) -> None:
    """The bill is of this shop: of its account with the provider, or of the merchant number of the bills before."""
    if new_account or not head.account:
        return
    ours = _merchant(work, head.gateway)
    if not ours:
        ours = work.value(
            select(Statement.account)
            .where(Statement.gateway == head.gateway, Statement.state == DONE, Statement.account != "")
            .order_by(Statement.id.desc())
            .limit(1)
        )
    if ours and not head.account.startswith(ours):  # Alipay adds 0156 to the number of its accounts
        raise Refused(
            N_("This bill is of merchant {theirs}; the bills before were of {ours}. Nothing was changed."),
            theirs=head.account, ours=ours, next_step="reconcile.new_account",
        )  # fmt: skip


def _merchant(work: Work, gateway: str) -> str:
    """The merchant number of the account, empty when there is none."""
    details = work.value(select(PaymentAccount.details).where(PaymentAccount.gateway == gateway))
    return str((details or {}).get(_MERCHANT.get(gateway, ""), ""))


def _arriving(work: Work, statement_id: int) -> Statement:
    statement = work.session.get(Statement, statement_id, with_for_update=True)
    if statement is None or statement.state != ARRIVING:
        raise Changed(N_("Somebody took this bill away meanwhile. Choose it again."))
    return statement


def _forget(work: Work, statement: Statement) -> None:
    pass_on(work, statement)
    let_go(work, R.statement_id == statement.id)
    work.remove(statement)


def _finish(work: Work, statement: Statement) -> BillReport:
    match(work, statement)
    add_up(work, statement)
    statement.state = DONE
    work.flush()
    report = _report(work, statement)
    work.note(rows=report.rows, states=report.states)
    work.touch(StatementRow.__tablename__, statement.id)
    return report


def _report(work: Work, statement: Statement, *, same: bool = False) -> BillReport:
    of_day = (R.gateway == statement.gateway, R.day == statement.day)
    counted = work.rows(select(R.state, func.count().label("n")).where(*of_day).group_by(R.state))
    states = {str(row.state): int(row.n) for row in counted}
    signed = case((R.kind == PAY, 1), else_=-1) * (R.amount_minor - R.ours_minor)
    waiting = work.value(select(func.sum(signed)).where(*of_day, R.state.in_((*OPEN, CROSSED))))
    return BillReport(
        statement.id, statement.gateway, statement.account, statement.day, statement.file_name, statement.currency,
        statement.rows, statement.paid_minor, statement.refunded_minor, statement.fee_minor, states,
        int(waiting or 0), same,
    )  # fmt: skip
