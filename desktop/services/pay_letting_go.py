"""Something is not to be paid any more: what is under way for it is cancelled, what was taken goes back by itself."""

from __future__ import annotations

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.services.pay_stopping import stop_row
from desktop.services.pay_waiting import read_paying
from desktop.services.provider_refunds import give_held_back
from desktop.shop.work import Work

NOT_BOUGHT = N_("The purchase did not take place")  # what the customer reads beside the refund


def let_go(work: Work, subject: str) -> None:
    """Part of clearing a sale or closing an order, in its transaction. Raises `Refused` for a payment in doubt.

    Should a payment that is being cancelled turn out to have come through, its subject says no, and so it goes back too.
    """
    paying = read_paying(work, subject)
    for row in paying.doubtful:
        raise Refused(
            N_("The provider says that {amount} were paid, another amount than asked for. Give it back first."),
            next_step="payment_doubtful", amount=str(Money(row.paid_minor, row.currency)),
        )  # fmt: skip
    if paying.open is not None:
        stop_row(work, paying.open)
    give_held_back(work, paying.held, _(NOT_BOUGHT))


def stop_open(work: Work, subject: str) -> None:
    """Cancel what is under way for a subject that is locked."""
    under_way = read_paying(work, subject).open
    if under_way is not None:
        stop_row(work, under_way)
