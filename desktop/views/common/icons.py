"""Icons of the Remix set, drawn once per name, colour, size and scale."""

import logging
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap

from desktop.views.common.theme import theme

log = logging.getLogger(__name__)
_pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}


@cache
def _set() -> tuple[dict[str, str], str]:
    import qtawesome  # costs 40 ms, so only with the first icon

    qtawesome.icon("ri.check-line")  # makes it load its fonts
    instance = qtawesome._instance()
    return instance.charmap["ri"], instance.fontname["ri"]


def known(name: str) -> bool:
    """Say whether the set has this icon."""
    return name in _set()[0]


def _glyph(name: str) -> str:
    charmap, _family = _set()
    found = charmap.get(name)
    if found is None:
        log.error("no such icon: %s", name)
        found = charmap["question-line"]
    return found


@cache
def _font(size: int) -> QFont:
    font = QFont(_set()[1])
    font.setPixelSize(size)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def pixmap(name: str, color: QColor | str = "text2", size: int = 16, scale: float = 1.0) -> QPixmap:
    """Return an icon as a pixmap; `color` is a token or a colour, `size` logical px."""
    ink = theme.color(color) if isinstance(color, str) else color
    key = (name, ink.name(QColor.NameFormat.HexArgb), size, scale)
    found = _pixmaps.get(key)
    if found is None:
        found = _pixmaps[key] = _render(name, ink, size, scale)
    return found


def _render(name: str, ink: QColor, size: int, scale: float) -> QPixmap:
    image = QPixmap(QSize(round(size * scale), round(size * scale)))
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(_font(size))
    painter.setPen(ink)
    painter.drawText(QRectF(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, _glyph(name))
    painter.end()
    return image


def draw(painter: QPainter, rect: QRectF, name: str, color: QColor | str = "text2", size: int = 16) -> None:
    """Draw an icon centred in a rectangle."""
    scale = painter.device().devicePixelRatioF()
    image = pixmap(name, color, size, scale)
    painter.drawPixmap(
        QPointF(round(rect.center().x() - size / 2), round(rect.center().y() - size / 2)), image
    )


def icon(name: str, color: QColor | str = "text2", size: int = 16) -> QIcon:
    """Return an icon for menus and standard widgets, sharp up to 200 %."""
    found = QIcon()
    for scale in (1.0, 2.0):
        found.addPixmap(pixmap(name, color, size, scale))
    return found
