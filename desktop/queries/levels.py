"""The levels goods go by at each place, and where each comes from: the place, the SKU, its category or the setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from desktop.models.levels import LocationLevel
from desktop.models.people import Permission
from desktop.models.products import Sku
from desktop.models.stock import SELLING_KINDS, Location, Stock
from desktop.queries.movements import LevelSheet, levels_of
from desktop.shop.action import question
from desktop.shop.work import Read

NAMES = ("alert", "minimum", "safety")
PLACE, OWN, BRANCH, SETTING, NOWHERE = "place", "sku", "category", "setting", ""


@dataclass(frozen=True, slots=True)
class PlaceLevel:
    """One level at a place in thousandths: `own_milli` of the place itself, else the one inherited, and from where."""

    own_milli: int | None
    inherited_milli: int | None
    origin: str

    @property
    def milli(self) -> int | None:
        """The level that holds."""
        return self.inherited_milli if self.own_milli is None else self.own_milli


@dataclass(frozen=True, slots=True)
class PlaceLevels:
    """The three levels of a SKU at a place."""

    location_id: int
    name: str
    alert: PlaceLevel
    minimum: PlaceLevel
    safety: PlaceLevel


@question(permission=Permission.SEE_STOCK)
def place_levels(read: Read, sku_id: int) -> tuple[PlaceLevels, ...]:
    """The levels of a SKU at each place that sells. Raises `NotFound`."""
    sheet = levels_of.run(read, sku_id)
    columns = LocationLevel.__table__.columns
    own = {row.location_id: row for row in read.rows(select(*columns).where(LocationLevel.sku_id == sku_id))}
    places = select(Location.id, Location.name).where(
        Location.closed_at.is_(None), Location.kind.in_(SELLING_KINDS)
    )
    found = []
    for row in read.rows(places.order_by(Location.id)):
        alert, minimum, safety = (_level(sheet, own.get(row.id), name) for name in NAMES)
        found.append(PlaceLevels(row.id, row.name, alert, minimum, safety))
    return tuple(found)


def _level(sheet: LevelSheet, there: Any, name: str) -> PlaceLevel:
    own = getattr(there, f"{name}_milli") if there is not None else None
    of_sku, above = getattr(sheet, f"{name}_milli"), getattr(sheet, f"inherited_{name}_milli")
    origin = NOWHERE if above is None else BRANCH
    if name == "alert" and not sheet.alert_from_category:
        origin = SETTING
    if of_sku is not None:
        above, origin = of_sku, OWN
    return PlaceLevel(own, above, origin if own is None else PLACE)


def below_somewhere(name: str) -> ColumnElement[bool]:
    """SKUs that are below this level of their own at one of the places that sell."""
    own, stock, place = aliased(LocationLevel), aliased(Stock), aliased(Location)
    free = func.coalesce(stock.on_hand_milli - stock.reserved_milli - stock.set_aside_milli, 0)
    here = (stock.sku_id == own.sku_id) & (stock.location_id == own.location_id)
    found = (
        select(own.sku_id)
        .join(place, place.id == own.location_id)
        .join(stock, here, isouter=True)
        .where(own.sku_id == Sku.id, place.closed_at.is_(None), place.kind.in_(SELLING_KINDS))
    )
    return exists(found.where(free < getattr(own, f"{name}_milli")))
