"""Turns the shop's news into refreshes: at once when seen, later when hidden or being edited."""

import time
from collections.abc import Callable, Collection
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

APART_MS = 150


class News(QObject):
    """Re-emits the shop's changes on the GUI thread: `changed(Changes)`."""

    changed = Signal(object)
    _heard = Signal(object)

    def __init__(
        self, listen: Callable[[Callable[[Any], Any]], Callable[[], Any]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._heard.connect(self.changed, Qt.ConnectionType.QueuedConnection)
        self._stop: Callable[[], Any] | None = listen(self._heard.emit)

    def close(self) -> None:
        """Stop listening."""
        if self._stop is not None:
            self._stop()
            self._stop = None


class Stale(QObject):
    """Folds bursts of news for one widget and defers them while it is hidden or being edited."""

    def __init__(
        self,
        widget: QWidget,
        news: News,
        tables: Collection[str] | None,
        refresh: Callable[[dict[str, frozenset[int]]], Any],
        editing: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__(widget)
        self._widget, self._refresh = widget, refresh
        self._tables = None if tables is None else frozenset(tables)
        self._editing = editing or (lambda: False)
        self._touched: dict[str, set[int]] = {}
        self._last = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.settle)
        news.changed.connect(self.hear)
        widget.installEventFilter(self)

    @property
    def is_stale(self) -> bool:
        """Whether something changed that is not shown yet."""
        return bool(self._touched)

    def hear(self, changes: Any) -> None:
        """Note what changed."""
        for table, ids in changes.touched.items():
            if self._tables is None or table in self._tables:
                self._touched.setdefault(table, set()).update(ids)
        if self._touched and not self._timer.isActive():
            since = (time.monotonic() - self._last) * 1000
            self._timer.start(max(0, round(APART_MS - since)))

    def settle(self) -> None:
        """Refresh now when the widget is seen and nobody is editing in it."""
        if not self._touched or not self._widget.isVisible():
            return
        if self._editing():
            self._timer.start(APART_MS)
            return
        touched = {table: frozenset(ids) for table, ids in self._touched.items()}
        self._touched = {}
        self._last = time.monotonic()
        self._refresh(touched)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._touched:
            self._timer.start(0)
        return False


def stale_when(
    widget: QWidget,
    news: News,
    tables: Collection[str] | None,
    refresh: Callable[[dict[str, frozenset[int]]], Any],
    editing: Callable[[], bool] | None = None,
) -> Stale:
    """Call `refresh(touched ids by table)` when one of these tables (None: any) changed and the widget is seen."""
    return Stale(widget, news, tables, refresh, editing)
