"""The restock list becomes purchase orders: one for each supplier, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.purchasing import (
    BY_MAIL,
    DRAFT,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierSku,
)
from desktop.models.replenishment import DONE, OPEN, Replenishment, ReplenishmentLine
from desktop.models.settings import BUY_BY_ITSELF, MAIL_HOST, SEND_UNDER
from desktop.queries.supply import Supply, supply_of
from desktop.services import once
from desktop.services.purchasing import LineIn, draft_order, send
from desktop.services.replenishment import still_open
from desktop.services.suppliers import prefer_supplier
from desktop.shop.action import action
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a list became: the ids of its drafts, how many goods stay because nobody sells them, and what was sent."""

    orders: tuple[int, ...]
    left: int
    sent: tuple[int, ...] = ()


@action(permission=Permission.BUY)
def order_list(work: Work, list_id: int, *, client_key: str) -> Ordered:
    """Draft a purchase order for each supplier of a list, in one transaction; the same client key drafts them once."""
    given = once.claim(work, client_key, ["order list", list_id])
    if given is not None:
        return Ordered(tuple(given[0]), given[1])
    made = draft_orders(work, list_id)
    once.keep(work, client_key, [made.orders, made.left])
    return made


def draft_orders(work: Work, list_id: int) -> Ordered:
    """The drafts of a list; goods without a supplier go on waiting on a list of their own."""
    kept = still_open(work, list_id)
    lines = list(
        work.session.scalars(
            select(ReplenishmentLine)
            .where(ReplenishmentLine.list_id == list_id, ~ReplenishmentLine.removed)
            .order_by(ReplenishmentLine.id)
        )
    )
    supply = supply_of(work, [line.sku_id for line in lines])
    parts: dict[int, list[ReplenishmentLine]] = {}
    for line in lines:
        if line.sku_id in supply and line.wanted_milli > 0:
            parts.setdefault(supply[line.sku_id].supplier_id, []).append(line)
    if not parts:
        raise Refused(N_("None of these goods has a supplier. Choose one, or mark the list as ordered."))
    orders = [
        draft_order(work, supplier_id, _lines(goods, supply), list_id=list_id).id
        for supplier_id, goods in sorted(parts.items())
    ]
    waiting = [line for line in lines if line.sku_id not in supply and line.wanted_milli > 0]
    kept.state, kept.closed_at, kept.closed_by, kept.orders = DONE, work.now, work.actor.key, len(orders)
    work.flush()
    if waiting:
        _go_on(work, kept, waiting)
    return Ordered(tuple(orders), len(waiting))


def _lines(goods: Sequence[ReplenishmentLine], supply: dict[int, Supply]) -> list[LineIn]:
    found = []
    for line in goods:
        source = supply[line.sku_id]
        packs = source.packs(line.wanted_milli)
        found.append(LineIn(line.sku_id, packs, source.pack_milli, source.price(packs), source.their_code))
    return found


def _go_on(work: Work, kept: Replenishment, waiting: Sequence[ReplenishmentLine]) -> None:
    """What could not be ordered stays in sight, on a list of its own."""
    rest = work.add(
        Replenishment(
            day=kept.day, state=OPEN, origin=kept.origin, actor=kept.actor, at=kept.at, cover_days=kept.cover_days,
            left_out=kept.left_out, closed_by="",
        )
    )  # fmt: skip
    for line in waiting:
        line.list_id = rest.id
    work.flush()


@action(permission=Permission.BUY)
def take_list_back(work: Work, list_id: int) -> None:
    """Undo `order_list`: its drafts go, the list waits again. Raises `Refused` once one of them was sent."""
    kept = work.get(Replenishment, list_id, lock=True)
    orders = select(PurchaseOrder).where(PurchaseOrder.list_id == list_id).with_for_update()
    made = list(work.session.scalars(orders))
    if kept.state != DONE or not made:
        raise Refused(N_("This list has no purchase orders to take back."))
    if any(order.state != DRAFT for order in made):
        raise Refused(N_("One of these orders was sent or cancelled meanwhile. Look at it under Purchasing."))
    newer = work.find(select(Replenishment).where(Replenishment.state == OPEN).with_for_update())
    if newer is not None:
        _join(work, newer, list_id)
    for order in made:
        work.rows(delete(PurchaseLine).where(PurchaseLine.order_id == order.id))
        work.remove(order)
    kept.state, kept.closed_at, kept.closed_by, kept.orders = OPEN, None, "", 0
    work.flush()


def _join(work: Work, newer: Replenishment, list_id: int) -> None:
    """The goods that went on waiting come back to their list; what it has already stays as it is there."""
    here = set(
        work.session.scalars(select(ReplenishmentLine.sku_id).where(ReplenishmentLine.list_id == list_id))
    )
    rows = list(work.session.scalars(select(ReplenishmentLine).where(ReplenishmentLine.list_id == newer.id)))
    for line in rows:
        if line.sku_id in here:
            work.remove(line)
        else:
            line.list_id = list_id
    work.flush()
    work.remove(newer)


@action(permission=Permission.BUY)
def choose_supplier(work: Work, line_id: int, price_id: int) -> None:
    """Buy the goods of this line at that supplier from now on; its quantity becomes whole packs."""
    line = work.get(ReplenishmentLine, line_id)
    still_open(work, line.list_id)
    goods = work.get(SupplierSku, price_id)
    if goods.sku_id != line.sku_id:
        raise Refused(N_("This supplier sells other goods."))
    prefer_supplier.run(work, price_id)
    use_supply(work, line)


def use_supply(work: Work, line: ReplenishmentLine) -> None:
    """Put the goods' own supplier, pack and price on a line."""
    source = supply_of(work, [line.sku_id]).get(line.sku_id)
    if source is None:
        return
    for name in ("suggested_milli", "wanted_milli"):
        setattr(line, name, source.packs(getattr(line, name)) * source.pack_milli)
    line.supplier_id, line.pack_milli = source.supplier_id, source.pack_milli
    line.price_minor, line.lead_days = source.price(source.packs(line.wanted_milli)), source.lead_days
    work.flush()


def order_by_itself(work: Work, list_id: int) -> Ordered | None:
    """What the clock does with a fresh list by the shop's setting: nothing, drafts, or send what is small enough."""
    how = work.setting(BUY_BY_ITSELF)
    if how == "list":
        return None
    goods = select(ReplenishmentLine.sku_id).where(
        ReplenishmentLine.list_id == list_id, ~ReplenishmentLine.removed, ReplenishmentLine.wanted_milli > 0
    )
    if not supply_of(work, list(work.session.scalars(goods))):
        return None
    made = draft_orders(work, list_id)
    if how != "send":
        return made
    return Ordered(made.orders, made.left, tuple(_sent(work, made.orders)))


def _sent(work: Work, orders: Sequence[int]) -> list[int]:
    """Those that may leave by themselves: under the amount, over the supplier's least, with an address."""
    found = []
    for order_id in orders:
        order = work.get(PurchaseOrder, order_id, lock=True)
        supplier = work.get(Supplier, order.supplier_id)
        small = order.total_minor <= work.setting(SEND_UNDER)
        if small and order.total_minor >= supplier.least_minor and supplier.email and work.setting(MAIL_HOST):
            send(work, order, BY_MAIL)
            found.append(order_id)
    return found
