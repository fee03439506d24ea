"""The coming days on a copy of the shop: the real rules under a clock that runs ahead. The shop itself is only read.

What would leave the shop is listed, never sent: the copy's outbox is worked off by nobody.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.basics.clock import HandClock
from desktop.basics.errors import Unavailable
from desktop.basics.i18n import _
from desktop.basics.words import day_text
from desktop.models.people import Permission
from desktop.models.rules import ClockBeat, Rule, RuleRun
from desktop.models.system import Setting
from desktop.rules.beat import finish_sweep, take_lease
from desktop.rules.catalogue import trigger_of
from desktop.rules.due import Turn, agenda
from desktop.rules.editing import begins_anew
from desktop.rules.firing import NotDue, arm_again, fire, pause_broken, record_failure, refusal
from desktop.rules.spec import Spec, write
from desktop.rules.trial_copy import copied
from desktop.rules.trial_look import RehearsedTurn, next_stop, rehearsed, shop_zone
from desktop.shop import actors
from desktop.shop.action import question
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from desktop.storage.engine import Storage

MOST_TURNS = 5_000
MOST_OF_RULE = 1_000  # a rule that acts more often is not followed further, so that the others are
MOST_LOOKS = 50_000
MOST_ROUNDS = 50  # looks at one moment: what acts may set off the next rule
HOLDER = "trial"
TOLD_EVERY = 50  # turns
PARTS = 1_000  # of the whole, as progress counts; the copy is the first 400
COPYING = 400
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as it is written now: a saved one (`rule_id`) or a new one, with settings as its blanks show them."""

    rule_id: int | None
    name: str
    spec: Spec
    figures: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The coming days, earliest first.

    `until` is how far the clock ran: less than asked for when it was stopped or there was too much. `draft_id` is the
    draft's rule in `rows`; `paused` are rules that would pause, with why; `cut` those that act more than 1,000 times and
    were followed no further, with until when (UTC).
    """

    rows: tuple[RehearsedTurn, ...]
    begins: datetime
    until: datetime
    days: int
    draft_id: int | None
    paused: tuple[tuple[str, str], ...]
    cut: tuple[tuple[str, datetime], ...]
    stopped: bool

    @property
    def complete(self) -> bool:
        """Whether the clock ran all the days."""
        return self.until >= self.begins + timedelta(days=self.days)


class _Stopped(Exception):
    """The person pressed cancel."""


def rehearse(
    shop: Shop,
    *,
    days: int = 7,
    draft: Draft | None = None,
    tell: Tell | None = None,
    stop: threading.Event | None = None,
) -> Rehearsal:
    """Let the coming days pass on a copy. Not on the GUI thread; takes seconds, says how far it is, stops at once.

    `tell(done, total, words)` may be called from this thread only. Raises `ShopError` when the shop can't be read.
    """
    shop.ask(may_rehearse)
    now, ending = shop.clock.now(), stop or threading.Event()

    def copying(done: int, total: int) -> None:
        if ending.is_set():
            raise _Stopped
        if tell is not None:
            tell(COPYING * done // total, PARTS, _("Copying the data"))

    with suppress(_Stopped), copied(shop.storage, now, copying) as copy:
        return _Trial(copy, now, days, draft, tell, ending).run()
    return Rehearsal((), now, now, days, None, (), (), stopped=True)


@question(permission=Permission.SEE_RULES)
def may_rehearse(read: Read) -> int:
    """How many rules there are to try; only whoever may see them may."""
    return int(read.value(select(func.count()).where(Rule.removed_at.is_(None))) or 0)


class _Trial:
    """One run over the copy."""

    def __init__(
        self,
        copy: Storage,
        now: datetime,
        days: int,
        draft: Draft | None,
        tell: Tell | None,
        ending: threading.Event,
    ) -> None:
        self._clock = HandClock(now)
        self._shop = Shop(copy, actor=actors.clock(), clock=self._clock)
        self._begins, self._days = now, days
        self._until = now + timedelta(days=days)
        self._tell, self._ending, self._turns = tell, ending, 0
        self._copy, self._of_rule = copy, Counter[int]()
        with copy.write.begin() as connection:
            self._first_run = int(connection.execute(select(func.max(RuleRun.id))).scalar() or 0)
            self._draft_id = _prepare(connection, draft, now)
        self._zone = self._shop.ask(shop_zone)

    def run(self) -> Rehearsal:
        """Every moment at which something is due, one after the other."""
        reached = self._begins
        for _look in range(MOST_LOOKS):
            self._work_off()
            if self._ending.is_set() or self._turns >= MOST_TURNS:
                break
            moment = self._shop.ask(next_stop)
            if moment is None or moment > self._until:
                reached = self._until
                break
            reached = moment
            self._clock.pass_time(moment - self._clock.now())
            self._say()
        seen = self._shop.ask(rehearsed, self._first_run, self._begins)
        return Rehearsal(
            seen.rows, self._begins, reached, self._days, self._draft_id, seen.paused, seen.cut, self._ending.is_set()
        )  # fmt: skip

    def _say(self) -> None:
        if self._tell is None:
            return
        now = self._clock.now()
        done = COPYING + int((PARTS - COPYING) * ((now - self._begins) / (self._until - self._begins)))
        words = _("{day}: {count} so far").format(
            day=day_text(now, self._begins, self._zone), count=f"{self._turns:,}"
        )
        self._tell(done, PARTS, words)

    def _work_off(self) -> None:
        """Everything that is due at this moment, and what that sets off."""
        tried: set[Turn] = set()
        for _round in range(MOST_ROUNDS):
            self._shop.do(take_lease, HOLDER, 60)
            found = self._shop.ask(agenda)
            for rule_id, why in found.broken:
                self._shop.do(pause_broken, rule_id, why)
            for rule_id, sku_id in found.recovered:
                self._shop.do(arm_again, rule_id, (sku_id,))
            new = [turn for turn in found.turns if turn not in tried]
            for turn in new:
                if self._ending.is_set() or self._turns >= MOST_TURNS:
                    return
                if self._of_rule[turn.rule_id] < MOST_OF_RULE:
                    self._turn(turn)
                elif self._of_rule[turn.rule_id] == MOST_OF_RULE:
                    self._cut(turn.rule_id)
            tried.update(new)
            if not new:
                self._shop.do(finish_sweep, HOLDER, found.newest_event)
                return

    def _turn(self, turn: Turn) -> None:
        try:
            self._shop.do(fire, turn.rule_id, turn.subject_id)
        except NotDue:
            return
        except Unavailable:
            raise
        except Exception as error:
            self._shop.do(record_failure, turn.rule_id, turn.subject_id, refusal(error))
        self._turns += 1
        self._of_rule[turn.rule_id] += 1
        if self._turns % TOLD_EVERY == 0:
            self._say()

    def _cut(self, rule_id: int) -> None:
        """Follow a rule no further."""
        self._of_rule[rule_id] += 1
        with self._copy.write.begin() as connection:
            connection.execute(update(Rule).where(Rule.id == rule_id).values(paused_at=self._clock.now()))


def _prepare(connection: Connection, draft: Draft | None, now: datetime) -> int | None:
    """Nobody else works in the copy, its time is believed, and the draft is in force; returns the draft's rule."""
    connection.execute(update(ClockBeat).values(holder="", until=now, doubt=""))
    if draft is None:
        return None
    for key, value in (draft.figures or {}).items():
        text = json.dumps(value)
        kept = upsert(Setting).values(key=key, value=text)
        connection.execute(kept.on_conflict_do_update(index_elements=["key"], set_={"value": text}))
    return _write_draft(connection, draft, now)


def _write_draft(connection: Connection, draft: Draft, now: datetime) -> int:
    """The rule as if it were saved and switched on now; one that looks at something else begins anew."""
    trigger = trigger_of(draft.spec.trigger)
    values = {
        "name": draft.name, "topic": trigger.topic, "spec": write(draft.spec), "enabled": True,
        "paused_at": None, "paused_why": "", "failures": 0,
    }  # fmt: skip
    before = connection.execute(select(Rule.spec, Rule.enabled).where(Rule.id == draft.rule_id)).first()
    if draft.rule_id is None or before is None:
        made = {"key": None, "since": now, "version": 1, "edited_at": now, "edited_by": HOLDER}
        return int(connection.execute(insert(Rule).values(**values, **made).returning(Rule.id)).scalar_one())
    if not before.enabled or begins_anew(before.spec, draft.spec):
        values["since"] = now
    connection.execute(update(Rule).where(Rule.id == draft.rule_id).values(values))
    return draft.rule_id
