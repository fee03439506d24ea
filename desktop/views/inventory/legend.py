"""What the two ticks of a stock bar mean."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common.paint import draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme


class Legend(QWidget):
    """A red tick for the minimum, an amber one for the safety stock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = ((_("Minimum stock"), "danger"), (_("Safety stock"), "warn"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(words for words, _token in self._parts))
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        width = sum(text_width("cap", words) + theme.px(18) for words, _token in self._parts)
        return QSize(round(width), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            x = 0.0
            for words, token in self._parts:
                painter.fillRect(QRectF(round(x), theme.px(4), 2, theme.px(12)), theme.color(token))
                room = QRectF(x + theme.px(6), 0, self.width(), self.height())
                x += theme.px(18) + draw_text(painter, room, words, "cap", theme.color("text2"))
