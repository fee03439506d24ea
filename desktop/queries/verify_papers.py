"""Papers of the tills: copies without gaps, and every drawer that opened did so for its own job."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from desktop.models.print_jobs import DrawerKick, PrintJob
from desktop.queries.verify_fault import Fault, count, finding
from desktop.shop.work import Read


def copies(read: Read) -> Iterator[Fault]:
    """A document's papers are its original and its copies, counted on without a gap."""
    given, there = func.max(PrintJob.copy_no) + 1, func.count()
    statement = (
        select(PrintJob.document.label("subject"), given.label("expected"), there.label("found"))
        .group_by(PrintJob.kind, PrintJob.document)
        .having(given != there)
    )
    yield from finding(read, "copies", statement, count)


def drawers(read: Read) -> Iterator[Fault]:
    """A drawer opened for the cash event of its job, at that till."""
    other = or_(PrintJob.drawer_event != DrawerKick.event, PrintJob.till_id != DrawerKick.till_id)
    statement = (
        select(
            DrawerKick.event.label("subject"),
            PrintJob.till_id.label("expected"),
            DrawerKick.till_id.label("found"),
        )
        .join(PrintJob, PrintJob.id == DrawerKick.job_id)
        .where(other)
    )
    yield from finding(read, "drawer", statement, count)


CHECKS = (copies, drawers)
