"""Batches as a person handles them: told apart from today on, corrected, moved, taken off when they are out of date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.models.batches import Batch, BatchStock
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.stock import Stock
from desktop.services import batch_book, once
from desktop.services.batch_book import LONGEST_CODE, BatchIn
from desktop.services.posting import StockStep, post_movements, step_stock
from desktop.shop.action import action
from desktop.shop.work import Work

STOCKED_KINDS = ("goods", "weighed")
TAKEN_OFF = {"expired": N_("Out of date"), "damaged": N_("Damaged"), "own use": N_("Own use or tasting")}
LONGEST_LIFE = 36_500  # days
TRACKING = "tracking"


@dataclass(frozen=True, slots=True)
class BatchPart:
    """So much of a batch at a location, in thousandths."""

    batch_id: int
    location_id: int
    qty_milli: int


@action(permission=Permission.EDIT_STOCK)
def track_batches(
    work: Work, sku_ids: Sequence[int], *, on: bool = True, shelf_life_days: int | None = None
) -> int:
    """Tell goods apart by batch from now on, or no longer; returns how many changed.

    What already lies there opens as a batch without a code, to be named when somebody looks at the packs.
    """
    if shelf_life_days is not None and not 1 <= shelf_life_days <= LONGEST_LIFE:
        raise Malformed(N_("A shelf life is at least one day."))
    changed = 0
    for sku_id in sorted(set(sku_ids)):
        sku = work.get(Sku, sku_id, lock=True)  # waits for movements on their way, which refer to this row
        sku.shelf_life_days = shelf_life_days
        if sku.batch_tracked == on:
            continue
        if on:
            _check_kind(work, sku)
        sku.batch_tracked = on
        (_open if on else _close)(work, sku_id)
        changed += 1
        work.touch("sku", sku_id)
    return changed


def _check_kind(work: Work, sku: Sku) -> None:
    product = work.get(Product, sku.product_id)
    if product.kind not in STOCKED_KINDS:
        raise Refused(N_("“{name}” has no stock: it is a service or virtual."), name=product.name)


def _open(work: Work, sku_id: int) -> None:
    """One batch without a code for what is here, at every location."""
    statement = select(Stock.location_id, Stock.on_hand_milli).where(Stock.sku_id == sku_id)
    here = work.rows(statement.order_by(Stock.location_id).with_for_update()).all()
    if not any(row.on_hand_milli for row in here):
        return
    batch_id = batch_book.open_batch(work, sku_id, BatchIn())
    for row in here:
        if row.on_hand_milli:
            batch_book.write(
                work, row.location_id, [(batch_id, row.on_hand_milli)], (sku_id, "opening", TRACKING)
            )


def _close(work: Work, sku_id: int) -> None:
    """Nothing lies in batches any more; their history stays."""
    work.rows(select(Stock.id).where(Stock.sku_id == sku_id).order_by(Stock.id).with_for_update()).all()
    statement = select(BatchStock.batch_id, BatchStock.location_id, BatchStock.qty_milli)
    for row in work.rows(statement.where(BatchStock.sku_id == sku_id, BatchStock.qty_milli > 0)).all():
        batch_book.write(
            work, row.location_id, [(row.batch_id, -row.qty_milli)], (sku_id, "closing", TRACKING)
        )


@action(permission=Permission.EDIT_STOCK)
def edit_batch(
    work: Work, batch_id: int, *, code: str, expires_on: date | None, made_on: date | None, note: str = ""
) -> None:
    """Correct what stands on a batch. Raises `Refused` when the goods have another batch with this code."""
    batch = work.get(Batch, batch_id, lock=True)
    code = " ".join(code.split())[:LONGEST_CODE]
    if not code and expires_on is not None:
        code = f"{expires_on:%Y%m%d}"
    if made_on and expires_on and made_on > expires_on:
        raise Refused(N_("Batch “{code}” would expire before it was made. Check both dates."), code=code)
    twin = select(Batch.id).where(Batch.sku_id == batch.sku_id, Batch.code == code, Batch.id != batch_id)
    if work.value(twin) is not None:
        raise Refused(N_("There is a batch “{code}” of these goods already."), code=code or "—")
    if batch.expires_on != expires_on:
        batch.opened_at = work.now  # known like this since now: whoever is to be told of it is told anew
    batch.code, batch.expires_on, batch.made_on, batch.note = code, expires_on, made_on, note.strip()[:200]
    work.touch("sku", batch.sku_id)


@action(permission=Permission.EDIT_STOCK)
def name_pieces(work: Work, part: BatchPart, batch: BatchIn, client_key: str) -> int:
    """Say that so much of a batch belongs to another one; nothing moves. Returns the other batch."""
    given = once.claim(work, client_key, ["name pieces", asdict(part), asdict(batch)])
    if given is not None:
        return int(given)
    source = work.get(Batch, part.batch_id)
    if not batch.code.strip() and batch.expires_on is None:
        raise Malformed(N_("Type the code on the packs or their last day."))
    if part.qty_milli <= 0:
        raise Malformed(N_("The quantity must be above zero."))
    _lock_stock(work, source.sku_id, part.location_id)
    target = batch_book.arriving(work, source.sku_id, batch)
    if target == source.id:
        raise Refused(N_("The pieces are in this batch already."))
    parts = [(source.id, -part.qty_milli), (target, part.qty_milli)]
    batch_book.write(work, part.location_id, parts, (source.sku_id, "renamed", f"rename:{client_key}"))
    work.touch("sku", source.sku_id)
    once.keep(work, client_key, target)
    return target


def _lock_stock(work: Work, sku_id: int, location_id: int) -> None:
    here = (Stock.sku_id == sku_id, Stock.location_id == location_id)
    work.rows(select(Stock.id).where(*here).with_for_update()).all()


@action(permission=Permission.EDIT_STOCK)
def take_off(
    work: Work, parts: Sequence[BatchPart], *, client_key: str, reason: str = "expired", note: str = ""
) -> int:
    """Take pieces of these batches off the stock, with a reason; returns the thousandths taken. A key takes once."""
    if reason not in TAKEN_OFF:
        raise Malformed(N_("Choose why the stock changes."))
    if not parts or any(part.qty_milli <= 0 for part in parts):
        raise Malformed(N_("The quantity must be above zero."))
    given = once.claim(work, client_key, ["take off", [asdict(part) for part in parts], reason, note])
    if given is not None:
        return int(given)
    text = f"{reason}: {note.strip()[:200]}" if note.strip() else reason
    _move(work, parts, -1, client_key, text)
    taken = sum(part.qty_milli for part in parts)
    once.keep(work, client_key, taken)
    return taken


@action(permission=Permission.EDIT_STOCK)
def put_back(work: Work, parts: Sequence[BatchPart], *, client_key: str) -> int:
    """Take a taking-off back: the same pieces to the same batches; returns the thousandths. A key puts back once."""
    given = once.claim(work, client_key, ["put back", [asdict(part) for part in parts]])
    if given is not None:
        return int(given)
    _move(work, parts, 1, client_key, "undone")
    put = sum(part.qty_milli for part in parts)
    once.keep(work, client_key, put)
    return put


def _move(work: Work, parts: Sequence[BatchPart], sign: int, client_key: str, note: str) -> None:
    """Stock and its batches together, location by location, SKUs in ascending order as every sale does."""
    owners = select(Batch.id, Batch.sku_id).where(Batch.id.in_([part.batch_id for part in parts]))
    skus = {row.id: row.sku_id for row in work.rows(owners)}
    if set(skus) != {part.batch_id for part in parts}:
        raise Refused(N_("One of these batches is gone. Refresh the list."))
    costs = {
        row.id: row.cost_minor
        for row in work.rows(select(Sku.id, Sku.cost_minor).where(Sku.id.in_(set(skus.values()))))
    }
    for place in sorted({part.location_id for part in parts}):
        here = [part for part in parts if part.location_id == place]
        sums: dict[int, int] = {}
        picks: dict[int, list[tuple[int, int]]] = {}
        for part in here:
            sku_id = skus[part.batch_id]
            sums[sku_id] = sums.get(sku_id, 0) + part.qty_milli
            picks.setdefault(sku_id, []).append((part.batch_id, part.qty_milli))
        step_stock(
            work, [StockStep("put" if sign > 0 else "take", sku, qty) for sku, qty in sums.items()], place
        )
        deltas = [(sku, sign * qty, costs[sku]) for sku, qty in sorted(sums.items())]
        key = f"{client_key}:{place}"
        post_movements(work, place, "adjust", f"adjust:{client_key}", key, deltas, note, picks=picks)


__all__ = [
    "TAKEN_OFF", "BatchIn", "BatchPart", "edit_batch", "name_pieces", "put_back", "take_off", "track_batches",
]  # fmt: skip
