"""The places goods lie: which there are, what lies there, and which one a till sells from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, cast, func, select

from desktop.basics.i18n import N_, _
from desktop.models.people import Permission, Till
from desktop.models.stock import (
    DAMAGED,
    FLOOR,
    OTHER_SHOP,
    SELLING_KINDS,
    STORE_ROOM,
    TRANSIT,
    Location,
    Stock,
)
from desktop.models.transfers import UNDERWAY, Transfer, TransferLine
from desktop.shop.action import question
from desktop.shop.work import Read

KIND_WORDS = {
    FLOOR: N_("Shop floor"),
    STORE_ROOM: N_("Store room"),
    DAMAGED: N_("Damaged goods"),
    TRANSIT: N_("In transit"),
    OTHER_SHOP: N_("Other shop"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place; `sells` says whether what lies there is for sale here."""

    id: int
    name: str
    kind: str
    sells: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place with what lies there: how many kinds of goods; which tills sell from it."""

    id: int
    code: str
    name: str
    kind: str
    closed_at: datetime | None
    goods: int
    tills: tuple[str, ...]
    main: bool  # the one everything sells from that has no place of its own


@dataclass(frozen=True, slots=True)
class TillPlace:
    """A till, the place it sells from, and the places (id, name) it could sell from."""

    id: int
    code: str
    name: str
    location_id: int
    choices: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceStock:
    """What of one SKU lies at a place, in thousandths."""

    location_id: int
    name: str
    kind: str
    on_hand_milli: int
    reserved_milli: int
    set_aside_milli: int
    coming_milli: int  # in transit to it

    @property
    def available_milli(self) -> int:
        """What may be promised; nothing of what is damaged or on its way."""
        free = self.on_hand_milli - self.reserved_milli - self.set_aside_milli
        return free if self.kind in SELLING_KINDS else 0


def main_place(read: Read) -> int:
    """The shop floor everything sells from that has no place of its own; 0 in an empty shop."""
    return int(read.value(select(func.min(Location.id)).where(Location.kind == FLOOR)) or 0)


def place_of_till(read: Read, till_id: int | None) -> int:
    """The place a till sells from."""
    own = read.value(select(Till.location_id).where(Till.id == till_id)) if till_id else None
    return int(own) if own else main_place(read)


@question(permission=Permission.BROWSE_GOODS)
def places(read: Read) -> tuple[Place, ...]:
    """The open places, the shop floor first."""
    statement = select(Location.id, Location.name, Location.kind).where(Location.closed_at.is_(None))
    return tuple(
        Place(row.id, _(row.name), row.kind, row.kind in SELLING_KINDS, False)
        for row in read.rows(statement.order_by(Location.id))
    )


@question(permission=Permission.SETTINGS)
def places_list(read: Read) -> tuple[PlaceRow, ...]:
    """All places with how much lies there; closed ones last."""
    goods = (
        select(Stock.location_id, func.count().label("goods"))
        .where(Stock.on_hand_milli > 0)
        .group_by(Stock.location_id)
        .subquery("lying")
    )
    statement = (
        select(
            Location.id, Location.code, Location.name, Location.kind, Location.closed_at,
            func.coalesce(goods.c.goods, 0).label("goods"),
        )
        .join(goods, goods.c.location_id == Location.id, isouter=True)
        .order_by(Location.closed_at.is_not(None), Location.id)
    )  # fmt: skip
    main = main_place(read)
    tills: dict[int, list[str]] = {}
    for row in read.rows(select(Till.name, Till.location_id).order_by(Till.id)):
        tills.setdefault(row.location_id or main, []).append(_(row.name))
    return tuple(
        PlaceRow(
            row.id, row.code, _(row.name), row.kind, row.closed_at, row.goods, tuple(tills.get(row.id, ())),
            row.id == main,
        )
        for row in read.rows(statement)
    )  # fmt: skip


@question(permission=Permission.SEE_STOCK)
def stock_by_place(read: Read, sku_id: int) -> tuple[PlaceStock, ...]:
    """Where a SKU lies, place by place; places without any are left out, the shop floor stays."""
    columns = (Stock.on_hand_milli, Stock.reserved_milli, Stock.set_aside_milli)
    statement = (
        select(
            Location.id, Location.name, Location.kind, *(func.coalesce(c, 0).label(c.key) for c in columns)
        )
        .join(Stock, (Stock.location_id == Location.id) & (Stock.sku_id == sku_id), isouter=True)
        .where(Location.closed_at.is_(None))
        .order_by(Location.id)
    )
    coming, main = _in_transit_to(read, sku_id), main_place(read)
    return tuple(
        PlaceStock(
            row.id, _(row.name), row.kind, row.on_hand_milli, row.reserved_milli, row.set_aside_milli, here
        )
        for row in read.rows(statement)
        if (here := coming.get(row.id, 0)) or row.on_hand_milli or row.id == main
    )


def _in_transit_to(read: Read, sku_id: int) -> dict[int, int]:
    line = TransferLine
    left = cast(
        func.sum(line.qty_milli - line.received_milli - line.lost_milli - line.returned_milli), BigInteger
    )
    statement = (
        select(Transfer.to_id, left.label("left"))
        .join(line, line.transfer_id == Transfer.id)
        .where(Transfer.state.in_(UNDERWAY), line.sku_id == sku_id)
        .group_by(Transfer.to_id)
    )
    return {row.to_id: int(row.left) for row in read.rows(statement)}


@question(permission=Permission.SETTINGS)
def till_places(read: Read) -> tuple[TillPlace, ...]:
    """What each till sells from, and what it could sell from."""
    main = main_place(read)
    choices = tuple((place.id, place.name) for place in places.run(read) if place.sells)
    statement = select(Till.id, Till.code, Till.name, Till.location_id).order_by(Till.kind, Till.id)
    return tuple(
        TillPlace(row.id, row.code, _(row.name), row.location_id or main, choices)
        for row in read.rows(statement)
    )
