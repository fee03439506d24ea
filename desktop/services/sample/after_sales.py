"""After-sales cases of the sample shop: each kind under way, some that ended; none of them moves money or goods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import insert, select

from desktop.basics.clock import shop_day
from desktop.models.after_sales import (
    APPROVED,
    ASKED,
    AWAITED,
    CANCELLED,
    EXCHANGE,
    REFUND,
    REFUSED,
    RESHIP,
    RETURN,
    AfterSale,
    AfterSaleEvent,
    AfterSaleGoods,
    AfterSaleLine,
    AfterSalePhoto,
)
from desktop.models.orders import DONE, SHIPPED, Order, OrderLine
from desktop.models.people import Staff
from desktop.services.posting import next_number
from desktop.shop.work import Work

OLDEST = timedelta(days=9)
YOUNGEST = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """One case: so many hours ago, what kind, how far it came, and what the customer said."""

    hours: int
    kind: str
    states: tuple[str, ...]
    reason: str
    note: str
    tracking: str = ""
    photos: int = 0
    money_minor: int = 0


CASES = (
    Told(5, RETURN, (ASKED,), "Broken or damaged", "收到时包装裂开了，麻烦看一下照片。", photos=2),
    Told(27, RETURN, (ASKED, AWAITED), "Changed their mind", "还没拆封，想退掉。", "SF1688012245"),
    Told(21, EXCHANGE, (ASKED, AWAITED), "Not what was ordered", "买的是大包装，发来的是小的，想换成同款。"),
    Told(9, RESHIP, (ASKED, APPROVED), "Lost on the way", "快递显示签收了，但我没有收到。"),
    Told(3, REFUND, (ASKED,), "Arrived too late", "晚了三天才到，希望补偿一点。", money_minor=500),
    Told(52, REFUND, (ASKED, REFUSED), "Changed their mind", "不喜欢这个口味。"),
    Told(75, RETURN, (ASKED, AWAITED, CANCELLED), "Spoiled or out of date", "看错日期了，不退了。"),
)


def write_after_sales(work: Work, now: datetime) -> None:
    """Write the cases on orders that were sent and not refunded, one each."""
    orders = _orders(work, now)
    actors = [f"staff:{row.id}" for row in work.rows(select(Staff.id).order_by(Staff.id))]
    for told, (order, line) in zip(CASES, orders, strict=False):
        opened = now - timedelta(hours=told.hours)
        case_id = _case(work, told, order, line, opened, actors[-1])
        for number, state in enumerate(told.states):
            event = {"case_id": case_id, "kind": state, "note": told.reason if state == ASKED else ""}
            actor = actors[-1] if state in (ASKED, CANCELLED) else actors[0]
            moment = opened + timedelta(minutes=47 * number)
            work.post(AfterSaleEvent, [{**event, "actor": actor, "at": moment}])
        for number in range(told.photos):
            row = {"case_id": case_id, "data": _photo(number), "actor": actors[-1], "at": opened}
            work.rows(insert(AfterSalePhoto).values(**row))


def _orders(work: Work, now: datetime) -> list[tuple[Any, Any]]:
    """Every fourth of the orders sent some days ago, with its cheapest line."""
    span = (Order.placed_at < now - YOUNGEST, Order.placed_at > now - OLDEST)
    statement = select(Order.id, Order.member_id).where(
        Order.status.in_((SHIPPED, DONE)), Order.refunded_minor == 0, Order.address != "", *span
    )
    rows = work.rows(statement.order_by(Order.placed_at.desc(), Order.id.desc()).limit(60)).all()
    named = [row for row in rows if row.member_id is not None]
    found = []
    for order in (named or rows)[::4]:
        lines = select(OrderLine.__table__).where(
            OrderLine.order_id == order.id, OrderLine.shipped_milli == OrderLine.qty_milli
        )
        line = work.first(lines.order_by(OrderLine.total_minor, OrderLine.id))
        if line is not None and line.total_minor > max(case.money_minor for case in CASES):
            found.append((order, line))
    return found


def _case(work: Work, told: Told, order: Any, line: Any, opened: datetime, actor: str) -> int:
    day = shop_day(opened, work.zone)
    number = next_number(work, f"aftersale:{day:%y%m%d}")
    qty = 0 if told.money_minor else min(line.qty_milli, 1_000)
    worth = told.money_minor or line.total_minor * qty // line.qty_milli
    moved = opened + timedelta(minutes=47 * (len(told.states) - 1))
    case = {
        "code": f"AS-{day:%y%m%d}-{number:03d}", "order_id": order.id, "kind": told.kind, "state": told.states[-1],
        "reason": told.reason, "note": told.note, "with_freight": False, "difference_minor": 0,
        "worth_minor": 0 if told.kind == RESHIP else worth, "tracking": told.tracking, "opened_at": opened,
        "moved_at": moved, "opened_by": actor, "client_key": f"sample:after-sale:{told.hours}",
    }  # fmt: skip
    case_id = work.post(AfterSale, [case], ids=True)[0]
    work.post(AfterSaleLine, [{
        "case_id": case_id, "line_id": line.id, "qty_milli": qty, "amount_minor": told.money_minor,
        "condition": "damaged" if told.photos else "resaleable", "received_milli": 0, "damaged_milli": 0,
    }])  # fmt: skip
    if told.kind == EXCHANGE:
        goods = {"case_id": case_id, "sku_id": line.sku_id, "unit": line.unit, "qty_milli": qty}
        work.post(AfterSaleGoods, [{**goods, "credit_minor": 0, "spent_minor": 0}])
    return case_id


def _photo(number: int) -> bytes:
    """A jar with a crack, drawn: the sample shop has no customers with cameras."""
    picture = Image.new("RGB", (480, 360), (214, 203, 186))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 250, 480, 360), fill=(176, 152, 120))
    left = 120 + 60 * number
    pen.rounded_rectangle((left, 90, left + 200, 300), 26, fill=(61, 122, 82))
    pen.rectangle((left + 20, 60, left + 180, 96), fill=(150, 118, 70))
    pen.rectangle((left + 30, 160, left + 170, 240), fill=(236, 231, 214))
    crack = [(left + 60, 92), (left + 82, 128), (left + 66, 150), (left + 104, 186), (left + 92, 214)]
    pen.line(crack, fill=(24, 40, 30), width=5)
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
