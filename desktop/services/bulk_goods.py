"""Many goods edited at once: previewed, in one transaction, taken back as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.products import Price, Product
from desktop.models.shelves import BulkEdit, PriceChanged
from desktop.queries.bulk_goods import (
    CATEGORY,
    LEVELS,
    PRICE,
    SHELF,
    TAG_OFF,
    TAG_ON,
    BulkChange,
    Scope,
    current,
    plan,
    written,
)
from desktop.services import once
from desktop.services.products import set_tags
from desktop.services.shelf import ShelfPlan, put_plan
from desktop.services.stock import Levels, set_levels
from desktop.shop.action import action
from desktop.shop.work import Work


@dataclass(frozen=True, slots=True)
class Edited:
    """A bulk edit: its id, how many goods changed, how many were left out."""

    id: int
    changed: int
    left_out: int


@action(permission=Permission.EDIT_GOODS)
def edit_many(work: Work, scope: Scope, change: BulkChange, client_key: str) -> Edited:
    """Change all goods of the scope that can be, all at once. A retry with the same key changes nothing."""
    if change.kind == LEVELS:
        work.require(Permission.EDIT_STOCK)
    given = once.claim(work, client_key, [repr(scope), repr(change)])
    if given is not None:
        return Edited(**given)
    if change.kind == PRICE:  # nobody else changes a price between the plan and the deed
        work.rows(select(Price.id).where(Price.list_id == change.list_id).with_for_update())
    rows = plan(work, scope, change)
    todo = [row for row in rows if row.changes]
    if not todo:
        raise Refused(N_("Nothing would change. Look at the preview."))
    _put(work, change.kind, change.list_id, change.channel, [(row.id, row.before, row.after) for row in todo])
    edit = work.add(BulkEdit(
        client_key=client_key, kind=change.kind, rows=len(todo), before=written(change, todo),
        actor=work.actor.key, at=work.now,
    ))  # fmt: skip
    made = Edited(edit.id, len(todo), sum(bool(row.problem) for row in rows))
    once.keep(work, client_key, {"id": made.id, "changed": made.changed, "left_out": made.left_out})
    return made


@action(permission=Permission.EDIT_GOODS)
def take_back(work: Work, edit_id: int) -> int:
    """Undo a bulk edit as one; returns how many goods are as before.

    What somebody changed since then stays as that person wanted it. Raises `Refused` the second time.
    """
    edit = work.get(BulkEdit, edit_id, lock=True)
    if edit.state != "done":
        raise Refused(N_("This was taken back already."))
    if edit.kind == LEVELS:
        work.require(Permission.EDIT_STOCK)
    kept = json.loads(edit.before)
    rows = [tuple(row) for row in kept["rows"]]
    now = current(work, edit.kind, [row[0] for row in rows], kept["list"], kept["channel"])
    todo = [(row_id, after, before) for row_id, before, after in rows if now[row_id] == after]
    _put(work, edit.kind, kept["list"], kept["channel"], todo)
    edit.state, edit.undone_at = "undone", work.now
    return len(todo)


Step = tuple[int, Any, Any]  # SKU or product, before, after


def _put(work: Work, kind: str, list_id: int, channel: str, steps: Sequence[Step]) -> None:
    if kind == PRICE:
        _put_prices(work, list_id, steps)
        return
    for row_id, _before, after in steps:
        if kind == CATEGORY:
            work.get(Product, row_id, lock=True).category_id = after or None
        elif kind == SHELF:
            work.get(Product, row_id, lock=True).on_shelf = after
        elif kind in (TAG_ON, TAG_OFF):
            set_tags(work, row_id, after)
        elif kind == LEVELS:
            set_levels.run(work, Levels(*after), sku_ids=[row_id])
        else:
            is_open, *times = after
            put_plan(
                work,
                row_id,
                channel,
                ShelfPlan(is_open, *(datetime.fromisoformat(t) if t else None for t in times)),
            )


_BASE = (Price.unit == "", Price.min_qty_milli == 0)
_CHANGE = update(Price).where(Price.sku_id == bindparam("sku"), Price.list_id == bindparam("prices"), *_BASE)
_CHANGE = _CHANGE.values(amount_minor=bindparam("amount"))
_DROP = delete(Price).where(Price.sku_id == bindparam("sku"), Price.list_id == bindparam("prices"), *_BASE)


def _put_prices(work: Work, list_id: int, steps: Sequence[Step]) -> None:
    """Many prices of one list, each of its three kinds by one statement."""
    changed = [
        {"sku": s, "prices": list_id, "amount": a} for s, b, a in steps if b is not None and a is not None
    ]
    gone = [{"sku": s, "prices": list_id} for s, b, a in steps if b is not None and a is None]
    if changed:
        work.connection.execute(_CHANGE, changed)
    if gone:
        work.connection.execute(_DROP, gone)
    row = {"list_id": list_id, "unit": "", "min_qty_milli": 0}
    work.post(
        Price, [{**row, "sku_id": s, "amount_minor": a} for s, b, a in steps if b is None and a is not None]
    )
    stamp = {**row, "actor": work.actor.key, "at": work.now}
    history = [{**stamp, "sku_id": s, "before_minor": b, "after_minor": a} for s, b, a in steps]
    work.post(PriceChanged, history)
    work.touch("price", list_id)
