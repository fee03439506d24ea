"""Looks after what no front looks after any more: attempts never sent, and money that was taken and belongs nowhere."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.gateways.payment import Reason, State
from desktop.models.pay_times import PART_MINUTES
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.people import Permission
from desktop.services.pay_booking import book, refuse
from desktop.services.pay_stopping import ended
from desktop.services.pay_waiting import SUCCEEDED
from desktop.services.provider_refunds import move_attempt
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

TOO_LONG = N_("The rest was not paid in time.")
_A = PaymentAttempt
_UNBOOKED = (_A.state == SUCCEEDED, _A.booked.is_(False), _A.mismatch.is_(False))
log = logging.getLogger("zhanggui.paying")


@action(permission=Permission.PAY)
def close_unsent(work: Work) -> int:
    """Attempts no program could send in time are over; nothing of them ever left. Returns how many."""
    late = select(_A.__table__).where(_A.state == str(State.CREATED), _A.next_at.is_not(None))
    rows = work.rows(late.where(_A.deadline_at <= work.now).with_for_update(skip_locked=True)).all()
    for row in rows:
        reason = row.reason or str(Reason.NO_CONNECTION)
        move_attempt(work, row, (State.CLOSED,), **ended(work, row), reason=reason)
    return len(rows)


@question(permission=Permission.PAY)
def unbooked(read: Read) -> tuple[int, ...]:
    """Payments whose money is held for the rest of a sale or an order."""
    return tuple(read.rows(select(_A.id).where(*_UNBOOKED).order_by(_A.id)).scalars())


@action(permission=Permission.PAY)
def look_at_held(work: Work, attempt_id: int) -> bool:
    """Book what is held when that is possible now; what waited too long, or waits for nothing, goes back.

    Returns whether anything changed.
    """
    row = work.first(select(_A.__table__).where(_A.id == attempt_id, *_UNBOOKED).with_for_update())
    if row is None:
        return False
    if not book(work, row.id, row.subject):
        return True
    after = work.first(select(_A.booked, _A.state).where(_A.id == attempt_id))
    assert after is not None
    if after.booked or after.state != SUCCEEDED:
        return True
    patience = timedelta(minutes=work.setting(PART_MINUTES))
    if row.subject.startswith("order:") or (row.ended_at or row.created_at) + patience > work.now:
        return False  # an order waits until its own deadline
    refuse(work, row.id, ShopError(TOO_LONG))
    return True


def look_after(clock: Shop) -> int:
    """Every held payment in a transaction of its own; returns how many were moved."""
    moved = 0
    for attempt_id in clock.ask(unbooked):
        try:
            moved += clock.do(look_at_held, attempt_id)
        except ShopError as error:
            log.warning("payment %s waits still: %s", attempt_id, type(error).__name__)
    return moved
