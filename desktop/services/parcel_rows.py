"""The rows of parcels: written when goods leave, found again when they are taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_, _
from desktop.models.orders import SALE, Order, OrderLine, Shipment
from desktop.models.parcels import Carrier, ShipmentLine
from desktop.services.leaving import Part
from desktop.shop.work import Work

LONGEST = 64  # characters of a carrier's name or a tracking number


def add_parcel(
    work: Work, order: Order, tracking: str, carrier: str, carrier_id: int | None, kind: str = SALE
) -> Shipment:
    """A new parcel of an order; its carrier is asked about it when somebody can be asked."""
    parcel = Shipment(order_id=order.id, at=work.now, kind=kind)
    name_parcel(work, parcel, tracking, carrier, carrier_id)
    return work.add(parcel)


def name_parcel(work: Work, parcel: Shipment, tracking: str, carrier: str, carrier_id: int | None) -> None:
    """Write carrier and number on a parcel; from then on it is asked about as these say."""
    known = work.get(Carrier, carrier_id) if carrier_id is not None else None
    parcel.carrier = (_(known.name) if known else carrier.strip())[:LONGEST]
    parcel.carrier_id = known.id if known else None
    parcel.tracking = tracking.strip()[:LONGEST]
    askable = known is not None and known.service_id is not None and bool(parcel.tracking)
    parcel.next_ask_at = work.now if askable else None
    parcel.state, parcel.eta, parcel.tries, parcel.trouble = "", None, 0, ""


def keep_parts(work: Work, parcel: Shipment, parts: Sequence[Part]) -> None:
    """Write down what is in a parcel."""
    rows = [
        {"shipment_id": parcel.id, "line_id": p.line_id, "qty_milli": p.qty_milli, "base_milli": p.base_milli}
        for p in parts
    ]
    work.post(ShipmentLine, rows)


def parcel_of(work: Work, order: Order, parcel_id: int | None) -> Shipment | None:
    """A parcel of this order that is under way, the newest if not said; None when the order has none."""
    mine = select(Shipment).where(
        Shipment.order_id == order.id, Shipment.undone_at.is_(None), Shipment.kind == SALE
    )
    if parcel_id is None:
        return work.find(mine.order_by(Shipment.id.desc()))
    found = work.find(mine.where(Shipment.id == parcel_id))
    if found is None:
        raise NotFound(N_("This parcel was taken back already. Refresh and look again."))
    return found


def parts_of(work: Work, order: Order, parcel: Shipment | None) -> list[tuple[int, int, int]]:
    """(line, quantity, base quantity) of what is in a parcel; of an order that left without one, all that left."""
    if parcel is not None:
        columns = (ShipmentLine.line_id, ShipmentLine.qty_milli, ShipmentLine.base_milli)
        rows = work.rows(
            select(*columns).where(ShipmentLine.shipment_id == parcel.id).order_by(ShipmentLine.id)
        )
        found = [(int(r.line_id), int(r.qty_milli), int(r.base_milli)) for r in rows]
        if found:
            return found
    lines = work.session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)
    )
    return [
        (line.id, line.shipped_milli, line.base_of(0, line.shipped_milli))
        for line in lines
        if line.shipped_milli
    ]


def newest_parcel_at(work: Work, order_id: int) -> datetime | None:
    """When the newest parcel that was not taken back left."""
    newest = select(func.max(Shipment.at)).where(
        Shipment.order_id == order_id, Shipment.undone_at.is_(None), Shipment.kind == SALE
    )
    found: datetime | None = work.value(newest)
    return found
