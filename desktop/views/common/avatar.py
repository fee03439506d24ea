"""A person's round tile with the first letter of the name."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common import icons
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change
from desktop.views.common.theme import theme


def draw_avatar(painter: QPainter, area: QRectF, name: str, guest: bool = False) -> None:
    """Draw the tile; a guest gets a figure instead of a letter."""
    size = area.width()
    if guest or not name:
        box(painter, area, size / 2, theme.color("sunken"))
        icons.draw(painter, area, "user-line", "text3", round(size * 0.55))
        return
    fill, ink = theme.avatar(name)
    box(painter, area, size / 2, fill)
    style = "small_b" if size <= theme.px(30) else "h3" if size <= theme.px(44) else "h1"
    if size <= theme.px(26):
        font = QFont(theme.font("micro"))
        font.setPixelSize(max(9, round(size * 0.46)))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(ink)
        width = QFontMetricsF(font).horizontalAdvance(name[:1])
        base = area.center().y() + 0.365 * font.pixelSize()
        painter.drawText(QPointF(area.center().x() - width / 2, round(base)), name[:1])
        return
    draw_text(painter, area, name[:1].upper(), style, ink, "center")


class Avatar(QWidget):
    """A person's round tile."""

    def __init__(
        self, name: str = "", size: int = 34, *, guest: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._size, self._guest = name, size, guest
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def show_person(self, name: str, guest: bool = False) -> None:
        """Show another person."""
        self._name, self._guest = name, guest
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._size), theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            draw_avatar(painter, QRectF(self.rect()), self._name, self._guest)
