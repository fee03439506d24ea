"""Which batches goods leave and come back to: part of every movement of goods that are told apart by batch.

The stock row of the SKU is locked by the caller's guarded update before anything is read here, so two tills
never share out the same pieces; each batch has its own guard besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, cast, func, select, update

from desktop.basics.clock import shop_day
from desktop.basics.errors import Changed, OutOfStock, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import quantity_text
from desktop.models.after_sales import AfterSale
from desktop.models.batches import UNKNOWN, Batch, BatchMovement, BatchStock
from desktop.models.payments import Refund
from desktop.models.products import Product, Sku
from desktop.models.settings import EXPIRED_GOODS
from desktop.shop.work import Work

Picks = Mapping[int, Sequence[tuple[int, int]]]  # SKU → (batch, thousandths) that are meant
_OF_ORDERS: Mapping[str, Any] = {"refund": Refund, "aftersale": AfterSale}
Part = tuple[int, int]  # (batch, change in thousandths)
SALE, REFUND = "sale", "refund"
COMING_IN = ("receive", "opening", "import")
# Leave from the shelf; all others take what came there by their own document first.
ANYWHERE = ("sale", "adjust", "count")
LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class BatchIn:
    """What stands on packs that come in; without `qty_milli` (thousandths of the base unit) the whole line."""

    code: str = ""
    expires_on: date | None = None
    made_on: date | None = None
    qty_milli: int | None = None
    note: str = ""


_TRACKED = select(Sku.id).where(Sku.batch_tracked, Sku.id.in_(bindparam("skus", expanding=True)))
_HERE = (
    select(BatchStock.id, BatchStock.batch_id, BatchStock.qty_milli, Batch.expires_on)
    .join(Batch, Batch.id == BatchStock.batch_id)
    .where(BatchStock.sku_id == bindparam("sku"), BatchStock.location_id == bindparam("place"))
    .where(BatchStock.qty_milli > 0)
    .order_by(Batch.expires_on.is_(None), Batch.expires_on, Batch.opened_at, Batch.id)
)
_NET = cast(func.sum(BatchMovement.delta_milli), BigInteger)
_BY_DOCUMENT = (
    select(BatchMovement.batch_id, _NET.label("net"))
    .join(Batch, Batch.id == BatchMovement.batch_id)
    .where(BatchMovement.document == bindparam("document"), BatchMovement.sku_id == bindparam("sku"))
    .group_by(BatchMovement.batch_id, Batch.expires_on)
    .order_by(Batch.expires_on.is_(None), Batch.expires_on, BatchMovement.batch_id)
)
_QTY = bindparam("qty", type_=BatchStock.__table__.c.qty_milli.type)
_TAKE = (
    update(BatchStock)
    .where(BatchStock.batch_id == bindparam("of_batch"), BatchStock.location_id == bindparam("place"))
    .where(BatchStock.qty_milli >= _QTY)
    .values(qty_milli=BatchStock.qty_milli - _QTY)
    .returning(BatchStock.id)
)


def tracked_of(work: Work, sku_ids: Iterable[int]) -> set[int]:
    """Those of these SKUs that are told apart by batch."""
    return {int(row[0]) for row in work.rows(_TRACKED, {"skus": sorted(set(sku_ids))})}


def book(
    work: Work,
    location_id: int,
    reason: str,
    source: str,
    deltas: Sequence[tuple[int, int, int]],
    picks: Picks | None = None,
    origin: str = "",
) -> None:
    """Share each change (sku, thousandths, cost) of tracked goods among their batches.

    What leaves goes first expired, first out; what comes back finds the batch it left by `origin`, or else by its
    own document. Raises `OutOfStock` when a sale would need expired goods and the shop doesn't sell them.
    """
    tracked = tracked_of(work, (sku for sku, _delta, _cost in deltas))
    if not tracked:
        return
    document = origin or _document(work, source)
    meant = {sku: list(parts) for sku, parts in (picks or {}).items()}
    for sku, delta, _cost in sorted(deltas, key=lambda row: row[0]):
        if sku in tracked and delta:
            _book_one(work, (sku, location_id), delta, reason, document, meant.get(sku, []))


def _book_one(
    work: Work, at: tuple[int, int], delta: int, reason: str, document: str, meant: list[tuple[int, int]]
) -> None:
    parts = _meant(meant, abs(delta))
    rest = abs(delta) - sum(qty for _batch, qty in parts)
    if rest and delta < 0:
        parts += _leaving(work, at, rest, reason, document, parts)
    elif rest:
        parts += _returning(work, at, rest, reason, document)
    sign = 1 if delta > 0 else -1
    write(work, at[1], [(batch, sign * qty) for batch, qty in parts], (at[0], reason, document))


def _meant(meant: list[tuple[int, int]], most: int) -> list[Part]:
    """As much of what is meant as this change takes; the rest stays for the next one of the same goods."""
    taken: list[Part] = []
    while meant and most > 0:
        batch, qty = meant.pop(0)
        part = min(qty, most)
        most -= part
        taken.append((batch, part))
        if qty > part:
            meant.insert(0, (batch, qty - part))
    return taken


def write(work: Work, location_id: int, parts: Sequence[Part], why: tuple[int, str, str]) -> None:
    """Change the batches at a location and keep the movements; `why` is (sku, reason, document)."""
    sku_id, reason, document = why
    for batch_id, delta in parts:
        row_id = _put(work, sku_id, location_id, batch_id, delta) if delta > 0 else None
        if delta < 0:
            values = {"of_batch": batch_id, "place": location_id, "qty": -delta}
            row_id = work.rows(_TAKE, values).scalar()
        if row_id is None:
            raise Changed(N_("Somebody else took goods of this batch meanwhile. Look again, then save."))
        work.touch("batch_stock", int(row_id))
        work.touch("batch", batch_id)
    shared = {"sku_id": sku_id, "location_id": location_id, "reason": reason, "document": document}
    shared |= {"actor": work.actor.key, "at": work.now}
    work.post(BatchMovement, [{"batch_id": batch, "delta_milli": delta, **shared} for batch, delta in parts])


def _put(work: Work, sku_id: int, location_id: int, batch_id: int, qty: int) -> int:
    row = work.insert(BatchStock).values(
        batch_id=batch_id, sku_id=sku_id, location_id=location_id, qty_milli=qty
    )
    grown = {"qty_milli": BatchStock.qty_milli + row.excluded.qty_milli}
    row = row.on_conflict_do_update(index_elements=["batch_id", "location_id"], set_=grown)
    return int(work.rows(row.returning(BatchStock.id)).scalar_one())


# -- what leaves ------------------------------------------------------------------------------------------------


def _leaving(
    work: Work, at: tuple[int, int], qty: int, reason: str, document: str, taken: Sequence[Part]
) -> list[Part]:
    """First expired, first out; a sale leaves expired goods alone unless the shop sells them after all others."""
    gone = dict(taken)
    here = [
        [row.batch_id, row.qty_milli - gone.get(row.batch_id, 0), row.expires_on] for row in _rows(work, at)
    ]
    if reason == SALE:
        here = _sellable(work, here)
    elif reason not in ANYWHERE:
        here = _own_first(work, at, reason, document, here)
    parts: list[Part] = []
    for batch_id, there, _day in here:
        part = min(there, qty)
        if part > 0:
            parts.append((batch_id, part))
            qty -= part
    if qty:
        _refuse(work, at, qty, reason)
    return parts


def _rows(work: Work, at: tuple[int, int]) -> Sequence[Any]:
    return work.rows(_HERE, {"sku": at[0], "place": at[1]}).all()


def _sellable(work: Work, here: list[list[Any]]) -> list[list[Any]]:
    today = shop_day(work.now, work.zone)
    fresh = [row for row in here if row[2] is None or row[2] >= today]
    if work.setting(EXPIRED_GOODS) == "block":
        return fresh
    return fresh + [row for row in here if row[2] is not None and row[2] < today]


def _own_first(
    work: Work, at: tuple[int, int], reason: str, document: str, here: list[list[Any]]
) -> list[list[Any]]:
    """What came to this place by the same document goes on first: a transfer hands its own batches over."""
    arrived = _BY_DOCUMENT.where(BatchMovement.location_id == bindparam("place"))
    if reason == REFUND:  # taken back: what the refunds brought, whatever the sale took
        arrived = arrived.where(BatchMovement.reason == REFUND)
    values = {"document": document, "sku": at[0], "place": at[1]}
    own = {row.batch_id: int(row.net) for row in work.rows(arrived, values) if row.net > 0}
    first = [[batch, min(there, own[batch]), day] for batch, there, day in here if batch in own]
    rest = [[batch, there - min(there, own.get(batch, 0)), day] for batch, there, day in here]
    return first + rest


def _refuse(work: Work, at: tuple[int, int], missing: int, reason: str) -> None:
    name = work.value(select(Product.name).join(Sku, Sku.product_id == Product.id).where(Sku.id == at[0]))
    if reason == SALE:
        today = shop_day(work.now, work.zone)
        old = sum(row.qty_milli for row in _rows(work, at) if row.expires_on and row.expires_on < today)
        if old:
            raise OutOfStock(
                N_("{missing} of “{name}” could only come from expired goods ({expired} here). Take those off."),
                next_step="change_quantity", name=name or "?", missing=quantity_text(missing),
                expired=quantity_text(old),
            )  # fmt: skip
    raise Refused(
        N_("The batches of “{name}” hold {missing} less than its stock. Check the books, then try again."),
        name=name or "?", missing=quantity_text(missing),
    )  # fmt: skip


# -- what comes -------------------------------------------------------------------------------------------------


def _returning(work: Work, at: tuple[int, int], qty: int, reason: str, document: str) -> list[Part]:
    """Back to the batches it left by this document; what is new to a batch of its day; what was found to the next."""
    parts: list[Part] = []
    for row in work.rows(_BY_DOCUMENT, {"document": document, "sku": at[0]}).all():
        part = min(-int(row.net), qty)
        if part > 0:
            parts.append((row.batch_id, part))
            qty -= part
    if qty:
        parts.append((_home(work, at, reason), qty))
    return parts


def _home(work: Work, at: tuple[int, int], reason: str) -> int:
    """The batch for goods nobody named one for. Found pieces are taken for those next to be sold: the careful guess."""
    if reason not in COMING_IN:
        today = shop_day(work.now, work.zone)
        here = _rows(work, at)
        fresh = [row for row in here if row.expires_on is None or row.expires_on >= today]
        if here:
            return int(fresh[0].batch_id if fresh else here[-1].batch_id)
        return open_batch(work, at[0], BatchIn())
    return arriving(work, at[0], BatchIn())


def arriving(work: Work, sku_id: int, batch: BatchIn) -> int:
    """The batch of goods that come in; without a date the shelf life says how long they keep."""
    life = work.value(select(Sku.shelf_life_days).where(Sku.id == sku_id))
    if batch.expires_on is None and life:
        began = batch.made_on or shop_day(work.now, work.zone)
        batch = BatchIn(
            batch.code, began + timedelta(days=int(life)), batch.made_on, batch.qty_milli, batch.note
        )
    return open_batch(work, sku_id, batch)


def open_batch(work: Work, sku_id: int, batch: BatchIn) -> int:
    """The batch with this code, made when new; packs without a code are told apart by their date.

    Raises `Refused` when the code is known with another date.
    """
    code = " ".join(batch.code.split())[:LONGEST_CODE]
    if not code and batch.expires_on is not None:
        code = f"{batch.expires_on:%Y%m%d}"
    if batch.made_on and batch.expires_on and batch.made_on > batch.expires_on:
        raise Refused(N_("Batch “{code}” would expire before it was made. Check both dates."), code=code)
    row = {
        "sku_id": sku_id, "code": code, "expires_on": batch.expires_on, "made_on": batch.made_on,
        "note": batch.note.strip()[:200], "opened_at": work.now,
    }  # fmt: skip
    made = work.offer(Batch, row)
    if made is not None:
        return made
    known = work.rows(select(Batch).where(Batch.sku_id == sku_id, Batch.code == code).with_for_update()).one()
    if code != UNKNOWN and batch.expires_on is not None and known.expires_on != batch.expires_on:
        if known.expires_on is not None:
            raise Refused(
                N_("Batch “{code}” is known with the date {known}, not {given}. Check the pack."),
                code=code, known=f"{known.expires_on:%Y-%m-%d}", given=f"{batch.expires_on:%Y-%m-%d}",
            )  # fmt: skip
        work.update(Batch, known.id, {"expires_on": batch.expires_on})
    return int(known.id)


def picks_for(work: Work, lines: Iterable[tuple[int, int, Sequence[BatchIn]]]) -> dict[int, list[Part]]:
    """What `post_movements` is to be told of goods that come in: (sku, thousandths, their batches) a line."""
    wanted = [(sku, qty, batches) for sku, qty, batches in lines if batches]
    tracked = tracked_of(work, (sku for sku, _qty, _batches in wanted)) if wanted else set()
    found: dict[int, list[Part]] = {}
    for sku, qty, batches in sorted(wanted, key=lambda line: line[0]):
        if sku not in tracked:
            continue
        for batch in batches:
            part = qty if batch.qty_milli is None else batch.qty_milli
            if not 0 < part <= qty:
                raise Refused(N_("The batches come to more than the goods that came in."))
            qty -= part
            found.setdefault(sku, []).append((arriving(work, sku, batch), part))
    return found


def _document(work: Work, source: str) -> str:
    """Goods of a refund and of an after-sales case left by their order."""
    kind, _colon, number = source.partition(":")
    model = _OF_ORDERS.get(kind)
    if model is None or not number.isdigit():
        return source
    order_id = work.value(select(model.order_id).where(model.id == int(number)))
    return f"order:{order_id}" if order_id else source
