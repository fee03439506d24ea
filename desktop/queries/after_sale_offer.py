"""What an order's after-sales may still be about, and what settling a case would come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_, _
from desktop.models.after_sales import EXCHANGE, KINDS, RESHIP, AfterSale, AfterSaleLine
from desktop.models.orders import DONE, SHIPPED, TO_SHIP, Order, OrderLine
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.pricing.cart import CartLine
from desktop.queries.after_sale_room import room_of
from desktop.queries.after_sale_words import reasons
from desktop.queries.exchange_bill import Exchange, bill_for, reckon
from desktop.queries.given_back import Worth, besides_goods, left_of_order, sources_of, split_now, worth_of
from desktop.queries.refund_ways import Ways, ways_back
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One line and how much of it each kind of case may ask for (thousandths, minor units for money alone)."""

    line_id: int
    sku_id: int
    unit: str
    name: str
    pack: str
    picture: str
    qty_milli: int
    total_minor: int
    refund_milli: int
    back_milli: int
    again_milli: int
    money_minor: int

    def most(self, kind: str) -> int:
        """The quantity a case of this kind may ask for."""
        return {"refund": self.refund_milli, "return": self.back_milli, "exchange": self.back_milli}.get(
            kind, self.again_milli
        )


@dataclass(frozen=True, slots=True)
class CaseOffer:
    """An order as the sheet that opens a case needs it; empty lines mean nothing can be asked."""

    order_id: int
    short_code: str
    order_type: str
    currency: str
    freight_minor: int
    lines: tuple[OfferLine, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettlePreview:
    """What settling would give back, send and collect (minor units, points)."""

    money_minor: int = 0
    points_returned: int = 0
    points_taken_back: int = 0
    exchange: Exchange | None = None
    ways: Ways = Ways()


@question(permission=Permission.SEE_ORDERS)
def order_by_number(read: Read, number: str) -> int:
    """The newest order with this number, full or short. Raises `NotFound`."""
    typed = number.strip().upper()
    fits = (Order.code == typed) | (Order.short_code == typed)
    found = read.value(select(Order.id).where(fits).order_by(Order.id.desc()).limit(1))
    if found is None:
        raise NotFound(N_("No order has this number."))
    return int(found)


@question(permission=Permission.HANDLE_ORDERS)
def case_offer(read: Read, order_id: int) -> CaseOffer:
    """What may still be asked for of an order. Raises `NotFound`."""
    order = read.first(select(Order.__table__).where(Order.id == order_id))
    if order is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    packs = select(OrderLine.id, Product.pack, Product.picture).join(Sku, Sku.id == OrderLine.sku_id)
    packs = packs.join(Product, Product.id == Sku.product_id).where(OrderLine.order_id == order_id)
    looks = {row.id: row for row in read.rows(packs)}
    found = []
    lines = read.rows(
        select(OrderLine.__table__).where(OrderLine.order_id == order_id).order_by(OrderLine.id)
    )
    for line in lines.all() if order.status in (TO_SHIP, SHIPPED, DONE) else ():
        room = room_of(read, line)
        found.append(OfferLine(
            line.id, line.sku_id, line.unit, line.name, looks[line.id].pack, looks[line.id].picture, line.qty_milli,
            line.total_minor, room.refund_milli, room.back_milli, room.again_milli, room.money_minor,
        ))  # fmt: skip
    freight = min(order.freight_minor, max(0, left_of_order(read, order)))
    words = tuple(_(reason) for reason in reasons(read))
    return CaseOffer(
        order.id, order.short_code, order.order_type, order.currency, freight, tuple(found), words
    )


@question(permission=Permission.HANDLE_ORDERS)
def settle_preview(
    read: Read,
    case_id: int,
    counted: Sequence[tuple[int, int]] = (),
    goods: Sequence[CartLine] = (),
    route: str = "",
) -> SettlePreview:
    """What settling the case now would come to; `counted` are (line id, thousandths) other than what arrived.

    `route` is another way for the money than it came by.
    """
    case = read.rows(select(AfterSale.__table__).where(AfterSale.id == case_id)).one()
    order = read.rows(select(Order.__table__).where(Order.id == case.order_id)).one()
    if case.kind == RESHIP:
        return SettlePreview()
    rows = read.rows(select(AfterSaleLine.__table__).where(AfterSaleLine.case_id == case_id)).all()
    here = KINDS[case.kind].goods
    wanted = dict(counted) or {r.line_id: r.received_milli if here else r.qty_milli for r in rows}
    pairs = [
        (read.rows(select(OrderLine.__table__).where(OrderLine.id == line_id)).one(), qty)
        for line_id, qty in wanted.items()
        if qty
    ]
    worths = [(line, worth_of(read, line, qty)) for line, qty in pairs]
    own = sum(worth.own_minor for _line, worth in worths) + sum(row.amount_minor for row in rows)
    own += besides_goods(read, order, case.with_freight and case.kind != EXCHANGE, tuple(wanted.items()))
    own = min(own, left_of_order(read, order))
    sums = None
    if case.kind == EXCHANGE and pairs and goods:
        sums = reckon(read, pairs, bill_for(read, order, goods))
    back = own + sum(worth.credit_minor for _line, worth in worths) - (sums.keep_minor if sums else 0)
    return _preview(read, order, own, back, worths, sums, route)


def _preview(
    read: Read,
    order: Any,
    own: int,
    back: int,
    worths: Sequence[tuple[Any, Worth]],
    sums: Exchange | None,
    route: str,
) -> SettlePreview:
    """Of the order's own money first, then of what an exchange had paid of its lines."""
    parts = [(order, min(own, back))]
    rest = back - min(own, back)
    for line, worth in worths:
        for _credit, order_id, amount in sources_of(read, line.id, min(rest, worth.credit_minor)):
            source = read.rows(select(Order.__table__).where(Order.id == order_id)).one()
            parts.append((source, amount))
            rest -= amount
    found = [(source, split_now(read, source, amount)) for source, amount in parts if amount > 0]
    splits = [split for _source, split in found]
    ways = ways_back(read, order, [(source.id, split.money_minor) for source, split in found], route)
    return SettlePreview(
        sum(s.money_minor for s in splits),
        sum(s.points for s in splits),
        sum(s.taken_back for s in splits),
        sums,
        ways,
    )
