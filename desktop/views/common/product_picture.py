"""Product tiles: a real image when there is one, else a painted motif."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from desktop.views.common.paint import box
from desktop.views.common.theme import theme


def draw_product(painter: QPainter, area: QRectF, picture: str) -> None:
    """Draw the tile of a picture key."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box(painter, area, 8, theme.color("sunken"))
