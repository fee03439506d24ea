"""How much one payment or refund may be, by role; above it a manager's PIN says yes, once and for a few minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST, Money
from desktop.models.orders import OrderEvent
from desktop.models.pay_offers import DEEDS, REFUND, TAKE, PayApproval, RoleAmount
from desktop.models.pay_rules import APPROVAL_MINUTES
from desktop.models.people import Permission, Role, Staff, StaffRole
from desktop.services.sign_in import check_pin, take_try_back, till_brake
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

ASK_MANAGER = "approve_amount"  # the next step a front offers: the sheet that asks for a manager's PIN


def check_amount(work: Work, deed: str, amount_minor: int, approval: int = 0) -> None:
    """May who acts take or give back so much at once (minor units)?

    Raises `Refused` above their limit, unless `approval` is a manager's fresh yes to at least this amount at this till,
    which is used up by it; the trail then names who said it. Its field `amount_minor` says for how much a yes is needed.
    """
    most = limit_of(work, deed)
    if most is None or amount_minor <= most:
        return
    if not approval:
        words = {
            TAKE: N_("You may take at most {most} at once. Somebody who may take more types the PIN."),
            REFUND: N_("You may give back at most {most} at once. Somebody who may give more types the PIN."),
        }
        raise Refused(words[deed], next_step=ASK_MANAGER, amount_minor=amount_minor,
                      most=str(Money(most, work.currency)))  # fmt: skip
    guards = (
        PayApproval.deed == deed, PayApproval.amount_minor >= amount_minor, PayApproval.used_at.is_(None),
        PayApproval.until > work.now, PayApproval.till_id == (work.actor.till_id or None),
    )  # fmt: skip
    if not work.update(PayApproval, approval, {"used_at": work.now, "used_by": work.actor.key}, *guards):
        raise Refused(
            N_("That approval was used, is too old or was for less. Ask for the PIN again."),
            next_step=ASK_MANAGER, amount_minor=amount_minor,
        )  # fmt: skip
    manager = work.value(
        select(Staff.name)
        .join(PayApproval, PayApproval.staff_id == Staff.id)
        .where(PayApproval.id == approval)
    )
    work.note(approved_by=manager, approval=approval)


def tell_approval(work: Work, order_id: int, approval: int) -> None:
    """Put who said yes on the timeline of the order it was for, if this transaction has used that yes up."""
    if not approval:
        return
    used = (
        PayApproval.id == approval,
        PayApproval.used_at == work.now,
        PayApproval.used_by == work.actor.key,
    )
    manager = work.value(select(Staff.name).join(PayApproval, PayApproval.staff_id == Staff.id).where(*used))
    if manager is not None:
        event = {"order_id": order_id, "kind": "approved", "note": manager}
        work.post(OrderEvent, [{**event, "actor": work.actor.key, "at": work.now}])
        work.touch("sale_order", order_id)


def limit_of(read: Read, deed: str) -> int | None:
    """The most who acts may take or give back at once: the largest of their roles' limits; None is no limit."""
    actor = read.actor
    if actor.role == "owner":
        return None
    if actor.kind != "staff":
        mine: Any = select(RoleAmount.most_minor)
        return _or_none(read.value(mine.where(RoleAmount.role_key == actor.role, RoleAmount.deed == deed)))
    joined = and_(RoleAmount.role_key == StaffRole.role_key, RoleAmount.deed == deed)
    statement = select(RoleAmount.most_minor).select_from(StaffRole).join(RoleAmount, joined, isouter=True)
    limits = [row.most_minor for row in read.rows(statement.where(StaffRole.staff_id == actor.id))]
    return None if None in limits else max(limits, default=None)


def _or_none(value: Any) -> int | None:
    return None if value is None else int(value)


def approve_by_pin(shop: Shop, till_id: int, pin: str, deed: str, amount_minor: int) -> int:
    """A manager types the PIN at this till and says yes to an amount; returns the approval to hand on.

    Raises `Braked` after too many tries, `NotAllowed` for somebody who may not approve, `Refused` above their own limit.
    Only a yes takes its try back: the own PIN in between gives nobody more guesses at a manager's.
    """
    guest, subject = shop.acting_as(actors.guest()), f"approve:{till_id}"
    tried = till_brake(guest, subject)
    manager = check_pin(shop, till_id, pin)
    approval = shop.acting_as(manager).do(approve_amount, deed, amount_minor)
    guest.do(take_try_back, subject, tried.failures, tried.last_try)
    return approval


@action(permission=Permission.APPROVE)
def approve_amount(work: Work, deed: str, amount_minor: int) -> int:
    """Say yes to one payment or refund of up to so much at this till; good for a few minutes."""
    if deed not in DEEDS or not 0 < amount_minor <= LARGEST:
        raise Refused(N_("An amount or a number here is not possible."))
    check_amount(work, deed, amount_minor)
    until = work.now + timedelta(minutes=work.setting(APPROVAL_MINUTES))
    row = PayApproval(
        deed=deed, amount_minor=amount_minor, till_id=work.actor.till_id or None, staff_id=work.actor.id,
        at=work.now, until=until,
    )  # fmt: skip
    return work.add(row).id


@action(permission=Permission.STAFF)
def set_role_amounts(work: Work, role_key: str, amounts: Mapping[str, int | None]) -> None:
    """Set how much a role may take or give back at once (minor units); None lifts the limit."""
    if role_key == "owner":
        raise Refused(N_("The owner has no limit."))
    work.get(Role, role_key)
    for deed, most in amounts.items():
        if deed not in DEEDS or (most is not None and not 0 <= most <= LARGEST):
            raise Refused(N_("An amount or a number here is not possible."))
        kept = work.session.get(RoleAmount, (role_key, deed))
        if kept is not None and most is None:
            work.remove(kept)
        elif kept is not None and most is not None:
            kept.most_minor = most
        elif most is not None:
            work.add(RoleAmount(role_key=role_key, deed=deed, most_minor=most))


__all__ = [
    "ASK_MANAGER", "REFUND", "TAKE", "approve_amount", "approve_by_pin", "check_amount", "limit_of", "set_role_amounts",
    "tell_approval",
]  # fmt: skip
