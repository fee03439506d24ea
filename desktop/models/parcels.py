"""What is in a parcel, where it has been, who carries it and who is asked about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.i18n import N_
from desktop.models.base import Base, RowId

WAITING, COLLECTED, UNDER_WAY, OUT, DELIVERED = "", "collected", "under_way", "out", "delivered"
TROUBLED, RETURNED = "problem", "returned"
PARCEL_WORDS = {
    WAITING: N_("No news yet"),
    COLLECTED: N_("Collected"),
    UNDER_WAY: N_("On the way"),
    OUT: N_("Out for delivery"),
    DELIVERED: N_("Delivered"),
    TROUBLED: N_("Problem on the way"),
    RETURNED: N_("Sent back"),
}
ENDED = (DELIVERED, RETURNED)
CARRIERS = (  # every shop starts with them: the name's sentence key, and what Kuaidi100 calls them
    (N_("SF Express"), "shunfeng"),
    (N_("ZTO Express"), "zhongtong"),
    (N_("YTO Express"), "yuantong"),
    (N_("Yunda"), "yunda"),
    (N_("STO Express"), "shentong"),
    (N_("EMS"), "ems"),
    (N_("JD Logistics"), "jd"),
    (N_("DHL"), "dhl"),
    (N_("UPS"), "ups"),
)
SIGNED, PLAIN = "kuaidi100", "json"
SERVICE_KINDS = {SIGNED: N_("Kuaidi100 (signed query)"), PLAIN: N_("Any JSON service")}


class ShipmentLine(Base):
    """How much of an order line is in a parcel (thousandths of its unit, and of the base unit). Append-only."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        CheckConstraint("qty_milli > 0", name="qty"),
        UniqueConstraint("shipment_id", "line_id"),
    )
    id: Mapped[RowId]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    qty_milli: Mapped[int]
    base_milli: Mapped[int]


class ShipmentTrail(Base):
    """One place a parcel was seen at, as its carrier told. Append-only."""

    __tablename__ = "shipment_trail"
    __table_args__ = (UniqueConstraint("shipment_id", "mark"),)
    id: Mapped[RowId]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    number: Mapped[str]  # the parcel's when it was asked: one put right later has a trail of its own
    mark: Mapped[str]  # of number, time and text: the same news twice is one row
    text: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    heard_at: Mapped[datetime]


class TrackingService(Base):
    """Somebody who can be asked where parcels are; the key is in the keyring of each machine that asks."""

    __tablename__ = "tracking_service"
    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    url: Mapped[str]
    customer: Mapped[str] = mapped_column(default="")  # the account's number
    header: Mapped[str] = mapped_column(default="")  # the header that takes the key
    paths: Mapped[str] = mapped_column(default="{}")  # JSON: where time, text, state … stand in the answer
    trouble: Mapped[str] = mapped_column(default="")  # why it could not be asked last
    troubled_at: Mapped[datetime | None]


class Carrier(Base):
    """Who carries parcels: the name people see, and what the service calls it."""

    __tablename__ = "carrier"
    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(default="")
    service_id: Mapped[int | None] = mapped_column(ForeignKey("tracking_service.id"))
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
