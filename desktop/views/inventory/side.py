"""What stands beside the stock table: the restock list, and under it the selected goods or their forecast."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.views.common import remember
from desktop.views.common.cards import vbox
from desktop.views.common.context import Context
from desktop.views.common.theme import theme
from desktop.views.inventory.forecast import ForecastPanel
from desktop.views.inventory.panel import WIDTH, StockPanel
from desktop.views.inventory.restock import RestockPanel

FRAME = 100  # px of the list's head and foot
CHART = 218  # px the forecast keeps
LOWER = "inventory/beside"  # forecast, details; empty: the forecast while there is something to buy


class Side(QWidget):
    """Shares the height: the forecast needs little, the details of the selected goods half of it."""

    def __init__(
        self, context: Context, restock: RestockPanel, panel: StockPanel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._restock, self._panel = restock, panel
        self.forecast = ForecastPanel(context)
        self.forecast.details_wanted.connect(lambda: self.choose("details"))
        panel.forecast_wanted.connect(lambda: self.choose("forecast"))
        self.pages = QStackedWidget()
        for page in (panel, self.forecast):
            self.pages.addWidget(page)
        column = vbox(self, gap=12)
        restock.setFixedWidth(theme.px(WIDTH))
        self.pages.setFixedWidth(theme.px(WIDTH))
        column.addWidget(restock)
        column.addWidget(self.pages, 1)
        restock.shown_changed.connect(self._show)

    def choose(self, page: str) -> None:
        """Show the forecast or the details from now on."""
        remember.put(LOWER, page)
        self._show()

    def show_sku(self, sku_id: int | None) -> None:
        """Other goods are selected."""
        self._panel.show_sku(sku_id)
        self._restock.show_sku(sku_id)
        self.forecast.show_sku(sku_id)

    def refresh(self) -> None:
        """Something changed."""
        self._panel.refresh()
        self.forecast.refresh()

    def _show(self) -> None:
        wanted = remember.get(LOWER, "") or ("forecast" if self._restock.shown is not None else "details")
        self.pages.setCurrentWidget(self.forecast if wanted == "forecast" else self._panel)
        self._share()
        self.forecast.refresh()

    def _share(self) -> None:
        chart = self.pages.currentWidget() is self.forecast
        room = self.height() - theme.px(CHART) - 12 if chart else self.height() // 2
        self._restock.give_room(room - theme.px(FRAME) - self._restock.why_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()
