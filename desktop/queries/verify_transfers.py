"""Goods on their way: what lies in transit is what was sent and has not arrived; a stocktake is posted once."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, cast, func, literal, select, union_all

from desktop.basics.i18n import _
from desktop.models.products import Sku
from desktop.models.stock import TRANSIT, Location, Stock, StockMovement
from desktop.models.stocktakes import OPEN, POSTED, Stocktake, StocktakeLine
from desktop.models.transfers import UNDERWAY, Transfer, TransferLine
from desktop.queries.verify_fault import MOST_FAULTS, Fault, finding, pieces
from desktop.shop.work import Read


def in_transit(read: Read) -> Iterator[Fault]:
    """I10: what lies in transit = Σ sent − received − lost − returned of open transfers, per SKU."""
    none, line = literal(0, BigInteger), TransferLine
    left = line.qty_milli - line.received_milli - line.lost_milli - line.returned_milli
    sent = select(line.sku_id, left.label("sent"), none.label("lying"))
    sent = sent.join(Transfer, Transfer.id == line.transfer_id).where(Transfer.state.in_(UNDERWAY))
    lying = select(Stock.sku_id, none, Stock.on_hand_milli).join(Location, Location.id == Stock.location_id)
    both = union_all(sent, lying.where(Location.kind == TRANSIT)).subquery("both")
    sums = (cast(func.sum(both.c.sent), BigInteger), cast(func.sum(both.c.lying), BigInteger))
    statement = (
        select(Sku.code.label("subject"), sums[0].label("expected"), sums[1].label("found"))
        .join(both, both.c.sku_id == Sku.id)
        .group_by(Sku.code)
        .having(sums[0] != sums[1])
    )
    yield from finding(read, "in transit", statement, pieces)


def posted_once(read: Read) -> Iterator[Fault]:
    """I9: a posted stocktake's movements are its differences, one each; of any other they come to nothing."""
    none, line = literal(0, BigInteger), StocktakeLine
    counted = select(
        line.stocktake_id.label("take"), line.sku_id, line.posted_milli.label("said"), none.label("moved")
    )
    counted = counted.join(Stocktake, Stocktake.id == line.stocktake_id)
    counted = counted.where(line.posted_milli.is_not(None), Stocktake.state == POSTED)
    source = literal("stocktake:") + cast(Stocktake.id, Sku.code.type)
    moved = select(Stocktake.id, StockMovement.sku_id, none, StockMovement.delta_milli).join(
        StockMovement, StockMovement.source == source
    )
    both = union_all(counted, moved).subquery("both")
    sums = (cast(func.sum(both.c.said), BigInteger), cast(func.sum(both.c.moved), BigInteger))
    statement = (
        select(
            (Stocktake.code + " " + Sku.code).label("subject"),
            sums[0].label("expected"),
            sums[1].label("found"),
        )
        .join(both, both.c.take == Stocktake.id)
        .join(Sku, Sku.id == both.c.sku_id)
        .group_by(Stocktake.code, Sku.code)
        .having(sums[0] != sums[1])
    )
    yield from finding(read, "stocktake", statement, pieces)


def held_still(read: Read) -> Iterator[Fault]:
    """I9: only an open stocktake holds goods still."""
    statement = (
        select(Sku.code, Stocktake.state)
        .join(Stock, Stock.sku_id == Sku.id)
        .join(Stocktake, Stocktake.id == Stock.frozen_by, isouter=True)
        .where(Stock.frozen_by.is_not(None), func.coalesce(Stocktake.state, POSTED) != OPEN)
        .limit(MOST_FAULTS)
    )
    for row in read.rows(statement):
        yield Fault("held still", row.code, _("free"), _("held by a stocktake that is over"))


CHECKS = (in_transit, posted_once, held_still)
