"""What of an order's money goes back through a provider, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from desktop.basics.i18n import _
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.queries.pay_words import reason_word
from desktop.shop.work import Read

TROUBLE, DONE, REPLACED = ("abnormal", "refused"), "succeeded", "replaced"


@dataclass(frozen=True, slots=True)
class BackRow:
    """One refund through a provider (minor units), by its own number."""

    number: str
    method: str
    amount_minor: int
    currency: str
    state: str
    reason: str
    at: datetime

    @property
    def trouble(self) -> bool:
        """Whether somebody must see to it."""
        return self.state in TROUBLE


def read_backs(read: Read, order_id: int) -> tuple[BackRow, ...]:
    """The provider's refunds of an order, in their order."""
    back = ProviderRefund
    statement = (
        select(
            back.number, PaymentAttempt.method_key, back.amount_minor, back.currency, back.state, back.reason,
            back.created_at,
        )
        .join(PaymentAttempt, PaymentAttempt.id == back.attempt_id)
        .where(PaymentAttempt.order_id == order_id)
        .order_by(back.id)
    )  # fmt: skip
    return tuple(
        BackRow(r.number, r.method_key, r.amount_minor, r.currency, r.state, r.reason, r.created_at)
        for r in read.rows(statement)
    )


def back_words(back: BackRow) -> tuple[str, str, str, str]:
    """Where it stands: its word, tone and mark, and what comes next."""
    if back.trouble:
        why = reason_word(back.reason)
        next_step = _("{reason}. Under Payments, To do: try again, or give it back another way.")
        return _("Needs somebody"), "danger", "alert", next_step.format(reason=why)
    if back.state == DONE:
        return _("Returned to the customer"), "success", "done", _("The provider has confirmed it.")
    if back.state == REPLACED:
        return _("Given back another way"), "neutral", "done", _("Somebody wrote down how.")
    return _("Under way"), "info", "half", _("The provider is asked again by itself until it has answered.")


__all__ = ["BackRow", "back_words", "read_backs"]
