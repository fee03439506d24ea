"""Keeps the search text of orders true, in the transaction that changed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, text

from desktop.basics.search_words import document
from desktop.models.orders import Order, OrderLine
from desktop.models.search import OrderText, place_of

BATCH = 500
_NOW = (
    select(Order.id, Order.placed_at, Order.note, OrderText.place, OrderText.words, OrderLine.name)
    .join(OrderText, OrderText.order_id == Order.id, isouter=True)
    .join(OrderLine, OrderLine.order_id == Order.id, isouter=True)
    .where(Order.id.in_(bindparam("ids", expanding=True)))
    .order_by(Order.id, OrderLine.id)
)
_ORPHANS = select(OrderText.place, OrderText.order_id, OrderText.words).where(
    OrderText.order_id.in_(bindparam("ids", expanding=True))
)
_ALONE = (
    select(Order.id)
    .where(Order.id.in_(bindparam("ids", expanding=True)))
    .order_by(Order.id)
    .with_for_update(key_share=True)
)
_DROP = delete(OrderText).where(OrderText.place == bindparam("place"))
_WRITE = insert(OrderText)
# SQLite's index is told what was in it before and what is in it now; PostgreSQL's follows the table.
_INDEX = text("INSERT INTO order_fts(rowid, words) VALUES (:place, :words)")
_UNINDEX = text("INSERT INTO order_fts(order_fts, rowid, words) VALUES ('delete', :place, :words)")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """An order's text as it is kept and as it should be; empty means none."""

    order_id: int
    kept_place: int | None
    kept: str
    place: int
    right: str

    @property
    def fits(self) -> bool:
        """Whether nothing has to be written."""
        return self.kept == self.right and self.kept_place in (self.place, None)


def texts(connection: Connection, ids: Sequence[int]) -> Iterator[Text]:
    """The texts of these orders, kept and right."""
    rows = connection.execute(_NOW, {"ids": ids})
    for order_id, group in groupby(rows, key=attrgetter("id")):
        lines = list(group)
        first: Any = lines[0]
        right = document((row.name for row in lines if row.name), first.note)
        yield Text(
            order_id, first.place, first.words or "", place_of(first.placed_at, order_id), right
        )  # fmt: skip


def keep(connection: Connection, touched: Iterable[int]) -> int:
    """Write the texts of these orders anew where they differ, and drop those of orders that are gone; how many."""
    ids, changed = sorted(touched), 0
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        found = list(texts(connection, part))
        if connection.dialect.name == "postgresql" and any(not one.fits for one in found):
            # Another program may be writing the same order: wait for it, and look again at what it left.
            connection.execute(_ALONE, {"ids": part})
            found = list(texts(connection, part))
        wrong = [one for one in found if not one.fits]
        old: list[Row] = [{"place": t.kept_place, "words": t.kept} for t in wrong if t.kept_place is not None]
        new: list[Row] = [
            {"place": t.place, "order_id": t.order_id, "words": t.right} for t in wrong if t.right
        ]
        if len(found) < len(part):
            there = {one.order_id for one in found}
            rows = connection.execute(_ORPHANS, {"ids": part})
            old += [{"place": r.place, "words": r.words} for r in rows if r.order_id not in there]
        _write(connection, old, new)
        changed += len(new) or len(old)
    return changed


def _write(connection: Connection, old: list[Row], new: list[Row]) -> None:
    indexed = connection.dialect.name == "sqlite"
    if old:
        if indexed:
            connection.execute(_UNINDEX, old)
        connection.execute(_DROP, [{"place": row["place"]} for row in old])
    if new:
        connection.execute(_WRITE, new)
        if indexed:
            connection.execute(_INDEX, new)
