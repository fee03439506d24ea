"""Invoices: a gapless number for each order that asks for one, given once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Malformed, NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.orders import CANCELLED, Order
from desktop.models.people import Permission
from desktop.queries.order_papers import MOST, OrderPapers, order_papers
from desktop.services import posting
from desktop.shop.action import action
from desktop.shop.work import Work

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def invoice_papers(shop: Shop, order_ids: Sequence[int]) -> OrderPapers:
    """Number the invoices of these orders, then read what they say."""
    shop.do(number_invoices, order_ids)
    return shop.ask(order_papers, order_ids)


@action(permission=Permission.HANDLE_ORDERS)
def number_invoices(work: Work, order_ids: Sequence[int]) -> dict[int, str]:
    """Give these orders invoice numbers (`2026-000012`), by the day of the invoice; one that has its number keeps it.

    Raises `Refused` for a cancelled order; then none gets a number.
    """
    if len(order_ids) > MOST:
        raise Malformed(N_("At most {limit} orders can be printed at a time. Tick fewer."), limit=MOST)
    statement = select(Order).where(Order.id.in_(order_ids)).order_by(Order.id).with_for_update()
    orders = {order.id: order for order in work.session.scalars(statement)}
    if set(order_ids) - orders.keys():
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    for order in orders.values():
        if order.status == CANCELLED and not order.invoice_number:
            raise Refused(N_("Order {code} is cancelled; it gets no invoice."), code=order.short_code)
    year = shop_day(work.now, work.zone).year
    for order_id in order_ids:
        order = orders[order_id]
        if not order.invoice_number:
            order.invoice_number = f"{year}-{posting.next_number(work, f'invoice:{year}'):06d}"
            work.touch("sale_order", order.id)
    return {order_id: orders[order_id].invoice_number for order_id in order_ids}
