"""What a card terminal says it took on a day: typed from its slip, corrected as often as needed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST
from desktop.models.people import Permission
from desktop.models.statements import ChannelTotal
from desktop.queries.reconciliation import TYPED
from desktop.shop.action import action
from desktop.shop.work import Work


@action(permission=Permission.RECONCILE)
def set_channel_total(
    work: Work, method: str, day: date, amount_minor: int | None, fee_minor: int = 0, note: str = ""
) -> None:
    """Say what the slip of a day says (minor units, taken less given back); None takes it back."""
    if method not in TYPED:
        raise Refused(N_("This way to pay is reconciled by its bill, or counted."))
    if day > shop_day(work.now, work.zone):
        raise Refused(N_("This day has not come yet."))
    if amount_minor is not None and (abs(amount_minor) > LARGEST or not 0 <= fee_minor <= LARGEST):
        raise Refused(N_("That amount is too large."))
    row = work.find(
        select(ChannelTotal)
        .where(ChannelTotal.method_key == method, ChannelTotal.day == day)
        .with_for_update()
    )
    if amount_minor is None:
        if row is not None:
            work.remove(row)
        return
    if row is None:
        row = work.add(
            ChannelTotal(
                method_key=method, day=day, amount_minor=amount_minor, currency=work.currency,
                actor=work.actor.key, at=work.now,
            )
        )  # fmt: skip
    row.amount_minor, row.fee_minor, row.note = amount_minor, fee_minor, note.strip()[:300]
    row.actor, row.at = work.actor.key, work.now
