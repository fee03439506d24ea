"""Cash in other notes: which currency, how much was handed over, by which rate, and what it is worth here."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.queries.exchange import ForeignDue, due_in_foreign
from desktop.services.exchange import to_base
from desktop.views.common.cards import vbox
from desktop.views.common.context import Context
from desktop.views.common.field import Field
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.segment import Segment


class ForeignCash(QWidget):
    """Nothing to see until the shop takes a foreign currency; `changed` after each choice and key.

    `code` is empty while the shop's own notes are chosen.
    """

    changed = Signal()

    def __init__(self, context: Context, due_minor: int) -> None:
        super().__init__()
        self._context = context
        self._dues: dict[str, ForeignDue] = {}
        self.code = ""
        self.notes = Segment([("", context.currency)], "")
        self._column = vbox(self, gap=10)
        self._column.addWidget(Field(_("Notes"), self.notes))
        self.handed: MoneyInput | None = None
        self._field: Field | None = None
        self.rate = Label("", "cap", "text2", wrap=True)
        self._column.addWidget(self.rate)
        self.rate.hide()
        self.hide()
        self.notes.picked.connect(self._pick)
        context.of(self).ask(due_in_foreign, due_minor).then(self._offer).otherwise(lambda error: None)

    @property
    def offered(self) -> bool:
        """Whether there is another currency to choose."""
        return bool(self._dues)

    def _offer(self, dues: tuple[ForeignDue, ...]) -> None:
        self._dues = {due.shown.currency: due for due in dues}
        options = [("", self._context.currency), *((code, code) for code in self._dues)]
        self.notes.set_options(options, "")
        self.changed.emit()

    def _pick(self, code: Any) -> None:
        self.code = str(code)
        if self._field is not None:
            self._column.removeWidget(self._field)
            self._field.deleteLater()
            self._field = self.handed = None
        due = self._dues.get(self.code)
        self.rate.setVisible(due is not None)
        if due is not None:
            self.handed = MoneyInput(self.code, due.needed.amount, least=1, required=True)
            self._field = Field(_("{currency} handed over").format(currency=self.code), self.handed)
            self._column.insertWidget(1, self._field)
            self.handed.textChanged.connect(lambda _text: self.changed.emit())
            self.rate.setText(self._words(due))
        self.changed.emit()

    def _words(self, due: ForeignDue) -> str:
        quote = due.quote
        when = when_text(quote.fetched_at, self._context.now(), self._context.zone)
        words = _("1 {currency} = {rate} {base}, of {when}; at least {needed}").format(
            currency=quote.foreign, rate=quote.text, base=quote.base, when=when, needed=due.needed
        )
        if quote.instead:
            words = f"{words}. {_('The floating rate is too old: the fixed one counts.')}"
        return words

    def worth_minor(self) -> int:
        """What was handed over is worth in the shop's currency; nothing while it is no amount."""
        try:
            minor = self.handed.minor() if self.handed is not None else None
        except ShopError:
            return 0
        return to_base(minor, self._dues[self.code].quote) if minor else 0

    def facts(self) -> dict[str, Any]:
        """What a tender says of it: nothing for the shop's own notes."""
        if self.handed is None:
            return {}
        return {
            "foreign_currency": self.code, "foreign_minor": self.handed.minor() or 0,
            "rate": self._dues[self.code].quote.text,
        }  # fmt: skip

    def problem(self, due_minor: int) -> bool:
        """Say at the field what is missing; False when it suffices."""
        if self._field is None:
            return False
        if not self._field.check():
            return True
        missing = due_minor - self.worth_minor()
        if missing > 0:
            text = _("{missing} is still missing.").format(missing=Money(missing, self._context.currency))
            self._field.error(text)
        return missing > 0
