"""How far a member is trusted is decided by whoever may approve."""

from __future__ import annotations

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.people import Permission
from desktop.shop.action import action
from desktop.shop.work import Work


@action(permission=Permission.APPROVE)
def set_credit(work: Work, member_id: int, score: int, limit_minor: int | None) -> None:
    """Set a member's score (0 to 1000) and limit (minor units; None: the shop's). Raises `ShopError` out of bounds."""
    if not 0 <= score <= 1_000:
        raise ShopError(N_("A credit score lies between 0 and 1,000."))
    if limit_minor is not None and not 0 <= limit_minor <= 10**12:
        raise ShopError(N_("A credit limit can't be below zero."))
    member = work.get(Member, member_id, lock=True)
    member.credit_score, member.credit_minor = score, limit_minor
