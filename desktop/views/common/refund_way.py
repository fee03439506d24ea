"""By which way money goes back: a choice where the shop allows one, and rows that say what leaves where."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.order_words import method_word
from desktop.queries.refund_ways import SAME, Ways
from desktop.views.common.cards import vbox
from desktop.views.common.field import Field
from desktop.views.common.inputs import Select


class RefundWay(QWidget):
    """The choice of a way; hidden where there is none. `picked` asks for the sums anew."""

    picked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.select = Select([(SAME, _("The way it came"))], SAME)
        vbox(self).addWidget(Field(_("How the money goes back"), self.select))
        self.select.picked.connect(self._pick)
        self._picked = ""
        self.hide()

    @property
    def route(self) -> str:
        """What was chosen; empty: as the shop does it."""
        return self._picked

    def _pick(self, route: str) -> None:
        self._picked = route
        self.picked.emit()

    def show_ways(self, ways: Ways) -> None:
        """Offer what may be chosen for this refund."""
        words = [(key, _("The way it came") if key == SAME else method_word(key)) for key in ways.choices]
        if [key for key, _word in words] != self.select._values:
            self.select.set_options(words, ways.route)
        self.select.set_value(ways.route)
        self.setVisible(len(words) > 1)


def way_rows(ways: Ways, currency: str) -> list[tuple[str, str, str]]:
    """Rows for `Facts`: each way with its amount, and whose drawer gives the cash."""
    rows = [(method_word(way), str(Money(minor, currency)), "") for way, minor in ways.parts]
    if ways.drawer:
        words = ways.drawer if ways.in_session else _("{till}, no session open").format(till=ways.drawer)
        rows.append((_("Cash from the drawer of"), words, ""))
    return rows
