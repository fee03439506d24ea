"""Whose turn it is now, of all rules, asked of the database by its indexes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from desktop.basics.errors import Malformed
from desktop.models.orders import OrderEvent
from desktop.models.people import Permission
from desktop.models.rules import FAILED, ClockBeat, Rule, RuleRun
from desktop.queries.page import AnySelect
from desktop.rules import spec
from desktop.rules.catalogue import BATCH, RuleRow, condition_of, trigger_of
from desktop.rules.checking import check_known
from desktop.rules.triggers.stock import StockBelow
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class Turn:
    """One subject's turn with one rule."""

    rule_id: int
    subject_id: int
    base_at: datetime


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is to be done now.

    `recovered` goods are armed again, `broken` rules can't be read, `more` says that a batch was full; `newest_event`
    is how far the timeline reached when it was looked at.
    """

    turns: tuple[Turn, ...]
    recovered: tuple[tuple[int, int], ...]  # (rule, sku)
    broken: tuple[tuple[int, str], ...]  # (rule, why)
    more: bool
    newest_event: int


def rule_row(rule: Any, seen_event: int = 0) -> RuleRow:
    """The rule as the engine reads it. Raises `Malformed`."""
    floor = seen_event if rule.event_floor is None else min(rule.event_floor, seen_event)
    return RuleRow(rule.id, rule.name, spec.read(rule.spec), rule.version, rule.since, floor)


def seen_event(read: Read) -> int:
    """Up to where every rule has looked at the timeline."""
    return int(read.value(select(ClockBeat.seen_event)) or 0)


@question(permission=Permission.RUN_RULES)
def agenda(read: Read, limit: int = BATCH) -> Agenda:
    """Every turn that has come and was not had, rule by rule, the oldest first."""
    newest = int(read.value(select(func.max(OrderEvent.id))) or 0)
    turns: list[Turn] = []
    recovered: list[tuple[int, int]] = []
    broken: list[tuple[int, str]] = []
    more, looked = False, seen_event(read)
    waiting = _waiting(read)
    for rule in read.rows(_running()):
        try:
            row = rule_row(rule, looked)
            _check_names(read, row)
            trigger = trigger_of(row.spec.trigger)
            found = trigger.due(read, row, limit=limit)
            if isinstance(trigger, StockBelow):
                recovered += [(row.id, sku_id) for sku_id in trigger.recovered(read, row)]
        except Malformed as error:
            broken.append((rule.id, str(error)))
            continue
        more = more or len(found) >= limit
        turns += [
            Turn(row.id, due.subject_id, due.base_at)
            for due in found
            if (row.id, due.subject_id) not in waiting
        ]
    return Agenda(tuple(turns), tuple(recovered), tuple(broken), more, newest)


@question(permission=Permission.RUN_RULES)
def next_moment(read: Read) -> datetime | None:
    """When the next turn of any rule comes if nothing else happens."""
    moments = []
    for rule in read.rows(_running()):
        row = rule_row(rule)
        moments.append(trigger_of(row.spec.trigger).upcoming(read, row))
    return min((moment for moment in moments if moment is not None), default=None)


def _running() -> AnySelect:
    wanted = (Rule.enabled, Rule.paused_at.is_(None), Rule.removed_at.is_(None))
    columns = (Rule.id, Rule.name, Rule.spec, Rule.version, Rule.since, Rule.event_floor)
    return select(*columns).where(*wanted).order_by(Rule.topic, Rule.position, Rule.id)


def _check_names(read: Read, row: RuleRow) -> None:
    """Whether the goods, categories, tags and tiers a condition names are still there. Raises `Malformed`."""
    for part in row.spec.conditions:
        for parameter in condition_of(part).parameters:
            if parameter.kind in ("goods", "categories", "tags", "tiers"):
                check_known(read, parameter.kind, part.values.get(parameter.key, ()))


def _waiting(read: Read) -> set[tuple[int, int]]:
    """Subjects whose failed turn is tried again later."""
    statement = select(RuleRun.rule_id, RuleRun.subject_id).where(
        RuleRun.state == FAILED, RuleRun.retry_at > read.now
    )
    return {(row.rule_id, row.subject_id) for row in read.rows(statement)}
