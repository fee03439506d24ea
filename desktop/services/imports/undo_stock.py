"""Take counts of an import back by the counter-movement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from desktop.basics.i18n import N_
from desktop.basics.ids import new_key
from desktop.models.stock import Stock
from desktop.services.posting import StockStep, post_movements, step_stock
from desktop.shop.work import Work


def take_back(work: Work, run_id: int, things: Sequence[tuple[int, bool, dict[str, Any]]]) -> list[str]:
    """Post the difference the other way, unless fewer are free than it takes."""
    return [_one(work, run_id, sku_id, detail) for sku_id, _made, detail in things]


def _one(work: Work, run_id: int, sku_id: int, detail: dict[str, Any]) -> str:
    location, delta = detail["location"], detail["before"] - detail["after"]
    return counter(work, run_id, sku_id, location, delta)


def counter(work: Work, run_id: int, sku_id: int, location: int, delta: int, reason: str = "adjust") -> str:
    """Move stock by this difference in the name of the import's undo; a reason when it can't be."""
    free = Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
    row = select(free.label("free")).where(Stock.sku_id == sku_id, Stock.location_id == location)
    have = work.value(row.with_for_update())
    if have is None or have + delta < 0:
        return N_("Goods of this count were sold or reserved since.")
    if delta:
        step_stock(work, [StockStep("put" if delta > 0 else "take", sku_id, abs(delta))], location)
        source = f"import:{run_id}:undo"  # once by the entry's state, so the key need not say which it is
        post_movements(work, location, reason, source, new_key(), [(sku_id, delta, 0)], "undone")
    return ""
