"""Payments and refunds that need a person and have no case yet, and open cases that need nobody any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import String, case, cast, literal, select

from desktop.basics.i18n import N_
from desktop.models.pay_offers import PaymentCase
from desktop.models.pay_times import CASH_AFTER, PART_MINUTES
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.statements import OPEN as OPEN_ROWS
from desktop.models.statements import StatementRow
from desktop.queries.page import AnySelect
from desktop.queries.pay_words import ABNORMAL, BILL, CASE_WAYS, MISMATCH, REFUSED, STUCK, UNBOOKED
from desktop.shop.work import Read

PART = 200  # looked at in one go
GRACE = timedelta(minutes=10)
BY_ITSELF = N_("Settled by itself")
GONE = f"{BILL}:gone:"  # begins the name of a case whose row of a bill is there no more
_A, _R = PaymentAttempt, ProviderRefund
_WHY = case((_A.trouble != "", _A.trouble), else_=_A.reason)


def untold(read: Read, most: int) -> list[tuple[str, Any]]:
    """(kind, row) of what needs somebody now and has no case, the oldest first of each kind, at most so many.

    A row has number (of the attempt or refund), id (of the attempt), order_id, reason, amount (minor units), currency.
    """
    found: list[tuple[str, Any]] = []
    for kind, number, statement in _wrong(read):
        told = PaymentCase.source == literal(f"{kind}:").concat(cast(number, String))
        mine = select(PaymentCase.id).where(told, PaymentCase.done_note != BY_ITSELF).exists()
        rows = read.rows(statement.where(~mine).order_by(number).limit(most - len(found))).all()
        found += [(kind, row) for row in rows]
        if len(found) >= most:
            break
    return found


def _wrong(read: Read) -> Iterator[tuple[str, Any, AnySelect]]:
    """Each kind of trouble, the column that numbers it, and its rows."""
    for kind in (ABNORMAL, REFUSED):
        refunds = _rows(_R.id, _R.reason, _R.amount_minor).join(_R, _R.attempt_id == _A.id)
        yield kind, _R.id, refunds.where(_R.state == kind)
    taken = _rows(_A.id, _A.reason, _A.paid_minor).where(_A.state == "succeeded", _A.booked.is_(False))
    yield MISMATCH, _A.id, taken.where(_A.mismatch)
    before = read.now - timedelta(minutes=read.setting(PART_MINUTES)) - GRACE
    yield UNBOOKED, _A.id, taken.where(_A.mismatch.is_(False), _A.ended_at < before)
    silent = (
        _A.state == "cancelling",
        _A.tries >= read.setting(CASH_AFTER),
        _A.created_at < read.now - GRACE,
    )
    yield STUCK, _A.id, _rows(_A.id, _WHY, _A.amount_minor).where(*silent)


def _rows(number: Any, reason: Any, amount: Any) -> AnySelect:
    columns = (number.label("number"), _A.id, _A.order_id, reason.label("reason"), amount.label("amount"))
    return select(*columns, _A.currency).select_from(_A)


def settled(read: Read) -> Iterator[list[int]]:
    """Ids of the open cases that have come right meanwhile, part by part until all were looked at."""
    columns = (PaymentCase.id, PaymentCase.kind, PaymentCase.source)
    open_ = select(*columns).where(PaymentCase.done_at.is_(None)).order_by(PaymentCase.id).limit(PART)
    after = 0
    while rows := read.rows(open_.where(PaymentCase.id > after)).all():
        after = rows[-1].id
        if done := come_right(read, rows):
            yield done


def come_right(read: Read, cases: Sequence[Any]) -> list[int]:
    """The ids of those cases that nobody has to see to any more; other rooms close theirs themselves."""
    done = [one.id for one in cases if one.source.startswith(GONE)]
    numbers: dict[str, dict[int, int]] = defaultdict(dict)
    for one in cases:
        if one.kind in (*CASE_WAYS, BILL) and one.id not in done:
            numbers[one.kind][int(one.source.partition(":")[2])] = one.id
    for kind, ids in numbers.items():
        key, still = _STILL[kind]
        wrong = set(read.rows(select(key).where(key.in_(ids), *still)).scalars())
        done += [case_id for number, case_id in ids.items() if number not in wrong]
    return done


_NOWHERE = (_A.state == "succeeded", _A.booked.is_(False))
_STILL: dict[str, tuple[Any, tuple[Any, ...]]] = {
    ABNORMAL: (_R.id, (_R.state == ABNORMAL,)),
    REFUSED: (_R.id, (_R.state == REFUSED,)),
    MISMATCH: (_A.id, _NOWHERE),
    UNBOOKED: (_A.id, _NOWHERE),
    STUCK: (_A.id, (_A.state == "cancelling",)),
    BILL: (StatementRow.id, (StatementRow.state.in_(OPEN_ROWS),)),
}
