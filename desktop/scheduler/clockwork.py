"""The alarm: looks at the shop every few seconds and when something happened, and does what is due.

APScheduler only says when to look; what is due stands in the database, so a closed, sleeping or doubled program skips
nothing and repeats nothing. Its timers follow the wall clock and stop for hours when that is set back, so a heartbeat on
steady time sets them anew.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.ids import new_key
from desktop.rules.beat import doubt_clock, finish_sweep, give_up_lease, take_lease
from desktop.rules.due import Agenda, Turn, agenda
from desktop.rules.firing import NotDue, arm_again, fire, pause_broken, record_failure, refusal
from desktop.rules.shipped import add_shipped_rules
from desktop.scheduler.payer import Payer
from desktop.scheduler.trust import Trust
from desktop.shop import actors
from desktop.shop.changes import Changes
from desktop.shop.shop import Shop

BEAT_SECONDS = 15
LEASE_SECONDS = 60
SEND_SECONDS = 10
MOST_ROUNDS = 20  # batches in one look; the rest waits for the next one
MANY_TURNS = (
    20  # after so many each is followed by a breath: SQLite's writers don't queue, and tills come first
)
BREATH = 0.02  # seconds
DRIFT = timedelta(seconds=5)
FOLD = timedelta(milliseconds=300)
OURS = frozenset(
    {"rule_run", "rule_watch", "notice", "outbox", "clock_beat", "audit_event", "print_job", "drawer_kick"}
)
log = logging.getLogger("zhanggui.clock")
logging.getLogger("apscheduler").setLevel(
    logging.ERROR
)  # a look longer than its pause is no news: the next one follows


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the shop did."""

    held: bool = False
    fired: int = 0
    passed: int = 0  # somebody else was first, or it was over
    failed: int = 0
    complete: bool = False


class Clockwork:
    """The shop's clock in this program; several programs may have one.

    `sends` work off what waits to leave the shop, each in its own time: a long check holds up no message. `payer` follows
    payments in a thread of its own.
    """

    def __init__(
        self,
        shop: Shop,
        *,
        sends: Sequence[Callable[[], Any]] = (),
        beat_seconds: float = BEAT_SECONDS,
        lease_seconds: int = LEASE_SECONDS,
        trust: Trust | None = None,
        steady_wait: float = 1.0,
        payer: Payer | None = None,
    ) -> None:
        self.shop = shop.acting_as(actors.clock())
        self.holder = new_key()
        self._beat, self._lease, self._steady_wait = beat_seconds, lease_seconds, steady_wait
        self._trust = trust or Trust()
        self._held = False  # only the program that works hurries when something happens
        self._prepared = False
        self._looking = threading.Lock()
        self._payer = payer
        self._sends = [(send, threading.Lock()) for send in sends]
        self._ending = threading.Event()
        self._scheduler: BackgroundScheduler | None = None
        self._heart: threading.Thread | None = None
        self._deaf: Callable[[], None] = lambda: None

    # The alarm

    def start(self) -> None:
        """Begin to look; returns at once."""
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(self._stumbled, EVENT_JOB_ERROR)
        jobs: list[tuple[str, Callable[[], Any], float]] = [("rules", self.look, self._beat)]
        for number, (send, under_way) in enumerate(self._sends):
            round_of = partial(self._send, send, under_way)
            jobs.append((f"outbox {number}", round_of, min(SEND_SECONDS, self._beat)))
        for name, job, seconds in jobs:
            self._scheduler.add_job(
                job, "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC)
            )
        self._scheduler.start()
        self._heart = threading.Thread(target=self._heartbeat, name="clock-heartbeat", daemon=True)
        self._heart.start()
        self._deaf = self.shop.listen(self._heard)
        if self._payer is not None:
            self._payer.start()

    def stop(self, wait_seconds: float = 20.0) -> None:
        """End after what is under way, but not later than this; another program may go on at once."""
        self._ending.set()
        self._deaf()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        latest = time.monotonic() + wait_seconds
        if self._payer is not None:
            self._payer.stop(wait_seconds)
        for under_way in (self._looking, *(kept for _send, kept in self._sends)):
            if under_way.acquire(timeout=max(0.0, latest - time.monotonic())):
                under_way.release()
        if self._heart is not None:
            self._heart.join()
            self._heart = None
        try:
            self.shop.do(give_up_lease, self.holder)
        except ShopError as error:
            log.warning("the lease was not given back: %s", type(error).__name__)

    def _send(self, send: Callable[[], Any], under_way: threading.Lock) -> None:
        """Send what waits to leave the shop, unless the program is closing."""
        with under_way:
            if self._ending.is_set():
                return
            try:
                send()
            except Unavailable as error:
                log.warning("the database can't be reached: %s", type(error).__name__)

    def wake(self) -> None:
        """Look in a moment instead of at the next beat; what happens within it is one look."""
        scheduler = self._scheduler
        if scheduler is None or self._ending.is_set():
            return
        soon = datetime.now(UTC) + FOLD
        for job in scheduler.get_jobs():
            if not soon - FOLD <= job.next_run_time <= soon:
                job.modify(next_run_time=soon)

    def _heard(self, changes: Changes) -> None:
        if self._held and (set(changes.touched) - OURS or changes.touches("outbox")):
            self.wake()

    def _heartbeat(self) -> None:
        """Set the alarm anew whenever the wall clock was moved under it."""
        planned = datetime.now(UTC)
        while not self._ending.wait(self._steady_wait):
            planned += timedelta(seconds=self._steady_wait)
            now = datetime.now(UTC)
            if abs(now - planned) > DRIFT:
                log.info("the wall clock moved; looking now")
                self.wake()
                planned = now

    def _stumbled(self, event: JobExecutionEvent) -> None:
        log.error("a look ended early: %s", type(event.exception).__name__)

    # One look

    def prepare(self) -> None:
        """Give a shop the rules every shop starts with; the first look does so by itself."""
        self.shop.do(add_shipped_rules)
        self._prepared = True

    def look(self) -> Look:
        """Do everything that is due, if this program holds the lease."""
        with self._looking:
            if self._ending.is_set():
                return Look()
            try:
                return self._look()
            except Unavailable as error:
                log.warning("the database can't be reached: %s", type(error).__name__)
                return Look()

    def _look(self) -> Look:
        lease = self.shop.do(take_lease, self.holder, self._lease)
        self._held = lease.held
        if not lease.held:
            return Look()
        if not self._prepared:
            self.prepare()
        why = self._trust.judge(self.shop.clock.now(), lease.swept_at, lease.server_now, lease.doubt)
        if why and not lease.doubt:
            log.warning("rules that can't be taken back wait: %s", why)
        if bool(why) != bool(lease.doubt):
            self.shop.do(doubt_clock, why)
        seen = self._work_off(trusted=not why)
        if why and lease.server_now is not None:  # another program's clock may be right
            self.shop.do(give_up_lease, self.holder)
        return seen

    def _work_off(self, *, trusted: bool) -> Look:
        seen, tried = Look(held=True), set[Turn]()
        for _round in range(MOST_ROUNDS):
            found = self.shop.ask(agenda)
            self._look_after(found)
            new = [turn for turn in found.turns if turn not in tried]
            for turn in new:
                if self._ending.is_set():
                    return seen
                seen = self._turn(turn, seen, trusted)
                if seen.fired > MANY_TURNS and self.shop.storage.is_sqlite:
                    self._ending.wait(BREATH)
            tried.update(new)
            if not found.more or not new:
                if trusted:  # otherwise what was put off would be taken for looked at
                    self.shop.do(finish_sweep, self.holder, found.newest_event, not found.more)
                return replace(seen, complete=True)
            self.shop.do(take_lease, self.holder, self._lease)
        return seen

    def _look_after(self, found: Agenda) -> None:
        for rule_id, why in found.broken:
            self.shop.do(pause_broken, rule_id, why)
        by_rule: dict[int, list[int]] = {}
        for rule_id, sku_id in found.recovered:
            by_rule.setdefault(rule_id, []).append(sku_id)
        for rule_id, sku_ids in by_rule.items():
            self.shop.do(arm_again, rule_id, tuple(sku_ids))

    def _turn(self, turn: Turn, seen: Look, trusted: bool) -> Look:
        try:
            self.shop.do(fire, turn.rule_id, turn.subject_id, trusted)
        except NotDue:
            return replace(seen, passed=seen.passed + 1)
        except Unavailable:
            raise
        except Exception as error:
            log.warning("rule %s failed: %s", turn.rule_id, type(error).__name__)
            self.shop.do(record_failure, turn.rule_id, turn.subject_id, refusal(error))
            return replace(seen, failed=seen.failed + 1)
        return replace(seen, fired=seen.fired + 1)
