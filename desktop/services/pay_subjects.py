"""What can be paid through a provider: a sale, an order; further subjects register themselves in `SUBJECTS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.models.orders import UNPAID, Order
from desktop.models.settings import SHOP_NAME
from desktop.services import stored_value
from desktop.services.fulfilment import pay_held
from desktop.services.pay_waiting import read_paying
from desktop.services.settlement import open_bill, settle_held
from desktop.shop.work import Work

SALE, ORDER, TOP_UP = "sale", "order", "top_up"


@dataclass(frozen=True, slots=True)
class Due:
    """What is still to be paid, of which version, and what the customer reads.

    `row` is what fronts look at; after `until` nothing is taken for it any more. `discounts`: a way to pay may take something off.
    """

    amount: Money
    version: int
    words: str
    order_id: int | None
    member_id: int | None
    till_id: int | None
    row: tuple[str, int]
    until: datetime | None = None
    discounts: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    """How one kind of thing is paid. Both functions lock it first.

    `due` raises `ShopError` when it can't be paid now. `book` writes the money of an attempt (its row) down; raising
    `ShopError` sends the money back. With `parts` several attempts may pay it together, and `book` marks them itself.
    """

    due: Callable[[Work, str], Due]
    book: Callable[[Work, str, Any], None]
    parts: bool = False


def subject_of(name: str) -> Subject:
    """The subject behind `sale:…`, `order:…`. Raises `Refused` for one nobody knows."""
    found = SUBJECTS.get(name.partition(":")[0])
    if found is None:
        raise Refused(N_("This can’t be paid through a provider."))
    return found


def _sale_due(work: Work, key: str) -> Due:
    sale, bill = open_bill(work, key)
    stored_value.check_there(work, sale.member_id, sale.stored_minor)  # else the money would come and go back
    rest = bill.to_pay_minor - sale.stored_minor - read_paying(work, f"{SALE}:{key}").held_minor
    amount = Money(rest, bill.currency)
    return Due(
        amount, sale.version, words_of(work), None, sale.member_id, sale.till_id, ("checkout", sale.id)
    )


def _sale_book(work: Work, key: str, _attempt: Any) -> None:
    settle_held(work, key)


def _order_due(work: Work, rest: str) -> Due:
    order = work.get(Order, int(rest), lock=True)
    if order.status != UNPAID:
        raise Refused(N_("This order is paid or cancelled already, so no money is taken for it."))
    left = order.total_minor - read_paying(work, f"{ORDER}:{rest}").held_minor
    words = f"{words_of(work)} {order.short_code}"
    member, till = order.member_id, work.actor.till_id or order.till_id
    row = ("sale_order", order.id)
    return Due(Money(left, order.currency), 0, words, order.id, member, till, row, order.pay_deadline)


def _order_book(work: Work, rest: str, _attempt: Any) -> None:
    pay_held(work, int(rest))


def _top_up_due(work: Work, key: str) -> Due:
    row = stored_value.open_top_up(work, key)
    amount = Money(row.amount_minor, row.currency)
    subject = ("top_up", row.id)
    return Due(amount, 0, words_of(work), None, row.member_id, row.till_id, subject, discounts=False)


def _top_up_book(work: Work, key: str, attempt: Any) -> None:
    row = stored_value.open_top_up(work, key)
    if attempt.paid_minor != row.amount_minor:
        raise Refused(N_("A top-up is paid in one piece."))
    stored_value.finish(work, row, attempt.method_key, reference=attempt.reference, attempt_id=attempt.id)


def words_of(work: Work) -> str:
    """What stands on the customer's statement: the shop's name, without what providers don't take."""
    name = "".join(ch for ch in work.setting(SHOP_NAME) if ch not in "/=&\\|\"'<>")[:40].strip()
    return name or _("Purchase")


SUBJECTS: dict[str, Subject] = {
    SALE: Subject(_sale_due, _sale_book, parts=True),
    ORDER: Subject(_order_due, _order_book, parts=True),
    TOP_UP: Subject(_top_up_due, _top_up_book),
}
