"""The calendar: every day, week or month at a time of the shop's zone, or every so many minutes.

A daily turn belongs to a business day, not to a moment: no change of zone and no doubled hour brings it twice.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.basics.i18n import N_
from desktop.models.rules import RuleWatch
from desktop.models.settings import BILL_AT, REPLENISH_AT, VERIFY_AT
from desktop.queries.today_bills import fetched_gateways
from desktop.rules.catalogue import BATCH, Due, RuleRow, Trigger, declare
from desktop.rules.parameters import WEEKDAYS, Parameter
from desktop.rules.spec import Values
from desktop.rules.triggers.states import values_of
from desktop.shop.work import Read

SHOP = 0  # the one subject of what concerns the shop as a whole
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
LOOK_BACK = 62  # days; a shop closed for longer catches up with its newest turn only, as always


def local_moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """This time of this day in UTC: the first of two in a doubled hour, the moment after the gap in a missing one."""
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone)
    there = wall.astimezone(UTC).astimezone(zone)
    if there.replace(tzinfo=None) != wall.replace(tzinfo=None):  # the hour was left out that night
        wall = wall.replace(fold=1)
        gap = wall.replace(fold=0).utcoffset() or timedelta()
        return (wall.replace(tzinfo=None) - gap).replace(tzinfo=UTC)
    return wall.astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Calendar(Trigger):
    """A turn on every day that `on` accepts, at the time its values name."""

    on: Callable[[date, Values], bool]
    topic: str = "system"
    subject: str = "shop"
    repeats: bool = False

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """The newest turn since the rule is on, unless its business day was had already."""
        if only not in (None, SHOP):
            return []
        turn = self._before(read.now, read.zone, values_of(read, rule), rule.since)
        if turn is None:
            return []
        had = select(RuleWatch.day, RuleWatch.last_due_at).where(
            RuleWatch.rule_id == rule.id, RuleWatch.subject_id == SHOP
        )
        seen = read.first(had)
        if seen is not None and (seen.last_due_at >= turn or shop_day(turn, read.zone) <= seen.day):
            return []
        return [Due(SHOP, turn, turn)]

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Every turn between the moments."""
        found, at, values = [], until, values_of(read, rule)
        while (turn := self._before(at, read.zone, values, since)) is not None:
            found.append(Due(SHOP, turn, turn))
            at = turn - timedelta(microseconds=1)
        return found[::-1]

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The next turn."""
        values, zone = values_of(read, rule), read.zone
        today = shop_day(read.now, zone)
        for ahead in range(LOOK_BACK):
            day = today + timedelta(days=ahead)
            turn = local_moment(day, values["time"], zone)
            if self.on(day, values) and turn > read.now:
                return turn
        return None

    def _before(self, at: datetime, zone: ZoneInfo, values: Values, after: datetime) -> datetime | None:
        today = shop_day(at, zone)
        for back in range(LOOK_BACK):
            day = today - timedelta(days=back)
            turn = local_moment(day, values["time"], zone)
            if turn <= after:
                return None
            if turn <= at and self.on(day, values):
                return turn
        return None


@dataclass(frozen=True, kw_only=True)
class BillTime(Calendar):
    """The daily turn of a shop whose bills can be fetched; without an account at a provider it never comes."""

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """The newest turn, once there is an account."""
        return super().due(read, rule, only=only, limit=limit) if fetched_gateways(read) else []

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Every turn between the moments, had the account of today been there."""
        return super().past(read, rule, since, until) if fetched_gateways(read) else []

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The next turn, once there is an account."""
        return super().upcoming(read, rule) if fetched_gateways(read) else None


@dataclass(frozen=True, kw_only=True)
class Interval(Trigger):
    """A turn every so many minutes of the world's clock."""

    topic: str = "system"
    subject: str = "shop"
    repeats: bool = False

    def due(self, read: Read, rule: RuleRow, *, only: int | None = None, limit: int = BATCH) -> list[Due]:
        """The newest turn, if it had not come yet."""
        turn = self._turn(read, rule, read.now)
        last = select(RuleWatch.last_due_at).where(RuleWatch.rule_id == rule.id, RuleWatch.subject_id == SHOP)
        had = read.value(last)
        if only not in (None, SHOP) or turn <= rule.since or (had is not None and had >= turn):
            return []
        return [Due(SHOP, turn, turn)]

    def past(self, read: Read, rule: RuleRow, since: datetime, until: datetime) -> list[Due]:
        """Every turn between the moments."""
        every = timedelta(minutes=values_of(read, rule)["minutes"])
        turn, found = self._turn(read, rule, until), []
        while turn > since:
            found.append(Due(SHOP, turn, turn))
            turn -= every
        return found[::-1]

    def upcoming(self, read: Read, rule: RuleRow) -> datetime | None:
        """The next turn."""
        return self._turn(read, rule, read.now) + timedelta(minutes=values_of(read, rule)["minutes"])

    def _turn(self, read: Read, rule: RuleRow, at: datetime) -> datetime:
        every = timedelta(minutes=values_of(read, rule)["minutes"])
        return EPOCH + every * ((at - EPOCH) // every)


_TIME = Parameter("time", "time", N_("Time of day"), default=9 * 60)
declare(
    Calendar(
        key="daily",
        title=N_("Every day at a time"),
        words=N_("it is {time} on any day"),
        parameters=(_TIME,),
        on=lambda _day, _v: True,
    )
)
declare(
    Calendar(
        key="weekly",
        title=N_("On days of the week"),
        words=N_("it is {time} on {weekdays}"),
        parameters=(
            _TIME,
            Parameter(
                "weekdays", "choices", N_("Days of the week"), default=["0"],
                options={str(i): name for i, name in enumerate(WEEKDAYS)},
            ),
        ),
        on=lambda day, v: str(day.weekday()) in v["weekdays"],
    )
)  # fmt: skip
declare(
    Calendar(
        key="monthly",
        title=N_("On a day of the month"),
        words=N_("it is {time} on day {day} of the month"),
        parameters=(_TIME, Parameter("day", "number", N_("Day of the month"), default=1, low=1, high=31)),
        on=lambda day, v: day.day == min(v["day"], monthrange(day.year, day.month)[1]),
    )
)
declare(
    Calendar(
        key="replenish_time",
        title=N_("Every morning for restocking"),
        words=N_("it is {time}, time to restock"),
        topic="stock",
        parameters=(Parameter("time", "time", N_("Time of day"), setting=REPLENISH_AT),),
        on=lambda _day, _v: True,
    )
)
declare(
    Calendar(
        key="verify_time",
        title=N_("Every day for the books"),
        words=N_("it is {time}, time to check the books"),
        parameters=(Parameter("time", "time", N_("Time of day"), setting=VERIFY_AT),),
        on=lambda _day, _v: True,
    )
)
declare(
    BillTime(
        key="bill_time",
        title=N_("Every day for the providers’ bills"),
        words=N_("it is {time}, time for the providers’ bills"),
        parameters=(Parameter("time", "time", N_("Time of day"), setting=BILL_AT),),
        on=lambda _day, _v: True,
    )
)
declare(
    Interval(
        key="interval",
        title=N_("Every so many minutes"),
        words=N_("another {minutes} have passed"),
        parameters=(
            Parameter("minutes", "minutes", N_("How often"), default=60, low=1, high=43_200, unit=60),
        ),
    )
)
