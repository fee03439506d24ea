"""How much may be asked for: never more than was sold, less what went back and what open cases ask for already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money, quantity_text
from desktop.models.after_sales import EXCHANGE, REFUND, RESALEABLE, RESHIP
from desktop.models.orders import Order, OrderLine
from desktop.queries.after_sale_room import room_of
from desktop.queries.given_back import left_of_order, worth_of
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class AskedLine:
    """So much of an order line (thousandths of its unit), or money alone without a quantity (minor units)."""

    line_id: int
    qty_milli: int = 0
    amount_minor: int = 0
    condition: str = RESALEABLE


def check_asked(
    work: Work, order: Order, kind: str, lines: Sequence[AskedLine], with_freight: bool = False
) -> int:
    """What these lines of a locked order are worth, if they may be asked for. Raises `Refused`."""
    if not lines and not (with_freight and kind == REFUND):
        raise Refused(N_("Choose what it is about."))
    if len({line.line_id for line in lines}) != len(lines):
        raise Refused(N_("Each line once, please."))
    worth = sum(_check_line(work, order, kind, asked) for asked in lines)
    if kind == RESHIP:
        return 0
    freight = order.freight_minor + order.rounding_minor if with_freight and kind != EXCHANGE else 0
    return worth + min(freight, max(0, left_of_order(work, order)))


def _check_line(work: Work, order: Order, kind: str, asked: AskedLine) -> int:
    line = work.get(OrderLine, asked.line_id, lock=True)
    if line.order_id != order.id:
        raise Refused(N_("That line belongs to another order."))
    room = room_of(work, line)
    if asked.amount_minor:
        if kind != REFUND or asked.qty_milli or not 0 < asked.amount_minor <= room.money_minor:
            raise Refused(
                N_("Only {left} of “{name}” can still be given back. Lower the amount."),
                left=str(Money(room.money_minor, order.currency)), name=line.name,
            )  # fmt: skip
        return asked.amount_minor
    if not 0 < asked.qty_milli <= room.of(kind):
        raise Refused(
            N_("Of “{name}” {left} can still be asked for, {wanted} were chosen. Lower the quantity."),
            name=line.name, left=quantity_text(room.of(kind)), wanted=quantity_text(asked.qty_milli),
        )  # fmt: skip
    return worth_of(work, line, asked.qty_milli).total_minor
