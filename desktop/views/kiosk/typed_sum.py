"""A sum typed on the kiosk's number pad: a price, a float, what was counted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.views.kiosk.keypad import Entry, Keypad, typed
from desktop.views.kiosk.overlays import Overlay
from desktop.views.kiosk.widgets import Button, Text, row


class TypedSum(Overlay):
    """Asks for an amount of at least `least` minor units; `typed_sum` tells it."""

    typed_sum = Signal(int)

    def __init__(
        self,
        window: QWidget,
        currency: str,
        title: str,
        label: str,
        verb: str,
        *,
        least: int = 1,
        icon: str = "price-tag-3-line",
    ) -> None:
        super().__init__(window, 760)
        self._currency, self._least = currency, least
        self._entry = Entry(icon, label, 10)
        self._entry.changed.connect(lambda _value: self._show())
        pad = Keypad(104, ".")
        pad.pressed.connect(self._entry.press)
        self._told = Text("", 28, 500, align="center")
        self._ok = Button(verb, "primary", height=104, size=32, radius=20, grow=True, on=self._enter)
        cancel = Button(_("Cancel"), height=104, size=30, radius=20, grow=True, on=self.close_now)
        self.fill(Text(title, 38, 600, align="center"), self._entry, self._told, pad)
        self.card.body.addLayout(row(cancel, self._ok, space=20))
        self._show()

    def minor(self) -> int:
        """What was typed, 0 while it is no amount."""
        try:
            return max(0, Money.parse(self._entry.value, self._currency).amount)
        except ShopError:
            return 0

    def _show(self) -> None:
        self._ok.setEnabled(bool(self._entry.value) and self.minor() >= self._least)
        self._told.say(str(Money(self.minor(), self._currency)))

    def _enter(self) -> None:
        if self._ok.isEnabled():
            self._ok.setEnabled(False)
            self.typed_sum.emit(self.minor())

    def typed(self, event: QKeyEvent) -> bool:
        """Digits of a real keyboard."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
            return True
        if event.text().isdigit() or event.text() == "." or event.key() == Qt.Key.Key_Backspace:
            return typed(event, self._entry.press)
        return super().typed(event)
