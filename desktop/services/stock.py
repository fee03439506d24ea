"""Stock brought in, corrected and given its levels; every change is a movement with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from desktop.basics.errors import Changed, Malformed, NotFound, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST, MILLI, quantity_text
from desktop.models.people import Permission
from desktop.models.products import Category, Product, Sku
from desktop.models.stock import TRANSIT, Level, Stock
from desktop.queries.places import main_place
from desktop.services import once
from desktop.services.batch_book import BatchIn, picks_for
from desktop.services.costs import move_averages
from desktop.services.locations import open_place
from desktop.services.posting import StockStep, post_movements, step_stock
from desktop.shop.action import action
from desktop.shop.work import Work

STOCKED_KINDS = ("goods", "weighed")
MOST_LINES = 500
LARGEST_QTY = 10**12  # thousandths
ADJUST_REASONS = {
    "count": N_("Counted"),
    "damaged": N_("Damaged"),
    "lost": N_("Lost"),
    "expired": N_("Out of date"),
    "own use": N_("Own use or tasting"),
    "found": N_("Found"),
    "undone": N_("Taken back"),
}


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """Goods that came in, in thousandths of the base unit; what one cost in minor units, if known.

    `batches` are those of goods told apart by batch; pieces no batch is named for open one by their shelf life.
    """

    sku_id: int
    qty_milli: int
    unit_cost_minor: int | None = None
    batches: tuple[BatchIn, ...] = ()


@dataclass(frozen=True, slots=True)
class AdjustLine:
    """A correction in thousandths: a difference or a count; `seen_milli` is what the screen showed."""

    sku_id: int
    delta_milli: int | None = None
    counted_milli: int | None = None
    seen_milli: int | None = None


@dataclass(frozen=True, slots=True)
class StockChange:
    """On hand before and after, in thousandths."""

    sku_id: int
    before_milli: int
    after_milli: int

    @property
    def back(self) -> AdjustLine:
        """The counter-entry that takes this change back."""
        return AdjustLine(self.sku_id, self.before_milli - self.after_milli)


@dataclass(frozen=True, slots=True)
class Levels:
    """Alert, minimum and safety in thousandths; None inherits from the category, then from the setting."""

    alert_milli: int | None = None
    minimum_milli: int | None = None
    safety_milli: int | None = None


@action(permission=Permission.EDIT_STOCK)
def receive_stock(
    work: Work,
    lines: Sequence[ReceivedLine],
    *,
    client_key: str,
    supplier: str = "",
    note: str = "",
    location_id: int | None = None,
) -> tuple[StockChange, ...]:
    """Bring goods in at a place (none: the shop floor); their cost follows as a moving average.

    The same client key brings them in once.
    """
    merged = _merge(lines)
    request = ["receive", [asdict(line) for line in merged], supplier, note, location_id]
    given = once.claim(work, client_key, request)
    if given is not None:
        return tuple(StockChange(*row) for row in given)
    location = _location(work, location_id)
    held = lock_stock(work, [line.sku_id for line in merged], location)
    _average_costs(work, merged)
    step_stock(work, [StockStep("put", line.sku_id, line.qty_milli) for line in merged], location)
    text = " · ".join(part for part in (" ".join(supplier.split())[:80], note.strip()[:200]) if part)
    deltas = [(line.sku_id, line.qty_milli, line.unit_cost_minor or 0) for line in merged]
    picks = picks_for(work, [(line.sku_id, line.qty_milli, line.batches) for line in merged])
    post_movements(work, location, "receive", f"receipt:{client_key}", client_key, deltas, text, picks=picks)
    made = [(line.sku_id, held[line.sku_id], held[line.sku_id] + line.qty_milli) for line in merged]
    once.keep(work, client_key, made)
    return tuple(StockChange(*row) for row in made)


@action(permission=Permission.EDIT_STOCK)
def adjust_stock(
    work: Work,
    lines: Sequence[AdjustLine],
    *,
    reason: str,
    client_key: str,
    note: str = "",
    location_id: int | None = None,
) -> tuple[StockChange, ...]:
    """Correct what is on hand at a place (none: the shop floor), with a reason; never below what is reserved.

    The same client key corrects once.
    """
    if reason not in ADJUST_REASONS:
        raise Malformed(N_("Choose why the stock changes."))
    _check_count(lines)
    request = ["adjust", [asdict(line) for line in lines], reason, note, location_id]
    given = once.claim(work, client_key, request)
    if given is not None:
        return tuple(StockChange(*row) for row in given)
    location = _location(work, location_id)
    held = lock_stock(work, [line.sku_id for line in lines], location)
    made = [(line.sku_id, held[line.sku_id], held[line.sku_id] + _delta(work, line, held)) for line in lines]
    deltas = [(sku_id, after - before, 0) for sku_id, before, after in made if after != before]
    steps = [StockStep("put" if delta > 0 else "take", sku_id, abs(delta)) for sku_id, delta, _cost in deltas]
    step_stock(work, steps, location)
    text = f"{reason}: {note.strip()[:200]}" if note.strip() else reason
    post_movements(work, location, "adjust", f"adjust:{client_key}", client_key, deltas, text)
    once.keep(work, client_key, made)
    return tuple(StockChange(*row) for row in made)


@action(permission=Permission.EDIT_STOCK)
def set_levels(
    work: Work, levels: Levels, *, sku_ids: Sequence[int] = (), category_id: int | None = None
) -> None:
    """Give SKUs or a whole category their own levels."""
    check_levels(levels)
    if category_id is not None:
        category = work.get(Category, category_id, lock=True)
        for field, value in asdict(levels).items():
            setattr(category, field, value)
    for sku_id in sorted(set(sku_ids)):
        _set_level(work, sku_id, levels)


def _set_level(work: Work, sku_id: int, levels: Levels) -> None:
    work.get(Sku, sku_id)
    row = work.session.get(Level, sku_id, with_for_update=True)
    if levels == Levels():
        if row is not None:
            work.remove(row)
    elif row is None:
        work.add(Level(sku_id=sku_id, **asdict(levels)))
    else:
        for field, value in asdict(levels).items():
            setattr(row, field, value)
    work.touch("sku", sku_id)


# -- shared steps -----------------------------------------------------------------------------------------


def _merge(lines: Sequence[ReceivedLine]) -> list[ReceivedLine]:
    """The checked lines in the order of their SKUs; the same goods at the same cost become one line."""
    _check_count(lines)
    sums: dict[tuple[int, int | None], int] = {}
    batches: dict[int, tuple[BatchIn, ...]] = {}
    for line in lines:
        if not 0 < line.qty_milli <= LARGEST_QTY:
            raise Malformed(N_("A quantity that comes in must be above zero."))
        if line.unit_cost_minor is not None and not 0 <= line.unit_cost_minor <= LARGEST:
            raise Malformed(N_("A cost can’t be below zero."))
        key = (line.sku_id, line.unit_cost_minor)
        sums[key] = sums.get(key, 0) + line.qty_milli
        whole = (b if b.qty_milli is not None else replace(b, qty_milli=line.qty_milli) for b in line.batches)
        batches[line.sku_id] = batches.get(line.sku_id, ()) + tuple(whole)
    if len({sku_id for sku_id, _cost in sums}) < len(sums):
        raise Refused(
            N_("The same goods stand here twice with different costs. Save them one after the other.")
        )
    ordered = sorted(sums.items(), key=lambda item: item[0][0])
    return [ReceivedLine(sku_id, qty, cost, batches[sku_id]) for (sku_id, cost), qty in ordered]


def _check_count(lines: Sequence[ReceivedLine] | Sequence[AdjustLine]) -> None:
    if not lines:
        raise Malformed(N_("There is nothing to save yet. Add a line first."))
    if len(lines) > MOST_LINES:
        raise Malformed(N_("At most {limit} lines at a time. Save these in parts."), limit=MOST_LINES)


def _location(work: Work, location_id: int | None) -> int:
    if location_id is not None:
        place = open_place(work, location_id)
        if place.kind == TRANSIT:
            raise Refused(N_("Goods in transit change by their transfer. Open it to say what arrived."))
        return place.id
    found = main_place(work)
    if not found:
        raise Refused(N_("The shop is not set up yet. Finish the first steps before adding goods."))
    return found


_OPEN = {
    name: insert(Stock)
    .values(
        sku_id=bindparam("sku_id"), location_id=bindparam("location_id"),
        on_hand_milli=0, reserved_milli=0, set_aside_milli=0,
    )
    .on_conflict_do_nothing()
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}  # fmt: skip


def lock_stock(work: Work, sku_ids: Sequence[int], location_id: int) -> dict[int, int]:
    """What is on hand of these SKUs, their rows locked in ascending order as every sale does."""
    wanted = sorted(set(sku_ids))
    if len(wanted) < len(sku_ids):
        raise Refused(N_("The same goods stand here twice. Keep one line."))
    kinds = select(Sku.id, Product.kind, Product.name).join(Product, Product.id == Sku.product_id)
    kinds = kinds.where(Sku.id.in_(wanted))
    known = {row.id: row for row in work.rows(kinds)}
    for sku_id in wanted:
        if sku_id not in known:
            raise NotFound(N_("This entry no longer exists. Refresh the list."))
        if known[sku_id].kind not in STOCKED_KINDS:
            raise Refused(N_("“{name}” has no stock: it is a service or virtual."), name=known[sku_id].name)
        work.rows(_OPEN[work.connection.dialect.name], {"sku_id": sku_id, "location_id": location_id})
    rows = (
        select(Stock.sku_id, Stock.on_hand_milli)
        .where(Stock.sku_id.in_(wanted), Stock.location_id == location_id)
        .order_by(Stock.sku_id)
        .with_for_update()
    )
    return {row.sku_id: row.on_hand_milli for row in work.rows(rows)}


def _average_costs(work: Work, lines: Iterable[ReceivedLine]) -> None:
    """Goods whose cost is known move the average; what one unit cost, in thousandths for all that came."""
    priced = [line for line in lines if line.unit_cost_minor is not None]
    moves = [(ln.sku_id, ln.qty_milli, ln.qty_milli * (ln.unit_cost_minor or 0)) for ln in priced]
    move_averages(work, moves)


def _delta(work: Work, line: AdjustLine, held: dict[int, int]) -> int:
    before = held[line.sku_id]
    if (line.delta_milli is None) == (line.counted_milli is None):
        raise ValueError("an adjustment is either a difference or a count")
    if line.seen_milli is not None and line.seen_milli != before:
        raise Changed(
            N_("“{name}” changed from {seen} to {now} meanwhile. Look again, then save."),
            name=_name(work, line.sku_id), seen=quantity_text(line.seen_milli), now=quantity_text(before),
        )  # fmt: skip
    after = line.counted_milli if line.counted_milli is not None else before + (line.delta_milli or 0)
    if after < 0:
        raise Refused(
            N_("Only {left} of “{name}” are here; the stock can’t go below zero."),
            name=_name(work, line.sku_id), left=quantity_text(before),
        )  # fmt: skip
    if after > LARGEST_QTY * MILLI:
        raise Malformed(N_("That quantity is too large."))
    return after - before


def _name(work: Work, sku_id: int) -> str:
    statement = select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == sku_id)
    return str(work.value(statement))


def check_levels(levels: Levels) -> None:
    """Raises `Malformed` for levels that are no quantities, `Refused` for a safety stock below the minimum."""
    values = [value for value in asdict(levels).values() if value is not None]
    if any(not 0 <= value <= LARGEST_QTY for value in values):
        raise Malformed(N_("A level can’t be below zero."))
    minimum, safety = levels.minimum_milli, levels.safety_milli
    if minimum is not None and safety is not None and minimum > safety:
        raise Refused(N_("The safety stock can’t be below the minimum."))
