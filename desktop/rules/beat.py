"""The clock's own row: whose turn it is to work, how far everything was looked at, whether the machine's time is believed.

Its changes leave no audit row: they say nothing about the shop and happen every few seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update

from desktop.basics.clock import shop_day
from desktop.models.people import Permission
from desktop.models.rules import FAILED, GIVEN_UP, ClockBeat, Rule, RuleRun
from desktop.shop.action import action
from desktop.shop.work import Work

ONLY = 1
SURELY = timedelta(minutes=1)  # longer ago than the look that would have tried again began


@dataclass(frozen=True, slots=True)
class Lease:
    """Whether this program may work now; `server_now` is the database's own time where it has one."""

    held: bool
    swept_at: datetime | None
    server_now: datetime | None
    doubt: str


@action(permission=Permission.RUN_RULES)
def take_lease(work: Work, holder: str, seconds: int) -> Lease:
    """Take or prolong the lease: it saves the other programs the work, and is no promise of anything.

    Timed by the database's clock where it has one, so that a program with a wrong clock keeps nobody out.
    """
    server = None if work.is_sqlite else work.value(select(func.now()))
    now = server or work.now
    span = timedelta(seconds=seconds)
    first = work.insert(ClockBeat).values(
        id=ONLY,
        holder="",
        until=now,
        fence=0,
        day=shop_day(work.now, work.zone),
        sweeps=0,
        doubt="",
        seen_event=0,
    )
    work.rows(first.on_conflict_do_nothing())
    mine = ClockBeat.holder == holder
    free = or_(
        mine, ClockBeat.until <= now, ClockBeat.until > now + span * 2
    )  # the last: the clock was set back
    taken = work.connection.execute(
        update(ClockBeat)
        .where(ClockBeat.id == ONLY, free)
        .values(
            holder=holder, until=now + span, fence=case((mine, ClockBeat.fence), else_=ClockBeat.fence + 1)
        )
    )
    row = work.rows(select(ClockBeat.swept_at, ClockBeat.doubt)).one()
    return Lease(taken.rowcount == 1, row.swept_at, server, row.doubt)


@action(permission=Permission.RUN_RULES)
def finish_sweep(work: Work, holder: str, newest_event: int, whole: bool = True) -> None:
    """Keep that everything up to now was looked at; rules without a failure need no event again.

    When the look was `whole`, a failure that came up for another try and had none is over: its turn has passed.
    """
    if whole:
        _let_go(work)
    day = shop_day(work.now, work.zone)
    work.rows(
        update(ClockBeat)
        .where(ClockBeat.id == ONLY, ClockBeat.holder == holder)
        .values(
            swept_at=work.now,
            seen_event=newest_event,
            sweeps=case((ClockBeat.day == day, ClockBeat.sweeps + 1), else_=1),
            day=day,
        )
    )
    failing = select(RuleRun.rule_id).where(RuleRun.state == FAILED)
    settled = (Rule.event_floor.is_not(None), Rule.paused_at.is_(None), Rule.id.not_in(failing))
    work.rows(update(Rule).where(*settled).values(event_floor=None))


def _let_go(work: Work) -> None:
    running = select(Rule.id).where(Rule.enabled, Rule.paused_at.is_(None), Rule.removed_at.is_(None))
    passed = (RuleRun.state == FAILED, RuleRun.retry_at < work.now - SURELY, RuleRun.rule_id.in_(running))
    over = update(RuleRun).where(*passed).values(state=GIVEN_UP, retry_at=None)
    for row in work.rows(over.returning(RuleRun.id)).all():
        work.touch(RuleRun.__tablename__, row.id)


@action(permission=Permission.RUN_RULES)
def give_up_lease(work: Work, holder: str) -> None:
    """Let another program go on at once when this one closes."""
    work.rows(update(ClockBeat).where(ClockBeat.holder == holder).values(until=work.now, holder=""))


@action(permission=Permission.RUN_RULES)
def doubt_clock(work: Work, why: str) -> None:
    """Keep why the machine's clock is not believed ("" when it is again); people see it and may confirm the time."""
    values = {"doubt": why, "doubt_at": work.now if why else None}
    if work.connection.execute(update(ClockBeat).where(ClockBeat.doubt != why).values(values)).rowcount:
        work.note(doubt=why)
        work.touch(ClockBeat.__tablename__, ONLY)


@action(permission=Permission.EDIT_RULES)
def confirm_clock(work: Work) -> None:
    """A person says that the machine's time is right: rules that close and complete orders go on."""
    work.rows(update(ClockBeat).values(doubt="", doubt_at=None, swept_at=work.now))
    work.note(confirmed=str(work.now))
    work.touch(ClockBeat.__tablename__, ONLY)
