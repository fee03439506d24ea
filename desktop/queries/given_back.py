"""What refunds of an order gave back so far, what open cases ask for, and what a quantity is worth now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from desktop.basics.money import half_up
from desktop.models.after_sales import (
    CANCELLED,
    EXCHANGE,
    OPEN,
    RECEIVED,
    REFUND,
    REFUSED,
    RESHIP,
    RETURN,
    AfterSale,
    AfterSaleGoods,
    AfterSaleLine,
    ExchangeCredit,
    RefundExtra,
)
from desktop.models.orders import OrderLine
from desktop.models.payments import Refund, RefundLine, RefundTender
from desktop.pricing.refund import Given, Paid, Split, line_refund, split_refund
from desktop.queries.page import AnySelect
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class Worth:
    """What a quantity of a line is worth in minor units: of its order's own money, and of what an exchange paid."""

    own_minor: int
    credit_minor: int = 0

    @property
    def total_minor(self) -> int:
        """Both together."""
        return self.own_minor + self.credit_minor


@dataclass(frozen=True, slots=True)
class Claim:
    """What open cases ask of a line: thousandths to be given back, of those what is here already, money alone."""

    qty_milli: int = 0
    back_milli: int = 0
    received_milli: int = 0
    amount_minor: int = 0
    sent_again_milli: int = 0  # by every case that was not refused, open or not


def read_given(read: Read, order_id: int) -> Given:
    """Sums over the order's refunds."""
    mine = select(RefundTender.amount_minor, RefundTender.points).join(
        Refund, Refund.id == RefundTender.refund_id
    )
    rows = read.rows(mine.where(Refund.order_id == order_id)).all()
    taken = select(func.coalesce(func.sum(Refund.points_taken_back), 0)).where(Refund.order_id == order_id)
    return Given(
        amount_minor=sum(row.amount_minor for row in rows),
        value_minor=sum(row.amount_minor for row in rows if row.points),
        points=sum(row.points for row in rows),
        taken_back=int(read.value(taken)),
    )


def read_given_of_line(read: Read, line_id: int) -> int:
    """Minor units given back for one line, with goods or without."""
    found = 0
    for table in (RefundLine, RefundExtra):
        total = select(func.coalesce(func.sum(table.amount_minor), 0)).where(table.line_id == line_id)
        found += int(read.value(total))
    return found


def kept_for_exchange(read: Read, order_id: int) -> int:
    """What of an order's money pays for goods it was exchanged for (minor units)."""
    kept = func.coalesce(func.sum(ExchangeCredit.amount_minor - ExchangeCredit.spent_minor), 0)
    return int(read.value(select(kept).where(ExchangeCredit.order_id == order_id)))


def left_of_order(read: Read, order: Any) -> int:
    """What can still go back of an order's own money (minor units)."""
    return int(order.paid_minor - order.refunded_minor) - kept_for_exchange(read, order.id)


def credit_of_line(read: Read, line_id: int) -> tuple[int, int]:
    """What an exchange paid of a line, and how much of that is left (minor units)."""
    paid = func.coalesce(func.sum(AfterSaleGoods.credit_minor), 0)
    spent = func.coalesce(func.sum(AfterSaleGoods.spent_minor), 0)
    found = tuple(read.rows(select(paid, spent).where(AfterSaleGoods.line_id == line_id)).one())
    return int(found[0]), int(found[0]) - int(found[1])


def paid_by_exchange(read: Read, order_id: int) -> bool:
    """Whether goods that came back pay a part of this order."""
    mine = select(AfterSale.id).where(AfterSale.replacement_id == order_id)
    return read.value(mine.limit(1)) is not None


def worth_of(read: Read, line: Any, qty: int) -> Worth:
    """What this quantity of a line would give back now; the last piece takes what remains."""
    given = read_given_of_line(read, line.id)
    own = line_refund(line.total_minor, line.qty_milli, line.refunded_milli, given, qty)
    credit, rest = credit_of_line(read, line.id)
    if qty < line.qty_milli - line.refunded_milli:
        rest = min(rest, half_up(credit * qty, line.qty_milli))
    return Worth(own, rest)


def held_by_line(read: Read, line: Any) -> Worth:
    """What was paid for a line and not given back."""
    return Worth(line.total_minor - read_given_of_line(read, line.id), credit_of_line(read, line.id)[1])


def claim_on(read: Read, line_id: int, besides: int = 0) -> Claim:
    """What open cases, this one aside, ask of a line."""
    columns = (
        AfterSale.kind, AfterSale.state, AfterSaleLine.qty_milli, AfterSaleLine.received_milli, AfterSaleLine.amount_minor,
    )  # fmt: skip
    rows = read.rows(
        select(*columns)
        .join(AfterSale, AfterSale.id == AfterSaleLine.case_id)
        .where(AfterSaleLine.line_id == line_id, AfterSale.id != besides)
    ).all()
    open_ones = [row for row in rows if row.state in OPEN]
    given = [(row, row.received_milli if row.state == RECEIVED else row.qty_milli) for row in open_ones]
    return Claim(
        qty_milli=sum(qty for row, qty in given if row.kind in (REFUND, RETURN, EXCHANGE)),
        back_milli=sum(qty for row, qty in given if row.kind in (RETURN, EXCHANGE)),
        received_milli=sum(row.received_milli for row in open_ones),
        amount_minor=sum(row.amount_minor for row in open_ones),
        sent_again_milli=sum(
            r.qty_milli for r in rows if r.kind == RESHIP and r.state not in (REFUSED, CANCELLED)
        ),
    )


def sources_of(read: Read, line_id: int, amount: int) -> list[tuple[int, int, int]]:
    """(credit id, order id, minor units) of where an exchange's share of a line lies, up to this amount."""
    statement = (
        select(ExchangeCredit.id, ExchangeCredit.order_id, ExchangeCredit.amount_minor, ExchangeCredit.spent_minor)
        .join(AfterSaleGoods, AfterSaleGoods.case_id == ExchangeCredit.case_id)
        .where(AfterSaleGoods.line_id == line_id)
        .order_by(ExchangeCredit.id)
    )  # fmt: skip
    found = []
    for row in read.rows(statement):
        part = min(amount, row.amount_minor - row.spent_minor)
        if part > 0:
            found.append((int(row.id), int(row.order_id), part))
            amount -= part
    return found


def split_now(read: Read, order: Any, amount: int) -> Split:
    """How an amount of an order would go back now: money, points, earned points."""
    paid = Paid(order.paid_minor, order.points_minor, order.points_spent, order.points_earned)
    return split_refund(paid, read_given(read, order.id), amount)


def besides_goods(read: Read, order: Any, with_freight: bool, lines: Sequence[tuple[int, int]] = ()) -> int:
    """Freight and rounding that go back with these goods; rounding upwards goes with the last of them (minor units)."""
    if with_freight:
        return int(order.freight_minor + order.rounding_minor)
    if order.rounding_minor <= 0:
        return 0  # less was paid than the goods cost: what is left of the order sees to it
    rows: AnySelect = select(OrderLine.id, OrderLine.qty_milli - OrderLine.refunded_milli)
    kept: Any = read.rows(rows.where(OrderLine.order_id == order.id))
    left = {line_id: int(qty) for line_id, qty in kept}
    for line_id, qty in lines:
        left[line_id] = left.get(line_id, 0) - qty
    return 0 if any(qty > 0 for qty in left.values()) else int(order.rounding_minor)
