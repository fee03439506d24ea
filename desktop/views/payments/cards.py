"""One card per way to pay: what it brought in the span."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.order_words import method_word
from desktop.queries.payments import MethodSum
from desktop.views.common.badges import Badge
from desktop.views.common.cards import Card, IconTile, clear, hbox, vbox
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.payments.table import ICONS

ALWAYS = ("wechat", "alipay", "card", "cash", "points")
ROOM_FOR = 5


class MethodCard(Card):
    """Taken money and count, what went back, and whether it is the one the list shows; `picked` on click."""

    picked = Signal(str)

    def __init__(self, total: MethodSum, currency: str, chosen: bool, parent: QWidget | None = None) -> None:
        super().__init__(
            margins=(14, 14, 14, 14), gap=8, fill="selected" if chosen else "surface", parent=parent
        )
        self.method = total.method
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        icon, token = ICONS.get(total.method, ICONS["other"])
        row, words = hbox(gap=10), vbox()
        row.addWidget(IconTile(icon, "neutral", 36, brand=token if token.startswith("brand_") else ""))
        words.addWidget(Label(method_word(total.method), "small_b"))
        count = _("{count} orders") if total.method == "points" else _("{count} payments")
        words.addWidget(Label(count.format(count=f"{total.taken:,}"), "cap", "text2"))
        row.addLayout(words, 1)
        if not total.enabled:
            row.addWidget(Badge(_("Off"), "neutral", "closed", small=True))
        self.body.addLayout(row)
        amount = Money(total.taken_minor, currency)
        self.body.addWidget(Label(str(amount), "h2"))
        self.body.addWidget(Label(self._caption(total, currency), "cap", "text2"))
        self.setAccessibleName(f"{method_word(total.method)} {amount}")

    @staticmethod
    def _caption(total: MethodSum, currency: str) -> str:
        if total.given:
            back = Money(-total.given_minor, currency)
            return _("Refunded {money} · {count}×").format(count=f"{total.given:,}", money=back)
        if total.method == "points":
            return _("{points} points used").format(points=f"{total.points:,}")
        return _("No refunds")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self.method)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(self.method)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        ring_on_focus(self, event, 10)  # type: ignore[arg-type]


class MethodCards(QWidget):
    """The row of cards; `picked(method)` narrows the list to it, again to all."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = hbox(self, gap=12)

    def show_sums(self, sums: Sequence[MethodSum], currency: str, chosen: str) -> None:
        """Show the usual ways to pay and every other one that was used."""
        clear(self._row)
        order = {key: place for place, key in enumerate(ALWAYS)}
        shown = [s for s in sums if s.method in order or s.taken or s.given]
        for total in sorted(shown, key=lambda s: order.get(s.method, ROOM_FOR)):
            card = MethodCard(total, currency, total.method == chosen)
            card.picked.connect(self.picked)
            self._row.addWidget(card, 1)
