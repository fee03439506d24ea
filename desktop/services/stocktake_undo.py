"""Take a posted stocktake back: its differences the other way, with the same document, once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, cast, func, or_, select

from desktop.basics.errors import Malformed, NotFound, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import quantity_text
from desktop.models.batches import Batch, BatchMovement, BatchStock
from desktop.models.people import Permission
from desktop.models.stock import StockMovement
from desktop.models.stocktakes import OPEN, POSTED, UNDONE, Stocktake, StocktakeLine
from desktop.services import batch_book, once, posting
from desktop.services.locations import open_place
from desktop.services.stock import lock_stock
from desktop.services.stocktakes import goods_name, promised_at
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST = 200


@action(permission=Permission.EDIT_STOCK)
def take_back_stocktake(work: Work, stocktake_id: int, why: str, *, client_key: str) -> int:
    """Post the differences of a posted count the other way and say why; returns how many. It happens once.

    Raises `Refused` when goods it found are gone or promised, or its goods were counted again since.
    """
    given = once.claim(work, client_key, ["take back", stocktake_id, why])
    if given is not None:
        return int(given)
    take = work.session.get(Stocktake, stocktake_id, with_for_update=True, populate_existing=True)
    if take is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    if take.state != POSTED:
        raise Refused(N_("“{name}” is not posted: there is nothing to take back."), name=take.name)
    reason = " ".join(why.split())[:LONGEST]
    if not reason:
        raise Malformed(N_("Say why the stocktake is taken back."))
    open_place(work, take.location_id)  # locked: no other count of these goods begins meanwhile
    lines = list(
        work.session.scalars(
            select(StocktakeLine)
            .where(StocktakeLine.stocktake_id == take.id, StocktakeLine.posted_milli != 0)
            .order_by(StocktakeLine.sku_id)
        )
    )
    if lines:
        _reverse(work, take, lines, client_key)
    take.state, take.note, take.undone_at, take.undone_by = UNDONE, reason, work.now, work.actor.key
    work.flush()
    once.keep(work, client_key, len(lines))
    return len(lines)


def _reverse(work: Work, take: Stocktake, lines: Sequence[StocktakeLine], key: str) -> None:
    held = lock_stock(work, [line.sku_id for line in lines], take.location_id)
    _check_uncounted(work, take, [line.sku_id for line in lines])
    promised = promised_at(work, take.location_id)
    steps, deltas, picks = [], [], dict[int, list[batch_book.Part]]()
    for line in lines:
        delta = -(line.posted_milli or 0)
        if held[line.sku_id] + delta < promised.get(line.sku_id, 0):
            raise Refused(
                N_("This count found {found} of “{name}”, and they were sold or promised since. Count these goods anew instead."),
                next_step="new_stocktake", name=goods_name(work, line.sku_id), found=quantity_text(-delta),
            )  # fmt: skip
        steps.append(posting.StockStep("put" if delta > 0 else "take", line.sku_id, abs(delta)))
        deltas.append((line.sku_id, delta, line.unit_cost_minor))
        if delta < 0:
            picks[line.sku_id] = _found_in(work, take, line.sku_id)
    posting.step_stock(work, steps, take.location_id)
    source, note = f"stocktake:{take.id}", f"undone: {take.code}"
    posting.post_movements(work, take.location_id, "count", source, f"{key}:back", deltas, note, picks=picks)


def _check_uncounted(work: Work, take: Stocktake, skus: Sequence[int]) -> None:
    """A later count has seen what this one posted; turning this one round would make that one wrong."""
    line = StocktakeLine
    later = (
        select(line.sku_id, Stocktake.name)
        .join(Stocktake, Stocktake.id == line.stocktake_id)
        .where(
            line.sku_id.in_(skus), line.counted_at > take.ended_at, Stocktake.id != take.id,
            Stocktake.location_id == take.location_id, Stocktake.state.in_((OPEN, POSTED)),
        )
    )  # fmt: skip
    if (row := work.first(later)) is not None:
        raise Refused(
            N_("“{goods}” was counted again in “{name}” since. Take that one back first, or leave this one."),
            goods=goods_name(work, row.sku_id), name=row.name,
        )  # fmt: skip
    move = StockMovement
    by_hand = select(move.sku_id).where(
        move.sku_id.in_(skus), move.location_id == take.location_id, move.reason == "adjust", move.at > take.ended_at,
        or_(move.note == "count", move.note.startswith("count:")),
    )  # fmt: skip
    if (sku_id := work.value(by_hand)) is not None:
        name = goods_name(work, sku_id)
        raise Refused(N_("“{name}” was counted by hand since. Leave this stocktake as it is."), name=name)


def _found_in(work: Work, take: Stocktake, sku_id: int) -> list[batch_book.Part]:
    """The batches the found pieces were put into, as far as they still lie there."""
    move, net = BatchMovement, cast(func.sum(BatchMovement.delta_milli), BigInteger)
    put = (
        select(move.batch_id, net.label("net"))
        .where(move.document == f"stocktake:{take.id}", move.sku_id == sku_id)
        .group_by(move.batch_id)
        .having(net > 0)
        .subquery("put")
    )
    there = (
        select(put.c.batch_id, put.c.net, BatchStock.qty_milli)
        .join(Batch, Batch.id == put.c.batch_id)
        .join(BatchStock, BatchStock.batch_id == put.c.batch_id)
        .where(BatchStock.location_id == take.location_id, BatchStock.qty_milli > 0)
        .order_by(put.c.batch_id)
    )
    return [(row.batch_id, min(int(row.net), row.qty_milli)) for row in work.rows(there)]
