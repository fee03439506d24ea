"""A sale at the till that a member’s stored value pays, in part or whole; the member’s word is asked for as for points."""

from __future__ import annotations

from sqlalchemy import select

from desktop.basics.errors import Changed, Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.models.checkout import Checkout
from desktop.models.people import Permission
from desktop.services.checkout import open_sale, touch
from desktop.services.settlement import Settled, open_bill, settle
from desktop.services.stored_value import check_there
from desktop.shop.action import action
from desktop.shop.work import Work


@action(permission=Permission.KIOSK)
def choose_stored_value(work: Work, key: str, amount_minor: int) -> int:
    """Let the member’s stored value pay so much of a sale (0: nothing); returns the sale’s version.

    A word given for an earlier version counts no more. Raises `Refused` for more than there is.
    """
    sale = open_sale(work, key)
    if sale.stored_minor == amount_minor:
        return sale.version
    if amount_minor < 0:
        raise Refused(N_("The amount must be above zero."))
    if amount_minor and sale.member_id is None:
        raise Refused(N_("Stored value belongs to a member. Type the member’s phone number first."))
    check_there(work, sale.member_id, amount_minor)
    sale.stored_minor = amount_minor
    return touch(work, sale)


@action(permission=Permission.KIOSK)
def settle_stored(work: Work, key: str, version: int) -> Settled:
    """Settle a sale that stored value (and points) pay in full, without staff: the member confirmed it, always.

    Raises what `settle` raises, and `Refused` while something is left to be paid otherwise.
    """
    there = work.find(select(Checkout).where(Checkout.client_key == key).with_for_update())
    if there is not None and there.state == "done":
        return settle.run(work, key, (), version)  # a retry: the first answer
    _sale, bill = open_bill(work, key)
    sale = open_sale(work, key)
    if sale.version != version:
        raise Changed(N_("The sale changed meanwhile. Check the amounts, then pay."), next_step="look_again")
    if not sale.stored_minor or sale.stored_minor != bill.to_pay_minor:
        rest = Money(bill.to_pay_minor - sale.stored_minor, bill.currency)
        raise Refused(N_("{missing} is still missing."), missing=str(rest))
    if sale.agreed_version != sale.version:
        raise Refused(
            N_("The member has not confirmed the stored value yet. Confirm on the phone or type the code."),
            next_step="confirm_points",
        )
    return settle.run(work, key, (), version)


__all__ = ["choose_stored_value", "settle_stored"]
