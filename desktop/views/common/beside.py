"""A screen with a list and, beside it, the panel of what is chosen; in a narrow window it lies over the list."""

from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.common.theme import theme

NARROW = 1_360  # of the window; below it the panel covers the table's right side


class ScreenWithPanel(QWidget):
    """Places `panel`, which stands in `_row` beside `table` while there is room."""

    panel: Any
    table: TableView
    model: PagedTable
    _row: QHBoxLayout

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrow = False

    def _beside(self) -> QWidget:
        """What is placed; a screen may put more than the panel there."""
        beside: QWidget = self.panel
        return beside

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the panel over the list in a narrow window, beside it in a wide one."""
        super().resizeEvent(event)
        narrow = self.window().width() < theme.px(NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            self.panel.show_close(narrow)
            if narrow:
                self._row.removeWidget(self._beside())
                self._beside().hide()
            else:
                self._row.addWidget(self._beside())
                self._beside().show()
        self._place_panel()

    def _panel_top(self) -> int:
        return self._row.geometry().top()

    def _place_panel(self) -> None:
        beside = self._beside()
        if self._narrow and beside.isVisible():
            top, edge = self._panel_top(), theme.px(24)
            height = self.height() - top - theme.px(20)
            beside.setGeometry(self.width() - beside.width() - edge, top, beside.width(), height)
            beside.raise_()

    def _open_panel(self) -> None:
        self._beside().show()
        self._place_panel()

    def _clicked(self, index: QModelIndex) -> None:
        if self._narrow and self.model.columns[index.column()].kind != "tick":
            self._open_panel()

    def _dismiss(self) -> None:
        if self._narrow:
            self._beside().hide()
            self.table.setFocus()
