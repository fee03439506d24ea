"""The parcels of an order: what is in them, where they were seen, when they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from desktop.basics.i18n import _
from desktop.models.orders import OrderLine, Shipment
from desktop.models.parcels import (
    DELIVERED,
    ENDED,
    PARCEL_WORDS,
    RETURNED,
    TROUBLED,
    Carrier,
    ShipmentLine,
    ShipmentTrail,
)
from desktop.models.people import Permission
from desktop.shop.action import question
from desktop.shop.work import Read

__all__ = [
    "DELIVERED",
    "ENDED",
    "RETURNED",
    "TROUBLED",
    "ParcelRow",
    "SeenRow",
    "parcel_word",
    "read_parcels",
]


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One place a parcel was seen at."""

    at: datetime
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class ParcelPart:
    """How much of a line is in a parcel (thousandths)."""

    line_id: int
    name: str
    qty_milli: int


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """A parcel; `undone` when its shipment was taken back, `trouble` is a sentence key, `tracked`: it can be asked about."""

    carrier: str
    tracking: str
    at: datetime
    undone: bool
    id: int = 0
    carrier_id: int | None = None
    kind: str = ""
    state: str = ""
    eta: datetime | None = None
    delivered_at: datetime | None = None
    asked_at: datetime | None = None
    tracked: bool = False
    trouble: str = ""
    parts: tuple[ParcelPart, ...] = ()
    trail: tuple[SeenRow, ...] = ()


def parcel_word(state: str) -> str:
    """`out` → Out for delivery."""
    return _(PARCEL_WORDS.get(state, state))


def read_parcels(read: Read, order_id: int) -> tuple[ParcelRow, ...]:
    """All parcels of an order, the first first, each with its trail, the newest place first."""
    rows = read.rows(
        select(Shipment.__table__, Carrier.service_id)
        .join(Carrier, Carrier.id == Shipment.carrier_id, isouter=True)
        .where(Shipment.order_id == order_id)
        .order_by(Shipment.id)
    ).all()
    if not rows:
        return ()
    parts, seen = _parts(read, order_id), _seen(read, order_id)
    return tuple(
        ParcelRow(
            r.carrier, r.tracking, r.at, r.undone_at is not None, r.id, r.carrier_id, r.kind, r.state, r.eta,
            r.delivered_at, r.asked_at, bool(r.service_id and r.tracking), r.trouble, tuple(parts.get(r.id, ())),
            tuple(seen.get(r.id, ())),
        )
        for r in rows
    )  # fmt: skip


def _parts(read: Read, order_id: int) -> dict[int, list[ParcelPart]]:
    statement = (
        select(ShipmentLine.shipment_id, ShipmentLine.line_id, ShipmentLine.qty_milli, OrderLine.name)
        .join(OrderLine, OrderLine.id == ShipmentLine.line_id)
        .where(OrderLine.order_id == order_id)
        .order_by(ShipmentLine.id)
    )
    found: dict[int, list[ParcelPart]] = {}
    for r in read.rows(statement):
        found.setdefault(r.shipment_id, []).append(ParcelPart(r.line_id, r.name, r.qty_milli))
    return found


def _seen(read: Read, order_id: int) -> dict[int, list[SeenRow]]:
    statement = (
        select(ShipmentTrail.shipment_id, ShipmentTrail.at, ShipmentTrail.text, ShipmentTrail.place)
        .join(Shipment, Shipment.id == ShipmentTrail.shipment_id)
        .where(Shipment.order_id == order_id, ShipmentTrail.number == Shipment.tracking)
        .order_by(ShipmentTrail.at.desc(), ShipmentTrail.id.desc())
    )
    found: dict[int, list[SeenRow]] = {}
    for r in read.rows(statement):
        found.setdefault(r.shipment_id, []).append(SeenRow(r.at, r.text, r.place))
    return found


@question(permission=Permission.SEE_ORDERS)
def order_of_parcel(read: Read, tracking: str) -> int:
    """The order a parcel's number belongs to, the newest; 0 for none. Spaces and small letters make no difference."""
    wanted = "".join(tracking.split())
    if not wanted:
        return 0
    found = select(Shipment.order_id).where(Shipment.tracking.in_((wanted, wanted.upper(), wanted.lower())))
    return int(read.value(found.order_by(Shipment.id.desc()).limit(1)) or 0)
