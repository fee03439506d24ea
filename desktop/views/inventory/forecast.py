"""The forecast of the selected goods: stock until now, the way down, and what the next order changes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.stock_forecast import StockAhead, stock_ahead
from desktop.views.common.buttons import link
from desktop.views.common.cards import vbox
from desktop.views.common.charts import ChartCard, Forecast, ForecastLine
from desktop.views.common.context import Context
from desktop.views.common.theme import theme

LEAST_HEIGHT = 150  # px of the chart


class ForecastPanel(QWidget):
    """A card with the chart; `details_wanted` asks for the movements instead."""

    details_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._sku = context, 0
        self.shown: StockAhead | None = None
        self.chart = ForecastLine()
        self.chart.setMinimumHeight(theme.px(LEAST_HEIGHT))
        self.card = ChartCard(_("Stock forecast"), self.chart)
        self.details = link(_("Movements"))
        self.details.clicked.connect(self.details_wanted)
        self.card.head.add(self.details)
        vbox(self).addWidget(self.card)

    def show_sku(self, sku_id: int | None) -> None:
        """Show other goods."""
        self._sku = sku_id or 0
        self.refresh()

    def refresh(self) -> None:
        """Reckon the chart again, if somebody sees it."""
        if self._sku and not self.isHidden():
            self._context.of(self).ask_latest("ahead", stock_ahead, self._sku).then(self._show)

    def _show(self, found: StockAhead | None) -> None:
        if found is None or found.sku_id != self._sku:
            return
        self.shown = found
        self.card.head.say(title=found.name, hint=_("Stock forecast"))
        labels = tuple(f"{day:%m/%d}" for day in found.days)
        self.chart.show_forecast(
            Forecast(
                labels, found.past, found.ahead, found.ordered, found.today, found.least_milli, found.safety_milli,
                _out_words(found), _more_words(found),
            )
        )  # fmt: skip
        self.card.refresh_legend()


def _out_words(found: StockAhead) -> str:
    if found.out_on is None:
        return ""
    if (found.out_on - found.days[found.today]).days == 1:
        return _("Sold out tomorrow evening")
    return _("Sold out about {day}").format(day=f"{found.out_on:%m/%d}")


def _more_words(found: StockAhead) -> str:
    if not found.more_milli:
        return ""
    quantity = quantity_text(found.more_milli)
    if found.suggested:
        return _("With {quantity} ordered").format(quantity=quantity)
    return _("{quantity} on the way").format(quantity=quantity)
