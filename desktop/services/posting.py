"""Steps several verbs share: numbers, daily totals, stock in and out, points. Each is part of its caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from desktop.basics.clock import shop_day
from desktop.basics.errors import OutOfStock, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import quantity_text
from desktop.models.members import Member, PointsEntry
from desktop.models.products import Product, Sku
from desktop.models.stock import Stock, StockMovement
from desktop.models.stocktakes import Stocktake
from desktop.models.system import Counter, DailyTotal
from desktop.services import batch_book
from desktop.shop.work import Work

_DIALECTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def _next_number(insert: Any) -> Any:
    row = insert(Counter).values(name=bindparam("name"), value=1)
    return row.on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1}).returning(
        Counter.value
    )


_SUMS = ("orders", "amount_minor", "refunds_minor", "points_minor")


def _add_daily(insert: Any) -> Any:
    keys = ("day", "till_id", "channel", "order_type", "carried")
    row = insert(DailyTotal).values({name: bindparam(name) for name in (*keys, *_SUMS)})
    grown = {name: getattr(DailyTotal, name) + getattr(row.excluded, name) for name in _SUMS}
    return row.on_conflict_do_update(index_elements=list(keys), set_=grown).returning(DailyTotal.id)


_NEXT = {name: _next_number(insert) for name, insert in _DIALECTS.items()}
_DAILY = {name: _add_daily(insert) for name, insert in _DIALECTS.items()}

_FREE = Stock.on_hand_milli - Stock.reserved_milli - Stock.set_aside_milli
_AT = (Stock.sku_id == bindparam("at_sku"), Stock.location_id == bindparam("at_location"))
_QTY = bindparam("qty", type_=Stock.__table__.c.on_hand_milli.type)
_STILL = Stock.frozen_by.is_(None)  # no stocktake holds these goods where they lie
_TAKE = (
    update(Stock)
    .where(*_AT, _STILL, _FREE >= _QTY)
    .values(on_hand_milli=Stock.on_hand_milli - _QTY)
    .returning(Stock.id)
)
_PUT = update(Stock).where(*_AT, _STILL).values(on_hand_milli=Stock.on_hand_milli + _QTY).returning(Stock.id)
_HOLD = (
    update(Stock)
    .where(*_AT, _STILL, _FREE >= _QTY)
    .values(reserved_milli=Stock.reserved_milli + _QTY)
    .returning(Stock.id)
)
_FREE_HELD = (
    update(Stock)
    .where(*_AT, Stock.reserved_milli >= _QTY)
    .values(reserved_milli=Stock.reserved_milli - _QTY)
    .returning(Stock.id)
)
_SHIP_HELD = (
    update(Stock)
    .where(*_AT, _STILL, Stock.reserved_milli >= _QTY)
    .values(reserved_milli=Stock.reserved_milli - _QTY, on_hand_milli=Stock.on_hand_milli - _QTY)
    .returning(Stock.id)
)
_STEPS = {"take": _TAKE, "put": _PUT, "hold": _HOLD, "free": _FREE_HELD, "ship": _SHIP_HELD}

_FREE_NOW = select(Stock.sku_id, _FREE.label("free")).where(
    Stock.sku_id.in_(bindparam("skus", expanding=True)), Stock.location_id == bindparam("at_location"), _STILL
)
_POINTS = (
    update(Member)
    .where(Member.id == bindparam("of_member"), Member.points >= bindparam("spend"))
    .values(points=Member.points + bindparam("gain"))
    .returning(Member.id, Member.points)
)


@dataclass(frozen=True, slots=True)
class StockStep:
    """A change at one location in thousandths: take (sell), put (bring in), hold, free, ship (held goods leave)."""

    kind: str
    sku_id: int
    qty_milli: int


@dataclass(frozen=True, slots=True)
class PointsStep:
    """One ledger entry to be: `reason` from `models.members.POINT_REASONS`."""

    delta: int
    reason: str
    source: str
    client_key: str
    note: str = ""
    expires_at: datetime | None = None


def next_number(work: Work, name: str) -> int:
    """The next gapless number of a series; the row stays locked until the commit."""
    return int(work.rows(_NEXT[work.connection.dialect.name], {"name": name}).scalar_one())


def skip_numbers(work: Work, name: str, count: int) -> None:
    """Take `count` more numbers of a series at once, for a batch."""
    work.rows(update(Counter).where(Counter.name == name).values(value=Counter.value + count))


def next_order_code(work: Work, prefix: str = "") -> tuple[str, str]:
    """Full code and short code of the next order of today: `20261121-0096`, `1121-0096`."""
    day = shop_day(work.now, work.zone)
    number = next_number(work, f"order:{prefix}{day:%Y%m%d}")
    return f"{prefix}{day:%Y%m%d}-{number:04d}", f"{prefix}{day:%m%d}-{number:04d}"


def next_receipt(work: Work, till_id: int) -> str:
    """The next receipt number of a till, gapless: `02-000451`."""
    return f"{till_id:02d}-{next_number(work, f'receipt:{till_id}'):06d}"


def add_to_daily(
    work: Work, *, till_id: int, channel: str, order_type: str, day: date | None = None, **sums: int
) -> None:
    """Add `orders`, `amount_minor`, `refunds_minor`, `points_minor` to the day's row of a till."""
    values: dict[str, Any] = dict.fromkeys(_SUMS, 0)
    values.update(sums, till_id=till_id, channel=channel, order_type=order_type, carried=False)
    values["day"] = day or shop_day(work.now, work.zone)
    row_id = work.rows(_DAILY[work.connection.dialect.name], values).scalar_one()
    work.touch("daily_total", int(row_id))


def step_stock(work: Work, steps: Sequence[StockStep], location_id: int) -> None:
    """Change stock by guarded updates, SKUs in ascending order so that two baskets never wait crosswise.

    Raises `OutOfStock` naming the goods and what is left; the whole verb is then undone.
    """
    for step in sorted(steps, key=lambda s: s.sku_id):
        values = {"at_sku": step.sku_id, "at_location": location_id, "qty": step.qty_milli}
        row_id = work.rows(_STEPS[step.kind], values).scalar()
        if row_id is None:
            _refuse_frozen(work, step, location_id)
        if row_id is None and step.kind == "put":
            row_id = _open_row(work, step, location_id)
        if row_id is None:
            _refuse(work, step, location_id)
        else:
            work.touch("stock", int(row_id))
            work.touch("sku", step.sku_id)


def check_free(work: Work, steps: Sequence[StockStep], location_id: int) -> None:
    """Is what these steps would take here now? Nothing is held by it. Raises `OutOfStock` as taking it would."""
    values = {"skus": [step.sku_id for step in steps], "at_location": location_id}
    free = {row.sku_id: row.free for row in work.rows(_FREE_NOW, values)}
    for step in steps:
        if free.get(step.sku_id, 0) < step.qty_milli:
            _refuse_frozen(work, step, location_id)
            _refuse(work, step, location_id)


def _open_row(work: Work, step: StockStep, location_id: int) -> int:
    row = {"sku_id": step.sku_id, "location_id": location_id, "on_hand_milli": step.qty_milli}
    return work.post(Stock, [{**row, "reserved_milli": 0, "set_aside_milli": 0}], ids=True)[0]


def _refuse_frozen(work: Work, step: StockStep, location_id: int) -> None:
    """Say so when a stocktake holds these goods: nothing is missing, they only may not move now."""
    statement = (
        select(Product.name.label("goods"), Stocktake.name)
        .join(Sku, Sku.product_id == Product.id)
        .join(Stock, Stock.sku_id == Sku.id)
        .join(Stocktake, Stocktake.id == Stock.frozen_by)
        .where(Stock.sku_id == step.sku_id, Stock.location_id == location_id)
    )
    if (row := work.first(statement)) is not None:
        raise OutOfStock(
            N_("“{goods}” is being counted in “{name}” and can’t move until that is posted."),
            next_step="finish_stocktake", goods=row.goods, name=row.name,
        )  # fmt: skip


def _refuse(work: Work, step: StockStep, location_id: int) -> None:
    name = work.value(
        select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == step.sku_id)
    )
    left = work.value(select(_FREE).where(Stock.sku_id == step.sku_id, Stock.location_id == location_id)) or 0
    raise OutOfStock(
        N_("Only {left} of “{name}” left, {wanted} wanted. Lower the quantity or remove it."),
        next_step="change_quantity",
        left=quantity_text(max(left, 0)),
        name=name or "?",
        wanted=quantity_text(step.qty_milli),
    )


def post_movements(
    work: Work,
    location_id: int,
    reason: str,
    source: str,
    client_key: str,
    deltas: Sequence[tuple[int, int, int]],
    note: str = "",
    *,
    picks: batch_book.Picks | None = None,
    origin: str = "",
) -> None:
    """Write the movements (sku, delta in thousandths, unit cost) that explain a change of stock.

    Goods told apart by batch: `picks` names the batches meant, `origin` the document that goods come back from.
    """
    shared = {"location_id": location_id, "reason": reason, "source": source, "note": note}
    shared |= {"actor": work.actor.key, "at": work.now}
    rows = [
        {
            "sku_id": sku,
            "delta_milli": delta,
            "unit_cost_minor": cost,
            "client_key": f"{client_key}:m{i}",
            **shared,
        }
        for i, (sku, delta, cost) in enumerate(deltas)
    ]
    work.post(StockMovement, rows)
    batch_book.book(work, location_id, reason, source, deltas, picks, origin)


def post_points(work: Work, member_id: int, steps: Sequence[PointsStep]) -> int:
    """Write ledger entries and the balance together; returns the balance after them.

    The guard asks for all that is spent before anything earned counts. Raises `Refused` when it is not there.
    """
    spend = -sum(step.delta for step in steps if step.delta < 0)
    gain = sum(step.delta for step in steps)
    row = work.rows(_POINTS, {"of_member": member_id, "spend": spend, "gain": gain}).first()
    if row is None:
        have = work.value(select(Member.points).where(Member.id == member_id)) or 0
        raise Refused(
            N_("Only {have} points left, {wanted} wanted. Use fewer points."),
            next_step="change_points",
            have=f"{have:,}",
            wanted=f"{spend:,}",
        )
    work.touch("member", member_id)
    balance = row.points - gain
    rows = []
    for step in steps:
        balance += step.delta
        rows.append(_entry(work, member_id, step, balance))
    work.post(PointsEntry, rows)
    return int(row.points)


def _entry(work: Work, member_id: int, step: PointsStep, balance: int) -> dict[str, Any]:
    return {
        "member_id": member_id, "delta": step.delta, "balance": balance, "reason": step.reason, "source": step.source,
        "note": step.note, "expires_at": step.expires_at, "frozen_until": None, "client_key": step.client_key,
        "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
