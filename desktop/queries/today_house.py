"""What the house itself asks for: the clock in doubt, rules that stopped, messages not sent, books that differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from desktop.basics.clock import shop_day
from desktop.models.notices import FAILED, Notice
from desktop.models.orders import TO_SHIP, UNPAID, Order
from desktop.models.rules import DONE, ClockBeat, Rule, RuleRun
from desktop.models.system import CheckRun, DailyTotal, Outbox
from desktop.queries.today_bills import ASKED
from desktop.queries.today_orders import few, money
from desktop.queries.todo import MOST, Step, Todo
from desktop.shop.work import Read

MOST_RULES = 5  # paused ones named one by one
RUNS_LOOKED_AT = 200
HEALTH = Step("show", "settings", filters={"page": "health"})


def clock_doubt(read: Read) -> Iterator[Todo]:
    """While the time is doubtful nothing is closed or chased: at stake is every order that has a deadline."""
    beat = read.first(select(ClockBeat.doubt, ClockBeat.doubt_at).where(ClockBeat.doubt != ""))
    if beat is None:
        return
    total = 0
    for status, deadline in ((UNPAID, Order.pay_deadline), (TO_SHIP, Order.ship_deadline)):
        rows = few(status, deadline, Order.placed_at, read.now)
        total += int(read.value(select(money(rows.c.total)).where(rows.c.deadline.isnot(None))))
    yield Todo("clock_doubt", 1, total, beat.doubt_at, HEALTH, {"why": beat.doubt})


def paused_rules(read: Read) -> Iterator[Todo]:
    """A rule that stopped: at stake are the orders it stopped at."""
    statement = (
        select(Rule.id, Rule.name, Rule.paused_at, Rule.paused_why)
        .where(Rule.paused_at.isnot(None), Rule.removed_at.is_(None))
        .order_by(Rule.paused_at, Rule.id)
        .limit(MOST_RULES)
    )
    for rule in read.rows(statement).all():
        step = Step("resume", "settings", rule.id, {"page": "health"})
        facts = {"name": rule.name, "why": rule.paused_why}
        yield Todo("rule_paused", 1, _stopped_at(read, rule.id), rule.paused_at, step, facts)


def _stopped_at(read: Read, rule_id: int) -> int:
    """Σ of the orders among the newest runs that did not succeed, in minor units."""
    newest = (
        select(RuleRun.subject_id, RuleRun.subject_kind, RuleRun.state)
        .where(RuleRun.rule_id == rule_id)
        .order_by(RuleRun.at.desc(), RuleRun.id.desc())
        .limit(RUNS_LOOKED_AT)
        .subquery("newest")
    )
    failed = select(newest.c.subject_id).where(newest.c.state != DONE, newest.c.subject_kind == "order")
    return int(read.value(select(money(Order.total_minor)).where(Order.id.in_(failed))))


def unsent(read: Read) -> Iterator[Todo]:
    """Messages given up: at stake are the orders they are about."""
    rows = (
        select(Outbox.id, Outbox.at, Outbox.payload)
        .where(Outbox.state == "failed", Outbox.kind.not_like(f"{ASKED}:%"))  # bills are named on their own
        .order_by(Outbox.after, Outbox.id)
        .limit(MOST + 1)
        .subquery("failed")
    )
    row = read.rows(select(func.count(), func.min(rows.c.at)).select_from(rows)).one()
    count, since = tuple(row)
    if count:
        step = Step("retry", "settings", filters={"page": "health"})
        yield Todo("unsent", min(count, MOST), _told_about(read), since, step, {}, count > MOST)


def _told_about(read: Read) -> int:
    """Σ of the orders the newest failed messages are about, in minor units."""
    newest = select(Notice.subject).where(Notice.state == FAILED).order_by(Notice.id.desc())
    subjects = read.rows(newest.limit(RUNS_LOOKED_AT)).scalars()
    orders = {int(s.removeprefix("order:")) for s in subjects if s.startswith("order:")}
    return int(read.value(select(money(Order.total_minor)).where(Order.id.in_(orders)))) if orders else 0


def books(read: Read) -> Iterator[Todo]:
    """The books do not add up: until it is found out, no figure of today may be trusted, so today's takings."""
    run = _open_run(read, "books")
    if run is not None:
        day = shop_day(read.now, read.zone)
        takings = select(money(DailyTotal.amount_minor)).where(DailyTotal.day == day)
        stake = max(int(run.minor), int(read.value(takings)))
        yield Todo("books", run.found, stake, run.at, HEALTH, {"first": first_finding(run.findings)})


def stuck(read: Read) -> Iterator[Todo]:
    """Orders that are stuck and points that are wrong, by what the last check reckoned of them."""
    run = _open_run(read, "orders")
    if run is not None:
        facts = {"first": first_finding(run.findings)}
        step = Step("repair", "settings", filters={"page": "health"})
        yield Todo("stuck", run.found, int(run.minor), run.at, step, facts)


def _open_run(read: Read, kind: str) -> Any:
    """The newest run of a check, when something in it is still open; else None."""
    columns = (CheckRun.at, CheckRun.found, CheckRun.minor, CheckRun.findings, CheckRun.open)
    newest = select(*columns).where(CheckRun.kind == kind).order_by(CheckRun.id.desc()).limit(1)
    run = read.first(newest)
    return run if run is not None and run.open else None


def first_finding(findings: str) -> tuple[str, dict[str, str]]:
    """Sentence key and fields of the first finding kept."""
    kept = json.loads(findings)
    return (kept[0]["words"], kept[0]["fields"]) if kept else ("", {})
