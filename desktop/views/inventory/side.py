"""What stands beside the stock table: the restock list, and under it the selected goods."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.views.common.cards import vbox
from desktop.views.common.theme import theme
from desktop.views.inventory.panel import WIDTH, StockPanel
from desktop.views.inventory.restock import RestockPanel

FRAME = 104  # px of the list's head and foot


class Side(QWidget):
    """Shares the height: the list takes at most half, the selected goods the rest."""

    def __init__(self, restock: RestockPanel, panel: StockPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._restock = restock
        column = vbox(self, gap=12)
        restock.setFixedWidth(theme.px(WIDTH))
        column.addWidget(restock)
        column.addWidget(panel, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._restock.give_room(self.height() // 2 - theme.px(FRAME))
