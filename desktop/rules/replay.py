"""What a rule, saved or not, would have done over the last days, from what the shop remembers; nothing is changed.

Conditions on the time of day, the weekday and the state of an order are taken as they were at that moment, all others
as they are today.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from desktop.basics.i18n import N_, _
from desktop.models.orders import CANCELLED, DONE, SHIPPED, TO_SHIP, UNPAID, Order
from desktop.models.people import Permission
from desktop.models.system import Setting
from desktop.rules import conditions, effects, triggers
from desktop.rules.catalogue import (
    EFFECTS,
    TRIGGERS,
    Due,
    RuleRow,
    Trigger,
    condition_of,
    next_offset,
    trigger_of,
)
from desktop.rules.facts import titles_of
from desktop.rules.lists import figures_now, names_of
from desktop.rules.sentence import clause, closed_up
from desktop.rules.spec import Part, Spec
from desktop.rules.triggers.states import OrderQueued, OrderState, closed_at, values_of
from desktop.shop.action import question
from desktop.shop.work import Read

DECLARED = (conditions, effects, triggers)  # importing them fills the catalogue
MOST_ROWS = 500
CHUNK = 500
MOST_TIMES = 1_000  # a rule that repeats every minute is not counted further
OF_STATUS = "order_status"
Moments = Mapping[int, Any]  # order id → when it was paid, shipped, done, cancelled


@dataclass(frozen=True, slots=True)
class PastTurn:
    """One subject whose turn would have come at `at` (UTC), and how often until now; `reason` and `done` in words.

    Money in minor units of what was at stake.
    """

    at: datetime
    subject_kind: str
    subject_id: int
    title: str
    detail: str
    money_minor: int
    reason: str
    times: int
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """The newest turns first, at most 500; `total` counts all of them."""

    rows: tuple[PastTurn, ...]
    total: int
    days: int


@question(permission=Permission.SEE_RULES)
def replay(read: Read, spec: Spec, days: int = 7, figures: Mapping[str, Any] | None = None) -> Replayed:
    """What the rule would have done; `figures` are settings as its editor shows them (key → value).

    Raises `Malformed` for a rule whose trigger or conditions are not filled in.
    """
    _check(spec)
    then = with_figures(read, figures or {})
    row = RuleRow(0, "", spec, 0, then.now - timedelta(days=days))
    turns = _turns(then, row, row.since, then.now)
    turns.sort(key=lambda due: (due.base_at, due.subject_id), reverse=True)
    return Replayed(tuple(_rows(then, row, turns[:MOST_ROWS])), len(turns), days)


def with_figures(read: Read, figures: Mapping[str, Any]) -> Read:
    """The same look with some settings as they are not yet saved."""
    if not figures:
        return read
    kept = {row.key: row.value for row in read.rows(select(Setting.key, Setting.value))}
    kept |= {key: json.dumps(value) for key, value in figures.items()}
    return Read(read.connection, read.actor, read.now, kept)


def _check(spec: Spec) -> None:
    """Whether what decides about turns is filled in; what would be done may still be half written."""
    trigger = trigger_of(spec.trigger)
    assert spec.trigger is not None
    parts = [(trigger, spec.trigger), *((condition_of(part), part) for part in spec.conditions)]
    for entry, part in parts:
        for parameter in entry.parameters:
            if parameter.setting is None:
                parameter.check(part.values.get(parameter.key, parameter.default))


# -- whose turn it was ------------------------------------------------------------------------------------------


def _turns(read: Read, row: RuleRow, since: datetime, until: datetime) -> list[Due]:
    """The turns, conditions that change by themselves judged as they were at each moment."""
    spec = row.spec
    trigger = trigger_of(spec.trigger)
    moving = [part for part in spec.conditions if part.key == OF_STATUS or not condition_of(part).subject]
    fixed = tuple(part for part in spec.conditions if part not in moving)
    found = trigger.past(read, replace(row, spec=replace(spec, conditions=fixed)), since, until)
    if not moving:
        return found
    if spec.match_all:
        held = _judge(read, moving, found)
        return [due for due in found if all(test(due) for test in held)]
    sure = set(found) if fixed else set()
    every = trigger.past(read, replace(row, spec=replace(spec, conditions=())), since, until)
    held = _judge(read, moving, every)
    return [due for due in every if due in sure or any(test(due) for test in held)]


def _judge(read: Read, parts: Sequence[Part], turns: Sequence[Due]) -> list[Callable[[Due], bool]]:
    """A test for each of these conditions, true or false of a turn."""
    moments: dict[int, Any] = {}
    if any(part.key == OF_STATUS for part in parts):
        moments = {order.id: order for order in _moments(read, [due.subject_id for due in turns])}
    return [_test(read, part, moments) for part in parts]


def _test(read: Read, part: Part, moments: Moments) -> Callable[[Due], bool]:
    condition = condition_of(part)
    values = condition.values(read, part)
    if part.key == OF_STATUS:
        return lambda due: (
            due.subject_id in moments and _status(moments[due.subject_id], due.base_at) in values["which"]
        )

    def at_that_time(due: Due) -> bool:
        then = copy(read)
        then.now = due.base_at
        return bool(
            getattr(condition.test(then, values), "value", False)
        )  # a constant: it looks at no subject

    return at_that_time


def _moments(read: Read, ids: Sequence[int]) -> Iterator[Any]:
    """When each of these orders was paid, shipped, done, cancelled."""
    columns = (Order.id, Order.placed_at, Order.paid_at, Order.shipped_at, Order.done_at)
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        yield from read.rows(select(*columns, closed_at().label("closed_at")).where(Order.id.in_(some)))


def _status(order: Any, at: datetime) -> str:
    """The state an order was in at a moment."""
    steps = (
        (CANCELLED, order.closed_at),
        (DONE, order.done_at),
        (SHIPPED, order.shipped_at),
        (TO_SHIP, order.paid_at),
    )
    return next((status for status, since in steps if since is not None and since <= at), UNPAID)


# -- in words ---------------------------------------------------------------------------------------------------


def _rows(read: Read, row: RuleRow, turns: Sequence[Due]) -> Iterator[PastTurn]:
    spec = row.spec
    trigger = trigger_of(spec.trigger)
    ids = [due.subject_id for due in turns]
    titles = titles_of(read, trigger.subject, ids)
    waits = _waits(read, row, trigger, turns)
    words, done = _words(read, spec)
    for due in turns:
        title, detail, money = titles.get(due.subject_id, ("", "", 0))
        reason, times = waits.get((due.subject_id, due.base_at), (words, 1))
        yield PastTurn(
            due.base_at, trigger.subject, due.subject_id, title or _("The shop"), detail, money, reason, times, done
        )  # fmt: skip


def _words(read: Read, spec: Spec) -> tuple[str, tuple[str, ...]]:
    """The trigger and each action of a first turn, as clauses."""
    known = tuple(step for step in spec.steps if step.key in EFFECTS)
    names, figures = names_of(read, replace(spec, steps=known)), figures_now(read)
    assert spec.trigger is not None
    when = closed_up(clause(TRIGGERS[spec.trigger.key], spec.trigger, names, figures, read.currency))
    first = [step for step in spec.steps if not step.wait_minutes]
    said = (clause(EFFECTS.get(step.key), step, names, figures, read.currency) for step in first)
    return when, tuple(closed_up(words) for words in said)


def _waits(
    read: Read, row: RuleRow, trigger: Trigger, turns: Sequence[Due]
) -> dict[tuple[int, datetime], tuple[str, int]]:
    """How long each order waited, in words, and how many turns that made."""
    if not isinstance(trigger, OrderState) or isinstance(trigger, OrderQueued):
        return {}
    left = dict(_left(read, row, trigger, turns))
    orders = {order.id: order for order in _moments(read, list(left))}
    found = {}
    for due in turns:
        order, gone = orders[due.subject_id], left[due.subject_id]
        until = gone or order.closed_at or read.now
        known = (order.placed_at, order.paid_at, order.shipped_at)
        began = max(moment for moment in known if moment is not None and moment <= due.base_at)
        words = N_("waited {time}, then it was closed") if order.closed_at else N_("has waited {time}")
        words = N_("waited {time}, then it went on") if gone else words
        found[due.subject_id, due.base_at] = (
            _(words).format(time=waited_text(until - began)),
            _times(row.spec, until - due.base_at),
        )
    return found


def _left(read: Read, row: RuleRow, trigger: OrderState, turns: Sequence[Due]) -> Iterator[Any]:
    """When each order went on from the state; None while it has not."""
    left = trigger.left(values_of(read, row)).label("left_at")
    ids = [due.subject_id for due in turns]
    for order in read.rows(select(Order.id, left).where(Order.id.in_(ids))):
        yield order.id, order.left_at


def _times(spec: Spec, lasted: timedelta) -> int:
    """How many turns a state makes that lasts this long after its first one."""
    count, offset = 1, next_offset(spec, timedelta())
    while offset is not None and offset <= lasted and count < MOST_TIMES:
        count, offset = count + 1, next_offset(spec, offset)
    return count


def waited_text(span: timedelta) -> str:
    """`37 h 40 min`, `5 d 3 h`."""
    minutes = max(0, int(span / timedelta(minutes=1)))
    if minutes >= 3 * 24 * 60:
        return _("{days} d {hours} h").format(days=minutes // 1440, hours=minutes % 1440 // 60)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
