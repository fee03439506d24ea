"""What goods sold day by day, as a forecast wants to know it, and the forecast itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from desktop.analysis.forecast import Forecast, forecast, shop_seasons
from desktop.analysis.history import Day
from desktop.basics.clock import day_starts, shop_day
from desktop.basics.money import MILLI
from desktop.models.people import Permission
from desktop.models.set_aside import SetAside, SetAsideLine
from desktop.models.stock import Location, Stock, StockMovement
from desktop.models.system import DailyTotal
from desktop.shop.action import question
from desktop.shop.work import Read

SILENT_DAYS = 60  # goods that did not move for so long start anew: what was before says little of now
DAYS_BACK = 800  # two years and what the yearly season needs around them
NOT_FOR_SALE = ("damaged", "transit")


@dataclass(frozen=True, slots=True)
class GoodsForecast:
    """What one of the goods sold until yesterday, and what it will sell from today on (thousandths)."""

    past: tuple[Day, ...]
    ahead: Forecast


@question(permission=Permission.SEE_STOCK)
def goods_forecast(read: Read, sku_id: int, days_ahead: int) -> GoodsForecast | None:
    """The demand of one SKU, behind and ahead; None for goods that never moved."""
    past = demand_of(read, [sku_id]).get(sku_id)
    return GoodsForecast(past, _ahead(read, {sku_id: past}, days_ahead)[sku_id]) if past else None


def forecasts(read: Read, sku_ids: Collection[int], days_ahead: int) -> dict[int, Forecast]:
    """The demand of each SKU from today on; goods that never moved are left out."""
    histories = demand_of(read, sku_ids)
    return _ahead(read, histories, days_ahead) if histories else {}


def _ahead(read: Read, histories: Mapping[int, Sequence[Day]], days_ahead: int) -> dict[int, Forecast]:
    shop = shop_days(read)
    seasons = shop_seasons(shop, days_ahead) if shop else None
    loud = _campaigns(read, histories)
    return {
        sku: forecast(days, days_ahead, seasons=seasons, promoted=loud[sku])
        for sku, days in histories.items()
    }


def shop_days(read: Read, days_back: int = DAYS_BACK) -> tuple[Day, ...]:
    """The shop's orders a day until yesterday, as thousandths: the shape of its week and its year.

    Figures carried over from an earlier system are left out: where they end and ours begin, a jump would look like
    a season.
    """
    today = shop_day(read.now, read.zone)
    rows = read.rows(
        select(DailyTotal.day, func.sum(DailyTotal.orders).label("orders"))
        .where(
            DailyTotal.day >= today - timedelta(days=days_back), DailyTotal.day < today, ~DailyTotal.carried
        )
        .group_by(DailyTotal.day)
    )
    return tuple(Day(row.day, int(row.orders) * MILLI) for row in rows)


def demand_of(read: Read, sku_ids: Collection[int], days_back: int = DAYS_BACK) -> dict[int, tuple[Day, ...]]:
    """By SKU what each day sold until yesterday, from its first movement on; days that ended empty are marked."""
    today = shop_day(read.now, read.zone)
    since = day_starts(today - timedelta(days=days_back), read.zone)
    wanted = sorted(set(sku_ids))
    held = _on_hand(read, wanted)
    moved: defaultdict[int, list[Any]] = defaultdict(list)
    statement = (
        select(StockMovement.sku_id, StockMovement.at, StockMovement.delta_milli, StockMovement.reason)
        .join(Location, Location.id == StockMovement.location_id)
        .where(
            StockMovement.sku_id.in_(wanted), StockMovement.at >= since, Location.kind.not_in(NOT_FOR_SALE)
        )
        .order_by(StockMovement.at.desc(), StockMovement.id.desc())
    )
    for row in read.rows(statement):
        moved[row.sku_id].append(row)
    loud = _campaigns(read, moved)
    days = {sku: _days(read, rows, held.get(sku, 0), today) for sku, rows in moved.items()}
    return {sku: _marked(row, loud[sku]) for sku, row in days.items() if row}


def _marked(days: Sequence[Day], promoted: Collection[date]) -> tuple[Day, ...]:
    return tuple(replace(day, promoted=day.day in promoted) for day in days)


def _campaigns(read: Read, sku_ids: Collection[int]) -> defaultdict[int, set[date]]:
    """By SKU the days, past and coming, on which a campaign has stock of its own."""
    ended = func.coalesce(SetAside.ended_at, SetAside.ends_at)
    statement = (
        select(SetAsideLine.sku_id, SetAside.starts_at, ended.label("ended"))
        .join(SetAside, SetAside.id == SetAsideLine.set_aside_id)
        .where(SetAsideLine.sku_id.in_(sorted(sku_ids)))
    )
    found: defaultdict[int, set[date]] = defaultdict(set)
    for row in read.rows(statement):
        first, last = shop_day(row.starts_at, read.zone), shop_day(row.ended, read.zone)
        found[row.sku_id].update(first + timedelta(days=n) for n in range((last - first).days + 1))
    return found


def _on_hand(read: Read, sku_ids: Sequence[int]) -> dict[int, int]:
    statement = (
        select(Stock.sku_id, func.sum(Stock.on_hand_milli).label("held"))
        .join(Location, Location.id == Stock.location_id)
        .where(Stock.sku_id.in_(sku_ids), Location.kind.not_in(NOT_FOR_SALE))
        .group_by(Stock.sku_id)
    )
    return {row.sku_id: int(row.held) for row in read.rows(statement)}


def _days(read: Read, newest_first: Sequence[Any], held: int, today: date) -> tuple[Day, ...]:
    """Walk back from what is on hand now: a day that began or ended with nothing could not sell freely."""
    sold: defaultdict[date, int] = defaultdict(int)
    ended: dict[date, int] = {}
    began: dict[date, int] = {}
    for row in newest_first:
        day = shop_day(row.at, read.zone)
        ended.setdefault(day, held)
        held -= row.delta_milli
        began[day] = held
        if row.reason == "sale":
            sold[day] -= row.delta_milli
    days, day, left = [], _start(began), 0
    while day < today:
        start, left = began.get(day, left), ended.get(day, left)
        days.append(Day(day, max(0, sold[day]), in_stock=left > 0 and (start > 0 or sold[day] > 0)))
        day += timedelta(days=1)
    return tuple(days)


def _start(moved: Collection[date]) -> date:
    """The first day since the last long silence."""
    days = sorted(moved)
    starts = [day for before, day in pairwise(days) if (day - before).days > SILENT_DAYS]
    return starts[-1] if starts else days[0]
