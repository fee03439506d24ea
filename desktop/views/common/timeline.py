"""What happened, what happens now, and what comes next by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common.paint import box, draw_text, painting, repaint_on_change
from desktop.views.common.theme import theme

State = Literal["past", "now", "later", "stopped"]


@dataclass(frozen=True)
class Step:
    """A step; `tone` colours its caption (info, warn, danger)."""

    title: str
    caption: str = ""
    state: State = "later"
    tone: str = ""


class Timeline(QWidget):
    """Steps under each other: filled check past, ring with dot now, hollow later, × stopped."""

    def __init__(self, steps: Sequence[Step] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: list[Step] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_steps(steps)
        repaint_on_change(self)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show other steps."""
        self._steps = list(steps)
        self.setAccessibleName("; ".join(f"{step.title}, {step.caption}" for step in self._steps))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(42) * len(self._steps))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme.px
        with painting(self) as painter:
            for number, step in enumerate(self._steps):
                top = float(px(42) * number)
                if number + 1 < len(self._steps):
                    reached = step.state == "past"
                    color = theme.color("primary" if reached else "border_strong")
                    painter.fillRect(QRectF(px(9) - 1, top + px(20), 2, px(42) - px(22)), color)
                self._mark(painter, QPointF(px(9), top + px(10)), step.state)
                later = step.state == "later"
                row = QRectF(px(30), top, self.width() - px(30), px(20))
                draw_text(
                    painter,
                    row,
                    step.title,
                    "small_m" if later else "small_b",
                    theme.color("text2" if later else "text"),
                )
                ink = theme.color(f"{step.tone}_fg" if step.tone else "text2")
                below = QRectF(px(30), top + px(19), self.width() - px(30), px(18))
                draw_text(painter, below, step.caption, "cap", ink)

    def _mark(self, painter: QPainter, center: QPointF, state: State) -> None:
        radius = theme.px(9)
        area = QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)
        if state == "later":
            box(painter, area, radius, theme.color("surface"), theme.color("border_strong"), 2)
            return
        if state == "now":
            box(painter, area, radius, theme.color("surface"), theme.color("primary"), 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("primary"))
            painter.drawEllipse(center, radius * 0.45, radius * 0.45)
            return
        stopped = state == "stopped"
        box(painter, area, radius, theme.color("neutral" if stopped else "primary"))
        pen = QPen(theme.color("surface" if stopped else "on_primary"), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        unit = radius / 9
        if stopped:
            painter.drawLine(center + QPointF(-3, -3) * unit, center + QPointF(3, 3) * unit)
            painter.drawLine(center + QPointF(-3, 3) * unit, center + QPointF(3, -3) * unit)
        else:
            tick = [QPointF(-3.6, 0.2), QPointF(-1.1, 2.7), QPointF(3.7, -2.4)]
            painter.drawPolyline([center + point * unit for point in tick])
