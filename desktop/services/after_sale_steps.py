"""What every step of an after-sales case shares: the locks in their order, the table of steps, the timeline."""

from __future__ import annotations

from sqlalchemy import select

from desktop.models.after_sales import OPEN, AfterSale, AfterSaleEvent, AfterSaleLine
from desktop.models.orders import Order, OrderLine
from desktop.services.orders import tell
from desktop.shop.work import Work

LONGEST_NOTE = 1_000


def lock_case(work: Work, case_id: int) -> tuple[AfterSale, Order]:
    """The case and its order, both locked, the order first: whoever refunds it waits here."""
    order_id = work.get(AfterSale, case_id).order_id
    order = work.get(Order, order_id, lock=True)
    return work.get(AfterSale, case_id, lock=True), order


def lines_of_case(work: Work, case: AfterSale) -> list[tuple[AfterSaleLine, OrderLine]]:
    """What the case is about, with the order's lines, these locked."""
    asked = select(AfterSaleLine).where(AfterSaleLine.case_id == case.id).order_by(AfterSaleLine.line_id)
    fresh = asked.execution_options(populate_existing=True)
    return [(row, work.get(OrderLine, row.line_id, lock=True)) for row in work.session.scalars(fresh)]


def move(work: Work, case: AfterSale, to: str, note: str = "") -> None:
    """Take one legal step and write it on the timeline. Raises `Refused`."""
    case.step(to, work.now)
    record(work, case.id, to, note)


def record(work: Work, case_id: int, kind: str, note: str = "") -> None:
    """Write one line of the case's timeline."""
    row = {"case_id": case_id, "kind": kind, "note": note.strip()[:LONGEST_NOTE]}
    work.post(AfterSaleEvent, [{**row, "actor": work.actor.key, "at": work.now}])
    work.touch("after_sale", case_id)


def tell_order(work: Work, case: AfterSale) -> None:
    """Write on the order's own timeline that a case was opened or came to its end."""
    tell(work, case.order_id, "after-sales" if case.state in OPEN else "after-sales over", case.code)
