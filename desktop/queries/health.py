"""Whether everything runs: the database, the shop's clock, rules that stopped, what could not be sent, the last checks."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from desktop.basics.clock import shop_day
from desktop.models.parcels import TrackingService
from desktop.models.people import Permission
from desktop.models.rules import ClockBeat, Rule
from desktop.models.system import AuditEvent, CheckRun, Outbox
from desktop.queries.pay_health import Down, methods_down
from desktop.queries.settings import DatabaseFacts, database_facts
from desktop.queries.todo import MOST
from desktop.shop.action import question
from desktop.shop.rights import rights_of
from desktop.shop.work import Read

SLACK = timedelta(seconds=5)  # clocks of a till and its server may differ by this much
MOST_RULES = 20
SHOWN = 5  # findings of a check shown in words
CHECKS = ("books", "orders")


@dataclass(frozen=True, slots=True)
class Beat:
    """The shop's clock: whether a program works now, when everything was looked at, how often today, why it is in doubt."""

    running: bool
    swept_at: datetime | None
    sweeps: int
    doubt: str
    doubt_at: datetime | None


@dataclass(frozen=True, slots=True)
class PausedRule:
    """A rule that stopped; name and reason are sentence keys or the owner's own words."""

    id: int
    name: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Post:
    """What is to leave the shop: how much waits and since when, how much was given up and why the newest.

    Of each 1,000 are counted at most.
    """

    waiting: int
    oldest: datetime | None
    failed: int
    why: str


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The newest run of one check; findings are (sentence key, fields)."""

    kind: str
    at: datetime
    checks: int
    found: int
    minor: int
    findings: tuple[tuple[str, dict[str, str]], ...]


@dataclass(frozen=True, slots=True)
class SilentService:
    """A tracking service that could not be asked last; `why` is a sentence key."""

    name: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Health:
    """Everything the health page shows of the shop; `apart` is how far this machine's clock is before the server's."""

    now: datetime
    database: DatabaseFacts
    apart: timedelta | None
    future: datetime | None
    beat: Beat | None
    paused: tuple[PausedRule, ...]
    post: Post
    checks: tuple[LastCheck, ...]
    silent: tuple[SilentService, ...] = ()
    resting: tuple[Down, ...] = ()  # ways to pay taken out of the offer


@question(permission=Permission.SEE_RULES)
def health(read: Read) -> Health:
    """How the shop runs now. Where the database lies is for those who may change settings."""
    rights = rights_of(read.connection, read.actor)
    facts = database_facts.run(read)
    if str(Permission.SETTINGS) not in rights:
        facts = replace(facts, place="")
    server = None if read.is_sqlite else read.rows(text("SELECT clock_timestamp()")).scalar_one()
    return Health(
        now=read.now,
        database=facts,
        apart=None if server is None else read.now - server,
        future=_future(read),
        beat=_beat(read, server or read.now),
        paused=_paused(read),
        post=_post(read),
        checks=_checks(read) if str(Permission.AUDIT) in rights else (),
        silent=_silent(read),
        resting=tuple(methods_down(read).values()),
    )


def _silent(read: Read) -> tuple[SilentService, ...]:
    columns = (TrackingService.name, TrackingService.troubled_at, TrackingService.trouble)
    rows = read.rows(select(*columns).where(TrackingService.trouble != "").order_by(TrackingService.id))
    return tuple(SilentService(row.name, row.troubled_at or read.now, row.trouble) for row in rows)


def _future(read: Read) -> datetime | None:
    """The last entry of the trail when it lies ahead: this machine's clock was put back since."""
    last: datetime | None = read.value(select(func.max(AuditEvent.at)))
    return last if last is not None and last > read.now + SLACK else None


def _beat(read: Read, now: datetime) -> Beat | None:
    row = read.first(
        select(
            ClockBeat.until, ClockBeat.holder, ClockBeat.swept_at, ClockBeat.day, ClockBeat.sweeps,
            ClockBeat.doubt, ClockBeat.doubt_at,
        )
    )  # fmt: skip
    if row is None:
        return None
    today = row.sweeps if row.day == shop_day(read.now, read.zone) else 0
    return Beat(bool(row.holder) and row.until > now, row.swept_at, today, row.doubt, row.doubt_at)


def _paused(read: Read) -> tuple[PausedRule, ...]:
    rows = read.rows(
        select(Rule.id, Rule.name, Rule.paused_at, Rule.paused_why)
        .where(Rule.paused_at.isnot(None), Rule.removed_at.is_(None))
        .order_by(Rule.paused_at, Rule.id)
        .limit(MOST_RULES)
    )
    return tuple(PausedRule(row.id, row.name, row.paused_at, row.paused_why) for row in rows)


def _post(read: Read) -> Post:
    def few(state: str) -> Any:
        rows = select(Outbox.at).where(Outbox.state == state).order_by(Outbox.after, Outbox.id)
        return rows.limit(MOST).subquery(state)

    waiting, failed = few("waiting"), few("failed")
    count, oldest = tuple(read.rows(select(func.count(), func.min(waiting.c.at)).select_from(waiting)).one())
    given_up = int(read.value(select(func.count()).select_from(failed)))
    newest = select(Outbox.error).where(Outbox.state == "failed").order_by(Outbox.after.desc()).limit(1)
    return Post(count, oldest, given_up, str(read.value(newest) or "") if given_up else "")


def _checks(read: Read) -> tuple[LastCheck, ...]:
    columns = (CheckRun.kind, CheckRun.at, CheckRun.checks, CheckRun.found, CheckRun.minor, CheckRun.findings)
    found = []
    for kind in CHECKS:
        newest = select(*columns).where(CheckRun.kind == kind).order_by(CheckRun.id.desc()).limit(1)
        row = read.first(newest)
        if row is not None:
            kept = tuple((f["words"], f["fields"]) for f in json.loads(row.findings)[:SHOWN])
            found.append(LastCheck(row.kind, row.at, row.checks, row.found, row.minor, kept))
    return tuple(found)
