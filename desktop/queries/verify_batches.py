"""Batches and stock set aside: each balance is what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, case, cast, func, literal, select, union_all

from desktop.models.batches import Batch, BatchMovement, BatchStock
from desktop.models.products import Sku
from desktop.models.set_aside import OPEN, SetAside, SetAsideEntry, SetAsideLine
from desktop.models.stock import Stock
from desktop.queries.verify_fault import Fault, finding, pieces
from desktop.shop.work import Read

_NONE = literal(0, BigInteger)


def on_hand(read: Read) -> Iterator[Fault]:
    """I11: Σ batches = on hand of goods told apart by batch, per place; of all others there are none."""
    tracked = case((Sku.batch_tracked, Stock.on_hand_milli), else_=0).label("kept")
    kept = select(Stock.sku_id, Stock.location_id, tracked, _NONE.label("lies"))
    kept = kept.join(Sku, Sku.id == Stock.sku_id).where(Sku.batch_tracked)
    lies = select(BatchStock.sku_id, BatchStock.location_id, _NONE, BatchStock.qty_milli)
    both = union_all(kept, lies).subquery("both")
    sums = (cast(func.sum(both.c.kept), BigInteger), cast(func.sum(both.c.lies), BigInteger))
    statement = (
        select(Sku.code.label("subject"), sums[0].label("expected"), sums[1].label("found"))
        .join(both, both.c.sku_id == Sku.id)
        .group_by(Sku.code, both.c.location_id)
        .having(sums[0] != sums[1])
    )
    yield from finding(read, "batches", statement, pieces)


def moved(read: Read) -> Iterator[Fault]:
    """I11: what lies of a batch = Σ its movements, per place."""
    went = select(
        BatchMovement.batch_id, BatchMovement.location_id, BatchMovement.delta_milli.label("moved"), _NONE.label("lies")
    )  # fmt: skip
    lies = select(BatchStock.batch_id, BatchStock.location_id, _NONE, BatchStock.qty_milli)
    both = union_all(went, lies).subquery("both")
    sums = (cast(func.sum(both.c.moved), BigInteger), cast(func.sum(both.c.lies), BigInteger))
    name = (Sku.code + " " + Batch.code).label("subject")
    statement = (
        select(name, sums[0].label("expected"), sums[1].label("found"))
        .join(Batch, Batch.id == both.c.batch_id)
        .join(Sku, Sku.id == Batch.sku_id)
        .group_by(Sku.code, Batch.code, both.c.location_id)
        .having(sums[0] != sums[1])
    )
    yield from finding(read, "batch", statement, pieces)


def set_aside(read: Read) -> Iterator[Fault]:
    """I7: set aside = Σ of what open campaigns have left, per SKU and place."""
    left = cast(func.sum(SetAsideLine.qty_milli - SetAsideLine.sold_milli), BigInteger).label("total")
    place = (SetAsideLine.sku_id, SetAside.location_id)
    open_ones = select(*place, left).join(SetAside, SetAside.id == SetAsideLine.set_aside_id)
    held = open_ones.where(SetAside.state == OPEN).group_by(*place).subquery("held")
    statement = (
        select(
            Sku.code.label("subject"),
            func.coalesce(held.c.total, 0).label("expected"),
            Stock.set_aside_milli.label("found"),
        )
        .join(Sku, Sku.id == Stock.sku_id)
        .join(held, (Stock.sku_id == held.c.sku_id) & (Stock.location_id == held.c.location_id), isouter=True)
        .where(func.coalesce(held.c.total, 0) != Stock.set_aside_milli)
    )
    yield from finding(read, "set aside", statement, pieces)


def campaign_sales(read: Read) -> Iterator[Fault]:
    """I7: what a campaign has left = Σ its entries, while it is open; nothing once it is over."""
    total = cast(func.sum(SetAsideEntry.delta_milli), BigInteger).label("total")
    entries = select(SetAsideEntry.line_id, total).group_by(SetAsideEntry.line_id).subquery("entries")
    left = case((SetAside.state == OPEN, SetAsideLine.qty_milli - SetAsideLine.sold_milli), else_=0)
    statement = (
        select(
            (SetAside.name + " " + Sku.code).label("subject"),
            func.coalesce(entries.c.total, 0).label("expected"),
            left.label("found"),
        )
        .select_from(SetAsideLine)
        .join(SetAside, SetAside.id == SetAsideLine.set_aside_id)
        .join(Sku, Sku.id == SetAsideLine.sku_id)
        .join(entries, entries.c.line_id == SetAsideLine.id, isouter=True)
        .where(func.coalesce(entries.c.total, 0) != left)
    )
    yield from finding(read, "campaign", statement, pieces)


CHECKS = (on_hand, moved, set_aside, campaign_sales)
