"""Which orders a person means: filters and typed words turned into conditions the indexes answer."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, not_, select, union
from sqlalchemy import false as nothing

from desktop.basics.search_words import wanted
from desktop.models.orders import SHIPPED, TO_SHIP, UNPAID, Order
from desktop.models.search import ID_MASK, OrderText, place_of
from desktop.queries import order_fields
from desktop.queries.order_fields import ZERO, between, is_late, of_days
from desktop.queries.order_filter import CONTAINS, Clause, OrderFilter
from desktop.queries.order_finding import (
    FTS,
    GOODS,
    NOTE,
    ROWID,
    Sought,
    fts,
    in_texts,
    meant_members,
    named,
    place,
    reads,
)
from desktop.queries.page import Position
from desktop.queries.ways import Way, apart, either, one_of
from desktop.shop.work import Read

__all__ = ["Clause", "OrderFilter", "asked_words", "conditions", "is_late", "meant_members", "worded"]
FEW = frozenset({UNPAID, TO_SHIP, SHIPPED})  # what is under way does not grow with the years
NEAR = (
    20_000  # so many newest texts are read before PostgreSQL's index is asked for all that hold several words
)


def conditions(read: Read, wanted_orders: OrderFilter) -> list[ColumnElement[bool]]:
    """The WHERE of this filter."""
    return [way.sql() for way in ways(read, wanted_orders)]


def ways(read: Read, wanted_orders: OrderFilter) -> tuple[Way, ...]:
    """The conditions of this filter, all of which must hold."""
    words = (Way(either, tuple(_found(read, term))) for term in _terms(read, wanted_orders))
    return (*_plain(read, wanted_orders), *words)


def worded(wanted_orders: OrderFilter) -> bool:
    """Whether words are looked for in the orders' texts."""
    return bool(wanted_orders.text.strip()) or any(_of_text(clause) for clause in wanted_orders.clauses)


# What is not looked for in texts


def _plain(read: Read, f: OrderFilter) -> tuple[Way, ...]:
    found = [*between(Order.placed_at, *_time(read, f)), *_amounts(f)]
    for column, values in ((Order.status, f.statuses), (Order.channel, f.channels)):
        if values:
            found.append(one_of(column, values))
    if f.types:
        found.append(order_fields.way(read, Clause("type", "is", f.types)))
    if f.late:
        found.append(Way(is_late, (read.now,)))
    if f.queued:
        found.append(order_fields.QUEUED)
    if f.tags:
        found.append(order_fields.tagged(f.tags))
    if f.refunded:
        found.append(order_fields.REFUNDED)
    if f.member_id is not None:
        found.append(one_of(Order.member_id, (f.member_id,)))
    if f.sku_id is not None:
        found.append(Way(order_fields.with_goods, (f.sku_id,)))
    found += [order_fields.way(read, c) for c in f.clauses if not _of_text(c)]
    if f.either:
        found.append(Way(either, tuple(order_fields.way(read, c) for c in f.either)))
    return tuple(found)


def _time(read: Read, f: OrderFilter) -> tuple[Any, Any]:
    return of_days(read, f.days) if f.days is not None else (f.since, f.until)


def _amounts(f: OrderFilter) -> list[Way]:
    found = []
    if f.due_from is not None or f.due_to is not None:
        found.append(order_fields.within(Order.due_minor, f.due_from, f.due_to))
    if f.points_from is not None:
        found += [order_fields.USED_POINTS, order_fields.within(Order.points_minor, f.points_from, None)]
    return found


def _under_way(f: OrderFilter) -> bool:
    """Whether what stands beside the words leaves few orders, to be read one by one."""
    few = bool(f.statuses) and FEW.issuperset(f.statuses)
    return few or f.late or f.queued or f.refunded or f.points_from is not None or f.member_id is not None


# Words


class _Term(NamedTuple):
    """One word: what it looks for in the texts, and the other ways in which it names orders."""

    sought: tuple[Sought, ...]
    names: tuple[Way, ...]


def _found(read: Read, term: _Term) -> list[Way]:
    texts = [in_texts(read, term.sought)] if term.sought else []
    return [*(Way(_so_named, (name,)) for name in term.names), *texts]


def _so_named(name: ColumnElement[bool]) -> ColumnElement[bool]:
    return Order.id.in_(select(Order.id).where(name))


def _terms(read: Read, f: OrderFilter) -> list[_Term]:
    """One for each typed word, and each clause about goods or note."""
    found = []
    typed = f.text.strip()
    words = typed.split()
    if len(words) > 1 and _reads_as_one(read, typed):
        words = [typed]
    for word in words:
        sought = wanted(word)
        found.append(_Term(((sought, ""),) if sought else (), named(read, word)))
    for clause in f.clauses:
        if _of_text(clause):
            part = GOODS if clause.field == "goods" else NOTE
            sought_all = tuple((w, part) for v in clause.values[0].split() if (w := wanted(v)))
            codes = (order_fields.goods_coded(clause.values[0]),) if part == GOODS else ()
            found.append(_Term(sought_all, codes))
    return found


def _reads_as_one(read: Read, typed: str) -> bool:
    """Whether words with spaces between them name one thing: a phone number, a full name, a parcel."""
    for name in named(read, typed):
        asked, values = apart((name,))
        if read.value(_any(asked), values) is not None:
            return True
    return False


@lru_cache(maxsize=64)
def _any(asked: tuple[Way]) -> Select[int]:
    return select(Order.id).where(asked[0].sql()).limit(1)


def _of_text(clause: Clause) -> bool:
    return (
        clause.op == CONTAINS
        and clause.field in ("goods", "note")
        and len(clause.values) == 1
        and not clause.values[0].startswith("#")
    )


# The newest of many finds, without sorting all of them


class AskedWords(NamedTuple):
    """A search by words as plain data, see `ways.apart`: everything its statement depends on."""

    sqlite: bool
    descending: bool
    size: int  # as many rows at most
    terms: tuple[tuple[tuple[Way, ...], tuple[Way, ...]], ...]  # of each the words in the text, and its names
    plain: tuple[Way, ...]
    indexed: Way | None  # all words, looked up in SQLite's index; None: the texts are read
    parted: tuple[Way, ...]  # words the index knows too little of
    stretch: tuple[Way, ...]  # the times of the filter said in places, by which texts are kept
    near_first: bool  # the newest texts are read before the others are looked up
    after: tuple[Way, ...]  # the place behind which the page begins


def asked_words(
    read: Read, f: OrderFilter, after: Position | None, *, descending: bool, size: int
) -> AskedWords:
    """What `newest_found` makes a statement of."""
    terms = _terms(read, f)
    words = tuple(word for term in terms for word in term.sought)
    index = read.is_sqlite and bool(words) and not _under_way(f)
    stretch = _stretch(ROWID if index else OrderText.place, *_time(read, f))
    near_first = not (read.is_sqlite or stretch or _under_way(f)) and len(words) > 1
    return AskedWords(
        read.is_sqlite, descending, size,
        tuple((tuple(reads(read, *word) for word in term.sought), term.names) for term in terms),
        _plain(read, f),
        fts(words) if index else None,
        tuple(reads(read, *word) for word in words if word[1] or not index),
        stretch,
        near_first,
        () if after is None else (Way(_itself, (after[0],)),),
    )  # fmt: skip


def _itself(value: Any) -> Any:
    return value


def _stretch(at: Any, since: Any, until: Any) -> tuple[Way, ...]:
    first = None if since is None else place_of(since, 0)
    last = None if until is None else place_of(until, ID_MASK)
    return () if first is None and last is None else (order_fields.within(at, first, last),)


def newest_found(asked: AskedWords) -> Select[int]:
    """Ids of one page of a search by words, in the order of `place`."""
    branches = [_by_text(asked)] if all(sought for sought, _names in asked.terms) else []
    for i, (_sought, names) in enumerate(asked.terms):
        others = [_reading(*other) for other in (*asked.terms[:i], *asked.terms[i + 1 :])]
        at = place(asked.sqlite)
        for name in names:
            found = select(Order.id).where(name.sql(), *others, *(way.sql() for way in asked.plain))
            branches.append(_first(asked, found, at))
    parts = [select(branch.subquery().c[0]) for branch in branches]
    return select(union(*parts).subquery().c[0]) if parts else select(Order.id).where(nothing())


def _reading(sought: tuple[Way, ...], names: tuple[Way, ...]) -> ColumnElement[bool]:
    """Whether an order is meant by this word, its text read instead of looked up."""
    meant = [_so_named(name.sql()) for name in names]
    if sought:
        text = select(OrderText.place).where(OrderText.order_id == Order.id)
        meant.append(text.where(*(word.sql() for word in sought)).exists())
    return either(*meant)


def _by_text(asked: AskedWords) -> Select[int]:
    """All words in the text. The index gives them newest first; where few orders are left, their texts are read."""
    at: Any = OrderText.place
    number: Any = OrderText.order_id
    if asked.indexed is None:
        found = select(number)
    else:
        at, number = ROWID, ROWID.op("&")(ID_MASK)
        found = select(number).select_from(FTS).where(asked.indexed.sql())
        if asked.parted:
            found = found.join(OrderText, OrderText.place == ROWID)
    found = found.where(*(way.sql() for way in (*asked.parted, *asked.stretch)))
    if asked.plain:
        found = found.join(Order, Order.id == number).where(*(way.sql() for way in asked.plain))
    return _near_first(asked, found) if asked.near_first else _first(asked, found, at)


def _near_first(asked: AskedWords, found: Select[Any]) -> Any:
    """PostgreSQL takes words that are frequent for words that often meet, and would read every text for a page.

    So it reads the newest, and looks all up only when they give no page: frequent pairs are among the newest, and
    others leave few to sort.
    """
    edge = _first(asked, select(OrderText.place), OrderText.place).limit(1).offset(NEAR).scalar_subquery()
    newer = OrderText.place >= edge if asked.descending else OrderText.place <= edge
    near = _first(asked, found.where(newer), OrderText.place).cte()
    enough = select(func.count() >= asked.size).select_from(near).scalar_subquery()
    unsorted = OrderText.place + ZERO  # no index gives this order
    rest = _first(asked, found.where(not_(enough)), unsorted)
    return select(near.c[0]).union_all(select(rest.subquery().c[0]))


def _first(asked: AskedWords, found: Select[Any], at: Any) -> Select[Any]:
    for place_before in asked.after:
        here = place_before.sql()
        found = found.where(at < here if asked.descending else at > here)
    return found.order_by(at.desc() if asked.descending else at.asc()).limit(asked.size)
