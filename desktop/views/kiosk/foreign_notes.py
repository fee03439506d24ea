"""Notes of another currency at the kiosk: which, by which rate, what they are worth, and the change in the shop's own."""

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.queries.exchange import ForeignDue
from desktop.services.exchange import to_base
from desktop.views.kiosk.keypad import Entry
from desktop.views.kiosk.pay import OWN, Notes
from desktop.views.kiosk.sale import KioskSale
from desktop.views.kiosk.widgets import Button, Text, column, row


class NotesChoice(QWidget):
    """A button for each currency whose notes are taken now; `code` is empty for the shop's own."""

    def __init__(self, sale: KioskSale, entry: Entry, changed: Callable[[], object]) -> None:
        super().__init__()
        self._sale, self._entry, self._changed = sale, entry, changed
        self._dues = {due.shown.currency: due for due in sale.foreign}
        self.code = ""
        self._buttons = {
            code: Button(
                code or sale.facts.currency, height=84, size=28, grow=True, on=partial(self.choose, code)
            )
            for code in ("", *self._dues)
        }
        self._rate = Text("", 26, token="text2", align="center")
        self.setLayout(column(row(*self._buttons.values()), self._rate))
        self._mark()

    def choose(self, code: str) -> None:
        """Other notes: what was typed is forgotten, for the new ones the least that covers it stands there."""
        self.code = code
        self._entry.clear()
        due = self._dues.get(code)
        for key in due.needed.plain().replace(",", "") if due else "":
            self._entry.press(key)
        self._mark()
        self._changed()

    def _mark(self) -> None:
        for code, button in self._buttons.items():
            button.look_as("points" if code == self.code else "secondary")
        due = self._dues.get(self.code)
        self._rate.say(self._words(due) if due else "")
        self._rate.setVisible(due is not None)

    def _words(self, due: ForeignDue) -> str:
        quote = due.quote
        when = when_text(quote.fetched_at, self._sale.now(), ZoneInfo(self._sale.facts.zone))
        words = _("1 {currency} = {rate} {base}, of {when}; at least {needed}").format(
            currency=quote.foreign, rate=quote.text, base=quote.base, when=when, needed=due.needed
        )
        return (
            f"{words}. {_('The floating rate is too old: the fixed one counts.')}" if quote.instead else words
        )

    def _minor(self) -> int:
        """What was typed in minor units of that currency, 0 while it is no amount."""
        try:
            return max(0, Money.parse(self._entry.value, self.code).amount)
        except ShopError:
            return 0

    def verdict(self, due_minor: int) -> tuple[str, str, bool]:
        """What the notes are worth and the change, its colour, and whether it suffices."""
        base = self._sale.facts.currency
        worth = to_base(self._minor(), self._dues[self.code].quote)
        if worth < due_minor:
            missing = Money(due_minor - worth, base)
            return _("{amount} is missing").format(amount=missing), "danger_fg", False
        notes = f"{self.code} {Money(self._minor(), self.code).plain()}"
        words = _("{notes} are worth {worth}, change due {change}").format(
            notes=notes, worth=Money(worth, base), change=Money(worth - due_minor, base)
        )
        return words, "success_fg", True

    def handed(self) -> Notes:
        """What was handed over, as a sale is settled with it."""
        if not self.code:
            return OWN
        return self.code, self._minor(), self._dues[self.code].quote.text
