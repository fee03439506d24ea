"""Whether what goes back to a customer must be approved first; a setting, for cases and quick refunds alike."""

from __future__ import annotations

from desktop.basics.errors import NotAllowed, Refused
from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.settings import AFTER_SALES_ABOVE, AFTER_SALES_APPROVAL
from desktop.shop.work import Work


def needs_approval(work: Work, worth_minor: int) -> bool:
    """Whether somebody with the right must say yes before so much goes back (minor units, points included)."""
    how = work.setting(AFTER_SALES_APPROVAL)
    return how == "always" or (how == "above" and worth_minor > work.setting(AFTER_SALES_ABOVE))


def check_approved(work: Work, worth_minor: int) -> None:
    """For what goes back without a case: who does it must be able to approve it. Raises `Refused`."""
    if not needs_approval(work, worth_minor):
        return
    try:
        work.require(Permission.APPROVE)
    except NotAllowed as error:
        raise Refused(
            N_("This refund must be approved first. Open an after-sales case for it."), next_step="aftersales"
        ) from error
