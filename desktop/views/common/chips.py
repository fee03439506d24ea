"""Filter chips: a field with its value; a click edits, × removes."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme


class Chip(QWidget):
    """An active filter such as `Time  last 7 days ×`."""

    clicked = Signal()
    removed = Signal()

    def __init__(
        self, field: str, value: str, *, removable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._removable = removable
        self._hover = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_filter(field, value)
        repaint_on_change(self)

    def show_filter(self, field: str, value: str) -> None:
        """Show another field or value."""
        self.field, self.value = field, value
        self.setAccessibleName(f"{field} {value}")
        self.setAccessibleDescription(_("Enter edits, Delete removes") if self._removable else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = text_width("cap_m", self.field) + theme.px(6) + text_width("cap_b", self.value) + theme.px(20)
        return QSize(round(width + (theme.px(19) if self._removable else 0)), theme.px(30))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self.rect().contains(event.position().toPoint()):
            return
        if self._removable and event.position().x() > self.width() - theme.px(26):
            self.removed.emit()
        else:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        elif self._removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect())
            box(painter, area, 8, theme.color("primary_subtle"), theme.color("primary_border"))
            x = float(theme.px(10))
            room = QRectF(x, 0, area.width() - x, area.height())
            x += draw_text(painter, room, self.field, "cap_m", theme.color("text2")) + theme.px(6)
            room = QRectF(x, 0, area.width() - x - (theme.px(20) if self._removable else 4), area.height())
            draw_text(painter, room, self.value, "cap_b", theme.color("primary_text"))
            if self._removable:
                spot = QRectF(area.right() - theme.px(25), 0, theme.px(22), area.height())
                icons.draw(painter, spot, "close-line", "primary_text", theme.px(13))
