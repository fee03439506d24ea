"""The order an exchange makes by itself: held, priced, and paid as far as what came back is worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from desktop.basics.i18n import N_
from desktop.models.orders import DONE, TO_SHIP, Order
from desktop.models.settings import SHIP_HOURS
from desktop.pricing.cart import CartLine
from desktop.services.fulfilment import credit_buyer
from desktop.services.leaving import goods_leave
from desktop.services.orders import Created, OrderDraft, create_order, held_goods, tell
from desktop.shop.work import Work


def write_exchange_order(
    work: Work, order: Order, code: str, goods: Sequence[CartLine], discount_minor: int, client_key: str
) -> Created:
    """An order of the same kind for the same buyer, less what the goods that came back pay.

    With a difference left it waits to be paid, without one it waits to be shipped, or is taken along at once.
    """
    draft = OrderDraft(
        lines=tuple(goods), order_type=order.order_type, member_id=order.member_id, address=order.address,
        note=code, discount_minor=discount_minor,
    )  # fmt: skip
    made = create_order.run(work, draft, client_key)
    new = work.get(Order, made.order_id, lock=True)
    new.discount_note = N_("Exchange")
    tell(work, order.id, "exchanged", made.short_code)
    tell(work, new.id, "exchanged", order.short_code)
    new.pay_deadline = None  # its goods are paid in part: only a person may cancel it
    for reservation in held_goods(work, new.id):
        reservation.expires_at = None
    if not new.total_minor:
        _nothing_due(work, new, client_key)
    work.flush()
    return made


def _nothing_due(work: Work, new: Order, client_key: str) -> None:
    """Paid by what came back: it goes the way a paid order goes, without a receipt."""
    new.step(TO_SHIP if new.address else DONE)
    new.paid_at = work.now
    credit_buyer(work, new, 0, client_key)
    tell(work, new.id, "paid", "")
    if new.status == DONE:
        goods_leave(work, new, client_key)
        new.done_at = work.now
        tell(work, new.id, "done")
        return
    begins = max(work.now, new.queued_until or work.now)
    new.ship_deadline = begins + timedelta(hours=work.setting(SHIP_HOURS))
