"""What stands where a list has nothing to show."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common import icons
from desktop.views.common.buttons import Button
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting, repaint_on_change
from desktop.views.common.theme import theme

Why = Literal["first", "nothing_found", "all_done"]


class _Picture(QWidget):
    def __init__(self, why: Why) -> None:
        super().__init__()
        self._why = why
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(144), theme.px(106))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            scale = theme.px(100) / 100
            painter.scale(scale, scale)
            box(painter, QRectF(0, 0, 128, 92), 10, theme.color("sunken"))
            bars = (96, 96, 96) if self._why == "first" else (96, 64)
            for number, width in enumerate(bars):
                area = QRectF(16, 16 + 22 * number, width, 14)
                box(painter, area, 6, theme.color("surface"), theme.color("border"))
            if self._why == "nothing_found":
                pen = QPen(theme.color("text3"), 4)
                painter.setPen(pen)
                painter.setBrush(theme.color("sunken"))
                painter.drawEllipse(QPointF(102, 61), 16, 16)
                painter.drawLine(QPointF(113.5, 72.5), QPointF(121, 80))
                return
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("primary"))
            painter.drawEllipse(QPointF(112, 78), 26, 26)
            sign = "add-line" if self._why == "first" else "check-line"
            icons.draw(painter, QRectF(86, 52, 52, 52), sign, "on_primary", 22)


class EmptyState(QWidget):
    """A picture, one sentence, one hint and at most two buttons, centred."""

    def __init__(
        self,
        title: str,
        hint: str = "",
        *,
        why: Why = "first",
        primary: Button | None = None,
        second: Button | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = vbox(self, margins=(16, 24, 16, 24), gap=4)
        self.title = Label(title, "h3", align="center")
        self.hint = Label(hint, "small", "text2", align="center", wrap=len(hint) > 60)
        column.addStretch(1)
        column.addWidget(_Picture(why), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        if not hint:
            self.hint.hide()
        if primary or second:
            column.addSpacing(6)
            row = hbox()
            row.addStretch(1)
            for button in (primary, second):
                if button is not None:
                    row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(1)

    def say(self, title: str, hint: str = "") -> None:
        """Change both sentences."""
        self.title.setText(title)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
