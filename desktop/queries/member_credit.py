"""How far a member is trusted: score, limit, and what is owed now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from desktop.basics.errors import NotFound
from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.order_terms import CREDIT_LIMIT
from desktop.models.orders import UNPAID, Order
from desktop.models.people import Permission
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class MemberCredit:
    """Score from 0 to 1000; `own_minor` None means the shop's limit holds; amounts in minor units."""

    score: int
    own_minor: int | None
    shop_minor: int
    owed_minor: int


@question(permission=Permission.SEE_MEMBERS)
def member_credit(read: Read, member_id: int) -> MemberCredit:
    """The credit of a member. Raises `NotFound`."""
    row = read.first(select(Member.credit_score, Member.credit_minor).where(Member.id == member_id))
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    owed = select(func.coalesce(func.sum(Order.total_minor), 0)).where(
        Order.member_id == member_id, Order.status == UNPAID
    )
    return MemberCredit(row.credit_score, row.credit_minor, read.setting(CREDIT_LIMIT), int(read.value(owed)))
