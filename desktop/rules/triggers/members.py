"""Members: points about to expire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, cast, func, or_, select

from desktop.basics.i18n import N_
from desktop.models.members import Member, PointsEntry
from desktop.models.rules import RuleWatch
from desktop.models.settings import EXPIRY_DAYS
from desktop.queries.page import AnySelect
from desktop.rules.catalogue import BATCH, Due, RuleRow, Trigger, declare
from desktop.rules.parameters import Parameter
from desktop.rules.triggers import watching
from desktop.rules.triggers.states import values_of
from desktop.shop.work import Read


def kept_after(moment: Any) -> Any:
    """What a member's points come to when everything gained that expires by then is gone (C12: oldest spent first)."""
    return (
        select(func.coalesce(cast(func.sum(PointsEntry.delta), BigInteger), 0))
        .where(PointsEntry.member_id == Member.id, PointsEntry.delta > 0)
        .where(or_(PointsEntry.expires_at.is_(None), PointsEntry.expires_at > moment))
        .correlate(Member, RuleWatch)
        .scalar_subquery()
    )


@dataclass(frozen=True, kw_only=True)
class PointsExpiring(Trigger):
    """Members with points that expire within so many days and were not told of these."""

    topic: str = "members"
    subject: str = "member"
    repeats: bool = False

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """Members by the newest lot that is about to expire."""
        delay = timedelta(days=values_of(read, rule)["days"])
        soon = self._lots(rule, read, read.now, read.now + delay, untold=True)
        soon = watching.only_this(soon, Member.id, only).where(*watching.apart(read, rule, Member.id))
        again: AnySelect = select(Member.id, RuleWatch.start_at).where(*watching.conditions(read, rule))
        again = again.where(RuleWatch.start_at > read.now, Member.points > kept_after(RuleWatch.start_at))
        again = watching.only_this(again, Member.id, only).limit(limit)
        later = watching.another_turn(read, rule, again, Member.id)
        return watching.dues([*read.rows(soon.limit(limit)), *later], -delay)

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Members whose points came that near to their end."""
        delay = timedelta(days=values_of(read, rule)["days"])
        return watching.dues(read.rows(self._lots(rule, read, since + delay, until + delay)), -delay)

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The next lot to come near its end."""
        delay = timedelta(days=values_of(read, rule)["days"])
        statement = select(PointsEntry.expires_at).where(
            PointsEntry.expires_at > read.now + delay, PointsEntry.delta > 0
        )
        first = read.value(statement.order_by(PointsEntry.expires_at).limit(1))
        return watching.earliest(first - delay if first else None, watching.next_turn(read, rule))

    def _lots(
        self, rule: RuleRow, read: Read, after: datetime, until: datetime, *, untold: bool = False
    ) -> AnySelect:
        """The few lots that end by then come first; what each member keeps is reckoned for nobody else."""
        entry = PointsEntry
        ending = select(entry.member_id, func.max(entry.expires_at).label("newest")).where(
            entry.delta > 0, entry.expires_at > after, entry.expires_at <= until
        )
        lots = ending.group_by(entry.member_id).subquery("lots")
        statement: AnySelect = select(Member.id, lots.c.newest).join(lots, lots.c.member_id == Member.id)
        if untold:
            statement = statement.where(watching.no_turn_since(rule, Member.id, lots.c.newest))
        statement = statement.where(Member.points > kept_after(until), *watching.conditions(read, rule))
        return statement.order_by(lots.c.newest)


declare(
    PointsExpiring(
        key="points_expiring",
        title=N_("Points are about to expire"),
        words=N_("points of a member expire within {days}"),
        parameters=(Parameter("days", "number", N_("Days before"), setting=EXPIRY_DAYS),),
    )
)
