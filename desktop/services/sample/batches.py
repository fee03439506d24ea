"""The sample shop's batches and campaigns: four goods that expire within a month, and stock set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from desktop.basics.clock import day_starts
from desktop.basics.money import MILLI
from desktop.models.orders import Order, OrderLine
from desktop.models.products import Sku
from desktop.models.set_aside import ENDED, OPEN, SetAside, SetAsideEntry, SetAsideLine
from desktop.models.stock import Stock
from desktop.services import batch_book
from desktop.services.batch_book import BatchIn
from desktop.services.sample.write_orders import Desk
from desktop.shop.work import Work

# Code: days it keeps, then (days until its last, pieces) of each batch; the last one has what is left.
BATCHES: dict[str, tuple[int, tuple[tuple[int, int], ...]]] = {
    "ZH-3008": (180, ((14, 3), (96, 0))),
    "ZH-2049": (45, ((6, 5), (33, 0))),
    "ZH-2034": (90, ((19, 5), (62, 0))),
    "ZH-2016": (120, ((27, 8), (88, 0))),
    "ZH-2032": (120, ((44, 4), (101, 0))),
    "ZH-2020": (270, ((158, 0),)),
    "ZH-2039": (60, ((38, 0),)),
}
# Name, from and until in days from today, goods with the pieces they get.
CAMPAIGNS: tuple[tuple[str, int, int, tuple[tuple[str, int], ...]], ...] = (
    ("国庆特惠", -18, -11, (("ZH-5007", 24), ("ZH-5019", 16))),
    ("双十二预热", -2, 5, (("ZH-5007", 20), ("ZH-5008", 12), ("ZH-3049", 10))),
    ("元旦礼盒", 33, 41, (("ZH-3083", 8), ("ZH-3057", 6))),
)
MADE_BY = "staff:1"
SPARED = 8 * MILLI  # everybody else can still buy some


def write_batches(work: Work, desk: Desk) -> None:
    """Tell some goods apart by batch, each with what lies on the floor."""
    today = desk.calendar.today
    for code, (life, batches) in BATCHES.items():
        sku_id = desk.skus[code]
        work.update(Sku, sku_id, {"batch_tracked": True, "shelf_life_days": life})
        here = select(Stock.location_id, Stock.on_hand_milli).where(Stock.sku_id == sku_id)
        for place in work.rows(here.order_by(Stock.location_id)).all():
            left = place.on_hand_milli
            for number, (days, pieces) in enumerate(batches):
                last = number == len(batches) - 1 or place.location_id != desk.location
                part = left if last else min(left, pieces * MILLI)
                ends = today + timedelta(days=batches[-1][0] if place.location_id != desk.location else days)
                made = ends - timedelta(days=life)
                batch = BatchIn(f"{code[3:]}-{made:%y%m%d}", ends, made)
                if part > 0:
                    batch_id = batch_book.open_batch(work, sku_id, batch)
                    why = (sku_id, "opening", "sample")
                    batch_book.write(work, place.location_id, [(batch_id, part)], why)
                left -= part


def write_campaigns(work: Work, desk: Desk) -> None:
    """One campaign that is over, one that is on, one that is to come; what was sold in their time was theirs."""
    for name, first, last, goods in CAMPAIGNS:
        starts = day_starts(desk.calendar.day(first), desk.calendar.zone)
        ends = day_starts(desk.calendar.day(last), desk.calendar.zone)
        over = ends <= desk.calendar.now
        made = work.add(SetAside(
            name=name, location_id=desk.location, starts_at=starts, ends_at=ends, state=ENDED if over else OPEN,
            note="", made_by=MADE_BY, made_at=min(starts, desk.calendar.now), ended_at=ends if over else None,
        ))  # fmt: skip
        for code, pieces in goods:
            _write_line(work, desk, made, desk.skus[code], pieces * MILLI)


def _write_line(work: Work, desk: Desk, campaign: SetAside, sku_id: int, qty: int) -> None:
    sold: list[tuple[int, Any, int]] = []
    here = (Stock.sku_id == sku_id, Stock.location_id == desk.location)
    free = Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
    stock = work.rows(select(Stock.id, free.label("free")).where(*here)).one()
    left = qty
    for row in work.rows(_sales(campaign, sku_id)).all():
        part = min(left, row.base_milli)
        if part:
            sold.append((row.order_id, row.placed_at, part))
            left -= part
    if campaign.state == OPEN:
        most = max(0, stock.free - SPARED)
        left, qty = min(left, most), qty - left + min(left, most)
    line = work.add(
        SetAsideLine(set_aside_id=campaign.id, sku_id=sku_id, qty_milli=qty, sold_milli=qty - left)
    )
    shared = {"line_id": line.id, "actor": MADE_BY}
    rows = [{**shared, "kind": "set", "delta_milli": qty, "document": "", "at": campaign.made_at}]
    rows += [
        {**shared, "kind": "sold", "delta_milli": -part, "document": f"order:{order}", "at": at}
        for order, at, part in sold
    ]
    if campaign.state == ENDED:
        rows.append(
            {**shared, "kind": "returned", "delta_milli": -left, "document": "", "at": campaign.ends_at}
        )
    else:
        work.update(Stock, stock.id, {"set_aside_milli": Stock.set_aside_milli + left})
    work.post(SetAsideEntry, rows)


def _sales(campaign: SetAside, sku_id: int) -> Any:
    """What was sold of the goods in the campaign's time, and has left the shop."""
    return (
        select(OrderLine.order_id, OrderLine.base_milli, Order.placed_at)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.sku_id == sku_id, Order.status == "done", OrderLine.refunded_milli == 0)
        .where(Order.placed_at >= campaign.starts_at, Order.placed_at < campaign.ends_at)
        .order_by(Order.placed_at, OrderLine.id)
    )
