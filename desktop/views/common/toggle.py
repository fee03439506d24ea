"""Check box, radio button and switch, painted as in the design."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QSizePolicy, QWidget

from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme


def draw_check(painter: QPainter, area: QRectF, state: Qt.CheckState, enabled: bool = True) -> None:
    """Draw a 16 px check box: empty, ticked or mixed."""
    if state == Qt.CheckState.Unchecked:
        edge = theme.color("border_input" if enabled else "border_strong")
        box(painter, area, 4, theme.color("surface"), edge, 1.2)
        return
    box(painter, area, 4, theme.color("primary" if enabled else "disabled"))
    pen = QPen(theme.color("on_primary"), area.width() / 8.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    w, x, y = area.width() / 16, area.left(), area.top()
    if state == Qt.CheckState.Checked:
        painter.drawPolyline(
            [
                QPointF(x + 4 * w, y + 8.2 * w),
                QPointF(x + 6.8 * w, y + 11 * w),
                QPointF(x + 12 * w, y + 5.2 * w),
            ]
        )
    else:
        painter.drawLine(QPointF(x + 4.5 * w, y + 8 * w), QPointF(x + 11.5 * w, y + 8 * w))


def _labelled(button: QAbstractButton, mark: int) -> QSize:
    text = button.text()
    width = theme.px(mark) + (theme.px(8) + text_width("small", text) + 1 if text else 0)
    return QSize(round(width + 0.5), theme.px(22))


def _draw_label(painter: QPainter, button: QAbstractButton, mark: int) -> None:
    if button.text():
        x = theme.px(mark) + theme.px(8)
        color = theme.color("text" if button.isEnabled() else "disabled")
        draw_text(painter, QRectF(x, 0, button.width() - x, button.height()), button.text(), "small", color)


class CheckBox(QCheckBox):
    """A tick that waits for save; tristate shows a bar for a partial choice."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def hitButton(self, pos: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return _labelled(self, 16)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            size = theme.px(16)
            area = QRectF(0, (self.height() - size) / 2, size, size)
            draw_check(painter, area, self.checkState(), self.isEnabled())
            _draw_label(painter, self, 16)


class Radio(QRadioButton):
    """One choice of a few."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def hitButton(self, pos: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return _labelled(self, 16)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            size = theme.px(16)
            area = QRectF(0, (self.height() - size) / 2, size, size)
            if self.isChecked():
                box(painter, area, size / 2, theme.color("primary" if self.isEnabled() else "disabled"))
                dot = size * 0.31
                box(painter, area.adjusted(dot, dot, -dot, -dot), size, theme.color("on_primary"))
            else:
                box(painter, area, size / 2, theme.color("surface"), theme.color("border_input"), 1.2)
            _draw_label(painter, self, 16)


class Toggle(QAbstractButton):
    """A switch that acts at once; offer undo in the toast."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def put(self, on: bool) -> None:
        """Show a state without acting."""
        blocked = self.blockSignals(True)
        self.setChecked(on)
        self.blockSignals(blocked)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(36), theme.px(20))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event, 10)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect())
            track = "primary" if self.isChecked() else "border_input"
            box(painter, area, area.height() / 2, theme.color(track if self.isEnabled() else "border_strong"))
            gap = theme.px(3)
            size = area.height() - 2 * gap
            x = area.right() - gap - size if self.isChecked() else area.left() + gap
            box(painter, QRectF(x, gap, size, size), size / 2, theme.color("on_brand"))
