"""What providers are asked for, or have taken, for something that is not settled yet: it freezes what is being paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.models.payment_attempts import OPEN, PaymentAttempt
from desktop.models.payments import METHOD_WORDS
from desktop.queries.attempts import gave_up
from desktop.shop.work import Read, Work

SUCCEEDED = "succeeded"
_A = PaymentAttempt
_PAYING = (
    select(
        _A.id, _A.number, _A.state, _A.mismatch, _A.method_key, _A.amount_minor, _A.paid_minor, _A.discount_minor,
        _A.currency, _A.reference, _A.tries, _A.way, _A.actor, _A.client_key, _A.lease_until,
    )
    .where(_A.subject == bindparam("subject"))
    .where(or_(_A.state.in_(OPEN), and_(_A.state == SUCCEEDED, _A.booked.is_(False))))
    .order_by(_A.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paying:
    """The attempts of one subject that matter still: at most one open, the parts that are held, those in doubt."""

    open: Any = None
    held: tuple[Any, ...] = ()
    doubtful: tuple[Any, ...] = ()

    @property
    def held_minor(self) -> int:
        """What the parts that are held cover (minor units), with what was taken off for their way to pay."""
        return sum(row.paid_minor + row.discount_minor for row in self.held)

    @property
    def nothing(self) -> bool:
        """Whether nothing is under way and nothing was taken."""
        return self.open is None and not self.held and not self.doubtful


def read_paying(read: Read, subject: str) -> Paying:
    """What is under way for a subject, and what was taken for it and belongs nowhere yet."""
    rows = read.rows(_PAYING, {"subject": subject}).all()
    if not rows:
        return Paying()
    taken = [row for row in rows if row.state == SUCCEEDED]
    return Paying(
        next((row for row in rows if row.state != SUCCEEDED), None),
        tuple(row for row in taken if not row.mismatch),
        tuple(row for row in taken if row.mismatch),
    )


def check_settling(read: Read, paying: Paying, warned: bool) -> None:
    """May the rest be taken now? Raises `Refused` while a provider may still take money, unless somebody was warned."""
    if paying.doubtful:
        raise Refused(
            N_(
                "The provider says that another amount was paid than asked for. Somebody must look at it first."
            ),
            next_step="payment_doubtful",
        )
    row = paying.open
    if row is None:
        return
    words = _words(row)
    if not gave_up(read, row):
        raise Refused(
            N_("A payment of {amount} by {method} is still under way. Wait for it, or stop it."),
            next_step="stop_payment", **words,
        )  # fmt: skip
    if not warned:
        raise Refused(
            N_("{method} does not say what became of {amount}. Take the money another way only if the customer agrees:"
               " should it have come through, it is given back by itself."),
            next_step="take_despite_payment", **words,
        )  # fmt: skip


def check_unfrozen(read: Read, subject: str) -> None:
    """May what is paid be changed? Raises `Refused` while a payment is under way or a part of it was taken."""
    paying = read_paying(read, subject)
    if paying.nothing:
        return
    if paying.open is not None:
        raise Refused(
            N_("A payment of {amount} by {method} is still under way. Wait for it, or stop it."),
            next_step="stop_payment", **_words(paying.open),
        )  # fmt: skip
    row = (*paying.held, *paying.doubtful)[0]
    raise Refused(
        N_("{amount} were paid by {method} already. Take the rest, or clear the sale to give it back."),
        next_step="pay_rest", **_words(row),
    )  # fmt: skip


def _words(row: Any) -> dict[str, str]:
    method = METHOD_WORDS.get(row.method_key, row.method_key)
    return {"amount": str(Money(row.amount_minor, row.currency)), "method": _(method)}


def mark_booked(work: Work, attempt_ids: Sequence[int], order_id: int | None = None) -> None:
    """Their money stands on this order now. Raises `Changed` when one of them went another way meanwhile."""
    values: dict[str, Any] = {"booked": True} if order_id is None else {"booked": True, "order_id": order_id}
    guard = (_A.state == SUCCEEDED, _A.booked.is_(False), _A.mismatch.is_(False))
    for attempt_id in attempt_ids:
        if not work.update(PaymentAttempt, attempt_id, values, *guard):
            raise Changed(N_("A payment changed meanwhile. Look again."), next_step="look_again")
