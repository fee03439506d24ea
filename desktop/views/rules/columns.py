"""List, editor and cards beside each other; in a narrow window the cards lie over the editor when asked for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.views.common.cards import hbox, vbox
from desktop.views.common.paint import painting
from desktop.views.common.theme import theme

LIST, SMALL_LIST, SIDE, GAP = 275, 248, 289, 12
FOOT = 62  # px of the editor that saves: the cards over it end above
DOCKED_FROM = 1360  # window width below which the cards at right lie over the editor


class Ground(QWidget):
    """The page behind the cards, for when they lie over the editor."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("page"))


class Columns(QWidget):
    """`narrowed(bool)` when the window became narrow or wide."""

    narrowed = Signal(bool)

    def __init__(self, first: QWidget, middle: QStackedWidget, cards: tuple[QWidget, QWidget]) -> None:
        super().__init__()
        self._first, self._middle = first, middle
        self.narrow = False
        self._row = hbox(self, gap=GAP)
        self._row.addWidget(first)
        self._row.addWidget(middle, 1)
        self.side = Ground()
        column = vbox(self.side, gap=GAP)
        column.addWidget(cards[0])
        column.addWidget(cards[1], 1)
        self._row.addWidget(self.side)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)
        self.place()

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes away the cards that lie over the editor."""
        if event.key() == Qt.Key.Key_Escape and self.narrow and self.side.isVisible():
            self.close_side()
            return
        super().keyPressEvent(event)

    def place(self) -> None:
        """Give every column its width."""
        narrow = self.window().width() < theme.px(DOCKED_FROM)
        self._first.setFixedWidth(theme.px(SMALL_LIST if narrow else LIST))
        self.side.setFixedWidth(theme.px(SIDE))
        if narrow != self.narrow:
            self.narrow = narrow
            if narrow:
                self._row.removeWidget(self.side)
                self.side.hide()
            else:
                self._row.addWidget(self.side)
                self.side.show()
            self.narrowed.emit(narrow)
        if narrow and self.side.isVisible():
            where, width = self._middle.geometry(), self.side.width()
            height = where.height() - theme.px(FOOT)
            self.side.setGeometry(where.right() + 1 - width, where.top(), width, height)
            self.side.raise_()

    def open_side(self) -> None:
        """Bring the cards over the editor when there is no room beside it."""
        if self.narrow:
            self.side.show()
            self.place()

    def close_side(self) -> None:
        """Give the editor its whole width back."""
        if self.narrow:
            self.side.hide()
