"""What each bill settles: paid less refunds less the provider's fee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from desktop.models.people import Permission
from desktop.models.statements import DONE, OPEN, Statement, StatementRow
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class SettledRow:
    """One bill (minor units); `open` counts what waits for a decision on its day."""

    id: int
    day: date
    method: str
    paid_minor: int
    refunded_minor: int
    fee_minor: int
    open: int

    @property
    def net_minor(self) -> int:
        """What reaches the shop's account."""
        return self.paid_minor - self.refunded_minor - self.fee_minor


@question(permission=Permission.SEE_PAYMENTS)
def settlements_page(read: Read, after: Position | None = None) -> Page[SettledRow]:
    """The bills, newest day first, 200 at a time."""
    waiting = (
        select(func.count())
        .where(StatementRow.statement_id == Statement.id, StatementRow.state.in_(OPEN))
        .scalar_subquery()
    )
    found = select(
        Statement.id, Statement.day, Statement.gateway, Statement.paid_minor, Statement.refunded_minor,
        Statement.fee_minor, waiting.label("waiting"),
    ).where(Statement.state == DONE)  # fmt: skip
    rows = read.rows(in_order(found, (Statement.day, Statement.id), after)).all()
    return page_of(rows, _row, lambda row: (row.day, row.id))


def _row(row: Any) -> SettledRow:
    return SettledRow(
        row.id, row.day, row.gateway, row.paid_minor, row.refunded_minor, row.fee_minor, int(row.waiting)
    )
