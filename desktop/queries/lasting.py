"""Which pieces last until they are wanted: goods told apart by batch whose last day comes before are not promised."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from desktop.basics.clock import shop_day
from desktop.models.batches import Batch, BatchStock
from desktop.models.settings import EXPIRED_GOODS, SHIP_HOURS
from desktop.shop.work import Read


def leaving_day(read: Read, begins: datetime | None = None) -> date:
    """The shop's day on which an order leaves at the latest when its handling begins then, else now."""
    return shop_day((begins or read.now) + timedelta(hours=read.setting(SHIP_HOURS)), read.zone)


def short_lived(read: Read, sku_ids: Collection[int], location_id: int, day: date) -> dict[int, int]:
    """Pieces there (thousandths) whose last day is before this one; none when the shop sells expired goods."""
    if read.setting(EXPIRED_GOODS) != "block":
        return {}
    statement = (
        select(BatchStock.sku_id, func.sum(BatchStock.qty_milli).label("qty"))
        .join(Batch, Batch.id == BatchStock.batch_id)
        .where(BatchStock.sku_id.in_(sorted(set(sku_ids))), BatchStock.location_id == location_id)
        .where(BatchStock.qty_milli > 0, Batch.expires_on < day)
        .group_by(BatchStock.sku_id)
    )
    return {row.sku_id: int(row.qty) for row in read.rows(statement)}
