"""Six dots that move a row of a list, by dragging or by keys."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import painting, repaint_on_change
from desktop.views.common.theme import theme


class Handle(QWidget):
    """Six dots: drag the row, or move it with ↑ ↓."""

    moved = Signal(int)  # by so many rows

    def __init__(self) -> None:
        super().__init__()
        self._from: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Move this row"))
        self.setToolTip(_("Drag, or press ↑ ↓"))
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(18), theme.px(30))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.globalPosition().y()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        row = self.parentWidget()
        if self._from is not None and row is not None:
            by = round((event.globalPosition().y() - self._from) / max(1, row.height()))
            if by:
                self.moved.emit(by)
        self._from = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            middle, ink = QRectF(self.rect()).center(), theme.color("text3")
            for x in (-2.5, 2.5):
                for y in (-5, 0, 5):
                    dot = QRectF(middle.x() + theme.px(x) - 1, middle.y() + theme.px(y) - 1, 2, 2)
                    painter.fillRect(dot, ink)
