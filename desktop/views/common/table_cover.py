"""What lies over a table that has nothing to show: the skeleton while it loads, the empty state after."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.views.common import say
from desktop.views.common.background import BUSY_AFTER_MS
from desktop.views.common.skeleton import Skeleton

if TYPE_CHECKING:
    from desktop.views.common.table_view import TableView


class TableCover(QObject):
    """Shows the skeleton after 300 ms of waiting for a first page, and the empty state when no row came."""

    def __init__(self, view: "TableView") -> None:
        super().__init__(view)
        self._view = view
        self._waiting = False
        self._asked = False
        self._skeleton = Skeleton("table", view.viewport())
        self._skeleton.hide()
        self.empty: QWidget | None = None
        self._late = QTimer(self, interval=BUSY_AFTER_MS, singleShot=True)
        self._late.timeout.connect(self.settle)
        model = view.paged
        model.asking.connect(self._begin)
        model.loaded.connect(self._end)
        model.failed.connect(self._failed)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self.settle)
        view.viewport().installEventFilter(self)

    def set_empty(self, empty: QWidget | None) -> None:
        """Use another empty state (no match after filtering, say)."""
        if self.empty is not None and self.empty is not empty:
            self.empty.hide()
            self.empty.deleteLater()
        self.empty = empty
        if empty is not None:
            empty.setParent(self._view.viewport())
            empty.hide()
        self.settle()

    def _begin(self) -> None:
        self._waiting = True
        self._asked = True
        self._late.start()

    def _end(self) -> None:
        self._waiting = False
        self._late.stop()
        self.settle()

    def _failed(self, error: ShopError) -> None:
        self._end()
        say.error(self._view, error)

    def settle(self) -> None:
        """Show what fits the rows of now; never anything over rows."""
        bare = self._asked and self._view.paged.rowCount() == 0
        area = self._view.viewport().rect()
        self._skeleton.setGeometry(area)
        self._skeleton.setVisible(bare and self._waiting and not self._late.isActive())
        if self.empty is not None:
            self.empty.setGeometry(area)
            self.empty.setVisible(bare and not self._waiting)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.settle()
        return False
