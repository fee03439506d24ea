"""Who carries parcels, who is asked about them, and what they answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select

from desktop.models.orders import SHIPPED, TO_SHIP, Order, Shipment
from desktop.models.parcels import Carrier, TrackingService
from desktop.models.people import Permission
from desktop.models.settings import NOTICE_SHOP_KEY
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """A carrier; `name` may be a sentence key, `code` is what its service calls it."""

    id: int
    name: str
    code: str
    service_id: int | None
    service: str
    active: bool


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A tracking service; `paths` say where things stand in its answer, its key is in keyrings only."""

    id: int
    name: str
    kind: str
    url: str
    customer: str
    header: str
    paths: dict[str, str] = field(hash=False)
    trouble: str
    troubled_at: datetime | None
    parcels: int  # under way, asked about again and again


@dataclass(frozen=True, slots=True)
class Services:
    """All of them, and what this shop is called in keyrings."""

    rows: tuple[ServiceRow, ...]
    shop_key: str


@question(permission=Permission.SEE_ORDERS)
def carriers_list(read: Read, all_of_them: bool = False) -> tuple[CarrierRow, ...]:
    """The carriers in use, or all, as they were added."""
    statement = select(Carrier.__table__, TrackingService.name.label("service")).join(
        TrackingService, TrackingService.id == Carrier.service_id, isouter=True
    )
    if not all_of_them:
        statement = statement.where(Carrier.active)
    rows = read.rows(statement.order_by(Carrier.id))
    return tuple(CarrierRow(r.id, r.name, r.code, r.service_id, r.service or "", r.active) for r in rows)


@question(permission=Permission.HANDLE_ORDERS)
def tracking_services(read: Read) -> Services:
    """The services that can be asked."""
    asked = (
        select(Carrier.service_id, func.count(Shipment.id).label("parcels"))
        .join(Shipment, Shipment.carrier_id == Carrier.id)
        .where(Shipment.next_ask_at.is_not(None))
        .group_by(Carrier.service_id)
        .subquery("asked")
    )
    statement = select(TrackingService.__table__, func.coalesce(asked.c.parcels, 0).label("parcels")).join(
        asked, asked.c.service_id == TrackingService.id, isouter=True
    )
    rows = tuple(
        ServiceRow(
            r.id, r.name, r.kind, r.url, r.customer, r.header, json.loads(r.paths), r.trouble, r.troubled_at,
            int(r.parcels),
        )
        for r in read.rows(statement.order_by(TrackingService.id))
    )  # fmt: skip
    return Services(rows, read.setting(NOTICE_SHOP_KEY))


@dataclass(frozen=True, slots=True)
class DueParcel:
    """A parcel whose carrier is to be asked now, as it was seen."""

    id: int
    service_id: int
    next_ask_at: datetime


@question(permission=Permission.HANDLE_ORDERS)
def due_parcels(read: Read, services: tuple[int, ...], limit: int) -> tuple[DueParcel, ...]:
    """Parcels under way whose turn has come, the longest waiting first."""
    statement = (
        select(Shipment.id, Carrier.service_id, Shipment.next_ask_at)
        .join(Carrier, Carrier.id == Shipment.carrier_id)
        .join(Order, Order.id == Shipment.order_id)
        .where(
            Shipment.next_ask_at <= read.now, Shipment.undone_at.is_(None), Carrier.service_id.in_(services),
            or_(Order.status == SHIPPED, Order.status == TO_SHIP),
        )
        .order_by(Shipment.next_ask_at, Shipment.id)
        .limit(limit)
    )  # fmt: skip
    return tuple(DueParcel(r.id, r.service_id, r.next_ask_at) for r in read.rows(statement))
