"""Badges, tier chips, tags, counts and key caps: status as colour, shape and word together."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common import icons
from desktop.views.common.paint import (
    box,
    draw_key_cap,
    draw_text,
    key_cap_width,
    painting,
    repaint_on_change,
    text_width,
)
from desktop.views.common.theme import theme

PIPS: Final = ("wait", "half", "done", "alert", "closed")


def draw_pip(painter: QPainter, center: QPointF, pip: str, color: QColor) -> None:
    """Draw ○ (wait), ◐ (half), ● (done), ! (alert) or × (closed), 8 px; any other name is an icon."""
    radius = theme.px(7) / 2
    area = QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)
    pen = QPen(color, 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if pip in ("wait", "half"):
        painter.drawEllipse(area.adjusted(0.3, 0.3, -0.3, -0.3))
        if pip == "half":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPie(area, 90 * 16, 180 * 16)
    elif pip == "done":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(area)
    elif pip == "alert":
        painter.drawLine(QPointF(center.x(), center.y() - 4), QPointF(center.x(), center.y() + 0.8))
        painter.drawPoint(QPointF(center.x(), center.y() + 4))
    elif pip == "closed":
        d = radius - 0.6
        painter.drawLine(center + QPointF(-d, -d), center + QPointF(d, d))
        painter.drawLine(center + QPointF(-d, d), center + QPointF(d, -d))
    elif pip:
        icons.draw(painter, QRectF(center.x() - 6, center.y() - 6, 12, 12), pip, color, theme.px(12))


def badge_width(text: str, pip: str = "", small: bool = False) -> float:
    """Return the width of a badge."""
    pad = theme.px(7 if small else 8)
    return text_width("cap_b", text) + 2 * pad + (theme.px(13) if pip else 0)


def draw_badge(
    painter: QPainter, x: float, middle: float, text: str, tone: str, pip: str = "", small: bool = False
) -> float:
    """Draw a badge at a left edge around a vertical middle and return its width."""
    main, fill, ink = theme.tone(tone)
    height = theme.px(18 if small else 22)
    width = badge_width(text, pip, small)
    area = QRectF(x, middle - height / 2, width, height)
    box(painter, area, height / 2, fill)
    start = x + theme.px(7 if small else 8)
    if pip:
        strong = ink if tone in ("danger", "points", "primary") else main
        draw_pip(painter, QPointF(start + theme.px(4), middle), pip, strong)
        start += theme.px(13)
    draw_text(painter, QRectF(start, area.top(), width, height), text, "cap_b", ink)
    return width


class Badge(QWidget):
    """A status: tone (warn, info, primary, success, danger, neutral, points), pip shape and word."""

    def __init__(
        self,
        text: str,
        tone: str = "neutral",
        pip: str = "",
        *,
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._small = small
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_status(text, tone, pip)
        repaint_on_change(self)

    def show_status(self, text: str, tone: str, pip: str = "") -> None:
        """Show another status."""
        self.text, self.tone, self.pip = text, tone, pip
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = badge_width(self.text, self.pip, self._small)
        return QSize(round(width + 0.5), theme.px(18 if self._small else 22))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            draw_badge(painter, 0, self.height() / 2, self.text, self.tone, self.pip, self._small)


class Tag(QWidget):
    """A grey label that may be removed."""

    removed = Signal()

    def __init__(
        self, text: str, *, removable: bool = False, icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.text, self._removable, self._icon = text, removable, icon
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        width = text_width("cap_m", self.text) + theme.px(17)
        width += theme.px(20) if self._removable else 0
        width += theme.px(18) if self._icon else 0
        return QSize(round(width), theme.px(22))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._removable and event.position().x() > self.width() - theme.px(22):
            self.removed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect())
            box(painter, area, 6, theme.color("sunken"))
            x = float(theme.px(8))
            if self._icon:
                icons.draw(
                    painter, QRectF(x, 0, theme.px(14), area.height()), self._icon, "text3", theme.px(14)
                )
                x += theme.px(18)
            room = QRectF(x, 0, area.width() - x, area.height())
            draw_text(painter, room, self.text, "cap_m", theme.color("text2"))
            if self._removable:
                spot = QRectF(area.right() - theme.px(22), 0, theme.px(18), area.height())
                icons.draw(painter, spot, "close-line", "text3", theme.px(12))


def count_width(text: str) -> float:
    """Return the width of a count pill."""
    return max(theme.px(18), text_width("micro", text) + theme.px(12))


def draw_count(painter: QPainter, x: float, middle: float, text: str, tone: str = "neutral") -> float:
    """Draw a count in a pill and return its width."""
    _main, fill, ink = theme.tone(tone)
    width, height = count_width(text), theme.px(18)
    area = QRectF(x, middle - height / 2, width, height)
    box(painter, area, height / 2, fill)
    draw_text(painter, area, text, "micro", ink, "center")
    return width


class KeyCap(QWidget):
    """A key as it stands on the keyboard."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(round(key_cap_width(self.text)), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            colors = (theme.color("sunken"), theme.color("border_strong"), theme.color("text2"))
            draw_key_cap(painter, QRectF(self.rect()), self.text, *colors)
