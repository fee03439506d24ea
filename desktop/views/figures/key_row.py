"""Five key figures of the period with what they were before; a click looks at the chart by one of them."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.money import Money
from desktop.basics.words import percent_text
from desktop.queries.figure_words import AGAINST, span_word
from desktop.queries.figures import Figure
from desktop.queries.order_figures import OrderFigures
from desktop.views.common.cards import hbox
from desktop.views.common.kpi import KpiCard
from desktop.views.figures.measures import AMOUNT, AVERAGE, ORDERS, POINTS, REFUNDS

CARDS = {
    AMOUNT: N_("Amount paid"),
    ORDERS: N_("Orders placed"),
    AVERAGE: N_("Average order"),
    REFUNDS: N_("Refunds"),
    POINTS: N_("Paid with points"),
}


class KeyRow(QWidget):
    """Amount, orders, average order, refunds and points."""

    def __init__(self, currency: str, picked: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = currency
        row = hbox(self, gap=12)
        self.cards = {key: KpiCard(_(words)) for key, words in CARDS.items()}
        for key, card in self.cards.items():
            card.clicked.connect(lambda key=key: picked(key))
            row.addWidget(card, 1)

    def show_figures(self, found: OrderFigures) -> None:
        """Show the figures with their changes."""
        against, days = _(AGAINST[found.wanted.period]), span_word(found.before)
        for key, card in self.cards.items():
            figure: Figure = getattr(found, key)
            if key == ORDERS:
                number, unit = f"{figure.now:,}", ngettext("order", "orders", figure.now)
            else:
                number, unit = str(Money(figure.now, self._currency)), ""
            change = figure.change_bp
            up = None if not change else change > 0
            delta = "" if change is None else percent_text(abs(change))
            if key == REFUNDS and change:  # more of them is no gain
                up, delta = None, f"{'+' if change > 0 else '−'}{delta}"
            card.setToolTip(_("Compared with {days}").format(days=days))
            card.show_number(number, unit, delta=delta, up=up, note=against if change is not None else "")
