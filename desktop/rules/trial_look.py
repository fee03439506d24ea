"""What is asked of the copy on which rules are tried: the next moment to go to, and what happened there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from desktop.basics.clock import shop_day
from desktop.basics.i18n import _
from desktop.models.members import Member
from desktop.models.notices import Notice
from desktop.models.people import Permission, Staff
from desktop.models.rules import FAILED, Rule, RuleRun, RuleWatch
from desktop.rules.catalogue import Firing
from desktop.rules.due import next_moment
from desktop.rules.facts import titles_of
from desktop.rules.lists import rule_name
from desktop.rules.log import cause_words, effect_words
from desktop.rules.reach import channel_words
from desktop.rules.spec import Spec
from desktop.rules.spec import read as read_spec
from desktop.rules.triggers.times import local_moment
from desktop.rules.triggers.watching import earliest
from desktop.shop.action import question
from desktop.shop.work import Read

OF_FIRING = 7  # parts of a message's key that name its firing: rule, 3, order, 12 and a time with two colons


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody would get: who, by which way, the title in the receiver's language, from when on (UTC)."""

    to: str
    by: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RehearsedTurn:
    """One firing to come (UTC): on what, why, what it does, whom it tells; `error` when it would fail."""

    at: datetime
    rule_id: int
    rule_name: str
    subject_kind: str
    subject_id: int
    title: str
    detail: str
    money_minor: int
    why: str
    effects: tuple[str, ...]
    messages: tuple[Message, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Every turn, earliest first; rules that paused, with why; rules that were followed no further, with until when."""

    rows: tuple[RehearsedTurn, ...]
    paused: tuple[tuple[str, str], ...]
    cut: tuple[tuple[str, datetime], ...]


# -- the next moment --------------------------------------------------------------------------------------------


@question(permission=Permission.RUN_RULES)
def shop_zone(read: Read) -> ZoneInfo:
    """The shop's time zone."""
    return read.zone


@question(permission=Permission.RUN_RULES)
def next_stop(read: Read) -> datetime | None:
    """The next moment at which a look may find something: a turn, a retry, a limit that ends, a time of day."""
    running = Rule.enabled, Rule.paused_at.is_(None), Rule.removed_at.is_(None)
    specs = {row.id: read_spec(row.spec) for row in read.rows(select(Rule.id, Rule.spec).where(*running))}
    retry = select(func.min(RuleRun.retry_at)).where(RuleRun.state == FAILED, RuleRun.retry_at > read.now)
    moments = [next_moment.run(read), read.value(retry.where(RuleRun.rule_id.in_(specs)))]
    moments += [_free_again(read, rule_id, spec) for rule_id, spec in specs.items()]
    moments += [_edge(read, minute) for spec in specs.values() for minute in _edges(spec)]
    return earliest(*moments)


def _free_again(read: Read, rule_id: int, spec: Spec) -> datetime | None:
    """When “not more often than every …” first ends for somebody."""
    apart = timedelta(minutes=spec.limits.apart_minutes)
    if not apart:
        return None
    lately = select(func.min(RuleWatch.fired_at))
    fired = read.value(lately.where(RuleWatch.rule_id == rule_id, RuleWatch.fired_at > read.now - apart))
    return fired + apart if fired else None


def _edges(spec: Spec) -> Iterator[int]:
    """The minutes of the day at which a condition of the rule may come true."""
    for part in spec.conditions:
        if part.key == "weekday":
            yield 0
        elif part.key == "time_between":
            yield part.values["from"]


def _edge(read: Read, minute: int) -> datetime:
    today = shop_day(read.now, read.zone)
    moments = (local_moment(today + timedelta(days=ahead), minute, read.zone) for ahead in range(3))
    return next(moment for moment in moments if moment > read.now)


# -- what happened ----------------------------------------------------------------------------------------------


@question(permission=Permission.SEE_RULES)
def rehearsed(read: Read, after_run: int, begins: datetime) -> Happened:
    """Everything since the trial began."""
    columns = (*RuleRun.__table__.columns, Rule.name.label("name"), Rule.key.label("key"))
    statement = select(*columns).join(Rule, Rule.id == RuleRun.rule_id)
    ours = or_(RuleRun.id > after_run, RuleRun.at > begins)
    runs = read.rows(statement.where(ours).order_by(RuleRun.at, RuleRun.id)).all()
    titles = {
        kind: titles_of(read, kind, sorted({run.subject_id for run in runs if run.subject_kind == kind}))
        for kind in {run.subject_kind for run in runs}
    }
    told = _messages(read)
    rows = tuple(_turn(run, titles[run.subject_kind].get(run.subject_id, ("", "", 0)), told) for run in runs)
    ended = select(Rule.name, Rule.key, Rule.paused_why, Rule.paused_at).where(Rule.paused_at >= begins)
    rules = read.rows(ended.order_by(Rule.position, Rule.id)).all()
    paused = tuple((rule_name(rule), rule.paused_why) for rule in rules if rule.paused_why)
    return Happened(rows, paused, tuple((rule_name(r), r.paused_at) for r in rules if not r.paused_why))


def _turn(run: Any, title: tuple[str, str, int], told: dict[str, list[Message]]) -> RehearsedTurn:
    firing = Firing(run.rule_id, "", run.subject_kind, run.subject_id, run.due_at, {}, None)
    return RehearsedTurn(
        run.at, run.rule_id, rule_name(run), run.subject_kind, run.subject_id, title[0] or _("The shop"), title[1],
        title[2], cause_words(json.loads(run.cause)), effect_words(json.loads(run.effects)),
        tuple(told.get(firing.key, ())), run.error,
    )  # fmt: skip


def _messages(read: Read) -> dict[str, list[Message]]:
    """The messages of each firing by its key, which their own begins with."""
    rows = read.rows(select(Notice).order_by(Notice.after, Notice.id)).all()
    names = _names(read, [row.receiver for row in rows])
    found: dict[str, list[Message]] = {}
    for row in rows:
        firing = ":".join(row.key.split(":")[:OF_FIRING])
        to = names.get(row.receiver) or channel_words(read, row.receiver)
        found.setdefault(firing, []).append(
            Message(to, channel_words(read, row.channel), row.title, row.after)
        )
    return found


def _names(read: Read, receivers: Sequence[str]) -> dict[str, str]:
    """The names of those who would be told."""
    names = {}
    for kind, table in (("staff", Staff), ("member", Member)):
        prefix = f"{kind}:"
        ids = {int(r.removeprefix(prefix)) for r in receivers if r.startswith(prefix)}
        for row in read.rows(select(table.id, table.name).where(table.id.in_(ids))):
            names[f"{prefix}{row.id}"] = row.name
    return names
