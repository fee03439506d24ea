"""The seal: the brand's vermilion mark."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common.paint import box, painting, repaint_on_change
from desktop.views.common.theme import theme


def draw_seal(painter: QPainter, area: QRectF) -> None:
    """Draw the red square with its inner frame and the character 掌."""
    side = area.width()
    box(painter, area, side * 0.22, theme.color("seal"))
    frame = area.adjusted(side * 0.12, side * 0.12, -side * 0.12, -side * 0.12)
    box(painter, frame, side * 0.12, None, theme.color("seal_paper"), max(1.0, side / 26))
    font = QFont(theme.font("h2"))
    font.setPixelSize(max(6, round(side * 0.5)))
    painter.setFont(font)
    painter.setPen(theme.color("seal_paper"))
    width = QFontMetricsF(font).horizontalAdvance("掌")
    base = area.center().y() + 0.372 * font.pixelSize()
    painter.drawText(QPointF(area.center().x() - width / 2, base), "掌")


class Seal(QWidget):
    """The seal at a size in px."""

    def __init__(self, size: int = 30, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._size), theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            draw_seal(painter, QRectF(self.rect()))


def window_icon() -> QIcon:
    """Return the seal as the program's icon."""
    icon = QIcon()
    for size in (16, 32, 48, 128):
        image = QPixmap(size, size)
        image.fill(Qt.GlobalColor.transparent)
        with painting(image) as painter:
            draw_seal(painter, QRectF(0, 0, size, size))
        icon.addPixmap(image)
    return icon
