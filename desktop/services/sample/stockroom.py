"""The sample shop's store room: what was carried there, what is on its way, and a count that runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select

from desktop.basics.money import MILLI
from desktop.models.stock import STORE_ROOM, Location, Stock
from desktop.queries.goods_scope import LIST, GoodsScope
from desktop.services.sample.write_orders import Desk
from desktop.services.stocktakes import (
    CountPlan,
    begin_stocktake,
    count_goods,
    explain_difference,
    post_stocktake,
)
from desktop.services.transfers import Arrival, TransferItem, draft_transfer, receive_transfer, send_transfer
from desktop.shop import actors
from desktop.shop.work import Work

ROOM = "后仓"
OWNER, CASHIER = 1, 2
HOUR = 3_600
CARRIED = (("ZH-4006", 12), ("ZH-4011", 6), ("ZH-5007", 10))  # (code, pieces) that lie in the store room
UNDERWAY = (("ZH-5019", 8), ("ZH-4017", 4))
NEXT = (("ZH-5007", 12), ("ZH-6005", 6), ("ZH-4022", 5))
COUNTED = (
    ("ZH-1011", 0),
    ("ZH-1012", -1),
    ("ZH-1013", 0),
    ("ZH-1014", 2),
    ("ZH-1015", 0),
)  # against the books
OPEN = ("ZH-1016", "ZH-1017", "ZH-1018")


@contextmanager
def _then(work: Work, moment: datetime, staff_id: int) -> Iterator[None]:
    """Let somebody have done something at an earlier moment."""
    now, actor = work.now, work.actor
    work.now, work.actor = moment, actors.staff(staff_id, 1)
    try:
        yield
        work.flush()
    finally:
        work.now, work.actor = now, actor


def write_stockroom(work: Work, desk: Desk) -> None:
    """A store room with goods in it, transfers in every state, a stocktake that is over and one that runs."""
    room = work.add(Location(code="S1", name=ROOM, kind=STORE_ROOM)).id
    calendar = desk.calendar
    with _then(work, calendar.at(-9, 10 * HOUR), OWNER):
        first = _load(work, desk, room, CARRIED, "first", "国庆余货先放后仓")
        send_transfer.run(work, first, client_key="sample:first:send")
    with _then(work, calendar.at(-9, 11 * HOUR), CASHIER):
        arrived = [Arrival(desk.skus[code], pieces * MILLI) for code, pieces in CARRIED]
        receive_transfer.run(work, first, arrived, client_key="sample:first:receive")
    with _then(work, calendar.at(-5, 20 * HOUR), OWNER):
        _past_count(work, desk)
    with _then(work, calendar.at(0, 9 * HOUR), OWNER):
        second = _load(work, desk, room, UNDERWAY, "second", "")
        send_transfer.run(work, second, client_key="sample:second:send")
    with _then(work, calendar.at(0, 11 * HOUR), OWNER):
        _load(work, desk, room, NEXT, "third", "等后仓腾出位置")
    with _then(work, calendar.at(0, 14 * HOUR), CASHIER):
        _running_count(work, desk)


def _load(work: Work, desk: Desk, room: int, goods: Sequence[tuple[str, int]], key: str, note: str) -> int:
    items = [TransferItem(desk.skus[code], pieces * MILLI) for code, pieces in goods]
    made = draft_transfer.run(work, desk.location, room, items, client_key=f"sample:{key}", note=note)
    return made.id


def _count(work: Work, take: int, sku_id: int, milli: int) -> None:
    count_goods.run(work, take, sku_id, milli, client_key=f"sample:{take}:{sku_id}", whole=True)


def _plan(desk: Desk, name: str, codes: Sequence[str]) -> CountPlan:
    return CountPlan(desk.location, GoodsScope(LIST, sku_ids=tuple(desk.skus[code] for code in codes)), name)


def _past_count(work: Work, desk: Desk) -> None:
    """A shelf that was counted five days ago and was right."""
    codes = ("ZH-2005", "ZH-2006", "ZH-2007", "ZH-2008")
    take = begin_stocktake.run(work, _plan(desk, "冷柜周盘", codes), client_key="sample:cold")
    for code in codes:
        _count(work, take, desk.skus[code], _lying(work, desk, code))
    post_stocktake.run(work, take, client_key="sample:cold:post")


def _running_count(work: Work, desk: Desk) -> None:
    """The tea shelf, counted in part: one pack is missing, two are too many."""
    codes = [code for code, _delta in COUNTED] + list(OPEN)
    take = begin_stocktake.run(work, _plan(desk, "茶叶货架月盘", codes), client_key="sample:tea")
    for code, delta in COUNTED:
        _count(work, take, desk.skus[code], max(0, _lying(work, desk, code) + delta * MILLI))
    explain_difference.run(work, take, [desk.skus["ZH-1012"]], "lost")


def _lying(work: Work, desk: Desk, code: str) -> int:
    place = (Stock.sku_id == desk.skus[code], Stock.location_id == desk.location)
    return int(work.value(select(Stock.on_hand_milli).where(*place)) or 0)
