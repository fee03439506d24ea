"""Painting helpers shared by all painted widgets: text on the common baseline, rounded boxes, hairlines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPaintDevice, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from desktop.views.common.theme import theme
from desktop.views.common.tokens import TYPE

Align = Literal["left", "right", "center"]
_widths: dict[tuple[str, str], float] = {}
_elided: dict[tuple[str, str, int], str] = {}
_CACHE_LIMIT = 8000


def _forget() -> None:
    _widths.clear()
    _elided.clear()


theme.changed.connect(_forget)


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """Open an antialiased painter and always end it."""
    painter = QPainter(device)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing
        | QPainter.RenderHint.TextAntialiasing
        | QPainter.RenderHint.SmoothPixmapTransform
    )
    try:
        yield painter
    finally:
        painter.end()


def text_width(style: str, text: str) -> float:
    """Return the width in px of a text in a type style, remembered."""
    key = (style, text)
    found = _widths.get(key)
    if found is None:
        if len(_widths) > _CACHE_LIMIT:
            _widths.clear()
        found = _widths[key] = theme.metrics(style).horizontalAdvance(text)
    return found


def elide(style: str, text: str, width: float) -> str:
    """Shorten a text with … so that it fits the width."""
    if text_width(style, text) <= width + 0.5:
        return text
    key = (style, text, int(width))
    found = _elided.get(key)
    if found is None:
        if len(_elided) > _CACHE_LIMIT:
            _elided.clear()
        found = theme.metrics(style).elidedText(text, Qt.TextElideMode.ElideRight, int(width))
        _elided[key] = found
    return found


def fitting(text: str, width: float, *styles: str) -> str:
    """The first of these styles in which the text is not cut, else the last."""
    return next((style for style in styles if text_width(style, text) <= width + 0.5), styles[-1])


def draw_text(
    painter: QPainter, rect: QRectF, text: str, style: str, color: QColor, align: Align = "left"
) -> float:
    """Draw one line with its baseline at box centre + 0.365 of its size; return the width drawn."""
    shown = elide(style, text, rect.width())
    width = text_width(style, shown)
    x = rect.left()
    if align == "right":
        x = rect.right() - width
    elif align == "center":
        x = rect.left() + (rect.width() - width) / 2
    painter.setFont(theme.font(style))
    painter.setPen(color)
    y = rect.top() + rect.height() / 2 + 0.365 * theme.px(TYPE[style][0])
    painter.drawText(QPointF(x, round(y)), shown)
    return width


def box(
    painter: QPainter,
    rect: QRectF | QRect,
    radius: float,
    fill: QColor | None,
    border: QColor | None = None,
    width: float = 1,
) -> None:
    """Draw a rounded box whose border lies inside the rectangle."""
    area = QRectF(rect)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        pen = QPen(border, width)
        painter.setPen(pen)
        half = width / 2
        area = area.adjusted(half, half, -half, -half)
        radius = max(0.0, radius - half)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area, radius, radius)


def hairline(painter: QPainter, x: float, y: float, width: float, height: float, color: QColor) -> None:
    """Draw a 1 px line as a filled rectangle, so it stays sharp at every scale."""
    painter.fillRect(QRectF(x, y, width, height), color)


def round_top(rect: QRectF, radius: float) -> QPainterPath:
    """Return a box with round upper corners."""
    path = QPainterPath()
    path.moveTo(rect.bottomLeft())
    path.lineTo(rect.left(), rect.top() + radius)
    path.quadTo(rect.topLeft(), QPointF(rect.left() + radius, rect.top()))
    path.lineTo(rect.right() - radius, rect.top())
    path.quadTo(rect.topRight(), QPointF(rect.right(), rect.top() + radius))
    path.lineTo(rect.bottomRight())
    path.closeSubpath()
    return path


def soft_shadow(painter: QPainter, rect: QRectF, radius: float, spread: int = 20) -> None:
    """Draw the shadow of a floating box, darkest near its lower edge."""
    painter.setPen(Qt.PenStyle.NoPen)
    color = QColor(theme.color("scrim"))
    steps = max(4, spread // 2)
    for step in range(steps, 0, -1):
        grow = spread * step / steps
        color.setAlpha(round(5 + 12 * (1 - step / steps)))
        painter.setBrush(color)
        area = rect.adjusted(-grow, -grow + 3, grow, grow * 0.9 + 3)
        painter.drawRoundedRect(area, radius + grow, radius + grow)


def key_cap_width(text: str) -> float:
    """Return the width of a key cap."""
    return max(theme.px(18), text_width("micro", text) + theme.px(11))


def draw_key_cap(
    painter: QPainter, rect: QRectF, text: str, fill: QColor, border: QColor | None, ink: QColor
) -> None:
    """Draw a key cap centred in the rectangle."""
    height = theme.px(18)
    area = QRectF(rect.left(), rect.center().y() - height / 2, rect.width(), height)
    box(painter, area, 4, fill, border)
    draw_text(painter, area, text, "micro", ink, "center")


def repaint_on_change(widget: QWidget) -> None:
    """Recompute sizes of a painted widget when theme or text size change."""
    theme.changed.connect(widget.updateGeometry)
