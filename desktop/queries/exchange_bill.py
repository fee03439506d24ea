"""What an exchange comes to: what came back is worth, what is sent costs, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktop.basics.money import half_up
from desktop.pricing.cart import Bill, CartLine, check_rates, price_cart
from desktop.queries.given_back import worth_of
from desktop.queries.offers import read_buyer, read_offers, terms_for
from desktop.shop.work import Read

CHANNEL = "store"


@dataclass(frozen=True, slots=True)
class Exchange:
    """Minor units: what came back is worth, what the new goods cost, to collect (negative: to give back).

    The same goods again cost what was paid for them, whatever their price is today.
    """

    worth_minor: int
    price_minor: int
    difference_minor: int

    @property
    def keep_minor(self) -> int:
        """What of the worth stays in the shop and pays for the new goods."""
        return self.worth_minor + min(self.difference_minor, 0)

    @property
    def discount_minor(self) -> int:
        """What comes off the price of the new goods."""
        return self.price_minor - max(self.difference_minor, 0)


def bill_for(read: Read, order: Any, goods: Sequence[CartLine]) -> Bill:
    """The new goods at the prices of this order's type for this order's buyer."""
    buyer = read_buyer(read, order.member_id)
    skus = [line.sku_id for line in goods]
    tier = buyer.tier_key if buyer else ""
    offers = read_offers(read, skus, order_type=order.order_type, tier=tier, channel=CHANNEL)
    bill = price_cart(goods, offers, terms_for(read, buyer, 0))
    check_rates(bill)
    return bill


def reckon(read: Read, returned: Sequence[tuple[Any, int]], bill: Bill) -> Exchange:
    """What these (order line, thousandths) pairs against this bill come to."""
    total, saved = 0, 0
    back: dict[tuple[int, str], tuple[int, int]] = {}  # quantity and worth that no new line stands for yet
    for line, qty in returned:
        minor, kind = worth_of(read, line, qty).total_minor, (line.sku_id, line.unit)
        before = back.get(kind, (0, 0))
        back[kind] = (before[0] + qty, before[1] + minor)
        total += minor
    for new in bill.lines:
        kind = (new.offer.sku_id, new.offer.unit)
        qty, minor = back.get(kind, (0, 0))
        same = min(qty, new.qty_milli)
        if same:
            paid = half_up(minor * same, qty)
            saved += half_up(new.total_minor * same, new.qty_milli) - paid
            back[kind] = (qty - same, minor - paid)
    return Exchange(total, bill.total_minor, bill.total_minor - total - saved)
