"""A rule acts: the claim, the effects and the row of the log in one transaction, as the clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import case, delete, exists, func, select, update

from desktop.basics.clock import shop_day
from desktop.basics.errors import NotAllowed, Refused, ShopError
from desktop.basics.i18n import N_, _
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.models.rules import DONE, FAILED, GIVEN_UP, MOST_FAILURES, Rule, RuleRun, RuleWatch
from desktop.rules.catalogue import (
    Due,
    Firing,
    RuleRow,
    Trigger,
    effect_of,
    latest_offset,
    next_offset,
    steps_at,
    trigger_of,
)  # fmt: skip
from desktop.rules.conditions.always import inside
from desktop.rules.due import rule_row, seen_event
from desktop.rules.facts import KEPT, facts_of
from desktop.rules.spec import Limits
from desktop.rules.triggers.stock import ARMED, StockBelow
from desktop.services.notices import Value, Wanted, post_notice
from desktop.shop.action import action
from desktop.shop.work import Work

FIRST_RETRY = timedelta(minutes=1)
_LOCKED = {"order": Order, "member": Member}


class NotDue(Refused):
    """Nothing to do: somebody else has acted, or the state is over, or the time to act is in doubt."""

    def __init__(self) -> None:
        super().__init__(N_("Its turn has passed."))


@dataclass(frozen=True, slots=True)
class Fired:
    """A turn that was had: the row of the log."""

    run_id: int
    rule_id: int
    subject_kind: str
    subject_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn worked out: which one it is, what runs, when the next one comes."""

    due: Due
    due_at: datetime
    next_due_at: datetime | None
    steps: list[int]


@action(permission=Permission.RUN_RULES)
def fire(work: Work, rule_id: int, subject_id: int, trusted: bool = True) -> Fired:
    """Act for one subject if its turn has come and nobody has acted.

    With `trusted` false nothing happens that could not be taken back, or only because time passed. Raises `NotDue`, or
    what an effect refuses.
    """
    rule = work.get(Rule, rule_id)
    if not rule.enabled or rule.paused_at or rule.removed_at:
        raise NotDue
    row = rule_row(rule, seen_event(work))
    trigger = trigger_of(row.spec.trigger)
    _alone(work, rule_id, subject_id)
    if trigger.subject in _LOCKED:
        work.get(_LOCKED[trigger.subject], subject_id, lock=True)
    found = trigger.due(work, row, only=subject_id)
    if not found:
        raise NotDue
    turn = _work_out(work, row, found[0])
    if not trusted and _needs_the_time(row, trigger, turn):
        raise NotDue
    run_id = _claim(work, row, trigger, turn)
    facts = facts_of(work, trigger.subject, subject_id, turn.due.start_at)
    firing = Firing(
        rule_id,
        rule.name,
        trigger.subject,
        subject_id,
        turn.due_at,
        facts,
        quiet_until(work, row.spec.limits),
    )
    done = _act(work, row, turn, firing)
    _write_down(work, run_id, facts, done)
    if rule.failures:
        rule.failures = 0
    return Fired(run_id, rule_id, trigger.subject, subject_id, turn.due_at)


@action(permission=Permission.RUN_RULES)
def record_failure(work: Work, rule_id: int, subject_id: int, why: str) -> bool:
    """Keep that a turn failed; it is tried again later, and the rule pauses after three failures in a row.

    Returns whether the rule is paused now.
    """
    rule = work.get(Rule, rule_id, lock=True)
    row = rule_row(rule, seen_event(work))
    trigger = trigger_of(row.spec.trigger)
    found = trigger.due(work, row, only=subject_id)
    if not found or rule.paused_at:
        return bool(rule.paused_at)
    turn = _work_out(work, row, found[0])
    if _note_failure(work, row, trigger, turn, why) == GIVEN_UP:
        _keep_turn(work, row, trigger, turn, times=0)  # the rest of its life goes on without this turn
    _keep_events(rule, row.seen_event)
    rule.failures += 1
    if rule.failures >= MOST_FAILURES:
        pause(work, rule, why)
    return bool(rule.paused_at)


@action(permission=Permission.RUN_RULES)
def pause_broken(work: Work, rule_id: int, why: str) -> None:
    """Stop a rule that can't be read or whose goods are gone."""
    rule = work.get(Rule, rule_id, lock=True)
    if not rule.paused_at:
        pause(work, rule, why)


@action(permission=Permission.RUN_RULES)
def arm_again(work: Work, rule_id: int, sku_ids: tuple[int, ...]) -> int:
    """Goods that recovered, and still are, may set the rule off again; returns how many there were."""
    row = rule_row(work.get(Rule, rule_id))
    trigger = trigger_of(row.spec.trigger)
    if not isinstance(trigger, StockBelow):
        return 0
    for sku_id in sorted(sku_ids):
        _alone(work, rule_id, sku_id)
    still = set(trigger.recovered(work, row)) & set(sku_ids)
    armed = update(RuleWatch).where(RuleWatch.rule_id == rule_id, RuleWatch.subject_id.in_(still))
    count = int(work.connection.execute(armed.values(start_at=ARMED, next_due_at=None)).rowcount)
    if count:
        work.note(rule=rule_id, armed_again=count)
        work.touch(Rule.__tablename__, rule_id)
    return count


def try_again(work: Work, rule: Rule) -> None:
    """Let a rule's turns that were given up come once more, as far as they are still due."""
    given_up = (RuleRun.rule_id == rule.id, RuleRun.state == GIVEN_UP)
    for run in work.rows(select(RuleRun.subject_id, RuleRun.due_at).where(*given_up)).all():
        last = (
            RuleWatch.rule_id == rule.id, RuleWatch.subject_id == run.subject_id, RuleWatch.last_due_at == run.due_at,
        )  # fmt: skip
        had = select(RuleRun.id).where(
            RuleRun.rule_id == rule.id, RuleRun.subject_id == run.subject_id, RuleRun.state == DONE
        )
        work.rows(delete(RuleWatch).where(*last, ~exists(had.where(RuleRun.start_at == RuleWatch.start_at))))
        just_before = {
            "last_due_at": run.due_at - timedelta(microseconds=1),
            "next_due_at": run.due_at,
            "day": case(
                (RuleWatch.day.is_not(None), shop_day(run.due_at, work.zone) - timedelta(days=1)), else_=None
            ),
        }
        work.rows(update(RuleWatch).where(*last).values(just_before))
    work.rows(update(RuleRun).where(*given_up).values(state=FAILED, retry_at=work.now))


def pause(work: Work, rule: Rule, why: str) -> None:
    """Stop a rule and tell whoever may change it."""
    rule.paused_at, rule.paused_why = work.now, why
    _keep_events(rule, seen_event(work))
    post_notice(
        work,
        Wanted(
            key=f"paused:{rule.id}:{work.now:%Y-%m-%dT%H:%M:%S}",
            template="rule_paused",
            receivers=("role:owner",),
            fields={"rule": rule.name, "why": why},
            subject=f"rule:{rule.id}",
        ),
    )


def _keep_events(rule: Rule, seen: int) -> None:
    """What happened from now on is still to be looked at when the rule acts again."""
    rule.event_floor = seen if rule.event_floor is None else min(rule.event_floor, seen)


def quiet_until(work: Work, limits: Limits) -> datetime | None:
    """When people may be told again; None: now."""
    if limits.quiet is None:
        return None
    local = work.now.astimezone(work.zone)
    first, last = limits.quiet
    if first == last or not inside(local.hour * 60 + local.minute, first, last):
        return None
    ends = datetime.combine(local.date(), time(last // 60, last % 60), tzinfo=work.zone)
    if ends <= local:
        ends = datetime.combine(local.date() + timedelta(days=1), ends.timetz())
    return ends


def _needs_the_time(row: RuleRow, trigger: Trigger, turn: _Turn) -> bool:
    """Whether a wrong clock would do harm: by what can't be taken back, or by a turn that is missing once it is right."""
    bold = any(effect_of(row.spec.steps[i]).bold for i in turn.steps)
    return bold or trigger.timed or turn.due_at > turn.due.base_at


def _alone(work: Work, rule_id: int, subject_id: int) -> None:
    """Wait for whoever acts on the same turn, so that what is read next includes what they did.

    A fall of stock has no moment of its own: two programs would give it two, and no unique key would tell.
    """
    if not work.is_sqlite:  # there only one may write
        name = func.hashtextextended(f"rule:{rule_id}:{subject_id}", 0)
        work.rows(select(func.pg_advisory_xact_lock(name)))


def _work_out(work: Work, row: RuleRow, due: Due) -> _Turn:
    offset = latest_offset(row.spec, work.now - due.base_at)
    had = work.first(
        select(RuleWatch.last_due_at, RuleWatch.start_at).where(
            RuleWatch.rule_id == row.id, RuleWatch.subject_id == due.subject_id
        )
    )
    after = had.last_due_at - due.base_at if had and had.start_at == due.start_at else None
    later = next_offset(row.spec, offset)
    return _Turn(
        due, due.base_at + offset, due.base_at + later if later else None, steps_at(row.spec, after, offset)
    )


def _claim(work: Work, row: RuleRow, trigger: Trigger, turn: _Turn) -> int:
    """The run row and the subject's watch, each by one guarded statement. Raises `NotDue` when another was first."""
    values = _run_values(work, row, trigger, turn)
    new = work.insert(RuleRun).values(values).on_conflict_do_nothing().returning(RuleRun.id)
    made = work.rows(new).scalar()
    run_id = int(made) if made is not None else _take_again(work, values)
    if not _keep_turn(work, row, trigger, turn, times=1):
        raise NotDue
    work.touch(RuleRun.__tablename__, run_id)
    return run_id


def _keep_turn(work: Work, row: RuleRow, trigger: Trigger, turn: _Turn, *, times: int) -> bool:
    """Move the subject's watch to this turn; False when it is there or further already."""
    watch = work.insert(RuleWatch).values(
        rule_id=row.id,
        subject_id=turn.due.subject_id,
        start_at=turn.due.start_at,
        last_due_at=turn.due_at,
        next_due_at=turn.next_due_at,
        fired_at=work.now,
        day=shop_day(turn.due_at, work.zone) if trigger.subject == "shop" else None,
        times=times,
    )
    moved = ("start_at", "last_due_at", "next_due_at", "fired_at", "day")
    watch = watch.on_conflict_do_update(
        index_elements=["rule_id", "subject_id"],
        set_={**{name: watch.excluded[name] for name in moved}, "times": RuleWatch.times + times},
        where=RuleWatch.last_due_at < watch.excluded.last_due_at,
    )  # PostgreSQL counts no rows here, so one is asked for
    return work.rows(watch.returning(RuleWatch.rule_id)).scalar() is not None


def _take_again(work: Work, values: Mapping[str, Any]) -> int:
    """A turn that failed before and may be tried again."""
    statement = (
        update(RuleRun)
        .where(
            RuleRun.rule_id == values["rule_id"],
            RuleRun.subject_id == values["subject_id"],
            RuleRun.due_at == values["due_at"],
            RuleRun.state == FAILED,
            RuleRun.retry_at <= work.now,
        )
        .values(state=DONE, at=work.now, tries=RuleRun.tries + 1, retry_at=None, error="")
        .returning(RuleRun.id)
    )
    taken = work.rows(statement).scalar()
    if taken is None:
        raise NotDue
    return int(taken)


def _run_values(work: Work, row: RuleRow, trigger: Trigger, turn: _Turn) -> dict[str, Any]:
    return {
        "rule_id": row.id, "version": row.version, "subject_kind": trigger.subject,
        "subject_id": turn.due.subject_id, "due_at": turn.due_at, "start_at": turn.due.start_at, "at": work.now,
        "state": DONE, "tries": 1, "retry_at": None, "cause": "{}", "effects": "[]", "error": "",
    }  # fmt: skip


def _act(work: Work, row: RuleRow, turn: _Turn, firing: Firing) -> list[dict[str, Any]]:
    """Run the steps in order; each one's result is known to those behind it."""
    done: list[dict[str, Any]] = []
    known: dict[str, Value] = dict(firing.facts)
    for index in turn.steps:
        step = row.spec.steps[index]
        effect = effect_of(step)
        if effect.needs != Permission.RUN_RULES:
            work.require(str(effect.needs))
        now = Firing(
            firing.rule_id, firing.rule_name, firing.subject_kind, firing.subject_id, firing.due_at, known,
            firing.quiet_until, index,
        )  # fmt: skip
        result = effect.run(work, now, effect.values(work, step))
        if result is None:
            break
        known |= result
        done.append({"key": effect.key, "facts": dict(result)})
    return done


def _write_down(work: Work, run_id: int, facts: Mapping[str, Value], done: list[dict[str, Any]]) -> None:
    cause = {name: str(value) for name, value in facts.items() if name in KEPT and value != ""}
    work.flush()
    work.rows(
        update(RuleRun)
        .where(RuleRun.id == run_id)
        .values(
            cause=json.dumps(cause, ensure_ascii=False),
            effects=json.dumps(done, ensure_ascii=False, default=str),
        )
    )
    work.note(run=run_id, effects=[entry["key"] for entry in done])


def _note_failure(work: Work, row: RuleRow, trigger: Trigger, turn: _Turn, why: str) -> str:
    same = (
        RuleRun.rule_id == row.id, RuleRun.subject_id == turn.due.subject_id, RuleRun.due_at == turn.due_at,
    )  # fmt: skip
    tries = int(work.value(select(RuleRun.tries).where(*same)) or 0) + 1
    values = {
        "at": work.now, "tries": tries, "error": why, "retry_at": work.now + FIRST_RETRY * 2 ** (tries - 1),
        "state": FAILED if tries < row.spec.limits.retries else GIVEN_UP,
    }  # fmt: skip
    if tries == 1:
        work.post(RuleRun, [{**_run_values(work, row, trigger, turn), **values}], ids=True)
    else:
        work.rows(update(RuleRun).where(*same).values(values))
        work.touch(Rule.__tablename__, row.id)
    return str(values["state"])


def refusal(error: Exception) -> str:
    """A failure in words fit for everybody: a sentence of ours, or the name of our bug."""
    if isinstance(error, NotAllowed):
        return _("The clock’s role lacks the right “{right}”.").format(right=error.permission)
    if isinstance(error, ShopError):
        return str(error)
    return _("Something went wrong in the program ({kind}).").format(kind=type(error).__name__)
