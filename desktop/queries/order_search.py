"""Which orders a person means: filters and typed words turned into conditions the indexes answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, union

from desktop.basics.search_words import wanted
from desktop.models.orders import SHIPPED, TO_SHIP, UNPAID, Order, OrderLine, OrderTag
from desktop.models.products import Tag
from desktop.models.search import ID_MASK, OrderText, place_of
from desktop.queries import order_fields
from desktop.queries.order_fields import ZERO, is_late, of_days, one_of
from desktop.queries.order_filter import CONTAINS, Clause, OrderFilter
from desktop.queries.order_finding import (
    FTS,
    GOODS,
    NOTE,
    ROWID,
    Sought,
    fts,
    matching,
    meant_members,
    named,
    place,
    reads,
)
from desktop.queries.page import PAGE_ROWS, Position
from desktop.shop.work import Read

__all__ = ["Clause", "OrderFilter", "conditions", "is_late", "meant_members", "newest_found", "worded"]
FEW = frozenset({UNPAID, TO_SHIP, SHIPPED})  # what is under way does not grow with the years


def conditions(read: Read, wanted_orders: OrderFilter) -> list[ColumnElement[bool]]:
    """The WHERE of this filter."""
    found = _plain(read, wanted_orders)
    return found + [term.condition(read) for term in _terms(read, wanted_orders)]


def worded(wanted_orders: OrderFilter) -> bool:
    """Whether words are looked for in the orders' texts."""
    return bool(wanted_orders.text.strip()) or any(_of_text(clause) for clause in wanted_orders.clauses)


# What is not looked for in texts


def _plain(read: Read, f: OrderFilter) -> list[ColumnElement[bool]]:
    found = _when(read, f) + _amounts(f)
    for column, values in ((Order.status, f.statuses), (Order.channel, f.channels)):
        if values:
            found.append(one_of(column, values))
    if f.types:
        found.append(order_fields.condition(read, Clause("type", "is", f.types)))
    if f.late:
        found.append(is_late(read.now))
    if f.queued:
        found.append(Order.queued_until.is_not(None))
    if f.tags:
        worn = select(OrderTag.order_id).join(Tag, Tag.id == OrderTag.tag_id)
        found.append(Order.id.in_(worn.where(Tag.name.in_(f.tags))))
    if f.refunded:
        found.append(Order.refunded_minor > ZERO)
    if f.member_id is not None:
        found.append(Order.member_id == f.member_id)
    if f.sku_id is not None:
        found.append(Order.id.in_(select(OrderLine.order_id).where(OrderLine.sku_id == f.sku_id)))
    found += [order_fields.condition(read, c) for c in f.clauses if not _of_text(c)]
    if f.either:
        found.append(or_(false(), *(order_fields.condition(read, c) for c in f.either)))
    return found


def _when(read: Read, f: OrderFilter) -> list[ColumnElement[bool]]:
    since, until = f.since, f.until
    if f.days is not None:
        since, until = of_days(read, f.days)
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(Order.placed_at >= since)
    if until is not None:
        found.append(Order.placed_at < until)
    return found


def _amounts(f: OrderFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if f.due_from is not None:
        found.append(Order.due_minor >= f.due_from)
    if f.due_to is not None:
        found.append(Order.due_minor <= f.due_to)
    if f.points_from is not None:
        found += [Order.points_minor > ZERO, Order.points_minor >= f.points_from]
    return found


def _under_way(f: OrderFilter) -> bool:
    """Whether what stands beside the words leaves few orders, to be read one by one."""
    few = bool(f.statuses) and FEW.issuperset(f.statuses)
    return few or f.late or f.queued or f.refunded or f.points_from is not None or f.member_id is not None


# Words


@dataclass(frozen=True)
class _Term:
    """One word: what it looks for in the texts, and the other ways in which it names orders."""

    sought: tuple[Sought, ...]
    names: tuple[ColumnElement[bool], ...]

    def condition(self, read: Read, *, reading: bool = False) -> ColumnElement[bool]:
        """Whether the order is meant; `reading` reads the order's text instead of asking the index."""
        ways: list[ColumnElement[bool]] = [Order.id.in_(select(Order.id).where(name)) for name in self.names]
        if self.sought and reading:
            text = select(OrderText.place).where(OrderText.order_id == Order.id)
            ways.append(text.where(*(reads(read, *word) for word in self.sought)).exists())
        elif self.sought:
            ways.append(Order.id.in_(matching(read, self.sought)))
        return or_(false(), *ways)


def _terms(read: Read, f: OrderFilter) -> list[_Term]:
    """One for each typed word, and each clause about goods or note."""
    found = []
    typed = f.text.strip()
    words = typed.split()
    if len(words) > 1 and _reads_as_one(read, typed):
        words = [typed]
    for word in words:
        sought = wanted(word)
        found.append(_Term(((sought, ""),) if sought else (), tuple(named(read, word))))
    for clause in f.clauses:
        if _of_text(clause):
            part = GOODS if clause.field == "goods" else NOTE
            sought_all = tuple((w, part) for v in clause.values[0].split() if (w := wanted(v)))
            codes = order_fields.of_goods_code(clause.values[0]) if part == GOODS else None
            found.append(_Term(sought_all, () if codes is None else (Order.id.in_(codes),)))
    return found


def _reads_as_one(read: Read, typed: str) -> bool:
    """Whether words with spaces between them name one thing: a phone number, a full name, a parcel."""
    found = (read.value(select(Order.id).where(name).limit(1)) for name in named(read, typed))
    return any(order_id is not None for order_id in found)


def _of_text(clause: Clause) -> bool:
    return (
        clause.op == CONTAINS
        and clause.field in ("goods", "note")
        and len(clause.values) == 1
        and not clause.values[0].startswith("#")
    )


# The newest of many finds, without sorting all of them


def newest_found(
    read: Read, f: OrderFilter, after: Position | None, *, descending: bool = True
) -> Select[int]:
    """Ids of one page of a search by words, in the order of `place`, plus one that tells of another page."""
    terms, plain = _terms(read, f), _plain(read, f)
    branches = [_by_text(read, terms, plain, f, after, descending)] if all(t.sought for t in terms) else []
    for i, term in enumerate(terms):
        others = [other.condition(read, reading=True) for other in (*terms[:i], *terms[i + 1 :])]
        for name in term.names:
            at = place(read)
            branch = select(Order.id).where(name, *others, *plain, *_behind(at, after, descending))
            branches.append(_first(branch, at, descending))
    parts = [select(branch.subquery().c[0]) for branch in branches]
    return select(union(*parts).subquery().c[0]) if parts else select(Order.id).where(false())


def _by_text(
    read: Read, terms: list[_Term], plain: list[Any], f: OrderFilter, after: Position | None, descending: bool
) -> Select[int]:
    """All words in the text. The index gives them newest first; where few orders are left, their texts are read."""
    words = tuple(word for term in terms for word in term.sought)
    at: Any = OrderText.place
    if not read.is_sqlite or _under_way(f):
        found = select(OrderText.order_id).where(*(reads(read, *word) for word in words))
        if plain:
            found = found.join(Order, Order.id == OrderText.order_id).where(*plain)
    else:
        at = ROWID
        parted = [reads(read, *word) for word in words if word[1]]
        found = select(ROWID.op("&")(ID_MASK)).select_from(FTS).where(fts(words))
        if parted:
            found = found.join(OrderText, OrderText.place == ROWID).where(*parted)
        if plain:
            found = found.join(Order, Order.id == ROWID.op("&")(ID_MASK)).where(*plain)
        found = found.where(*_range(read, f))
    return _first(found.where(*_behind(at, after, descending)), at, descending)


def _range(read: Read, f: OrderFilter) -> list[ColumnElement[bool]]:
    """The times of the filter said in places, which the index understands."""
    since, until = of_days(read, f.days) if f.days is not None else (f.since, f.until)
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(place_of(since, 0) <= ROWID)
    if until is not None:
        found.append(place_of(until, ID_MASK) >= ROWID)
    return found


def _behind(at: ColumnElement[int], after: Position | None, descending: bool) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    return [at < after[0] if descending else at > after[0]]


def _first(found: Select[Any], at: ColumnElement[int], descending: bool) -> Select[Any]:
    return found.order_by(at.desc() if descending else at.asc()).limit(PAGE_ROWS + 1)
