"""Payments and refunds somebody must see to: opened from what the machine wrote down, closed by a person or by themselves."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.gateways.payment import Reason
from desktop.models.pay_offers import WAYS, PaymentCase, ReasonPlan
from desktop.models.people import Permission, Staff
from desktop.queries import pay_trouble
from desktop.queries.pay_cases import plan_of
from desktop.queries.pay_words import ABNORMAL, CASE_WAYS, MISMATCH, MONEY_CASES, REFUSED, UNBOOKED
from desktop.services.provider_refunds import (
    count_as_given_back,
    give_back_attempt,
    replace_provider_refund,
    retry_provider_refund,
)
from desktop.shop.action import action, question
from desktop.shop.work import Read, Work

LONGEST = 500


@action(permission=Permission.PAY)
def find_cases(work: Work) -> int:
    """Open a case for whatever needs a person and has none; close those that settled.

    Returns how many are new; as many as `pay_trouble.PART` means that there may be more.
    """
    made = 0
    for kind, row in pay_trouble.untold(work, pay_trouble.PART):
        case = {
            "source": f"{kind}:{row.number}", "kind": kind, "attempt_id": row.id, "order_id": row.order_id,
            "reason": row.reason, "way": CASE_WAYS[kind], "amount_minor": row.amount, "currency": row.currency,
            "note": "", "opened_at": work.now, "done_by": "", "done_note": "",
        }  # fmt: skip
        plan = plan_of(work, row.reason) if row.reason else None
        if plan is not None:
            case |= {"owner_id": plan.owner_id, "note": plan.note}
        made += work.offer(PaymentCase, case) is not None or _again(work, case["source"])
    for ids in pay_trouble.settled(work):
        for one in work.session.scalars(select(PaymentCase).where(PaymentCase.id.in_(ids))):
            one.done_at, one.done_by, one.done_note = work.now, work.actor.key, pay_trouble.BY_ITSELF
    return made


def _again(work: Work, source: str) -> bool:
    """Open a case anew that had settled by itself: a refund asked for once more was refused once more."""
    mine = (PaymentCase.source == source, PaymentCase.done_note == pay_trouble.BY_ITSELF)
    case = work.find(select(PaymentCase).where(*mine))
    if case is None:
        return False
    case.done_at, case.done_by, case.done_note, case.opened_at = None, "", "", work.now
    return True


@question(permission=Permission.PAY)
def cases_differ(read: Read) -> bool:
    """Whether `find_cases` would change anything: asked every minute, so that nothing is written for nothing."""
    return bool(pay_trouble.untold(read, 1)) or any(pay_trouble.settled(read))


@action(permission=Permission.RECONCILE)
def assign_case(work: Work, case_id: int, staff_id: int | None) -> None:
    """Say who sees to it; nobody again with None."""
    case = _open(work, case_id)
    if staff_id is not None and not work.get(Staff, staff_id).active:
        raise Refused(N_("This person no longer works here."))
    case.owner_id = staff_id


@action(permission=Permission.RECONCILE)
def note_on_case(work: Work, case_id: int, note: str, way: str = "") -> None:
    """Write down what was agreed, and what is to be done if it differs from the usual."""
    case = _open(work, case_id)
    case.note = note.strip()[:LONGEST]
    if way:
        case.way = _known(way)


@action(permission=Permission.RECONCILE)
def finish_case(work: Work, case_id: int, note: str) -> None:
    """Somebody has seen to it; says what was done.

    A refund the provider did not make, and money that stands nowhere, count as given back another way: what it was
    paid for is free again.
    """
    case = _open(work, case_id)
    if not note.strip():
        raise Refused(N_("Say what was done."))
    case.done_at, case.done_by, case.done_note = work.now, work.actor.key, note.strip()[:LONGEST]
    if case.kind in MONEY_CASES and not pay_trouble.come_right(work, [case]):
        work.require(Permission.REFUND)
        number = int(case.source.partition(":")[2])
        if case.kind in (ABNORMAL, REFUSED):
            replace_provider_refund.run(work, number, note)
        else:
            count_as_given_back(work, number, note)


@action(permission=Permission.REFUND)
def send_back(work: Work, case_id: int, why: str = "") -> None:
    """Have the provider give the money back: of a payment that stands nowhere, or once more of a refund it did not make.

    The case closes by itself once the provider has.
    """
    case = _open(work, case_id)
    if case.kind in (ABNORMAL, REFUSED):
        retry_provider_refund.run(work, int(case.source.partition(":")[2]))
    elif case.kind in (MISMATCH, UNBOOKED):
        give_back_attempt.run(work, int(case.source.partition(":")[2]), why)
    else:
        raise Refused(N_("Choose what is to be done."))


@action(permission=Permission.RECONCILE)
def reopen_case(work: Work, case_id: int) -> None:
    """It was not done after all; only for cases a person closed within the day."""
    case = work.get(PaymentCase, case_id, lock=True)
    if case.done_at is None:
        return
    if work.now - case.done_at > timedelta(days=1):
        raise Refused(N_("It was closed more than a day ago."))
    if case.kind in MONEY_CASES and pay_trouble.come_right(work, [case]):
        raise Refused(N_("The money counts as given back another way; that stays so."))
    case.done_at, case.done_by, case.done_note = None, "", ""


@action(permission=Permission.SETTINGS)
def plan_reason(work: Work, reason: str, way: str, owner_id: int | None = None, note: str = "") -> None:
    """Say what is done when a payment fails for this reason, who sees to it, and a note for them."""
    if reason not in set(Reason) - {Reason.NONE}:
        raise Refused(N_("This reason is not known."))
    if owner_id is not None:
        work.get(Staff, owner_id)
    kept = work.session.get(ReasonPlan, reason)
    if kept is None:
        kept = work.add(ReasonPlan(reason=reason, way=_known(way)))
    kept.way, kept.owner_id, kept.note = _known(way), owner_id, note.strip()[:LONGEST]


def _known(way: str) -> str:
    if way not in WAYS:
        raise Refused(N_("Choose what is to be done."))
    return way


def _open(work: Work, case_id: int) -> PaymentCase:
    case = work.get(PaymentCase, case_id, lock=True)
    if case.done_at is not None:
        raise Refused(N_("Somebody has closed this meanwhile."))
    return case
