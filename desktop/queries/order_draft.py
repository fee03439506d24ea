"""An order being written: what it would cost, and what an unpaid one holds now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.basics.money import MILLI, half_up
from desktop.models.members import Member
from desktop.models.order_terms import TERMS
from desktop.models.orders import Order, OrderLine
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.settings import DEFAULT_TYPE
from desktop.pricing.cart import Bill, CartLine, check_rates, price_cart
from desktop.pricing.foreign_prices import foreign_total
from desktop.queries.offers import read_buyer, read_offers, terms_for
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One of the goods in a draft; quantity in thousandths."""

    sku_id: int
    unit: str
    qty_milli: int
    name: str
    pack: str
    picture: str
    weighed: bool


@dataclass(frozen=True, slots=True)
class DraftNow:
    """An unpaid order as it can be changed; money in minor units."""

    order_type: str
    member_id: int | None
    member_name: str
    address: str
    note: str
    discount_minor: int
    freight_minor: int
    lines: tuple[DraftLine, ...]
    collect: bool = False


@question(permission=Permission.HANDLE_ORDERS)
def usual_type(read: Read) -> str:
    """The type a new order starts with."""
    return read.setting(DEFAULT_TYPE)


@question(permission=Permission.HANDLE_ORDERS)
def draft_bill(read: Read, order_type: str, member_id: int | None, lines: Sequence[CartLine]) -> Bill:
    """The lines at the prices of this type and member; goods without a price are refused."""
    buyer = read_buyer(read, member_id)
    tier = buyer.tier_key if buyer else ""
    offers = read_offers(
        read, [line.sku_id for line in lines], order_type=read.setting(TERMS[order_type].prices), tier=tier
    )
    bill = price_cart(lines, offers, terms_for(read, buyer, 0))
    check_rates(bill)
    return bill


@question(permission=Permission.HANDLE_ORDERS, personal=True)
def draft_now(read: Read, order_id: int) -> DraftNow:
    """What an order holds, address in full, for changing it. Raises `NotFound`."""
    row = read.first(
        select(Order.__table__, Member.name)
        .join(Member, Member.id == Order.member_id, isouter=True)
        .where(Order.id == order_id)
    )
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    statement = (
        select(OrderLine.__table__, Product.pack, Product.picture, Product.kind)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
    )
    found = read.rows(statement).all()
    by_lists = sum(half_up(r.list_minor * r.qty_milli, MILLI) - _by_price(r, row.currency) for r in found)
    lines = tuple(
        DraftLine(r.sku_id, r.unit, r.qty_milli, r.name, r.pack, r.picture, r.kind == "weighed")
        for r in found
    )
    return DraftNow(
        row.order_type, row.member_id, row.name or "", row.address, row.note,
        max(0, row.discount_minor - by_lists), row.freight_minor, lines, row.collect,
    )  # fmt: skip


def _by_price(line: Any, currency: str) -> int:
    """What a line cost before any discount on the whole order."""
    if line.foreign_currency:
        return foreign_total(line.foreign_minor, line.qty_milli, line.rate, line.foreign_currency, currency)
    return half_up(line.price_minor * line.qty_milli, MILLI)
