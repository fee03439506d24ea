"""How every trigger asks for its subjects: conditions, who had a turn already, and who has another one coming."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from desktop.models.rules import RuleWatch
from desktop.queries.page import AnySelect
from desktop.rules.catalogue import Due, RuleRow, condition_of
from desktop.shop.work import Read


def conditions(read: Read, rule: RuleRow) -> list[ColumnElement[bool]]:
    """The rule's conditions as one WHERE, ready to be added."""
    tests = []
    for part in rule.spec.conditions:
        condition = condition_of(part)
        tests.append(condition.test(read, condition.values(read, part)))
    if not tests:
        return []
    return [and_(*tests) if rule.spec.match_all else or_(false(), *tests)]


def no_turn_since(rule: RuleRow, subject: Any, start: Any) -> ColumnElement[bool]:
    """This subject had no turn in this state yet."""
    return ~exists(
        select(RuleWatch.rule_id).where(
            RuleWatch.rule_id == rule.id, RuleWatch.subject_id == subject, RuleWatch.start_at >= start
        )
    )


def apart(read: Read, rule: RuleRow, subject: Any) -> list[ColumnElement[bool]]:
    """The limit “not more often than every …” for one subject."""
    minutes = rule.spec.limits.apart_minutes
    if not minutes:
        return []
    lately = select(RuleWatch.rule_id).where(
        RuleWatch.rule_id == rule.id,
        RuleWatch.subject_id == subject,
        RuleWatch.fired_at > read.now - timedelta(minutes=minutes),
    )
    return [~exists(lately)]


def another_turn(read: Read, rule: RuleRow, statement: AnySelect, subject: Any) -> Any:
    """Rows of a statement whose subjects have a later step or repetition due; no question when there are none ever."""
    if not rule.spec.limits.every_minutes and not any(step.wait_minutes for step in rule.spec.steps):
        return ()
    return read.rows(
        statement.join(RuleWatch, and_(RuleWatch.rule_id == rule.id, RuleWatch.subject_id == subject))
        .where(RuleWatch.next_due_at <= read.now)
        .order_by(RuleWatch.next_due_at)
    )


def only_this(statement: AnySelect, subject: Any, only: int | None) -> AnySelect:
    """The statement for one subject alone, when asked for."""
    return statement if only is None else statement.where(subject == only)


def dues(rows: Any, delay: timedelta) -> list[Due]:
    """Rows (subject, start) as turns."""
    return [Due(int(row[0]), row[1], row[1] + delay) for row in rows]


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of the moments that are known."""
    return min((moment for moment in moments if moment is not None), default=None)


def next_turn(read: Read, rule: RuleRow) -> datetime | None:
    """The next later step or repetition of any subject."""
    statement = select(RuleWatch.next_due_at).where(
        RuleWatch.rule_id == rule.id, RuleWatch.next_due_at > read.now
    )
    found: datetime | None = read.value(statement.order_by(RuleWatch.next_due_at).limit(1))
    return found
