"""Papers wait in a queue of their till: written with the sale, printed by the till's own program after the commit.

A job's bytes leave at most once by themselves: trouble before the first byte means trying again, trouble after it means
asking a person (`services/print_run.py` does the printing).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from desktop.basics.errors import Changed, NotFound, Refused
from desktop.basics.i18n import N_, language
from desktop.basics.paper import PaperLine
from desktop.models.orders import Order
from desktop.models.payments import Refund
from desktop.models.people import Permission, Till
from desktop.models.print_jobs import (
    CANCELLED,
    CONFIRMED,
    FAILED,
    OPEN,
    PERHAPS_ON_PAPER,
    QUEUED,
    UNSURE,
    PrintJob,
)
from desktop.models.receipt_settings import RECEIPT_LANGUAGE
from desktop.services import once
from desktop.shop.action import action
from desktop.shop.work import Work

MOST_COPIES = 50  # of one document; whoever needs more has a stuck key
LONGEST_REASON = 200
_QUEUED = select(PrintJob.id).where(PrintJob.client_key == bindparam("key"))
_WISHES = select(Till.receipts, Till.drawer).where(Till.id == bindparam("till"))


# -- inside other verbs' transactions --------------------------------------------------------------------------


def after_sale(work: Work, till_id: int, order_id: int, sale_key: str, *, cash: bool) -> int | None:
    """Queue what this till prints or opens by itself after a sale; its job, None for nothing."""
    wishes = work.first(_WISHES, {"till": till_id})
    if wishes is None:
        return None
    event = f"settle:{sale_key}" if cash and wishes.drawer else ""
    if wishes.receipts == "always":
        return queue_receipt(work, order_id, till_id, drawer_event=event)
    return queue_drawer(work, till_id, event) if event else None


def queue_receipt(work: Work, order_id: int, till_id: int, *, drawer_event: str = "") -> int:
    """Queue the first receipt of an order; `drawer_event` opens the drawer with it, once ever."""
    key = f"receipt:{order_id}:0"
    return _queue(work, "receipt", f"order:{order_id}", till_id, key, drawer_event=drawer_event)


def queue_refund(work: Work, refund_id: int, till_id: int, *, drawer_event: str = "") -> int:
    """Queue the first paper of a refund."""
    key = f"refund_receipt:{refund_id}:0"
    return _queue(work, "refund", f"refund:{refund_id}", till_id, key, drawer_event=drawer_event)


def queue_report(
    work: Work,
    document: str,
    till_id: int,
    lines: Sequence[PaperLine],
    client_key: str,
    *,
    kind: str = "report",
    least_copy: int = 0,
    words: str = "",
) -> int:
    """Queue a paper that can't be made again later, as it is now; a further one of its document is a marked copy.

    Lines are as wide as the narrow paper (32 columns) unless the caller knows the till's; `words` is their language if
    it is not that of receipts. `least_copy` counts those that came out another way.
    """
    packed = json.dumps([[x.text, x.align, x.bold, x.big, x.code] for x in lines], ensure_ascii=False)
    more = {"content": packed, "copy_no": max(least_copy, copies(work, kind, document))}
    return _queue(work, kind, document, till_id, client_key, **more, language=words or _language(work))


def copies(work: Work, kind: str, document: str) -> int:
    """How many papers of a document were asked for."""
    statement = select(func.max(PrintJob.copy_no)).where(PrintJob.kind == kind, PrintJob.document == document)
    last = work.value(statement)
    return 0 if last is None else int(last) + 1


def queue_drawer(work: Work, till_id: int, event: str, note: str = "") -> int:
    """Have a till's drawer opened for this cash event, once ever."""
    return _queue(work, "drawer", event, till_id, f"drawer:{event}", drawer_event=event, note=note)


def open_here(work: Work, till_id: int, event: str, note: str = "") -> None:
    """Have the drawer opened for cash that moves now at the till where the person stands, once for the event."""
    if work.actor.till_id != till_id or work.value(_QUEUED, {"key": f"drawer:{event}"}) is not None:
        return
    wishes = work.first(_WISHES, {"till": till_id})
    if wishes is not None and wishes.drawer:
        queue_drawer(work, till_id, event, note)


def _queue(work: Work, kind: str, document: str, till_id: int, client_key: str, **more: Any) -> int:
    row = {
        "kind": kind, "document": document, "copy_no": 0, "till_id": till_id, "content": "", "note": "",
        "language": _language(work),
        "drawer_event": "", "state": QUEUED, "problem": "", "attempts": 0, "queued_at": work.now, "next_at": work.now,
        "lease_owner": "", "client_key": client_key, "actor": work.actor.key, "at": work.now, **more,
    }  # fmt: skip
    return work.post(PrintJob, [row], ids=True)[0]


def _language(work: Work) -> str:
    wanted = work.setting(RECEIPT_LANGUAGE)
    return language() if wanted == "customer" else wanted


# -- what people and kiosks ask for ----------------------------------------------------------------------------


@action(permission=Permission.KIOSK)
def print_receipt(work: Work, order_id: int, client_key: str, till_id: int | None = None) -> int:
    """Print the receipt of an order; the job to follow. A second wish joins the one under way.

    A customer at a kiosk gets its own orders' receipts there, once; what may be on paper already is a copy, for staff.
    """
    order = work.get(Order, order_id, lock=True)
    alone = work.actor.kind == "kiosk"
    if alone and {order.till_id, till_id or order.till_id} != {work.actor.till_id}:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    if not order.receipt_number:
        raise Refused(N_("This order has no receipt: it was not paid at a till."))
    return _wish(
        work, "receipt", f"order:{order_id}", till_id or work.actor.till_id or order.till_id, client_key
    )


@action(permission=Permission.TAKE_PAYMENT)
def print_refund(work: Work, refund_id: int, client_key: str, till_id: int | None = None) -> int:
    """Print the paper of a refund; a second wish joins the one under way."""
    refund = work.get(Refund, refund_id)
    order = work.get(Order, refund.order_id, lock=True)
    till = till_id or work.actor.till_id or order.till_id
    return _wish(work, "refund", f"refund:{refund_id}", till, client_key)


@action(permission=Permission.TAKE_PAYMENT)
def print_again(work: Work, job_id: int, client_key: str, till_id: int | None = None) -> int:
    """Print a paper again: the same job when nothing of it came out, else a marked copy. The job to follow."""
    job = work.get(PrintJob, job_id, lock=True)
    if job.kind == "drawer":
        raise Refused(N_("A drawer is opened again with “Open drawer” and a reason."))
    return _wish(work, job.kind, job.document, till_id or job.till_id, client_key)


@action(permission=Permission.TAKE_PAYMENT)
def cancel_job(work: Work, job_id: int) -> None:
    """Print this no more. What the printer has already can't be called back."""
    job = work.get(PrintJob, job_id, lock=True)
    if job.state not in (QUEUED, FAILED):
        raise Changed(N_("It is printed or under way by now. Look at the list again."))
    job.state, job.ended_at, job.lease_owner = CANCELLED, work.now, ""


@action(permission=Permission.TAKE_PAYMENT)
def settle_doubt(work: Work, job_id: int, came_out: bool, client_key: str) -> int:
    """Say whether a paper nobody is sure of came out whole; if not, a marked copy is queued. The job to follow."""
    job = work.get(PrintJob, job_id, lock=True)
    if job.state != UNSURE:
        raise Changed(N_("It is printed or under way by now. Look at the list again."))
    if came_out:
        job.state = CONFIRMED
        return job.id
    if job.kind == "drawer":
        raise Refused(N_("A drawer is opened again with “Open drawer” and a reason."))
    return _wish(work, job.kind, job.document, job.till_id, client_key)


@action(permission=Permission.CASH)
def open_drawer(work: Work, till_id: int, reason: str, client_key: str) -> int:
    """Open a till's drawer without a sale; the reason stays in the audit trail."""
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise Refused(N_("Say why the drawer is opened."))
    given = once.claim(work, client_key, ["open_drawer", till_id, why])
    if given is not None:
        return int(given)
    if not work.get(Till, till_id).drawer:
        raise Refused(N_("No drawer is set up at this till. Switch it on in Settings › Receipts."))
    work.note(reason=why, till=till_id)
    job = queue_drawer(work, till_id, f"open:{client_key}", why)
    once.keep(work, client_key, job)
    return job


@action(permission=Permission.SETTINGS)
def set_till_paper(work: Work, till_id: int, receipts: str, drawer: bool) -> None:
    """Whether a till prints after every sale (“always”) or when asked, and has a drawer that opens at cash sales."""
    if receipts not in ("ask", "always"):
        raise Refused(N_("Receipts are printed when asked for, or always."))
    till = work.get(Till, till_id, lock=True)
    till.receipts, till.drawer = receipts, drawer


def _wish(work: Work, kind: str, document: str, till_id: int, client_key: str) -> int:
    """The newest job of the document if nothing of it can be on paper, else a new copy."""
    given = once.claim(work, client_key, ["print", kind, document, till_id])
    if given is not None:
        return int(given)
    statement = select(PrintJob).where(PrintJob.kind == kind, PrintJob.document == document)
    last = work.find(statement.order_by(PrintJob.copy_no.desc()).limit(1).with_for_update())
    if last is None:
        job_id = _queue(work, kind, document, till_id, client_key)
    elif last.state in OPEN:
        job_id = last.id
    elif last.state in PERHAPS_ON_PAPER:
        job_id = last.id if work.actor.kind == "kiosk" else _copy(work, last, till_id, client_key)
    else:
        job_id = _requeue(work, last, till_id)
    once.keep(work, client_key, job_id)
    return job_id


def _copy(work: Work, last: PrintJob, till_id: int, client_key: str) -> int:
    if last.copy_no >= MOST_COPIES:
        raise Refused(N_("This was printed {count} times already."), count=MOST_COPIES)
    copy = last.copy_no + 1
    return _queue(
        work,
        last.kind,
        last.document,
        till_id,
        client_key,
        content=last.content,
        copy_no=copy,
        note=last.note,
        language=last.language if last.content else _language(work),
    )


def _requeue(work: Work, job: PrintJob, till_id: int) -> int:
    job.state, job.problem, job.attempts, job.till_id = QUEUED, "", 0, till_id
    job.queued_at = job.next_at = work.now
    job.ended_at = None
    work.flush()
    return job.id


__all__ = [
    "after_sale", "cancel_job", "copies", "open_drawer", "open_here", "print_again", "print_receipt", "print_refund", "queue_drawer",
    "queue_receipt", "queue_refund", "queue_report", "set_till_paper", "settle_doubt",
]  # fmt: skip
