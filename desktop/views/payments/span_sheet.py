"""Choosing from which day to which."""

from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.clock import day_starts
from desktop.basics.i18n import _
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import DateInput


class SpanSheet(Sheet):
    """From one day to another, both included."""

    def __init__(self, parent: QWidget, context: Context, done: Any) -> None:
        super().__init__(parent, _("Transactions between"), verb=_("Show transactions"), width=380)
        today = context.now().astimezone(context.zone).date()
        self.first, self.last = DateInput(today - timedelta(days=29)), DateInput(today)
        self._end = Field(_("To"), self.last)
        self.add(Field(_("From"), self.first), self._end)
        self.submitted.connect(partial(self._go, context, done))

    def ready(self) -> bool:
        if self.first.day() <= self.last.day():
            return True
        self._end.error(_("The last day is before the first."))
        return False

    def _go(self, context: Context, done: Any) -> None:
        self.accept()
        done(
            day_starts(self.first.day(), context.zone),
            day_starts(self.last.day() + timedelta(days=1), context.zone),
        )
