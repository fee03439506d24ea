"""How the stock of one SKU went, how it will go, and what the next order changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from desktop.analysis.forecast import TOO_SHORT
from desktop.basics.clock import shop_day
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.replenishment import OPEN, Replenishment, ReplenishmentLine
from desktop.models.stock import SELLING_KINDS, Location, StockMovement
from desktop.queries.coming import arrivals
from desktop.queries.demand import forecasts
from desktop.queries.stock_board import Board
from desktop.shop.action import question
from desktop.shop.work import Read

BACK, AHEAD = 7, 7  # days shown
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class StockAhead:
    """Stock at the end of each day in thousandths; `today` is an index, `ordered` begins when goods arrive.

    `out_on` is the day it runs out, `more_milli` what arrives: suggested now (`suggested`) or on its way already.
    """

    sku_id: int
    name: str
    days: tuple[date, ...]
    past: tuple[int | None, ...]
    ahead: tuple[int | None, ...]
    ordered: tuple[int | None, ...]
    today: int
    least_milli: int
    safety_milli: int
    out_on: date | None
    more_milli: int
    suggested: bool
    method: str


@question(permission=Permission.SEE_STOCK)
def stock_ahead(read: Read, sku_id: int) -> StockAhead | None:
    """The way of one SKU's stock, or None when it is gone."""
    board = Board(read, sku_id)
    columns = (Product.name, Product.pack, Sku.variant, board.available, board.minimum, board.safety)
    names = ("name", "pack", "variant", "available", "minimum", "safety")
    labelled: list[Any] = [column.label(name) for column, name in zip(columns, names, strict=True)]
    row = read.first(board.select(*labelled, levels=True, sales=False).where(Sku.id == sku_id))
    if row is None:
        return None
    today, now = shop_day(read.now, read.zone), max(0, int(row.available))
    daily, method = _daily(read, sku_id)
    way = _way(now, daily)
    more, suggested = _coming(read, sku_id, today)
    days = tuple(today + timedelta(days=n) for n in range(-BACK, AHEAD + 1))
    gone = next((n for n in range(1, AHEAD + 1) if way[n] <= 0), None) if now and daily[1] else None
    none: tuple[None, ...] = (None,) * BACK
    return StockAhead(
        sku_id, " ".join(part for part in (row.name, row.variant, row.pack) if part), days,
        (*_past(read, sku_id, now, today), now, *none), (*none, *_shown(way)),
        (*none, *_with(now, daily, more)), BACK, int(row.minimum), int(row.safety),
        today + timedelta(days=gone) if gone else None, sum(more.values()), suggested, method,
    )  # fmt: skip


def _daily(read: Read, sku_id: int) -> tuple[list[int], str]:
    """What each day sells: of today only what is left of it."""
    found = forecasts(read, [sku_id], AHEAD + 1).get(sku_id)
    if found is None:
        return [0] * (AHEAD + 1), ""
    local = read.now.astimezone(read.zone)
    rest = DAY - local.hour * 60 - local.minute
    expected = [day.expected_milli for day in found.days]
    return [expected[0] * rest // DAY, *expected[1:]], "" if found.method == TOO_SHORT else found.method


def _way(now: int, daily: list[int]) -> list[int]:
    """From now to the end of each coming day; below nothing it goes on, so that it can be told when it ran out."""
    way, left = [now], now - daily[0]
    for sold in daily[1:]:
        left -= sold
        way.append(left)
    return way


def _shown(way: list[int]) -> list[int | None]:
    """The way down until nothing is left."""
    end = next((n for n, left in enumerate(way) if left <= 0), len(way))
    return [max(0, left) if n <= end else None for n, left in enumerate(way)]


def _with(now: int, daily: list[int], more: dict[int, int]) -> list[int | None]:
    """The same with what arrives, from the first arrival on; what is not there is not sold."""
    first, left, shown = min(more, default=None), now, list[int | None]()
    for n in range(AHEAD + 1):
        sold = daily[0] + daily[1] if n == 1 else daily[n] if n else 0
        left = max(0, left - sold) + more.get(n, 0)
        shown.append(left if first is not None and n >= first else None)
    return shown


def _coming(read: Read, sku_id: int, today: date) -> tuple[dict[int, int], bool]:
    """Days from today and what arrives then: by orders that were sent, and by the open restock list."""
    more: dict[int, int] = {}
    for day, quantity in arrivals(read, sku_id):
        place = max(0, (day - today).days) if day is not None else 1
        more[min(place, AHEAD)] = more.get(min(place, AHEAD), 0) + quantity
    line = read.first(
        select(ReplenishmentLine.wanted_milli, ReplenishmentLine.lead_days)
        .join(Replenishment, Replenishment.id == ReplenishmentLine.list_id)
        .where(
            Replenishment.state == OPEN, ReplenishmentLine.sku_id == sku_id, ~ReplenishmentLine.removed,
            ReplenishmentLine.wanted_milli > 0,
        )
    )  # fmt: skip
    if line is not None:
        place = min(max(1, line.lead_days), AHEAD)
        more[place] = more.get(place, 0) + line.wanted_milli
    return more, line is not None


def _past(read: Read, sku_id: int, now: int, today: date) -> list[int]:
    """What was there at the end of each day before today, counted back through the movements."""
    rows = read.rows(
        select(StockMovement.at, StockMovement.delta_milli)
        .join(Location, Location.id == StockMovement.location_id)
        .where(StockMovement.sku_id == sku_id, Location.kind.in_(SELLING_KINDS))
        .where(StockMovement.at >= read.now - timedelta(days=BACK + 1))
    )
    moved: dict[date, int] = {}
    for row in rows:
        day = shop_day(row.at, read.zone)
        moved[day] = moved.get(day, 0) + row.delta_milli
    ends, left = [], now
    for n in range(BACK):
        left -= moved.get(today - timedelta(days=n), 0)
        ends.append(max(0, left))
    return ends[::-1]
