"""The last papers of the tills: receipts the customers asked for, one printed twice, one that waited too long, drawers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from desktop.models.orders import Order
from desktop.models.payments import Tender
from desktop.models.people import Till
from desktop.models.print_jobs import CONFIRMED, FAILED, SENT, DrawerKick, PrintJob
from desktop.services.sample.drafts import Calendar
from desktop.services.sample.write import add_rows
from desktop.shop.work import Work

RECEIPTS, DRAWERS = 14, 6
TOO_OLD, TWICE, MUTE = 5, 2, 8  # which of the receipts, counted from the newest


def write_papers(work: Work, calendar: Calendar) -> None:
    """Receipts of the kiosk and drawers of the counter, newest first as they were sold."""
    work.rows(update(Till).where(Till.kind == "counter").values(drawer=True))
    jobs = [job for place, row in enumerate(_sold(work)) for job in _receipts(place, row, calendar)]
    if jobs:
        add_rows(work, PrintJob, sorted(jobs, key=lambda job: job["at"]))
    _drawers(work, calendar)


def _sold(work: Work) -> Any:
    statement = (
        select(Order.id, Order.till_id, Order.paid_at)
        .join(Till, Till.id == Order.till_id)
        .where(Till.kind == "kiosk", Order.receipt_number != "", Order.paid_at.is_not(None))
    )
    return work.rows(statement.order_by(Order.paid_at.desc(), Order.id.desc()).limit(RECEIPTS)).all()


def _receipts(place: int, row: Any, calendar: Calendar) -> list[dict[str, Any]]:
    at = row.paid_at + timedelta(seconds=3)
    state, problem = (FAILED, "too_old") if place == TOO_OLD else (SENT if place == MUTE else CONFIRMED, "")
    paper = {"kind": "receipt", "document": f"order:{row.id}", "till_id": row.till_id, "language": "zh_CN"}
    jobs = [_job(paper, 0, at, state, problem, f"kiosk:{row.till_id}")]
    again = at + timedelta(minutes=4)
    if place == TWICE and again < calendar.now:
        jobs.append(_job(paper, 1, again, CONFIRMED, "", "staff:2"))
    return jobs


def _job(paper: dict[str, Any], copy: int, at: Any, state: str, problem: str, actor: str) -> dict[str, Any]:
    ended = at + (timedelta(minutes=60) if problem else timedelta(seconds=2))
    return {
        "content": "", "note": "", "drawer_event": "", **paper, "copy_no": copy, "state": state, "problem": problem,
        "attempts": 1, "queued_at": at, "next_at": at, "lease_owner": "", "ended_at": ended,
        "client_key": f"sample:paper:{paper['document']}:{copy}", "actor": actor, "at": at,
    }  # fmt: skip


def _drawers(work: Work, calendar: Calendar) -> None:
    """The counter's last cash sales opened its drawer."""
    statement = (
        select(Order.client_key, Order.till_id, Tender.at)
        .join(Tender, Tender.order_id == Order.id)
        .join(Till, Till.id == Order.till_id)
        .where(Till.kind == "counter", Tender.method_key == "cash", Tender.at <= calendar.now)
        .order_by(Tender.at.desc(), Tender.id.desc())
        .limit(DRAWERS)
    )
    rows = sorted(work.rows(statement).all(), key=lambda row: row.at)
    paper = [
        _job(
            {
                "kind": "drawer", "document": f"settle:{row.client_key}", "till_id": row.till_id, "language": "zh_CN",
                "drawer_event": f"settle:{row.client_key}",
            },
            0, row.at, SENT, "", "staff:2",
        )
        for row in rows
    ]  # fmt: skip
    if not paper:
        return
    ids = add_rows(work, PrintJob, paper)
    kicks = [
        {
            "event": job["drawer_event"], "till_id": job["till_id"], "job_id": job_id, "note": "", "actor": "staff:2",
            "at": job["at"],
        }
        for job, job_id in zip(paper, ids, strict=True)
    ]  # fmt: skip
    add_rows(work, DrawerKick, kicks)
