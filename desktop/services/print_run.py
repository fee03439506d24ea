"""A till's own program prints the till's papers, outside any transaction and each at most once by itself.

A job is claimed with a lease, its state is written down before and after. What broke before its first byte is tried
again; what broke later, or with a program that died, is asked about, since nobody knows what came out.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from desktop.basics.errors import Refused, ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.gateways.escpos_bytes import job as bytes_of
from desktop.gateways.printer import Printer, PrinterTrouble, Setup, printer_of
from desktop.models.people import Permission
from desktop.models.print_jobs import (
    CONFIRMED,
    FAILED,
    PRINTING,
    QUEUED,
    SENT,
    UNSURE,
    DrawerKick,
    PrintJob,
)
from desktop.models.receipt_settings import RECEIPT_KEEP
from desktop.queries.print_jobs import job_lines
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

LEASE = timedelta(seconds=90)  # longer than a printer may take for one job
KICK_WITHIN = timedelta(minutes=2)  # of the cash event: no drawer springs open when nobody expects it
TRIES = 30
FIRST_PAUSE = timedelta(seconds=3)  # before the second try; doubles up to the longest
LONGEST_PAUSE = timedelta(seconds=30)
AT_ONCE = 20
log = logging.getLogger("zhanggui.printing")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job this program holds until its lease is over; `tries` tells it from a later holder's."""

    id: int
    kind: str
    tries: int
    kicks: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one till's queue looks like: due jobs, whether some were lost or got too old, when the next one is due."""

    due: tuple[int, ...]
    stale: bool
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ran:
    """What one go did, and when the next job is due."""

    printed: int = 0
    troubled: int = 0
    next_at: datetime | None = None


def run_queue(shop: Shop, till_id: int, setup: Setup, owner: str) -> Ran:
    """Print what is due at this till; `shop` is entered by the till's program, `owner` names this run of it.

    After a job the printer did not take, the rest waits for the next go too.
    """
    waiting = shop.ask(queue_of, till_id)
    if waiting.stale:
        shop.do(sort_out, till_id)
        waiting = shop.ask(queue_of, till_id)
    try:
        printer = printer_of(setup)
    except ShopError:
        printer = None
    if printer is None:
        return Ran(next_at=waiting.next_at)
    printed = troubled = 0
    for job_id in waiting.due:
        claimed = shop.do(claim_job, job_id, owner)
        if claimed is None:
            continue
        if not _one(shop, printer, claimed, owner):
            troubled += 1
            break
        printed += 1
    return Ran(printed, troubled, shop.ask(queue_of, till_id).next_at)


def _one(shop: Shop, printer: Printer, job: Claimed, owner: str) -> bool:
    """Print one claimed job and write down how it ended; whether the printer can take more."""

    def record(state: str, problem: str = "") -> None:
        shop.do(record_print, job, owner, state, problem)

    try:
        lines = shop.ask(job_lines, job.id, printer.setup.columns)
        paper = bytes_of(lines, printer.setup.look) if lines else b""
    except Unavailable:
        raise
    except Exception as error:
        log.error("a paper can't be laid out: %s", type(error).__name__)
        record(FAILED, "unreadable")
        return True
    try:
        may_kick = (lambda: shop.do(claim_kick, job, owner)) if job.kicks else None
        confirmed = printer.deliver(paper, may_kick)
    except PrinterTrouble as trouble:
        record(UNSURE if trouble.begun else QUEUED, trouble.problem)
        return False
    except Unavailable:  # the database went away between connecting and the drawer: no byte has left
        raise
    except Exception as error:
        log.error("printing broke: %s", type(error).__name__)
        record(UNSURE, "cut_off")
        return False
    record(CONFIRMED if confirmed else SENT)
    return True


# -- the rows ---------------------------------------------------------------------------------------------------


@question(permission=Permission.KIOSK)
def queue_of(read: Read, till_id: int) -> Waiting:
    """What waits at this till, in the order it was asked for."""
    _own(read, till_id)
    here = PrintJob.till_id == till_id
    queued = (here, PrintJob.state == QUEUED)
    due = select(PrintJob.id).where(*queued, PrintJob.next_at <= read.now)
    ids = tuple(read.rows(due.order_by(PrintJob.queued_at, PrintJob.id).limit(AT_ONCE)).scalars())
    stale = read.value(select(PrintJob.id).where(here, _stale(read)).limit(1)) is not None
    return Waiting(ids, stale, read.value(select(func.min(PrintJob.next_at)).where(*queued)))


def _stale(read: Read) -> ColumnElement[bool]:
    """Jobs of programs that ended, and jobs that waited longer than the shop wants."""
    oldest = read.now - timedelta(minutes=read.setting(RECEIPT_KEEP))
    lost = and_(PrintJob.state == PRINTING, PrintJob.lease_until <= read.now)
    old = and_(PrintJob.state == QUEUED, PrintJob.queued_at <= oldest)
    never = and_(PrintJob.state == QUEUED, PrintJob.kind == "drawer", PrintJob.at <= read.now - KICK_WITHIN)
    return or_(lost, old, never)


@action(permission=Permission.KIOSK)
def sort_out(work: Work, till_id: int) -> int:
    """Ask about jobs of a program that ended in the middle, and print no more what waited too long."""
    _own(work, till_id)
    statement = select(PrintJob).where(PrintJob.till_id == till_id, _stale(work)).with_for_update()
    found = work.session.scalars(statement).all()
    for job in found:
        lost = job.state == PRINTING
        job.state, job.problem = (UNSURE, "program_ended") if lost else (FAILED, "too_old")
        job.ended_at, job.lease_owner = work.now, ""
    return len(found)


@action(permission=Permission.KIOSK)
def claim_job(work: Work, job_id: int, owner: str) -> Claimed | None:
    """Hold a job of this program's own till; None when it is not to be printed any more. Counts the try.

    Leaves no audit row: how it ended does.
    """
    statement = (
        update(PrintJob)
        .where(
            PrintJob.id == job_id,
            PrintJob.till_id == work.actor.till_id,
            PrintJob.state == QUEUED,
            PrintJob.next_at <= work.now,
        )
        .values(
            state=PRINTING, attempts=PrintJob.attempts + 1, lease_owner=owner, lease_until=work.now + LEASE
        )
        .returning(PrintJob.kind, PrintJob.attempts, PrintJob.drawer_event, PrintJob.at)
    )
    row = work.rows(statement).first()
    if row is None:
        return None
    kicks = bool(row.drawer_event) and work.now - row.at <= KICK_WITHIN
    return Claimed(job_id, row.kind, int(row.attempts), kicks)


@action(permission=Permission.KIOSK)
def claim_kick(work: Work, claimed: Claimed, owner: str) -> bool:
    """Whether the drawer may be opened now for this job's cash event: yes once ever, written down before it is."""
    job = _held(work, claimed, owner)
    if job is None or not job.drawer_event:
        return False
    row = {
        "event": job.drawer_event, "till_id": job.till_id, "job_id": job.id, "note": job.note, "actor": job.actor,
        "at": work.now,
    }  # fmt: skip
    return work.offer(DrawerKick, row) is not None


@action(permission=Permission.KIOSK)
def record_print(work: Work, claimed: Claimed, owner: str, state: str, problem: str = "") -> bool:
    """Write down how a try ended; False when the lease was lost and somebody was asked meanwhile."""
    job = _held(work, claimed, owner)
    if job is None:
        return False
    job.problem, job.lease_owner, job.lease_until = problem, "", None
    if state == QUEUED and claimed.tries < TRIES:
        job.state = QUEUED
        job.next_at = work.now + min(FIRST_PAUSE * 2 ** min(claimed.tries - 1, 10), LONGEST_PAUSE)
        return True
    job.state, job.ended_at = (FAILED if state == QUEUED else state), work.now
    return True


def _held(work: Work, claimed: Claimed, owner: str) -> PrintJob | None:
    job = work.session.get(PrintJob, claimed.id, with_for_update=True, populate_existing=True)
    if job is None or (job.state, job.lease_owner, job.attempts) != (PRINTING, owner, claimed.tries):
        return None
    return job


def _own(read: Read, till_id: int) -> None:
    """Only a till's own program works off its papers. Raises `Refused`."""
    if read.actor.kind != "kiosk" or read.actor.till_id != till_id:
        raise Refused(N_("The papers of another till are printed there."))


__all__ = [
    "Claimed",
    "Ran",
    "Setup",
    "Waiting",
    "claim_job",
    "claim_kick",
    "queue_of",
    "record_print",
    "run_queue",
    "sort_out",
]
