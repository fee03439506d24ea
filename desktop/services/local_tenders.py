"""What a till takes itself besides plain cash: foreign notes at the rate of the moment, and members' stored value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop.basics.errors import Changed, Malformed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST, Money
from desktop.models.settings import STORED_PROOF
from desktop.pricing import exchange
from desktop.queries.exchange import quote, refund_in_foreign
from desktop.queries.stored_value import STORED
from desktop.shop.work import Work

if TYPE_CHECKING:
    from desktop.services.settlement import TenderIn


def in_base(work: Work, tender: TenderIn) -> TenderIn:
    """A tender with foreign notes counted in the shop's currency; any other comes back as it is.

    The front names the rate it showed. Raises `Changed` when another one counts by now, `Refused` without a good rate.
    """
    if not tender.foreign_currency:
        return tender
    if tender.method != "cash" or not 0 < tender.foreign_minor <= LARGEST:
        raise Malformed(N_("Foreign money is taken in notes. Type how much was handed over."))
    now = quote(work, work.currency, tender.foreign_currency)
    if tender.rate != now.text:
        raise Changed(
            N_("The rate of {currency} is {rate} now. Check the amounts."),
            next_step="look_again", currency=now.foreign, rate=now.text,
        )  # fmt: skip
    worth = exchange.to_base(tender.foreign_minor, now.rate, now.foreign, now.base)
    if worth <= 0:
        raise Refused(N_("What was handed over is worth nothing here."))
    return replace(tender, received_minor=worth)


NO_FOREIGN: dict[str, Any] = {"foreign_currency": "", "foreign_minor": 0}


def foreign_columns(tender: TenderIn) -> dict[str, Any]:
    """The columns of a tender that say what was handed over."""
    notes = {"foreign_currency": tender.foreign_currency, "foreign_minor": tender.foreign_minor}
    return {
        **(notes if tender.foreign_currency else NO_FOREIGN),
        "rate": tender.rate if tender.foreign_currency else "",
    }


def foreign_back(work: Work, tender: Any, given_minor: int, part_minor: int) -> dict[str, Any]:
    """What of a tender goes back in foreign notes, at the rate they came in at: nothing of plain cash.

    `given_minor` went back before; `tender` is its row. Several refunds together give back what one would have.
    """
    if not tender.foreign_currency or not refund_in_foreign(work):
        return NO_FOREIGN
    rate = exchange.read_rate(tender.rate)
    part = exchange.given_back(given_minor, part_minor, rate, tender.foreign_currency, tender.currency)
    if part <= 0:
        return NO_FOREIGN
    return {"foreign_currency": tender.foreign_currency, "foreign_minor": part}


def check_stored(work: Work, sale: Any, to_pay_minor: int) -> None:
    """What a sale takes from the member's stored value: not more than is due, and with the member's word.

    Staff may go without that word where the shop wants it so; a kiosk by itself never does.

    Raises `Changed` or `Refused`.
    """
    if not sale.stored_minor:
        return
    if sale.stored_minor > to_pay_minor:
        raise Changed(
            N_("Only {due} is due, less than the stored value chosen. Choose again."),
            next_step="change_stored", due=str(Money(to_pay_minor, work.currency)),
        )  # fmt: skip
    alone = work.actor.kind == "kiosk"
    if (alone or work.setting(STORED_PROOF)) and sale.agreed_version != sale.version:
        raise Refused(
            N_("The member has not confirmed the stored value yet. Confirm on the phone or type the code."),
            next_step="confirm_points",
        )


__all__ = ["STORED", "check_stored", "foreign_back", "foreign_columns", "in_base"]
