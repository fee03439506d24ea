"""What goods that came back pay of the goods sent instead: kept with the orders whose money it is, drawn when needed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from desktop.basics.errors import Changed
from desktop.basics.i18n import N_
from desktop.models.after_sales import AfterSaleGoods, ExchangeCredit
from desktop.queries.given_back import sources_of
from desktop.shop.work import Work

Parts = dict[int, int]  # order id → minor units


def draw(work: Work, line_id: int, amount: int) -> Parts:
    """Take this much of what an exchange paid of a line; with which orders the money lies."""
    found: Parts = {}
    if not amount:
        return found
    for credit_id, order_id, part in sources_of(work, line_id, amount):
        room = ExchangeCredit.spent_minor + part <= ExchangeCredit.amount_minor
        if not work.update(
            ExchangeCredit, credit_id, {"spent_minor": ExchangeCredit.spent_minor + part}, room
        ):
            raise _changed()
        found[order_id] = found.get(order_id, 0) + part
    _spend(work, line_id, sum(found.values()))
    if sum(found.values()) != amount:
        raise _changed()
    return found


def _spend(work: Work, line_id: int, amount: int) -> None:
    goods = select(AfterSaleGoods).where(AfterSaleGoods.line_id == line_id).order_by(AfterSaleGoods.id)
    fresh = goods.with_for_update().execution_options(populate_existing=True)
    for row in work.session.scalars(fresh).all():
        part = min(amount, row.credit_minor - row.spent_minor)
        if part:
            row.spent_minor += part
            amount -= part
    work.flush()


def keep(work: Work, case_id: int, parts: Iterable[tuple[int, int]]) -> None:
    """Say with which orders the money lies that this exchange counts towards its new goods."""
    sums: Parts = {}
    for order_id, amount in parts:
        sums[order_id] = sums.get(order_id, 0) + amount
    rows = [
        {"case_id": case_id, "order_id": order_id, "amount_minor": amount, "spent_minor": 0}
        for order_id, amount in sorted(sums.items())
        if amount
    ]
    work.post(ExchangeCredit, rows)


def take_first(parts: Parts, amount: int) -> tuple[Parts, Parts]:
    """The first so much of these parts, and the rest."""
    first, rest = {}, {}
    for order_id, part in parts.items():
        taken = min(part, amount)
        amount -= taken
        if taken:
            first[order_id] = taken
        if part > taken:
            rest[order_id] = part - taken
    return first, rest


def _changed() -> Changed:
    return Changed(N_("Somebody gave this back meanwhile. Refresh, then look again."), next_step="look_again")
