"""The stock bar: how much is there, with ticks at minimum and safety stock."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common.paint import box, painting, repaint_on_change
from desktop.views.common.theme import theme


def stock_tone(now: int, least: int, safety: int) -> str:
    """Return the colour token of a stock level in thousandths."""
    if now < least or now <= 0:
        return "danger"
    return "warn" if now < safety else "primary"


def draw_stock(painter: QPainter, area: QRectF, now: int, least: int, safety: int, full: int = 0) -> None:
    """Draw the bar 8 px high; `full` is the right end, three times the safety stock unless given."""
    end = max(full or safety * 3, now, 1)
    height = theme.px(8)
    track = QRectF(area.left(), area.center().y() - height / 2, area.width(), height)
    box(painter, track, height / 2, theme.color("sunken"))
    if now > 0:
        width = max(height, track.width() * now / end)
        fill = QRectF(track.left(), track.top(), width, height)
        box(painter, fill, height / 2, theme.color(stock_tone(now, least, safety)))
    for level, token in ((least, "danger"), (safety, "warn")):
        if level > 0:
            x = track.left() + track.width() * level / end
            painter.fillRect(QRectF(round(x) - 2, track.top() - 3, 4, height + 6), theme.color("surface"))
            painter.fillRect(QRectF(round(x) - 1, track.top() - 3, 2, height + 6), theme.color(token))


class StockBar(QWidget):
    """Stock, minimum and safety in thousandths."""

    def __init__(
        self, now: int = 0, least: int = 0, safety: int = 0, full: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_stock(now, least, safety, full)
        repaint_on_change(self)

    def show_stock(self, now: int, least: int, safety: int, full: int = 0) -> None:
        """Show another level."""
        self._levels = (now, least, safety, full)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, theme.px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            draw_stock(painter, QRectF(self.rect()), *self._levels)
