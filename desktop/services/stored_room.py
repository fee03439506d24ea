"""How much more a member may hold: what is there, and what is being topped up at this moment."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, literal, or_, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.models.payment_attempts import OPEN as ATTEMPT_OPEN
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.stored_value import OPEN, TopUp
from desktop.queries.stored_value import balance_of
from desktop.shop.work import Work

JUST_BEGUN = timedelta(minutes=10)  # a wallet is chosen by then, or nobody stands there any more


def check_room(work: Work, member_id: int, more: int, most: int) -> None:
    """What is there and what is being topped up at this moment leave room for it. Raises `Refused`."""
    have = balance_of(work, member_id).total_minor + _under_way(work, member_id)
    if have + more > most:
        raise too_much(work, have, most)


def _under_way(work: Work, member_id: int) -> int:
    """What open top-ups would bring: those just begun, and those a wallet is still asked for."""
    asked = select(PaymentAttempt.id).where(
        PaymentAttempt.subject == literal("top_up:").concat(TopUp.client_key), PaymentAttempt.state.in_(ATTEMPT_OPEN)
    )  # fmt: skip
    total = select(func.sum(TopUp.amount_minor + TopUp.bonus_minor)).where(
        TopUp.member_id == member_id, TopUp.state == OPEN, or_(TopUp.at > work.now - JUST_BEGUN, asked.exists())
    )  # fmt: skip
    return int(work.value(total) or 0)


def too_much(work: Work, have: int, most: int) -> Refused:
    """The sentence for whoever would hold more than a member may."""
    return Refused(
        N_("A member may hold {most}, and {have} is there already. Top up less."),
        most=str(Money(most, work.currency)), have=str(Money(have, work.currency)),
    )  # fmt: skip
