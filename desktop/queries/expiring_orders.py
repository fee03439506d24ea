"""Orders that hold goods which will have expired when they leave, each with its batches as proof (I11, O19)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.models.batches import Batch, BatchStock
from desktop.models.orders import TO_SHIP, UNPAID, Order, OrderLine
from desktop.models.products import Sku
from desktop.models.settings import EXPIRED_GOODS
from desktop.models.stock import Reservation
from desktop.queries import proofs
from desktop.queries.findings import KINDS, MOST_FINDINGS, Finding
from desktop.queries.lasting import leaving_day
from desktop.shop.work import Read

KIND = "expiring"


def expiring(read: Read, only: int | None = None) -> Iterator[Finding]:
    """What lasts is shared out: the sooner an order leaves, the sooner it is served, the soonest last day first."""
    if read.setting(EXPIRED_GOODS) != "block":
        return
    waiting = read.rows(_held()).all()
    pieces = _pieces(read, {row.sku_id for row in waiting})
    sums: dict[int, list[int]] = {}
    for row in sorted(waiting, key=lambda row: (_leaves(read, row), row.order_id)):
        lasting = _serve(pieces.get((row.sku_id, row.location_id), []), row.qty_milli, _leaves(read, row))
        total = sums.setdefault(row.order_id, [0, 0])
        total[0] += row.qty_milli
        total[1] += lasting
    about = {row.order_id: row for row in waiting}
    short = [(key, want, last) for key, (want, last) in sums.items() if last < want and only in (None, key)]
    write = KINDS[KIND].write
    for order_id, wanted, lasting in short[:MOST_FINDINGS]:
        proof = (*proofs.state(read, order_id), *proofs.held(read, order_id), *_batches(read, order_id))
        yield Finding(
            KIND, order_id, about[order_id].code, wanted, lasting, abs(int(about[order_id].due_minor)), False, proof,
            write(read, wanted), write(read, lasting),
        )  # fmt: skip


def _held() -> Any:
    return (
        select(
            Reservation.order_id, Reservation.sku_id, Reservation.location_id, Reservation.qty_milli, Order.code,
            Order.status, Order.ship_deadline, Order.queued_until, Order.due_minor,
        )
        .join(Order, Order.id == Reservation.order_id)
        .join(Sku, Sku.id == Reservation.sku_id)
        .where(Reservation.state == "open", Order.status.in_((UNPAID, TO_SHIP)), Sku.batch_tracked)
    )  # fmt: skip


def _leaves(read: Read, row: Any) -> date:
    """A paid order by its deadline; one not paid yet has its whole time still before it."""
    if row.status == TO_SHIP:
        return shop_day(max(row.ship_deadline or read.now, read.now), read.zone)
    return leaving_day(read, max(row.queued_until or read.now, read.now))


def _pieces(read: Read, skus: Collection[int]) -> dict[tuple[int, int], list[list[Any]]]:
    """[last day, thousandths] of each batch by (SKU, location), the soonest first; without a day it lasts for ever."""
    statement = (
        select(BatchStock.sku_id, BatchStock.location_id, BatchStock.qty_milli, Batch.expires_on)
        .join(Batch, Batch.id == BatchStock.batch_id)
        .where(BatchStock.sku_id.in_(sorted(skus)), BatchStock.qty_milli > 0)
        .order_by(Batch.expires_on.is_(None), Batch.expires_on, Batch.id)
    )
    found: dict[tuple[int, int], list[list[Any]]] = {}
    for row in read.rows(statement) if skus else ():
        batch = [row.expires_on or date.max, row.qty_milli]
        found.setdefault((row.sku_id, row.location_id), []).append(batch)
    return found


def _serve(batches: list[list[Any]], wanted: int, day: date) -> int:
    """Take what an order will get from the batches that last until this day; returns how much that is."""
    left = wanted
    for batch in batches:
        if batch[0] >= day and left:
            part = min(left, batch[1])
            batch[1] -= part
            left -= part
    return wanted - left


def _batches(read: Read, order_id: int) -> Iterator[str]:
    statement = (
        select(OrderLine.name, BatchStock.qty_milli, Batch.expires_on)
        .join(Reservation, Reservation.line_id == OrderLine.id)
        .join(BatchStock, BatchStock.sku_id == Reservation.sku_id)
        .join(Batch, Batch.id == BatchStock.batch_id)
        .where(Reservation.order_id == order_id, Reservation.state == "open", BatchStock.qty_milli > 0)
        .where(BatchStock.location_id == Reservation.location_id, Batch.expires_on.is_not(None))
        .order_by(OrderLine.id, Batch.expires_on)
    )
    for row in read.rows(statement):
        day, quantity = f"{row.expires_on:%Y-%m-%d}", quantity_text(row.qty_milli)
        yield _("On hand: {quantity} of “{name}” until {day}").format(
            quantity=quantity, name=row.name, day=day
        )
