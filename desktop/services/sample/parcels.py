"""The sample shop's parcels: their carrier, where they were seen, and what a member asked about one of them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from desktop.models.order_talk import FROM_MEMBER, FROM_STAFF, OrderMessage
from desktop.models.orders import SHIPPED, Order, Shipment
from desktop.models.parcels import COLLECTED, OUT, UNDER_WAY, Carrier, ShipmentTrail
from desktop.services.sample.write_orders import CARRIER
from desktop.shop.work import Work

STOPS = (  # hours after it left, what was said, where
    (1, "快件已由【桂花路营业点】揽收", "杭州市", COLLECTED),
    (5, "快件已到达【杭州转运中心】", "杭州市", UNDER_WAY),
    (13, "快件离开【杭州转运中心】，发往下一站", "杭州市", UNDER_WAY),
    (26, "快件正在派送途中，请保持电话畅通", "杭州市西湖区", OUT),
)
TALK = (("请问能放门卫吗？周末不在家。", FROM_MEMBER), ("可以，已经和快递员说好了。", FROM_STAFF))


def write_parcels(work: Work, now: datetime) -> None:
    """Give the parcels of the sample shop a carrier, and those on their way a trail."""
    carrier = work.add(Carrier(name=CARRIER, code="shunlu"))
    work.rows(update(Shipment).where(Shipment.carrier == CARRIER).values(carrier_id=carrier.id))
    under_way = work.rows(
        select(Shipment.id, Shipment.tracking, Shipment.at, Shipment.order_id, Order.member_id)
        .join(Order, Order.id == Shipment.order_id)
        .where(Order.status == SHIPPED)
        .order_by(Shipment.id)
    ).all()
    for parcel in under_way:
        _trail(work, parcel.id, parcel.tracking, parcel.at, now)
    known = [parcel for parcel in under_way if parcel.member_id is not None]
    if known:
        _talk(work, known[-1], now)


def _trail(work: Work, parcel_id: int, number: str, left: datetime, now: datetime) -> None:
    seen = [
        (left + timedelta(hours=hours), text, place, state)
        for hours, text, place, state in STOPS
        if left + timedelta(hours=hours) <= now
    ]
    rows = [
        {
            "shipment_id": parcel_id, "number": number, "mark": hashlib.sha256(f"{at}{text}".encode()).hexdigest()[:24],
            "text": text, "place": place, "state": state, "at": at, "heard_at": at,
        }
        for at, text, place, state in seen
    ]  # fmt: skip
    work.post(ShipmentTrail, rows)
    values: dict[str, Any] = {"eta": left + timedelta(hours=44), "state": seen[-1][3] if seen else ""}
    work.rows(update(Shipment).where(Shipment.id == parcel_id).values(values))


def _talk(work: Work, parcel: Any, now: datetime) -> None:
    """A question and its answer, both read."""
    rows = [
        {
            "order_id": parcel.order_id, "sender": sender, "text": text, "at": at, "read_at": at,
            "actor": f"member:{parcel.member_id}" if sender == FROM_MEMBER else "staff:1",
            "client_key": f"sample:talk:{number}",
        }
        for number, ((text, sender), at) in enumerate(
            (talk, min(parcel.at + timedelta(minutes=30 + 12 * place), now)) for place, talk in enumerate(TALK)
        )
    ]  # fmt: skip
    work.post(OrderMessage, rows)
