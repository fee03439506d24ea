"""One price of one SKU unit in one list: set, taken away, and every change of it remembered."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST
from desktop.models.products import Price, PriceList
from desktop.models.shelves import PriceChanged
from desktop.shop.work import Work

BASE_LIST = "retail"


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The price of one SKU unit in one list from a quantity on; an amount of None takes the price away."""

    list_id: int
    amount_minor: int | None
    unit: str = ""
    min_qty_milli: int = 0


def check_amount(amount: int) -> None:
    """Raises `Malformed` for a price nobody can pay."""
    if not 0 <= amount <= LARGEST:
        raise Malformed(N_("A price can’t be below zero."))


def base_list(work: Work) -> int:
    """The list everything falls back on."""
    found = work.find(select(PriceList).where(PriceList.key == BASE_LIST))
    if found is None:
        raise Refused(N_("The shop is not set up yet. Finish the first steps before adding goods."))
    return found.id


def put_price(work: Work, sku_id: int, price: PriceChange) -> bool:
    """Write one price; whether it was another before. The shelf price can't be taken away."""
    if price.min_qty_milli < 0:
        raise Malformed(N_("A quantity can’t be below zero."))
    same = select(Price).where(
        Price.sku_id == sku_id, Price.list_id == price.list_id,
        Price.unit == price.unit, Price.min_qty_milli == price.min_qty_milli,
    )  # fmt: skip
    found = work.find(same.with_for_update())
    before = None if found is None else found.amount_minor
    if price.amount_minor == before:
        return False
    if price.amount_minor is None:
        if (price.list_id, price.unit, price.min_qty_milli) == (base_list(work), "", 0):
            raise Refused(N_("Every product needs its shelf price. Change it instead of removing it."))
        if found is not None:
            work.remove(found)
    else:
        check_amount(price.amount_minor)
        if found is not None:
            found.amount_minor = price.amount_minor
        else:
            work.add(Price(
                list_id=price.list_id, sku_id=sku_id, unit=price.unit, min_qty_milli=price.min_qty_milli,
                amount_minor=price.amount_minor,
            ))  # fmt: skip
    remember(work, sku_id, price, before)
    return True


def remember(work: Work, sku_id: int, price: PriceChange, before: int | None) -> None:
    """Keep that a price changed, and by whom."""
    work.post(PriceChanged, [{
        "list_id": price.list_id, "sku_id": sku_id, "unit": price.unit, "min_qty_milli": price.min_qty_milli,
        "before_minor": before, "after_minor": price.amount_minor, "actor": work.actor.key, "at": work.now,
    }])  # fmt: skip
