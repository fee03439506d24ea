"""What waits to leave the shop is sent after the commit that wrote it, by whichever program comes first.

A row is claimed by a guarded update that also sets its lease, sent outside any transaction, and its outcome recorded.
A program that dies in between leaves the row to the next one when the lease is over.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select, update

from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_
from desktop.gateways.payment import Gateway
from desktop.models.notices import FAILED, OUTBOX_KIND, SENT, WAITING, Notice
from desktop.models.people import Permission
from desktop.models.settings import NOTICE_LONGEST_WAIT, NOTICE_TRIES
from desktop.models.system import Outbox
from desktop.services.check_job import CHECK, check_and_tell
from desktop.services.parcels import can_carry, carry
from desktop.services.purchase_papers import can_send, send_paper
from desktop.services.purchasing import PURCHASE
from desktop.services.reconcile_bills import BILL, can_fetch, fetch_ordered
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

LEASE = timedelta(minutes=3)  # longer than the slowest mail server may take for all its answers
LONGEST_CHECK = timedelta(minutes=15)  # it reads every order there ever was
FIRST_WAIT = timedelta(minutes=1)  # before the second try; doubles from there
AT_ONCE = 100  # rows of one kind in one go
LANES = 4
_BUG = N_("The program made a mistake while sending. The log says more.")
log = logging.getLogger("zhanggui.sending")


@dataclass(frozen=True, slots=True)
class Job:
    """One row to work off, as it is after its claim."""

    id: int
    kind: str
    payload: dict[str, Any]
    tries: int
    after: datetime


@dataclass(frozen=True, slots=True)
class Gateways:
    """The outside world: `trust` stands for the system's own certificates unless a shop brings others.

    `pay` makes the gateway of a payment provider, or None where this machine lacks its keys; without one it is made from
    the shop's accounts.
    """

    trust: ssl.SSLContext | None = None
    pay: Callable[[Shop, str], Gateway | None] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a kind of row is worked off: `run` raises `Refused` for never, another `ShopError` for later."""

    run: Callable[[Shop, Job, Gateways], None]
    able: Callable[[Shop, str], bool] = field(default=lambda _shop, _kind: True)
    lease: timedelta = LEASE


@dataclass(frozen=True, slots=True)
class Sent:
    """What one go did, and when the next row is due that this machine can work off."""

    done: int = 0
    failed: int = 0
    later: int = 0
    next_at: datetime | None = None


def _carry(shop: Shop, job: Job, gateways: Gateways) -> None:
    carry(shop, int(job.payload["notice"]), gateways.trust)


def _check(shop: Shop, job: Job, _gateways: Gateways) -> None:
    check_and_tell(shop, str(job.payload.get("what")), f"{CHECK}:{job.id}")


# The kind of an outbox row up to its colon, and who works it off. A further kind is one line here.
WAYS: dict[str, Way] = {
    OUTBOX_KIND: Way(_carry, can_carry),
    CHECK: Way(_check, lease=LONGEST_CHECK),
    PURCHASE: Way(send_paper, can_send),
    BILL: Way(fetch_ordered, can_fetch, lease=LONGEST_CHECK),
}


def send_due(
    shop: Shop,
    *,
    gateways: Gateways | None = None,
    limit: int = AT_ONCE,
    kinds: Sequence[str] | None = None,
) -> Sent:
    """Work off what is due, each kind of row in a lane of its own, so that a slow server holds up only its own.

    Returns when the slowest is through. Any number of programs may do so at once. `kinds` leaves out all others (`notice`); None means all.
    """
    clock, outside = shop.acting_as(actors.clock()), gateways or Gateways()
    waiting = [kind for kind in clock.ask(waiting_kinds) if _mine(clock, kind, kinds)]
    if not waiting:
        return Sent()
    with ThreadPoolExecutor(min(LANES, len(waiting)), "sending") as lanes:
        parts = list(lanes.map(lambda kind: _lane(clock, kind, outside, limit), waiting))
    done, failed, later = (sum(column) for column in zip(*parts, strict=True))
    return Sent(done, failed, later, clock.ask(next_due, tuple(waiting)))


def senders(shop: Shop) -> list[Callable[[], Sent]]:
    """One function for each kind of row, to be called again and again beside each other."""
    return [partial(send_due, shop, kinds=(name,)) for name in WAYS]


def _mine(shop: Shop, kind: str, kinds: Sequence[str] | None) -> bool:
    """Whether this program, on this machine, can work off rows of a kind."""
    name = kind.partition(":")[0]
    way = WAYS.get(name)
    return way is not None and (kinds is None or name in kinds) and way.able(shop, kind)


def _lane(clock: Shop, kind: str, outside: Gateways, limit: int) -> tuple[int, int, int]:
    """Work off rows of one kind; after one that has to wait, the rest wait for the next go too."""
    way = WAYS[kind.partition(":")[0]]
    done = failed = later = 0
    for seen in clock.ask(due_rows, kind, limit):
        job = clock.do(claim_row, seen, way.lease)
        if job is None:
            continue
        try:
            way.run(clock, job, outside)
        except Refused as error:
            clock.do(record_outcome, job, error.sentence, final=True)
            failed += 1
        except ShopError as error:
            gave_up = clock.do(record_outcome, job, error.sentence)
            failed, later = failed + gave_up, later + (not gave_up)
            break
        except Exception as error:
            log.error("sending %s: %s", kind, type(error).__name__)  # its words may hold an address
            gave_up = clock.do(record_outcome, job, _BUG)
            failed, later = failed + gave_up, later + (not gave_up)
        else:
            clock.do(record_outcome, job)
            done += 1
    return done, failed, later


# -- the rows ---------------------------------------------------------------------------------------------------


@question(permission=Permission.RUN_RULES)
def waiting_kinds(read: Read) -> tuple[str, ...]:
    """The kinds of all that waits, now or for later."""
    statement = select(Outbox.kind).where(Outbox.state == WAITING).group_by(Outbox.kind)
    return tuple(read.rows(statement).scalars())


@question(permission=Permission.RUN_RULES)
def next_due(read: Read, kinds: tuple[str, ...]) -> datetime | None:
    """When the first waiting row of these kinds is due."""
    due: datetime | None = read.value(
        select(func.min(Outbox.after)).where(Outbox.state == WAITING, Outbox.kind.in_(kinds))
    )
    return due


@question(permission=Permission.RUN_RULES)
def due_rows(read: Read, kind: str, limit: int) -> tuple[Job, ...]:
    """The rows of a kind that are due, the oldest first."""
    statement = (
        select(Outbox.id, Outbox.payload, Outbox.tries, Outbox.after)
        .where(Outbox.state == WAITING, Outbox.kind == kind, Outbox.after <= read.now)
        .order_by(Outbox.after, Outbox.id)
        .limit(limit)
    )
    return tuple(Job(r.id, kind, json.loads(r.payload), r.tries, r.after) for r in read.rows(statement))


@action(permission=Permission.RUN_RULES)
def claim_row(work: Work, seen: Job, lease: timedelta) -> Job | None:
    """Take a row that still is as it was seen; None when another program was faster. Counts the try.

    Leaves no audit row: it says nothing about the shop.
    """
    until = work.now + lease
    statement = (
        update(Outbox)
        .where(Outbox.id == seen.id, Outbox.state == WAITING, Outbox.after == seen.after)
        .values(tries=Outbox.tries + 1, after=until)
        .returning(Outbox.tries)
    )
    tries = work.rows(statement).scalar()
    return None if tries is None else Job(seen.id, seen.kind, seen.payload, int(tries), until)


@action(permission=Permission.RUN_RULES)
def record_outcome(work: Work, job: Job, error: str = "", final: bool = False) -> bool:
    """Write down how a try ended; returns whether the row was given up.

    Whoever lost the lease meanwhile changes nothing: the row belongs to the program that took it over.
    """
    row = work.session.get(Outbox, job.id, with_for_update=True)
    if row is None or row.state != WAITING or row.tries != job.tries or row.after != job.after:
        return False
    gave_up = bool(error) and (final or job.tries >= work.setting(NOTICE_TRIES))
    if error and not gave_up:
        put_off = update(Outbox).where(Outbox.id == job.id)
        work.rows(put_off.values(after=work.now + _wait(work, job.tries), error=error))
        return False
    row.state, row.error = (FAILED if gave_up else "done"), error
    if job.kind.partition(":")[0] == OUTBOX_KIND:
        _tell_notice(work, job, error)
    return gave_up


def _wait(work: Work, tries: int) -> timedelta:
    longest = timedelta(minutes=work.setting(NOTICE_LONGEST_WAIT))
    doubled: timedelta = FIRST_WAIT * 2 ** min(tries - 1, 20)
    return min(doubled, longest)


def _tell_notice(work: Work, job: Job, error: str) -> None:
    """The message knows how its row ended; one that arrived inside the shop or was merged stays as it is."""
    notice = work.session.get(Notice, int(job.payload["notice"]))
    if notice is None or notice.state not in (WAITING, FAILED):
        return
    notice.tries, notice.error = job.tries, error
    notice.state = FAILED if error else SENT
    notice.sent_at = None if error else work.now
