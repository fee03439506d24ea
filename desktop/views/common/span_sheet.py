"""Choosing from which day to which."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from desktop.basics.clock import day_starts
from desktop.basics.i18n import _
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import DateInput


class SpanSheet(Sheet):
    """From one day to another, both included: `done(first, last)`; `most` days at once, 0 for any number."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        title: str,
        verb: str,
        done: Callable[[date, date], Any],
        *,
        shown: tuple[date, date] | None = None,
        most: int = 0,
    ) -> None:
        super().__init__(parent, title, verb=verb, width=380)
        today = context.now().astimezone(context.zone).date()
        first, last = shown or (today - timedelta(days=29), today)
        self.first, self.last = DateInput(first), DateInput(last)
        self._end, self._most, self._done = Field(_("To"), self.last), most, done
        self.add(Field(_("From"), self.first), self._end)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        days = (self.last.day() - self.first.day()).days + 1
        if days < 1:
            self._end.error(_("The last day is before the first."))
            return False
        if self._most and days > self._most:
            self._end.error(_("At most {count} days at once.").format(count=f"{self._most:,}"))
            return False
        return True

    def _go(self) -> None:
        self.accept()
        self._done(self.first.day(), self.last.day())


def moments(first: date, last: date, zone: ZoneInfo) -> dict[str, Any]:
    """The same as `since` and `until` of a filter."""
    return {"since": day_starts(first, zone), "until": day_starts(last + timedelta(days=1), zone)}
