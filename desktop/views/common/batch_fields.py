"""What stands on packs that come in: the batch's code and its last day, typed or scanned."""

from datetime import date, datetime

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_, _
from desktop.services.batch_book import BatchIn
from desktop.views.common.cards import hbox
from desktop.views.common.inputs import TextInput
from desktop.views.common.theme import theme

FORMS = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%y%m%d")


def read_day(text: str) -> date | None:
    """A day as people type it and packs print it: `2026-12-05`, `20261205`, `261205`. Raises `Malformed`."""
    words = text.strip()
    if not words:
        return None
    for form in FORMS:
        try:
            return datetime.strptime(words, form).date()  # noqa: DTZ007 - a day of the calendar has no zone
        except ValueError:
            continue
    raise Malformed(N_("“{text}” is no day. Type it as 2026-12-05 or 20261205."), text=words)


class DayText(TextInput):
    """A day that may be left empty."""

    def __init__(self, day: date | None = None, *, name: str = "") -> None:
        super().__init__(f"{day:%Y-%m-%d}" if day else "", hint="2026-12-05", longest=12)
        self.setAccessibleName(name or _("Last day"))

    def day(self) -> date | None:
        """The day, or None when empty. Raises `Malformed`."""
        return read_day(self.value())

    def put(self, day: date | None) -> None:
        """Show another day."""
        self.setText(f"{day:%Y-%m-%d}" if day else "")

    def problem(self) -> str:
        """What is wrong with it, or nothing."""
        try:
            self.day()
        except Malformed as error:
            return str(error)
        return ""


class BatchFields(QWidget):
    """Code and last day in one row, for the sheets that bring goods in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code, self.expires = TextInput(hint=_("Batch code"), longest=40), DayText()
        self.code.setAccessibleName(_("Batch code"))
        self.expires.setFixedWidth(theme.px(120))
        row = hbox(self)
        row.addWidget(self.code, 1)
        row.addWidget(self.expires)

    def problem(self) -> str:
        """What is wrong with it, or nothing."""
        return self.expires.problem()

    def batch(self, qty_milli: int | None = None) -> BatchIn | None:
        """What was typed, None when nothing; `qty_milli` says for how many pieces. Raises `Malformed`."""
        code, day = self.code.value(), self.expires.day()
        return BatchIn(code, day, None, qty_milli) if code or day else None
