"""Triggers that read an order's own columns: how long it is in a state, and what just happened to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true

from desktop.models.orders import CANCELLED, Order, OrderEvent
from desktop.models.rules import RuleWatch
from desktop.queries.page import AnySelect
from desktop.rules.catalogue import BATCH, Due, RuleRow, Trigger, trigger_of
from desktop.rules.spec import Values
from desktop.rules.triggers import watching
from desktop.shop.work import Read

LONGEST_AGO = timedelta(days=60)  # an order placed earlier is not looked for in a trial over past days
OVERLAP = 500  # timeline rows looked at again: one written by another till may be committed out of its turn
LATELY = timedelta(
    minutes=15
)  # older ones were looked at in time: a condition that comes true later is too late


def values_of(read: Read, rule: RuleRow) -> Values:
    """The values of the rule's trigger."""
    assert rule.spec.trigger is not None
    return trigger_of(rule.spec.trigger).values(read, rule.spec.trigger)


@dataclass(frozen=True, kw_only=True)
class OrderState(Trigger):
    """An order that is in a state since `start`, `delay` long; it left the state at `left`.

    All three come from indexed columns, so that only orders in the state are read, oldest first.
    """

    inside: Callable[[Values], ColumnElement[bool]]
    start: Callable[[Values], Any]
    left: Callable[[Values], Any]
    delay: Callable[[Values], timedelta] = lambda _values: timedelta()
    reckoned: Callable[[Values], tuple[Any, timedelta]] | None = (
        None  # `start` and `delay` in a trial: a deadline is wiped later, and keeps the figure of its day
    )
    among: Callable[[Values], ColumnElement[bool]] = lambda _values: (
        true()
    )  # which orders ever come into question
    topic: str = "orders"
    subject: str = "order"

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """Orders long enough in the state that had no turn yet, and those with another turn due."""
        values = values_of(read, rule)
        start, delay = self.start(values), self.delay(values)
        ready: AnySelect = select(Order.id, start).where(self.inside(values), start <= read.now - delay)
        ready = watching.only_this(ready, Order.id, only).where(*watching.conditions(read, rule))
        ready = ready.where(*watching.apart(read, rule, Order.id)).limit(limit)
        fresh = ready.where(watching.no_turn_since(rule, Order.id, start)).order_by(start)
        again = watching.another_turn(read, rule, ready.where(RuleWatch.start_at == start), Order.id)
        return watching.dues([*read.rows(fresh), *again], delay)

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Orders that were still in the state when their turn came."""
        values = values_of(read, rule)
        start, delay, left = self.start(values), self.delay(values), self.left(values)
        if self.reckoned is not None:
            start, delay = self.reckoned(values)
        ended = func.coalesce(left, closed_at())
        statement: AnySelect = select(Order.id, start, ended.label("left_at")).where(
            Order.placed_at > since - delay - LONGEST_AGO,  # read by its index
            start > since - delay,
            start <= until - delay,
            self.among(values),
            or_(self.inside(values), ended.is_not(None)),
            *watching.conditions(read, rule),
        )
        rows: Any = read.rows(statement.order_by(start))
        return watching.dues([row for row in rows if not row[2] or row[2] >= row[1] + delay], delay)

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The next order to reach its turn."""
        values = values_of(read, rule)
        start, delay = self.start(values), self.delay(values)
        statement = select(start).where(self.inside(values), start > read.now - delay)
        first = read.value(statement.where(*watching.conditions(read, rule)).order_by(start).limit(1))
        return watching.earliest(first + delay if first else None, watching.next_turn(read, rule))


def closed_at() -> Any:
    """When the order was cancelled, from its timeline; that it was closed at its very turn is what a rule would do."""
    cancelled = select(func.min(OrderEvent.at)).where(
        OrderEvent.order_id == Order.id, OrderEvent.kind == CANCELLED
    )
    return cancelled.correlate(Order).scalar_subquery()


def happened(
    read: Read, rule: RuleRow, kinds: tuple[str, ...], since: datetime, until: datetime
) -> list[Due]:
    """Each time one of these stood on an order's timeline."""
    event = OrderEvent
    statement = select(Order.id, event.at).join(event, event.order_id == Order.id)
    statement = statement.where(event.kind.in_(kinds), event.at > since, event.at <= until)
    rows = read.rows(statement.where(*watching.conditions(read, rule)).order_by(event.at))
    return watching.dues(rows, timedelta())


@dataclass(frozen=True, kw_only=True)
class OrderQueued(OrderState):
    """An order that waits for its hours; when that was over stands only on the timeline."""

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Every release."""
        return happened(read, rule, ("released",), since, until)


@dataclass(frozen=True, kw_only=True)
class OrderHappening(Trigger):
    """Something that happened to an order, read from its timeline behind what was already looked at."""

    kinds: Callable[[Values], tuple[str, ...]]
    topic: str = "orders"
    subject: str = "order"
    timed: bool = False

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """Orders it newly happened to since the rule is on, and those with a later step due."""
        event = OrderEvent
        newly: AnySelect = select(Order.id, event.at).join(event, event.order_id == Order.id)
        kind = event.kind + ""  # no index over the kind: only the newest rows are read, by their id
        newly = newly.where(kind.in_(self.kinds(values_of(read, rule))), event.at > rule.since)
        newly = newly.where(event.id > rule.seen_event - OVERLAP)
        newly = newly.where(or_(event.id > rule.seen_event, event.at > read.now - LATELY))
        newly = newly.where(*watching.apart(read, rule, Order.id))
        newly = watching.only_this(newly, Order.id, only).where(*watching.conditions(read, rule))
        newly = newly.where(watching.no_turn_since(rule, Order.id, event.at)).order_by(event.id)
        known: AnySelect = select(Order.id, RuleWatch.start_at).where(*watching.conditions(read, rule))
        known = watching.only_this(known, Order.id, only).limit(limit)
        rows = [*read.rows(newly.limit(limit)), *watching.another_turn(read, rule, known, Order.id)]
        newest = {row[0]: row for row in rows}  # twice within one look: the later one counts
        return watching.dues(newest.values(), timedelta())

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Every time it happened."""
        return happened(read, rule, self.kinds(values_of(read, rule)), since, until)

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """Only later steps are known in advance."""
        return watching.next_turn(read, rule)
