"""The grey shape of a result that takes longer than 300 ms."""

from typing import Literal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme

Form = Literal["table", "cards", "lines"]


class Skeleton(QWidget):
    """Stands where a table, a row of cards or lines of text will appear."""

    def __init__(self, form: Form = "table", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self.setAccessibleName(_("Loading"))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            getattr(self, f"_{self._form}")(painter)

    def _table(self, painter: QPainter) -> None:
        px, ink = theme.px, theme.color("sunken")
        row, width = px(40), self.width()
        for number in range(self.height() // row + 1):
            top = number * row
            middle = top + row / 2
            box(painter, QRectF(16, middle - px(8), px(18), px(17)), 4, ink)
            box(painter, QRectF(16 + px(32), middle - px(7), px(92), px(14)), 7, ink)
            box(painter, QRectF(16 + px(146), middle - px(11), px(22), px(22)), 11, ink)
            name = px((70, 58, 46, 58)[number % 4])
            box(painter, QRectF(16 + px(176), middle - px(7), name, px(14)), 7, ink)
            box(painter, QRectF(width - 16 - px(68), middle - px(9), px(68), px(18)), 9, ink)
            painter.fillRect(QRectF(0, top + row - 1, width, 1), theme.color("divider"))

    def _cards(self, painter: QPainter) -> None:
        px, count = theme.px, max(1, self.width() // theme.px(210))
        part = (self.width() - 12 * (count - 1)) / count
        for number in range(count):
            left = number * (part + 12)
            box(painter, QRectF(left, 0, part, px(112)), 10, theme.color("surface"), theme.color("border"))
            for top, wide, high in ((18, 56, 12), (44, 110, 24), (84, 80, 14)):
                box(painter, QRectF(left + 16, px(top), px(wide), px(high)), 6, theme.color("sunken"))

    def _lines(self, painter: QPainter) -> None:
        px = theme.px
        for number in range(max(1, self.height() // px(30))):
            width = self.width() * (0.9, 0.7, 0.8, 0.5)[number % 4]
            box(painter, QRectF(0, px(30) * number + px(8), width, px(14)), 7, theme.color("sunken"))
