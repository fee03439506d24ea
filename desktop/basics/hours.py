"""Hours of the day by the shop's wall clock: over midnight too, and on days when clocks are changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WHOLE_DAY = 24 * 60  # minutes
LOOK_AHEAD = 4  # days; a zone that moved over the date line once left a whole day out


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from one minute of the day up to another; 22:00–6:00 is over midnight, equal ones mean the whole day.

    The wall clock decides: an hour that is left out in spring opens nothing, one that comes twice counts twice.
    """

    start: int
    end: int

    @property
    def always(self) -> bool:
        """Whether they never close."""
        return self.start % WHOLE_DAY == self.end % WHOLE_DAY

    def open_at(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether a moment lies within them."""
        local = moment.astimezone(zone)
        minute = local.hour * 60 + local.minute
        if self.always:
            return True
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def opens(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The first moment from this one on at which they are open, in UTC; this very one when they are."""
        if self.open_at(moment, zone):
            return moment.astimezone(UTC)
        return min(at for at in self._beginnings(moment, zone) if at > moment and self.open_at(at, zone))

    def _beginnings(self, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Moments at which they may begin: the hour itself, or the clocks being put forward past it."""
        today = moment.astimezone(zone).date()
        at = time(self.start // 60 % 24, self.start % 60)
        before = moment.astimezone(UTC)
        for days in range(-1, LOOK_AHEAD):
            wall = datetime.combine(today + timedelta(days=days), at)
            for fold in (0, 1):
                yield wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            after = wall.replace(tzinfo=zone).astimezone(UTC)
            if after > before:
                yield _clocks_changed(before, after, zone)
                before = after


def _clocks_changed(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second between two moments at which the zone's offset changed; the later one when it did not."""
    low, high = int(before.timestamp()), int(after.timestamp())
    old = before.astimezone(zone).utcoffset()
    if after.astimezone(zone).utcoffset() == old:
        return after
    while high - low > 1:
        middle = (low + high) // 2
        same = datetime.fromtimestamp(middle, zone).utcoffset() == old
        low, high = (middle, high) if same else (low, middle)
    return datetime.fromtimestamp(high, UTC)
