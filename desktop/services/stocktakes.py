"""Stocktakes: begun for some goods at a place, counted scan by scan, looked at again, and posted as movements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import func, select, update

from desktop.basics.clock import shop_day
from desktop.basics.errors import Changed, Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import quantity_text
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import TRANSIT, Stock
from desktop.models.stocktakes import (
    CANCELLED,
    FROZEN,
    OPEN,
    POSTED,
    RUNNING,
    Stocktake,
    StocktakeLine,
    StocktakeScan,
)
from desktop.queries.goods_scope import ALL, SAMPLE, SCOPES, STALE, GoodsScope, goods_in
from desktop.services import once, posting
from desktop.services.locations import open_place
from desktop.services.stock import LARGEST_QTY, lock_stock
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST = 60
MOST_GOODS = 20_000
SKIPS_BUSY = (STALE, SAMPLE)  # leave out what is being counted elsewhere; other scopes ask first
REASONS = {
    "": N_("Counted"),
    "lost": N_("Lost"),
    "damaged": N_("Damaged"),
    "expired": N_("Out of date"),
    "mixed up": N_("Mixed up with other goods"),
    "booked wrong": N_("Booked wrongly before"),
}


@dataclass(frozen=True, slots=True)
class CountPlan:
    """What is to be counted where; `frozen` holds the goods still meanwhile, `blind` hides what should be there."""

    location_id: int
    scope: GoodsScope = field(default_factory=GoodsScope)
    name: str = ""
    frozen: bool = False
    blind: bool = False
    scope_words: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A line after a scan, in thousandths."""

    sku_id: int
    counted_milli: int


@action(permission=Permission.COUNT_STOCK)
def begin_stocktake(work: Work, plan: CountPlan, *, client_key: str) -> int:
    """Begin a count; returns its id. Only who may change stock can hold goods still. A client key begins one."""
    given = once.claim(work, client_key, ["stocktake", asdict(plan)])
    if given is not None:
        return int(given)
    if plan.frozen:
        work.require(Permission.EDIT_STOCK)
    if plan.scope.kind not in SCOPES:
        raise Malformed(N_("Choose which goods are counted."))
    place = open_place(work, plan.location_id)  # locked: two counts of the same goods can't begin at once
    if place.kind == TRANSIT:
        raise Refused(N_("Goods in transit are counted when they arrive."))
    goods = _free_goods(work, plan, goods_in(work, plan.scope, place.id, client_key))
    day = shop_day(work.now, work.zone)
    code = f"C{day:%Y%m%d}-{posting.next_number(work, f'stocktake:{day:%Y%m%d}'):02d}"
    made = work.add(
        Stocktake(
            code=code, name=" ".join(plan.name.split())[:LONGEST] or code, location_id=place.id,
            mode=FROZEN if plan.frozen else RUNNING, scope=plan.scope.kind, scope_words=plan.scope_words[:120],
            blind=plan.blind, client_key=client_key, started_by=work.actor.key, started_at=work.now,
        )
    )  # fmt: skip
    work.post(StocktakeLine, [{"stocktake_id": made.id, "sku_id": sku} for sku in goods])
    if plan.frozen:
        lock_stock(work, goods, place.id)
        _freeze(work, made)
    once.keep(work, client_key, made.id)
    return made.id


@action(permission=Permission.COUNT_STOCK)
def count_goods(
    work: Work, stocktake_id: int, sku_id: int, milli: int, *, client_key: str, whole: bool = False
) -> Counted:
    """Count so many more (or, `whole`, so many in all); saved at once. The same client key counts once.

    What is on hand now is what the count is held against: goods sold afterwards make no difference.
    """
    take = _open_take(work, stocktake_id, shared=True)
    if abs(milli) > LARGEST_QTY or (whole and milli < 0):
        raise Malformed(N_("That quantity is too large."))
    here = _line_of(work, take, sku_id)
    scan = {
        "stocktake_id": take.id, "sku_id": sku_id, "kind": "set" if whole else "add", "milli": milli,
        "client_key": client_key, "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
    line = StocktakeLine
    if work.offer(StocktakeScan, scan) is None:
        found = work.value(select(line.counted_milli).where(line.id == here))
        return Counted(sku_id, int(found or 0))
    before = func.coalesce(line.counted_milli, 0)
    lies = _lying(work, sku_id, take.location_id)
    statement = (
        update(line)
        .where(line.id == here, (before + milli >= 0) if not whole else (line.id == here))
        .values(
            counted_milli=milli if whole else before + milli, expected_milli=lies,
            first_milli=func.coalesce(line.first_milli, lies), counted_at=work.now,
        )
        .returning(line.counted_milli)
    )  # fmt: skip
    counted = work.rows(statement).scalar()
    if counted is None:
        raise Refused(N_("Fewer than nothing can’t be counted."))
    work.touch("stocktake_line", here)
    work.touch("stocktake", take.id)
    return Counted(sku_id, int(counted))


@action(permission=Permission.COUNT_STOCK)
def count_again(work: Work, stocktake_id: int, sku_ids: Sequence[int], *, client_key: str) -> None:
    """Ask for another count of these lines; the first one stays to be seen until then."""
    take = _open_take(work, stocktake_id)
    wanted = sorted(set(sku_ids))
    found = work.session.scalars(
        select(StocktakeLine).where(
            StocktakeLine.stocktake_id == take.id, StocktakeLine.sku_id.in_(wanted),
            StocktakeLine.counted_milli.is_not(None),
        )
    )  # fmt: skip
    for line in list(found):
        scan = {
            "stocktake_id": take.id, "sku_id": line.sku_id, "kind": "again", "milli": line.counted_milli,
            "client_key": f"{client_key}:{line.sku_id}", "actor": work.actor.key, "at": work.now,
        }  # fmt: skip
        if work.offer(StocktakeScan, scan) is not None:
            line.before_milli = line.counted_milli
            line.counted_milli = line.expected_milli = line.first_milli = line.counted_at = None
    work.flush()
    work.touch("stocktake", take.id)


@action(permission=Permission.EDIT_STOCK)
def explain_difference(work: Work, stocktake_id: int, sku_ids: Sequence[int], reason: str) -> None:
    """Say why these lines differ."""
    if reason not in REASONS:
        raise Malformed(N_("Choose why the stock changes."))
    take = _open_take(work, stocktake_id)
    lines = select(StocktakeLine).where(StocktakeLine.stocktake_id == take.id)
    for line in list(work.session.scalars(lines.where(StocktakeLine.sku_id.in_(sorted(set(sku_ids)))))):
        line.reason = reason
    work.flush()


@action(permission=Permission.EDIT_STOCK)
def post_stocktake(work: Work, stocktake_id: int, *, client_key: str, missing_is_none: bool = False) -> int:
    """Turn the differences into movements and end the count; returns how many. It happens once.

    Lines nobody counted stay as they are, or with `missing_is_none` count as nothing there.
    """
    given = once.claim(work, client_key, ["post", stocktake_id, missing_is_none])
    if given is not None:
        return int(given)
    take = _open_take(work, stocktake_id)
    _thaw(work, take)
    lines = list(
        work.session.scalars(
            select(StocktakeLine).where(StocktakeLine.stocktake_id == take.id).order_by(StocktakeLine.sku_id)
        )
    )
    if missing_is_none:
        _count_as_none(work, take, [line for line in lines if line.counted_milli is None])
    changed = [
        line for line in lines if line.counted_milli is not None and line.counted_milli != line.expected_milli
    ]
    costs = {row.id: row.cost_minor for row in work.rows(select(Sku.id, Sku.cost_minor))} if changed else {}
    _check_unmoved(work, take, changed)
    _correct(work, take, changed, costs, client_key)
    for line in lines:
        if line.counted_milli is not None:
            line.posted_milli = line.counted_milli - (line.expected_milli or 0)
            line.unit_cost_minor = costs.get(line.sku_id, 0)
    _end(work, take, POSTED)
    once.keep(work, client_key, len(changed))
    return len(changed)


@action(permission=Permission.EDIT_STOCK)
def cancel_stocktake(work: Work, stocktake_id: int) -> None:
    """End a count without changing any stock; what it held still moves again."""
    take = _open_take(work, stocktake_id)
    _thaw(work, take)
    _end(work, take, CANCELLED)


# -- steps ------------------------------------------------------------------------------------------------


def _open_take(work: Work, stocktake_id: int, *, shared: bool = False) -> Stocktake:
    """The open stocktake; counting shares it, so that counters don't wait for each other but posting waits for all."""
    lock: Any = {"read": True} if shared else True
    take = work.session.get(Stocktake, stocktake_id, with_for_update=lock, populate_existing=True)
    if take is None:
        raise Refused(N_("This entry no longer exists. Refresh the list."))
    if take.state != OPEN:
        raise Refused(N_("“{name}” is over. Begin a new stocktake to count again."), name=take.name)
    return take


def _free_goods(work: Work, plan: CountPlan, goods: list[int]) -> list[int]:
    """The goods that no other open count at this place holds. Raises `Refused` when some are, or none are left."""
    if len(goods) > MOST_GOODS:
        raise Refused(
            N_("At most {limit} kinds of goods in one stocktake. Choose fewer."), limit=f"{MOST_GOODS:,}"
        )
    statement = (
        select(StocktakeLine.sku_id, Stocktake.name)
        .join(Stocktake, Stocktake.id == StocktakeLine.stocktake_id)
        .where(Stocktake.state == OPEN, Stocktake.location_id == plan.location_id)
    )
    busy = {row.sku_id: row.name for row in work.rows(statement)}
    both = [sku for sku in goods if sku in busy]
    if both and plan.scope.kind not in SKIPS_BUSY:
        raise Refused(
            N_("{count} of these goods are being counted in “{name}” already. Finish that first, or choose others."),
            count=len(both), name=busy[both[0]],
        )  # fmt: skip
    free = [sku for sku in goods if sku not in busy]
    if not free:
        raise Refused(N_("There are no goods to count here. Choose others."))
    return free


def _line_of(work: Work, take: Stocktake, sku_id: int) -> int:
    """The id of the line of a SKU; goods found that nobody expected get one in a count of everything."""
    line = StocktakeLine
    own = select(line.id).where(line.stocktake_id == take.id, line.sku_id == sku_id)
    found = work.value(own)
    if found is not None:
        return int(found)
    name = work.value(select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == sku_id))
    if take.scope != ALL:
        raise Refused(N_("“{name}” is not part of this stocktake."), name=name or "?")
    lock_stock(work, [sku_id], take.location_id)  # exists and is kept in stock
    made = work.offer(line, {"stocktake_id": take.id, "sku_id": sku_id, "reason": "", "unit_cost_minor": 0})
    if take.mode == FROZEN:
        _freeze(work, take)
    return int(made or work.value(own))


def _lying(work: Work, sku_id: int, location_id: int) -> int:
    found = select(Stock.on_hand_milli).where(Stock.sku_id == sku_id, Stock.location_id == location_id)
    return int(work.value(found) or 0)


def _freeze(work: Work, take: Stocktake) -> None:
    goods = select(StocktakeLine.sku_id).where(StocktakeLine.stocktake_id == take.id)
    here = (Stock.location_id == take.location_id, Stock.frozen_by.is_(None), Stock.sku_id.in_(goods))
    work.rows(
        update(Stock).where(*here).values(frozen_by=take.id).execution_options(synchronize_session=False)
    )
    work.note(held_still=take.code)


def _thaw(work: Work, take: Stocktake) -> None:
    freed = update(Stock).where(Stock.frozen_by == take.id, Stock.location_id == take.location_id)
    work.rows(freed.values(frozen_by=None).execution_options(synchronize_session=False))


def _count_as_none(work: Work, take: Stocktake, lines: Sequence[StocktakeLine]) -> None:
    held = lock_stock(work, [line.sku_id for line in lines], take.location_id) if lines else {}
    for line in lines:
        line.counted_milli, line.expected_milli, line.counted_at = 0, held[line.sku_id], work.now


def _check_unmoved(work: Work, take: Stocktake, lines: Sequence[StocktakeLine]) -> None:
    """Somebody who counted by hand meanwhile has put the same difference right already."""
    from desktop.models.stock import StockMovement

    first = min((line.counted_at for line in lines if line.counted_at), default=None)
    if first is None:
        return
    statement = select(StockMovement.sku_id, StockMovement.at).where(
        StockMovement.reason == "adjust", StockMovement.at > first, StockMovement.location_id == take.location_id,
        StockMovement.note.startswith("count"),
    )  # fmt: skip
    later: dict[int, Any] = {}
    for row in work.rows(statement):
        later[row.sku_id] = max(row.at, later.get(row.sku_id, row.at))
    for line in lines:
        if line.counted_at is not None and line.sku_id in later and later[line.sku_id] > line.counted_at:
            raise Changed(
                N_("“{name}” was counted by hand after it was scanned here. Count it once more, then post."),
                next_step="count_again", name=goods_name(work, line.sku_id),
            )  # fmt: skip


def _correct(
    work: Work, take: Stocktake, lines: Sequence[StocktakeLine], costs: dict[int, int], key: str
) -> None:
    held = lock_stock(work, [line.sku_id for line in lines], take.location_id) if lines else {}
    promised = promised_at(work, take.location_id) if lines else {}
    steps: list[posting.StockStep] = []
    by_reason: dict[str, list[tuple[int, int, int]]] = {}
    for line in lines:
        delta = (line.counted_milli or 0) - (line.expected_milli or 0)
        if held[line.sku_id] + delta < promised.get(line.sku_id, 0):
            raise Refused(
                N_("{missing} of “{name}” are missing, but {promised} are promised to orders or sold since. Free them, or count again."),
                next_step="count_again", name=goods_name(work, line.sku_id), missing=quantity_text(-delta),
                promised=quantity_text(promised.get(line.sku_id, 0) or held[line.sku_id]),
            )  # fmt: skip
        steps.append(posting.StockStep("put" if delta > 0 else "take", line.sku_id, abs(delta)))
        by_reason.setdefault(line.reason, []).append((line.sku_id, delta, costs.get(line.sku_id, 0)))
    posting.step_stock(work, steps, take.location_id)
    source = f"stocktake:{take.id}"
    for reason, deltas in sorted(by_reason.items()):
        note = f"{reason}: {take.code}" if reason else f"count: {take.code}"
        posting.post_movements(work, take.location_id, "count", source, f"{key}:{reason}", deltas, note)


def promised_at(work: Work, location_id: int) -> dict[int, int]:
    """What of each SKU lies there for orders and campaigns, thousandths."""
    kept = (Stock.reserved_milli + Stock.set_aside_milli).label("kept")
    statement = select(Stock.sku_id, kept).where(Stock.location_id == location_id, kept > 0)
    return {row.sku_id: row.kept for row in work.rows(statement)}


def _end(work: Work, take: Stocktake, state: str) -> None:
    take.state, take.ended_at, take.ended_by = state, work.now, work.actor.key
    work.flush()


def goods_name(work: Work, sku_id: int) -> str:
    """What a SKU is called."""
    return str(
        work.value(select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == sku_id))
    )
