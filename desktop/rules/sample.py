"""The sample shop's run log: its rules stand for three weeks, and their turns since then are written as had."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from desktop.basics.clock import HandClock, day_starts, shop_day
from desktop.models.people import Permission
from desktop.models.rules import DONE, Rule, RuleRun
from desktop.rules.catalogue import Due, RuleRow, trigger_of
from desktop.rules.due import rule_row
from desktop.rules.shipped import add_shipped_rules
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.work import Work

if TYPE_CHECKING:
    from desktop.shop.shop import Shop

STANDING = timedelta(days=21)
REMEMBERED = timedelta(days=14)
MOST = 40  # runs of one rule: the log shall be read, not filled
LATER = timedelta(seconds=4)  # how long after its moment a turn was had
NEWS = ("paid", "shipped")  # so many that only their newest are written


def fill_runs(shop: Shop) -> None:
    """Give a freshly made sample shop rules that already stand for a while, and what they did in that time."""
    now = shop.clock.now()
    clock = type(shop)(shop.storage, actor=actors.clock(), clock=HandClock(now - STANDING))
    clock.do(add_shipped_rules)
    shop.acting_as(actors.clock()).do(write_runs)


@action(permission=Permission.RUN_RULES)
def write_runs(work: Work) -> int:
    """Write the turns of the last two weeks, up to today, as had; returns how many."""
    today = day_starts(shop_day(work.now, work.zone), work.zone)
    rows: list[dict[str, Any]] = []
    for rule in work.rows(select(*Rule.__table__.columns).order_by(Rule.id)).all():
        row = rule_row(rule)
        trigger = trigger_of(row.spec.trigger)
        until = (
            work.now if trigger.subject == "shop" else today
        )  # what orders and goods wait for now is left alone
        found = trigger.past(work, row, today - REMEMBERED, until)
        most = MOST // 4 if rule.key in NEWS else MOST
        rows += [_run(row, due) for due in found[-most:]]
    rows.sort(key=lambda run: (run["at"], run["rule_id"]))
    work.post(RuleRun, rows, ids=True)
    work.rows(update(Rule).values(since=work.now))  # from now on the clock looks by itself
    return len(rows)


def _run(row: RuleRow, due: Due) -> dict[str, Any]:
    waited = int((due.base_at - due.start_at) / timedelta(hours=1))
    cause = {"hours": str(waited)} if waited else {}
    return {
        "rule_id": row.id, "version": row.version, "subject_kind": trigger_of(row.spec.trigger).subject,
        "subject_id": due.subject_id, "due_at": due.base_at, "start_at": due.start_at, "at": due.base_at + LATER,
        "state": DONE, "tries": 1, "retry_at": None, "cause": json.dumps(cause),
        "effects": json.dumps(list(_done(row)), ensure_ascii=False), "error": "",
    }  # fmt: skip


def _done(row: RuleRow) -> Iterator[dict[str, Any]]:
    """What each step that waits for nothing left in the log."""
    facts = {"count": 1, "first": ""}
    for step in row.spec.steps:
        if not step.wait_minutes:
            yield {"key": step.key, "facts": dict(facts)}
