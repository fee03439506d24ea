"""Where and when goods are offered: a product's own switch, and each channel's exception from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.products import Product
from desktop.models.shelves import CHANNELS, Shelf
from desktop.shop.action import action
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class ShelfPlan:
    """What a channel does: closed, or open from and until (until excluded; None: no bound)."""

    is_open: bool = True
    from_at: datetime | None = None
    until_at: datetime | None = None

    @property
    def plain(self) -> bool:
        """Whether it only follows the product."""
        return self.is_open and self.from_at is None and self.until_at is None


@action(permission=Permission.EDIT_GOODS)
def plan_shelf(work: Work, product_ids: Sequence[int], channel: str, plan: ShelfPlan) -> int:
    """Offer products in a channel as planned; returns how many changed. A plain plan follows the product again."""
    if channel not in CHANNELS:
        raise Malformed(N_("There is no channel “{channel}”."), channel=channel)
    if plan.from_at and plan.until_at and plan.until_at <= plan.from_at:
        raise Malformed(N_("The end of the time on the shelf is before its beginning."))
    return sum(put_plan(work, product_id, channel, plan) for product_id in sorted(set(product_ids)))


def put_plan(work: Work, product_id: int, channel: str, plan: ShelfPlan) -> bool:
    """Write one product's plan for one channel; whether it was another before."""
    work.get(Product, product_id, lock=True)
    row = work.session.get(Shelf, (product_id, channel))
    before = ShelfPlan() if row is None else ShelfPlan(row.is_open, row.from_at, row.until_at)
    if before == plan:
        return False
    if plan.plain:
        if row is not None:
            work.remove(row)
    elif row is None:
        values = {"is_open": plan.is_open, "from_at": plan.from_at, "until_at": plan.until_at}
        work.add(Shelf(product_id=product_id, channel=channel, **values))
    else:
        row.is_open, row.from_at, row.until_at = plan.is_open, plan.from_at, plan.until_at
    work.touch("product", product_id)
    return True
