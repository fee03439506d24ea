"""Where goods are bought by themselves: the preferred supplier of each SKU, in which packs, how soon it is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.models.purchasing import Supplier, SupplierPrice, SupplierSku, arrival
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class Supply:
    """What one SKU is bought for: packs of so many thousandths, `steps` are (from packs, price of a pack)."""

    supplier_id: int
    pack_milli: int
    price_minor: int
    steps: tuple[tuple[int, int], ...]
    lead_days: int  # from today until it is here, order days and cut-off counted in
    their_code: str

    def packs(self, need_milli: int) -> int:
        """As many packs as bring at least this much."""
        return max(0, -(-need_milli // self.pack_milli))

    def price(self, packs: int) -> int:
        """The price of one pack when so many are bought."""
        reached = [step for step in self.steps if step[0] <= packs]
        return max(reached)[1] if reached else self.price_minor


def supply_of(read: Read, sku_ids: Collection[int] | None = None) -> dict[int, Supply]:
    """The preferred supply of these SKUs (None: of all that have one); suppliers switched off are left out."""
    goods = SupplierSku
    statement = (
        select(
            goods.id, goods.sku_id, goods.supplier_id, goods.pack_milli, goods.price_minor, goods.their_code,
            goods.lead_days.label("own_lead"), Supplier.lead_days, Supplier.order_days, Supplier.cut_off,
        )
        .join(Supplier, Supplier.id == goods.supplier_id)
        .where(goods.preferred, Supplier.active)
    )  # fmt: skip
    if sku_ids is not None:
        statement = statement.where(goods.sku_id.in_(sorted(sku_ids)))
    rows = read.rows(statement).all()
    steps: dict[int, list[tuple[int, int]]] = {}
    for step in read.rows(select(SupplierPrice.__table__).order_by(SupplierPrice.from_packs)):
        steps.setdefault(step.supplier_sku_id, []).append((step.from_packs, step.price_minor))
    local, today = read.now.astimezone(read.zone), shop_day(read.now, read.zone)
    found = {}
    for row in rows:
        lead = row.lead_days if row.own_lead is None else row.own_lead
        there = arrival(local, lead, row.order_days, row.cut_off)
        found[row.sku_id] = Supply(
            row.supplier_id, row.pack_milli, row.price_minor, tuple(steps.get(row.id, ())), (there - today).days,
            row.their_code,
        )  # fmt: skip
    return found
