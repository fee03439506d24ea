"""Write the sample shop's orders with everything that hangs on them: money, goods, points, timeline, parcels."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from desktop.models.orders import Order, OrderEvent, OrderLine, Shipment
from desktop.models.parcels import ShipmentLine
from desktop.models.payments import Refund, RefundLine, RefundTender, Tender
from desktop.models.stock import Reservation, StockMovement
from desktop.services.sample.cash import Shifts
from desktop.services.sample.drafts import Calendar, Draft
from desktop.services.sample.ledger import GivenBack, paid_at, placed_at, refund_of
from desktop.services.sample.payments import with_attempts
from desktop.services.sample.write import add_rows
from desktop.shop import order_texts
from desktop.shop.work import Work

PAY_WITHIN = SHIP_WITHIN = timedelta(hours=36)
GONE = ("shipped", "done")
CURRENCY = "CNY"
CARRIER = "顺路速运"


@dataclass
class Desk:
    """Ids the orders refer to."""

    tills: dict[str, int]
    location: int
    skus: dict[str, int]
    calendar: Calendar
    receipts: Tally[int] = field(default_factory=Tally)
    shifts: Shifts | None = None

    def session(self, till_id: int, moment: datetime) -> int | None:
        """The cash session money of a till belonged to."""
        return self.shifts.at(till_id, moment) if self.shifts else None


@dataclass
class Times:
    """The moments of one order; None: not yet."""

    placed: datetime
    paid: datetime | None
    shipped: datetime | None
    done: datetime | None
    cancelled: datetime | None


def times_of(draft: Draft, calendar: Calendar) -> Times:
    """When what happened to the order, never after now."""
    placed = placed_at(draft, calendar)
    if not draft.paid:
        gone = min(placed + timedelta(minutes=20), calendar.now) if draft.status == "cancelled" else None
        return Times(placed, None, None, None, gone)
    paid = paid_at(draft, calendar)
    if draft.channel != "online":
        return Times(placed, paid, None, paid, None)
    shipped, done = paid + timedelta(hours=9), paid + timedelta(hours=44)
    if draft.refund_line is not None:
        shipped, done = paid + timedelta(minutes=3), paid + timedelta(minutes=8)
    if done > calendar.now:
        shipped, done = paid + (calendar.now - paid) / 4, paid + (calendar.now - paid) * 3 / 4
    has_left = draft.status in GONE
    return Times(placed, paid, shipped if has_left else None, done if draft.status == "done" else None, None)


def till_of(draft: Draft) -> str:
    """Which till took it: her usual one is the second kiosk, the others share both."""
    if draft.channel == "kiosk":
        return "K2" if draft.number % 3 or (draft.person and draft.person.code == "M-000318") else "K1"
    return {"store": "T1", "online": "WEB"}[draft.channel]


def write_orders(work: Work, desk: Desk, drafts: Sequence[Draft]) -> None:
    """Write the orders in the order they were placed; fills in their ids and tills."""
    calendar = desk.calendar
    desk.shifts = shifts = Shifts(work, desk.tills["T1"], calendar)
    for draft in drafts:
        draft.till = desk.tills[till_of(draft)]
    receipts = _receipts(desk, drafts)
    ordered = sorted(drafts, key=lambda d: placed_at(d, calendar))
    rows = [_order(draft, desk, receipts) for draft in ordered]
    for draft, order_id in zip(ordered, add_rows(work, Order, rows), strict=True):
        draft.id = order_id
    lines = [(draft, i) for draft in ordered for i in range(len(draft.lines))]
    line_ids = add_rows(work, OrderLine, [_line(draft, i, desk) for draft, i in lines])
    by_place = {(id(draft), i): row_id for (draft, i), row_id in zip(lines, line_ids, strict=True)}
    _write_money(work, desk, ordered)
    _write_goods(work, desk, lines, by_place)
    work.post(
        OrderEvent, sorted((e for draft in ordered for e in _events(draft, calendar)), key=lambda e: e["at"])
    )
    parcels = [(d, t.shipped) for d in ordered if (t := times_of(d, calendar)).shipped]
    made = add_rows(work, Shipment, [
        {"order_id": d.id, "carrier": CARRIER, "tracking": f"SL{d.id:05d}{d.second:05d}", "at": at} for d, at in parcels
    ])  # fmt: skip
    work.post(ShipmentLine, [
        {"shipment_id": parcel, "line_id": by_place[id(d), i], "qty_milli": line.qty, "base_milli": line.qty}
        for parcel, (d, _at) in zip(made, parcels, strict=True) for i, line in enumerate(d.lines)
    ])  # fmt: skip
    _write_refunds(work, desk, ordered, by_place)
    shifts.finish(work)
    order_texts.keep(work.connection, [draft.id for draft in ordered])


def _receipts(desk: Desk, drafts: Sequence[Draft]) -> dict[int, str]:
    """Gapless numbers per till in the order the money came."""
    found = {}
    for draft in sorted((d for d in drafts if d.paid), key=lambda d: paid_at(d, desk.calendar)):
        desk.receipts[draft.till] += 1
        found[id(draft)] = f"{draft.till:02d}-{desk.receipts[draft.till]:06d}"
    return found


def code_of(draft: Draft, calendar: Calendar) -> tuple[str, str]:
    """Full and short number of the order."""
    day = calendar.day(draft.day)
    return f"{day:%Y%m%d}-{draft.number:04d}", f"{day:%m%d}-{draft.number:04d}"


def _order(draft: Draft, desk: Desk, receipts: dict[int, str]) -> dict[str, Any]:
    times = times_of(draft, desk.calendar)
    code, short = code_of(draft, desk.calendar)
    back = refund_of(draft)
    online = draft.channel == "online"
    return {
        "code": code, "short_code": short, "order_type": "retail", "channel": draft.channel, "till_id": draft.till,
        "member_id": draft.person.id if draft.person else None, "location_id": desk.location,
        "status": draft.status, "currency": CURRENCY, "goods_minor": draft.goods_minor,
        "discount_minor": draft.goods_minor - draft.total, "discount_note": draft.discount_note,
        "freight_minor": 0, "rounding_minor": 0, "total_minor": draft.total,
        "paid_minor": draft.total if draft.paid else 0, "points_minor": draft.points if draft.paid else 0,
        "refunded_minor": back.amount if back else 0, "points_spent": draft.points,
        "points_earned": draft.earned or 0 if draft.person else 0, "address": draft.address, "note": draft.note,
        "receipt_number": receipts.get(id(draft), ""), "placed_at": times.placed, "paid_at": times.paid,
        "shipped_at": times.shipped, "done_at": times.done,
        "pay_deadline": times.placed + PAY_WITHIN if draft.status == "unpaid" else None,
        "ship_deadline": times.placed + SHIP_WITHIN if online and draft.paid else None,
        "external_ref": None, "client_key": f"sample:{code}",
    }  # fmt: skip


def _line(draft: Draft, index: int, desk: Desk) -> dict[str, Any]:
    line = draft.lines[index]
    return {
        "order_id": draft.id, "sku_id": desk.skus[line.good.code], "name": line.good.name, "unit": line.good.unit,
        "qty_milli": line.qty, "base_milli": line.qty, "list_minor": line.good.price, "price_minor": line.good.price,
        "discount_minor": line.discount, "total_minor": line.total, "cost_minor": line.good.cost,
        "refunded_milli": line.qty if draft.refund_line == index else 0,
        "shipped_milli": line.qty if draft.paid and draft.status in GONE else 0, "trace": "retail",
    }  # fmt: skip


def buyer_of(draft: Draft) -> str:
    """Who acted when the order was made, as an actor's key."""
    if draft.channel == "online":
        return f"member:{draft.person.id}" if draft.person else "phone"
    return f"kiosk:{draft.till}" if draft.channel == "kiosk" else "staff:2"


def _events(draft: Draft, calendar: Calendar) -> list[dict[str, Any]]:
    times, buyer = times_of(draft, calendar), buyer_of(draft)
    back = calendar.at(draft.day, draft.refund_second) if draft.refund_line is not None else None
    steps = [
        ("placed", times.placed, buyer, ""), ("paid", times.paid, buyer, draft.pays[0].method if draft.paid else ""),
        ("shipped", times.shipped, "staff:1", CARRIER), ("done", times.done, "clock" if times.shipped else buyer, ""),
        ("cancelled", times.cancelled, buyer, ""), ("refunded", back, "staff:1", draft.refund_reason),
    ]  # fmt: skip
    return [
        {"order_id": draft.id, "kind": kind, "note": note, "actor": actor, "at": at}
        for kind, at, actor, note in steps
        if at
    ]


# -- money ------------------------------------------------------------------------------------------------------


def _write_money(work: Work, desk: Desk, drafts: Sequence[Draft]) -> None:
    rows = [row for draft in drafts if draft.paid for row in _tenders(draft, desk)]
    rows = with_attempts(work, sorted(rows, key=lambda row: row["at"]), desk.calendar)
    work.post(Tender, rows)


def _tenders(draft: Draft, desk: Desk) -> list[dict[str, Any]]:
    paid = paid_at(draft, desk.calendar)
    session = desk.session(draft.till, paid)
    shared = {"order_id": draft.id, "currency": CURRENCY, "actor": buyer_of(draft), "session_id": session}
    rows: list[dict[str, Any]] = []
    for i, pay in enumerate(draft.pays):
        handed = -(-pay.amount // 1_000) * 1_000 if pay.method == "cash" else 0
        rows.append({
            **shared, "method_key": pay.method, "amount_minor": pay.amount, "points": 0, "at": paid,
            "reference": pay.reference or _reference(pay.method, draft, paid, desk.calendar), "received_minor": handed,
            "client_key": f"sample:{draft.id}:t{i}",
        })  # fmt: skip
    if draft.points:
        rows.append({
            **shared, "method_key": "points", "amount_minor": draft.points, "points": draft.points, "at": paid,
            "reference": "", "received_minor": 0, "client_key": f"sample:{draft.id}:tp",
        })  # fmt: skip
    return rows


def _reference(method: str, draft: Draft, paid: datetime, calendar: Calendar) -> str:
    local = paid.astimezone(calendar.zone)
    if method == "wechat":
        return f"420000{local:%y%m%d%H%M}"
    if method == "alipay":
        return f"{local:%Y%m%d}2200{draft.number * 15 % 10_000:04d}"
    return f"6225-8801-{local:%H%M%S}" if method == "card" else ""


# -- goods ------------------------------------------------------------------------------------------------------


def _write_goods(
    work: Work, desk: Desk, lines: Sequence[tuple[Draft, int]], ids: dict[tuple[int, int], int]
) -> None:
    movements, held = [], []
    for draft, i in lines:
        line = draft.lines[i]
        place = {"sku_id": desk.skus[line.good.code], "location_id": desk.location}
        times = times_of(draft, desk.calendar)
        if draft.paid and draft.status in GONE:
            movements.append({
                **place, "delta_milli": -line.qty, "unit_cost_minor": line.good.cost, "reason": "sale",
                "source": f"order:{draft.id}", "note": "", "client_key": f"sample:{draft.id}:m{i}",
                "actor": "staff:1" if times.shipped else buyer_of(draft), "at": times.shipped or times.paid,
            })  # fmt: skip
        state = {"to_ship": "open", "unpaid": "open", "shipped": "used"}.get(draft.status)
        if state:
            until = times.placed + PAY_WITHIN if draft.status == "unpaid" else None
            held.append({
                **place, "order_id": draft.id, "line_id": ids[id(draft), i], "qty_milli": line.qty, "state": state,
                "expires_at": until,
            })  # fmt: skip
    work.post(StockMovement, movements)
    work.post(Reservation, held)


def _write_refunds(work: Work, desk: Desk, drafts: Sequence[Draft], ids: dict[tuple[int, int], int]) -> None:
    for draft in drafts:
        back = refund_of(draft)
        if back is not None:
            _write_refund(work, desk, draft, back, ids[id(draft), back.line])


def _write_refund(work: Work, desk: Desk, draft: Draft, back: GivenBack, line_id: int) -> None:
    at, line = desk.calendar.at(draft.day, draft.refund_second), draft.lines[back.line]
    key = f"sample:{draft.id}:r"
    shared = {"actor": "staff:1", "at": at}
    refund = work.post(Refund, [{
        "order_id": draft.id, "amount_minor": back.amount, "points_returned": back.points,
        "points_taken_back": back.taken_back, "reason": draft.refund_reason, "restock": True, "client_key": key, **shared,
    }], ids=True)[0]  # fmt: skip
    draft.refund_id = refund
    work.post(
        RefundLine,
        [{"refund_id": refund, "line_id": line_id, "qty_milli": line.qty, "amount_minor": back.amount}],
    )
    tenders = {
        row.method_key: row.id
        for row in work.rows(Tender.__table__.select().where(Tender.order_id == draft.id))
    }
    parts = [(draft.pays[0].method, back.money, 0), ("points", back.value, back.points)]
    left = {"refund_id": refund, "at": at, "session_id": desk.session(draft.till, at)}
    work.post(RefundTender, [
        {**left, "tender_id": tenders[method], "amount_minor": amount, "points": points}
        for method, amount, points in parts if amount
    ])  # fmt: skip
    work.post(StockMovement, [{
        "sku_id": desk.skus[line.good.code], "location_id": desk.location, "delta_milli": line.qty,
        "unit_cost_minor": line.good.cost, "reason": "refund", "source": f"refund:{refund}", "note": "",
        "client_key": f"{key}:m0", **shared,
    }])  # fmt: skip


def reserved(drafts: Sequence[Draft]) -> dict[str, int]:
    """Thousandths held for open orders, by code."""
    held: dict[str, int] = {}
    for draft in drafts:
        if draft.status in ("to_ship", "unpaid"):
            for line in draft.lines:
                held[line.good.code] = held.get(line.good.code, 0) + line.qty
    return held


def sold(drafts: Sequence[Draft]) -> dict[str, int]:
    """Thousandths that left and did not come back, by code."""
    gone: dict[str, int] = {}
    for draft in drafts:
        if draft.paid and draft.status in GONE:
            for i, line in enumerate(draft.lines):
                if i != draft.refund_line:
                    gone[line.good.code] = gone.get(line.good.code, 0) + line.qty
    return gone
