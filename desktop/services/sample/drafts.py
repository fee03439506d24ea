"""What the sample shop is made of before it is written: people, orders and the days they fall on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desktop.basics.money import MILLI, half_up
from desktop.services.sample.goods import Good

PICTURED = 15 * 3600 + 20 * 60  # the pictures were taken at 15:20; seconds of the day
DAY = 86_400


class Calendar:
    """Days counted from today (0, −1, …) and seconds of the pictured day, as moments of any other `now`.

    The time of day is stretched so that what lay before 15:20 in the pictures lies before `now`.
    """

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.now = now
        self.zone = zone
        local = now.astimezone(zone)
        self.today = local.date()
        self._so_far = max(60, min(DAY - 60, local.hour * 3600 + local.minute * 60 + local.second))

    def day(self, offset: int) -> date:
        """The date so many days from today."""
        return self.today + timedelta(days=offset)

    def at(self, offset: int, second: int) -> datetime:
        """The moment of a day, in UTC."""
        if second <= PICTURED:
            moved = second * self._so_far // PICTURED
        else:
            moved = self._so_far + (second - PICTURED) * (DAY - self._so_far) // (DAY - PICTURED)
        midnight = datetime.combine(self.day(offset), time.min, tzinfo=self.zone).astimezone(UTC)
        moment = midnight + timedelta(seconds=moved)
        return min(moment, self.now) if offset == 0 else moment

    def expiry(self, moment: datetime) -> datetime:
        """The end of the month a year later: when points earned now lapse."""
        earned = moment.astimezone(self.zone).date()
        first = date(earned.year + 1 + earned.month // 12, earned.month % 12 + 1, 1)
        return datetime.combine(first, time.min, tzinfo=self.zone).astimezone(UTC) - timedelta(seconds=1)


def clock(text: str) -> int:
    """Seconds of the day of `15:12` or `15:13:08`."""
    parts = [int(part) for part in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


@dataclass
class Line:
    """So much of a good, in thousandths; `discount` is its share of what came off the order."""

    good: Good
    qty: int
    discount: int = 0

    @property
    def gross(self) -> int:
        """The amount before the discount, in minor units."""
        return half_up(self.good.price * self.qty, MILLI)

    @property
    def total(self) -> int:
        """The amount after it."""
        return self.gross - self.discount


@dataclass
class Pay:
    """Money of one method (minor units)."""

    method: str
    amount: int
    reference: str = ""


@dataclass(eq=False)
class Entry:
    """A change of points still without its running balance."""

    at: datetime
    delta: int
    reason: str
    order: Draft | None = None
    note: str = ""
    actor: str = "clock"
    expires: datetime | None = None
    refund: bool = False


@dataclass(eq=False)
class Person:
    """A member; ids come when they are written."""

    name: str
    gender: str
    tier: str
    phone: str
    joined: datetime
    code: str = ""
    birthday: date | None = None
    note: str = ""
    origin: str = "kiosk"
    referred_by: Person | None = None
    tags: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    orders: list[Draft] = field(default_factory=list)
    carried_orders: int = 0
    carried_minor: int = 0
    expiring: int = 0  # points of an early lot that nobody has spent yet
    id: int = 0


@dataclass(eq=False)
class Draft:
    """An order before it is written."""

    day: int
    second: int
    channel: str  # store, kiosk, online
    lines: list[Line]
    pays: list[Pay] = field(default_factory=list)
    points: int = 0  # spent; one point is one minor unit
    status: str = "done"
    person: Person | None = None
    number: int = 0  # of the day, 0: by its time
    paid_day: int | None = None
    paid_second: int | None = None
    note: str = ""
    discount_note: str = ""
    earned: int | None = None  # None: by the member's tier
    points_note: str = ""
    refund_line: int | None = None
    refund_second: int = 0
    refund_reason: str = ""
    moment: datetime | None = None  # when placed, where day and second do not say it
    address: str = ""
    id: int = 0
    till: int = 0
    refund_id: int = 0

    @property
    def goods_minor(self) -> int:
        """Σ of the lines before discounts."""
        return sum(line.gross for line in self.lines)

    @property
    def total(self) -> int:
        """What was to pay, points included."""
        return sum(line.total for line in self.lines)

    @property
    def money(self) -> int:
        """What was paid in money."""
        return sum(pay.amount for pay in self.pays)

    @property
    def paid(self) -> bool:
        """Whether money came in."""
        return bool(self.pays)
