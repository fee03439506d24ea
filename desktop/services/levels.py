"""Levels of goods at one place, where it needs others than the shop as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from desktop.models.levels import LocationLevel
from desktop.models.people import Permission
from desktop.models.products import Sku
from desktop.services.locations import open_place
from desktop.services.stock import Levels, check_levels
from desktop.shop.action import action
from desktop.shop.work import Work


@action(permission=Permission.EDIT_STOCK)
def set_place_levels(work: Work, levels: Levels, *, sku_ids: Sequence[int], location_id: int) -> None:
    """Give SKUs their own levels at a place; without any they follow those of the SKU again."""
    check_levels(levels)
    open_place(work, location_id)
    for sku_id in sorted(set(sku_ids)):
        work.get(Sku, sku_id)
        row = work.session.get(LocationLevel, (sku_id, location_id), with_for_update=True)
        if levels == Levels():
            if row is not None:
                work.remove(row)
        elif row is None:
            work.add(LocationLevel(sku_id=sku_id, location_id=location_id, **asdict(levels)))
        else:
            for field, value in asdict(levels).items():
                setattr(row, field, value)
        work.touch("sku", sku_id)
