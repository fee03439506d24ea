"""Numbers first: KPI cards with delta and sparkline, and the strip of numbers above a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common import icons
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import box, draw_text, fitting, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme

NUMBERS = ("number", "number_s", "h1", "h2", "small_b")  # a number gets smaller before it would be cut
SMALL_NUMBERS, CAPTIONS = NUMBERS[1:], ("cap", "micro")
LEAST_TREND = 24  # px; a narrower line says nothing


def draw_sparkline(painter: QPainter, area: QRectF, values: Sequence[int], color: QColor) -> None:
    """Draw a line with a soft area below it and a dot at its end."""
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    span = (high - low) or 1
    inner = area.adjusted(3, 3, -3, -3)
    step = inner.width() / (len(values) - 1)
    points = [
        QPointF(inner.left() + step * n, inner.bottom() - inner.height() * (value - low) / span)
        for n, value in enumerate(values)
    ]
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    ground = QPainterPath(path)
    ground.lineTo(points[-1].x(), area.bottom())
    ground.lineTo(points[0].x(), area.bottom())
    fade = QLinearGradient(area.topLeft(), area.bottomLeft())
    soft, none = QColor(color), QColor(color)
    soft.setAlpha(46)
    none.setAlpha(0)
    fade.setColorAt(0, soft)
    fade.setColorAt(1, none)
    painter.fillPath(ground, fade)
    pen = QPen(color, 1.6)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(points[-1], 3, 3)


class KpiCard(QWidget):
    """A number with its label, change and trend; a click opens the report."""

    clicked = Signal()

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._hover = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_number("—")
        repaint_on_change(self)

    def show_number(
        self,
        number: str,
        unit: str = "",
        *,
        delta: str = "",
        up: bool | None = None,
        note: str = "",
        trend: Sequence[int] = (),
        token: str = "c1",
    ) -> None:
        """Show a number; `delta` such as `12.4%` with its direction, `note` says against what."""
        self._number, self._unit, self._delta, self._up = number, unit, delta, up
        self._note, self._trend, self._token = note, tuple(trend), token
        arrow = "" if up is None or not delta else ("↑" if up else "↓")
        self.setAccessibleName(f"{self._label} {number} {unit}".strip())
        self.setAccessibleDescription(f"{arrow}{delta} {note}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(112))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(140), theme.px(112))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme.px
        with painting(self) as painter:
            area = QRectF(self.rect())
            edge = theme.color("border_strong" if theme.mode == "light" else "border")
            box(painter, area, 10, edge)
            line = theme.color("border_strong" if self._hover else "border")
            box(painter, area.adjusted(0, 0, 0, -1), 10, theme.color("surface"), line)
            width = area.width() - 32
            label = QRectF(16, px(13), width, px(20))
            style = fitting(self._label, width, "small", *CAPTIONS)
            taken = draw_text(painter, label, self._label, style, theme.color("text2"))
            row = QRectF(16, px(38), width, px(36))
            unit_room = px(6) + text_width("cap", self._unit) if self._unit else 0
            style = fitting(self._number, width - unit_room, *NUMBERS)
            used = draw_text(painter, row, self._number, style, theme.color("text"))
            if self._unit:
                unit = row.adjusted(used + px(6), px(3), 0, 0)
                draw_text(painter, unit, self._unit, "cap", theme.color("text2"))
            trend = min(px(74), width + 2 - taken - px(8))
            if trend >= px(LEAST_TREND):
                spark = QRectF(area.right() - 14 - trend, px(12), trend, px(28))
                draw_sparkline(painter, spark, self._trend, theme.color(self._token))
            self._draw_change(painter, QRectF(16, px(79), width, px(22)))

    def _draw_change(self, painter: QPainter, row: QRectF) -> None:
        x = row.left()
        if self._delta:
            tone = "neutral" if self._up is None else theme.gain(self._up)
            _main, fill, ink = theme.tone(tone)
            arrow = theme.px(16) if self._up is not None else 0
            width = text_width("cap_b", self._delta) + theme.px(12) + arrow
            pill = QRectF(x, row.top(), width, row.height())
            box(painter, pill, 6, fill)
            if self._up is not None:
                name = "arrow-up-line" if self._up else "arrow-down-line"
                spot = QRectF(x + theme.px(4), row.top(), theme.px(14), row.height())
                icons.draw(painter, spot, name, ink, theme.px(13))
            text = QRectF(x + theme.px(6) + arrow, row.top(), width, row.height())
            draw_text(painter, text, self._delta, "cap_b", ink)
            x += width + theme.px(9)
        note = QRectF(x, row.top(), max(0.0, row.right() - x), row.height())
        style = fitting(self._note, note.width(), *CAPTIONS)
        draw_text(painter, note, self._note, style, theme.color("text2"))


@dataclass(frozen=True)
class StripItem:
    """A number of a strip; tone "" is plain, else danger, warn, points…"""

    label: str
    number: str
    unit: str = ""
    caption: str = ""
    tone: str = ""


class KpiStrip(QWidget):
    """Up to six numbers in one card, parted by lines; `picked` tells which was clicked."""

    picked = Signal(int)

    def __init__(self, items: Sequence[StripItem] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = list(items)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_items(items)
        repaint_on_change(self)

    def show_items(self, items: Sequence[StripItem]) -> None:
        """Show other numbers."""
        self._items = list(items)
        words = ", ".join(f"{item.label} {item.number} {item.unit}".strip() for item in self._items)
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(140) * max(1, len(self._items)), theme.px(97))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(90) * max(1, len(self._items)), theme.px(97))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._items and self.rect().contains(event.position().toPoint()):
            self.picked.emit(int(event.position().x() * len(self._items) / self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme.px
        with painting(self) as painter:
            area = QRectF(self.rect())
            edge = theme.color("border_strong" if theme.mode == "light" else "border")
            box(painter, area, 10, edge)
            box(painter, area.adjusted(0, 0, 0, -1), 10, theme.color("surface"), theme.color("border"))
            part = area.width() / max(1, len(self._items))
            for number, item in enumerate(self._items):
                left = round(part * number)
                if number:
                    painter.fillRect(QRectF(left, 1, 1, area.height() - 3), theme.color("divider"))
                room = QRectF(left + 18, 0, part - 26, 0)
                label = QRectF(room.left(), px(12), room.width(), px(20))
                style = fitting(item.label, room.width(), "small", *CAPTIONS)
                draw_text(painter, label, item.label, style, theme.color("text2"))
                ink = theme.color(f"{item.tone}_fg" if item.tone else "text")
                row = QRectF(room.left(), px(33), room.width(), px(32))
                unit_room = px(7) + text_width("cap", item.unit) if item.unit else 0
                style = fitting(item.number, room.width() - unit_room, *SMALL_NUMBERS)
                used = draw_text(painter, row, item.number, style, ink)
                unit = row.adjusted(used + px(7), px(2), 0, 0)
                draw_text(painter, unit, item.unit, "cap", theme.color("text2"))
                caption = QRectF(room.left(), px(65), room.width(), px(18))
                style = fitting(item.caption, room.width(), *CAPTIONS)
                draw_text(painter, caption, item.caption, style, theme.color("text2"))
