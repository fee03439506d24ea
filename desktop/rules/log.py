"""The run log: each firing with its cause and what it did, newest first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.rules import DONE, FAILED, GIVEN_UP, Rule, RuleRun
from desktop.queries.page import Page, Position, in_order, page_of
from desktop.rules.catalogue import EFFECTS
from desktop.rules.facts import titles_of
from desktop.rules.lists import rule_name
from desktop.shop.action import question
from desktop.shop.work import Read

STATES = {DONE: N_("Done"), FAILED: N_("Will be tried again"), GIVEN_UP: N_("Given up")}
NOT_WORTH_A_WORD = {"hours": "0", "points": "0"}  # but “0 left” is the very reason
CAUSES = {
    "hours": N_("waited {hours} h"),
    "left": N_("{left} left"),
    "points": N_("{points} points"),
    "day": N_("until {day}"),
}


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs: of one rule, in one state (done, failed, given_up, or trouble for both), between moments (UTC)."""

    rule_id: int | None = None
    state: str = ""
    since: datetime | None = None
    until: datetime | None = None
    subject_kind: str = ""
    subject_id: int | None = None


@dataclass(frozen=True, slots=True)
class RunLine:
    """One firing in words; money in minor units of what was at stake."""

    id: int
    rule_id: int
    rule_name: str
    at: datetime
    due_at: datetime
    state: str
    tries: int
    retry_at: datetime | None
    subject_kind: str
    subject_id: int
    title: str
    detail: str
    money_minor: int
    cause: str
    effects: tuple[str, ...]
    error: str


@question(permission=Permission.SEE_RULES)
def rule_runs(read: Read, which: RunFilter, after: Position | None = None) -> Page[RunLine]:
    """200 runs, newest first."""
    columns = (*RuleRun.__table__.columns, Rule.name.label("name"), Rule.key.label("key"))
    statement = _narrowed(select(*columns).join(Rule, Rule.id == RuleRun.rule_id), which)
    page = page_of(
        read.rows(in_order(statement, (RuleRun.at, RuleRun.id), after)).all(),
        lambda row: row,
        lambda row: (row.at, row.id),
    )
    return Page(tuple(_lines(read, page.rows)), page.after)


@question(permission=Permission.SEE_RULES)
def rule_runs_count(read: Read, which: RunFilter) -> int:
    """How many runs the filter finds."""
    return int(read.value(_narrowed(select(func.count()).select_from(RuleRun), which)) or 0)


def _narrowed(statement: Select[Any], which: RunFilter) -> Select[Any]:
    if which.rule_id is not None:
        statement = statement.where(RuleRun.rule_id == which.rule_id)
    if which.state == "trouble":
        statement = statement.where(RuleRun.state != DONE)
    elif which.state:
        statement = statement.where(RuleRun.state == which.state)
    if which.since is not None:
        statement = statement.where(RuleRun.at >= which.since)
    if which.until is not None:
        statement = statement.where(RuleRun.at < which.until)
    if which.subject_kind:
        statement = statement.where(
            RuleRun.subject_kind == which.subject_kind, RuleRun.subject_id == which.subject_id
        )
    return statement


def _lines(read: Read, rows: Sequence[Any]) -> list[RunLine]:
    titles = {
        kind: titles_of(read, kind, [row.subject_id for row in rows if row.subject_kind == kind])
        for kind in {row.subject_kind for row in rows}
    }
    return [_line(row, titles[row.subject_kind].get(row.subject_id, ("", "", 0))) for row in rows]


def _line(row: Any, title: tuple[str, str, int]) -> RunLine:
    return RunLine(
        row.id, row.rule_id, rule_name(row), row.at, row.due_at, row.state, row.tries, row.retry_at, row.subject_kind,
        row.subject_id, title[0] or _("The shop"), title[1], title[2], cause_words(json.loads(row.cause)),
        effect_words(json.loads(row.effects)), row.error,
    )  # fmt: skip


def cause_words(cause: dict[str, str]) -> str:
    """Why it acted, from what was kept."""
    return " · ".join(
        _(words).format(**cause)
        for name, words in CAUSES.items()
        if str(cause.get(name, "")) not in ("", NOT_WORTH_A_WORD.get(name, ""))
    )


def effect_words(effects: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """What it did, a few words each."""
    return tuple(_effect(entry["key"], entry["facts"]) for entry in effects)


def _effect(key: str, facts: dict[str, Any]) -> str:
    done = EFFECTS[key].done if key in EFFECTS else key
    return _(done).format(**facts)
