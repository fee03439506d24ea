"""Goods and points somebody must look after: sold out, running out, waiting to be bought, about to lapse."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from desktop.basics.money import MILLI, digits_of, half_up
from desktop.models.products import Price, PriceList, Product, Sku
from desktop.models.replenishment import OPEN, Replenishment, ReplenishmentLine
from desktop.models.settings import POINTS_PER_UNIT
from desktop.models.stock import StockMovement
from desktop.queries.stock import BASE_LIST
from desktop.queries.stock_board import Board
from desktop.queries.todo import Step, Todo
from desktop.queries.waiting import lapsing
from desktop.shop.work import Read

MOST_GOODS = 500  # of a kind
LEAD_DAYS = 3  # until what is ordered today stands on the shelf
NAMED = 3
ENTRIES_LOOKED_AT = 300


def goods(read: Read) -> Iterator[Todo]:
    """A day's sales of the goods that are out, and of those that run out before ordered ones could be here.

    Ordering a day later means that one day more is sold nothing of them: that is what a day costs.
    """
    board = Board(read)
    out = _goods(read, board, board.available <= 0)
    low = _goods(read, board, board.available > 0, board.available < board.safety)
    daily = _daily(read, board, [row.id for row in (*out, *low)])
    if out:
        ranked = sorted(out, key=lambda row: -daily.get(row.id, (0, 0))[1])
        money = sum(daily.get(row.id, (0, 0))[1] for row in out[:MOST_GOODS])
        step = _show(ranked, "out")
        yield _todo("out", ranked, money, None, step)
    waiting = _list(read)
    if low:
        short = {row.id for row in low if _runs_out(row.available, daily.get(row.id, (0, 0))[0])}
        ranked = sorted(low, key=lambda row: (row.id not in short, -daily.get(row.id, (0, 0))[1]))
        money = sum(daily[row.id][1] for row in low[:MOST_GOODS] if row.id in short)
        verb = "show" if waiting else "draft"
        step = Step(verb, "inventory", filters={"view": "low"})
        yield _todo("low", ranked, 0 if waiting else money, None, step, short=len(short))
    if waiting:
        yield _restock(read, waiting)


def _goods(read: Read, board: Board, *wanted: Any) -> list[Any]:
    columns = (Sku.id, Product.name, board.available.label("available"))
    statement = board.select(*columns, levels=True, sales=False).where(Product.on_shelf, *wanted)
    return list(read.rows(statement.limit(MOST_GOODS + 1)))


def _daily(read: Read, board: Board, sku_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """What these SKUs sell a day: thousandths, and minor units at the usual price."""
    if not sku_ids:
        return {}
    sold = cast(func.sum(-StockMovement.delta_milli), BigInteger)
    moved = (
        select(StockMovement.sku_id, sold.label("sold"))
        .where(StockMovement.reason == "sale", StockMovement.at >= board.since)
        .where(StockMovement.sku_id.in_(sku_ids))
        .group_by(StockMovement.sku_id)
        .subquery("moved")
    )
    usual = (PriceList.key == BASE_LIST, Price.unit == "", Price.min_qty_milli == 0)
    statement = (
        select(moved.c.sku_id, moved.c.sold, Price.amount_minor)
        .join(Price, Price.sku_id == moved.c.sku_id)
        .join(PriceList, PriceList.id == Price.list_id)
        .where(*usual)
    )
    return {
        row.sku_id: (row.sold // board.days, half_up(max(0, row.sold) * row.amount_minor, MILLI * board.days))
        for row in read.rows(statement)
    }


def _runs_out(available_milli: int, daily_milli: int) -> bool:
    return daily_milli > 0 and available_milli < daily_milli * LEAD_DAYS


def _show(rows: list[Any], view: str) -> Step:
    """One of them is opened, several are listed."""
    if len(rows) == 1:
        return Step("show", "inventory", rows[0].id)
    return Step("show", "inventory", filters={"view": view})


def _todo(kind: str, rows: list[Any], money: int, since: datetime | None, step: Step, **more: Any) -> Todo:
    facts = {"names": tuple(row.name for row in rows[:NAMED]), **more}
    return Todo(kind, min(len(rows), MOST_GOODS), money, since, step, facts, len(rows) > MOST_GOODS)


# -- the list of goods to buy -------------------------------------------------------------------------------------


def _list(read: Read) -> Any:
    """The open list, or None."""
    return read.first(select(Replenishment.id, Replenishment.at).where(Replenishment.state == OPEN))


def _restock(read: Read, found: Any) -> Todo:
    """At stake is a day's sales of the goods on it that run out before ordered ones could be here."""
    line = ReplenishmentLine
    rows = read.rows(
        select(line.sku_id.label("id"), Product.name, line.available_milli, line.sold_milli, line.sold_days)
        .join(Sku, Sku.id == line.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .where(line.list_id == found.id, ~line.removed)
    ).all()
    short = [r for r in rows if _runs_out(r.available_milli, r.sold_milli // max(1, r.sold_days))]
    daily = _daily(read, Board(read), [row.id for row in short])
    money = sum(minor for _quantity, minor in daily.values())
    step = Step("show", "inventory", filters={"view": "restock"})
    return _todo(
        "restock", [*short, *(r for r in rows if r not in short)], money, found.at, step, short=len(short)
    )


# -- points -------------------------------------------------------------------------------------------------------


def lapsing_points(read: Read) -> Iterator[Todo]:
    """What the points are worth that lapse in the next days: members who spend them come and buy."""
    found = lapsing(read, ENTRIES_LOOKED_AT)
    if found.members:
        minor = half_up(found.points * 10 ** digits_of(read.currency), read.setting(POINTS_PER_UNIT))
        facts = {"points": found.points, "at": found.at}
        yield Todo("lapsing", found.members, minor, found.at, Step("show", "members"), facts, found.more)
