"""Take a whole import back, thing by thing: removed where nothing hangs on it, put right by counter-entries else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.imports import IN, KEPT, OUT, ImportEntry
from desktop.models.people import Permission
from desktop.models.system import ImportRun
from desktop.services.imports import (
    supplier_prices,
    suppliers,
    undo_goods,
    undo_members,
    undo_orders,
    undo_stock,
)
from desktop.services.imports.reading import Progress, never_stop
from desktop.services.imports.runs import COLUMNS, KINDS
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

SLICE = 200
UNDONE, PARTLY = "undone", "partly"

# subject → takes back what one import wrote of these; gives a reason for each that stays
Back = Callable[[Work, int, Sequence[tuple[int, bool, dict[str, Any]]]], list[str]]
BACK: dict[str, Back] = {
    "order": undo_orders.take_back, "goods": undo_goods.take_back, "price": undo_goods.prices_back,
    "member": undo_members.take_back, "stock": undo_stock.take_back,
    "supplier": suppliers.take_back, supplier_prices.SUBJECT: supplier_prices.take_back,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of an import that was to be taken back."""

    out: int
    kept: int
    left: int  # not looked at: somebody stopped


def undo_import(shop: Shop, run_id: int, progress: Progress = never_stop) -> Undone:
    """Take an import back, the last written first; what something hangs on stays and says why.

    May be stopped and called again. Raises `Refused` when there is nothing to take back.
    """
    out = kept = 0
    total = left = shop.do(begin_undo, run_id)
    while left:
        done = shop.do(undo_slice, run_id)
        out, kept, left = out + done.out, kept + done.kept, done.left
        if not progress(total - left, total):
            break
    return Undone(out, kept, left)


@action(permission=Permission.IMPORT)
def begin_undo(work: Work, run_id: int) -> int:
    """How many things there are to take back. Raises `Refused` when there are none."""
    run = work.get(ImportRun, run_id, lock=True)
    work.require(str(KINDS[run.kind].RIGHT))
    count = _left(work, run_id)
    if run.state in (UNDONE, COLUMNS) or not count:
        raise Refused(N_("There is nothing of this import left to take back."))
    return count


@action(permission=Permission.IMPORT)
def undo_slice(work: Work, run_id: int) -> Undone:
    """Take the next things of an import back; says how many are left."""
    run = work.get(ImportRun, run_id, lock=True)
    work.require(str(KINDS[run.kind].RIGHT))
    entries = select(ImportEntry.__table__).where(*_open(run_id)).order_by(ImportEntry.id.desc())
    newest = work.rows(entries.limit(SLICE)).all()
    if not newest:
        return Undone(0, 0, 0)
    same = [entry for entry in newest if entry.subject == newest[0].subject]
    same = same[: next((i for i, e in enumerate(newest) if e.subject != newest[0].subject), len(same))]
    things = [(e.subject_id, e.made, json.loads(e.detail) if e.detail else {}) for e in same]
    reasons = BACK[same[0].subject](work, run_id, things)
    for entry, reason in zip(same, reasons, strict=True):
        state = KEPT if reason else OUT
        work.rows(update(ImportEntry).where(ImportEntry.id == entry.id).values(state=state, reason=reason))
    work.touch("import_run", run_id)
    left = _left(work, run_id)
    if not left:
        stays = select(ImportEntry.id).where(ImportEntry.run_id == run_id, ImportEntry.state == KEPT)
        run.state = PARTLY if work.first(stays) else UNDONE
    kept = sum(bool(reason) for reason in reasons)
    return Undone(len(same) - kept, kept, left)


def _left(work: Work, run_id: int) -> int:
    return int(work.value(select(func.count()).select_from(ImportEntry).where(*_open(run_id))))


def _open(run_id: int) -> tuple[Any, ...]:
    return (ImportEntry.run_id == run_id, ImportEntry.state == IN)
