"""Stock: what is there is the sum of its movements, what is held the sum of open reservations."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, cast, func, literal, or_, select, union_all

from desktop.basics.i18n import _
from desktop.models.orders import STATUS_WORDS, TO_SHIP, UNPAID, Order
from desktop.models.products import Sku
from desktop.models.stock import Reservation, Stock, StockMovement
from desktop.queries.verify_fault import MOST_FAULTS, Fault, finding, pieces
from desktop.shop.work import Read


def on_hand(read: Read) -> Iterator[Fault]:
    """I1: on hand = Σ movements, per SKU and place; a movement without a balance counts too."""
    none = literal(0, BigInteger)
    moved = select(
        StockMovement.sku_id,
        StockMovement.location_id,
        StockMovement.delta_milli.label("moved"),
        none.label("kept"),
    )
    kept = select(Stock.sku_id, Stock.location_id, none, Stock.on_hand_milli)
    both = union_all(moved, kept).subquery("both")
    sums = (cast(func.sum(both.c.moved), BigInteger), cast(func.sum(both.c.kept), BigInteger))
    statement = (
        select(Sku.code.label("subject"), sums[0].label("expected"), sums[1].label("found"))
        .join(both, both.c.sku_id == Sku.id)
        .group_by(Sku.code, both.c.location_id)
        .having(sums[0] != sums[1])
    )
    yield from finding(read, "stock", statement, pieces)


def held(read: Read) -> Iterator[Fault]:
    """I1: reserved = Σ open reservations, per SKU and place."""
    total = cast(func.sum(Reservation.qty_milli), BigInteger).label("total")
    place = (Reservation.sku_id, Reservation.location_id)
    open_ones = select(*place, total).where(Reservation.state == "open").group_by(*place).subquery("open")
    statement = (
        select(
            Sku.code.label("subject"),
            func.coalesce(open_ones.c.total, 0).label("expected"),
            Stock.reserved_milli.label("found"),
        )
        .join(Sku, Sku.id == Stock.sku_id)
        .join(
            open_ones,
            (Stock.sku_id == open_ones.c.sku_id) & (Stock.location_id == open_ones.c.location_id),
            isouter=True,
        )
        .where(func.coalesce(open_ones.c.total, 0) != Stock.reserved_milli)
    )
    yield from finding(read, "reserved", statement, pieces)


def held_for_nothing(read: Read) -> Iterator[Fault]:
    """O2: only orders that wait to be paid or shipped hold goods."""
    closed = or_(Order.status.is_(None), Order.status.not_in((UNPAID, TO_SHIP)))
    statement = (
        select(Order.code, Order.status)
        .join(Reservation, Reservation.order_id == Order.id)
        .where(Reservation.state == "open", closed)
        .distinct()
        .limit(MOST_FAULTS)
    )
    for row in read.rows(statement):
        yield Fault("reservation", row.code, _("nothing"), _(STATUS_WORDS.get(row.status, row.status)))


CHECKS = (on_hand, held, held_for_nothing)
