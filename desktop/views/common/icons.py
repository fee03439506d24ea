"""Icons of the Remix set, drawn once per name, colour, size and scale."""

import json
import logging
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap

from desktop.views.common.theme import theme

log = logging.getLogger(__name__)
_pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}


@cache
def load() -> tuple[dict[str, str], str]:
    """Register the set's font and return its glyphs and family; call before the first painting."""
    import qtawesome  # only for its Remix files: its own start would load every set it has

    folder = Path(qtawesome.__file__).parent / "fonts"
    charmap = json.loads(next(folder.glob("remixicon-charmap*.json")).read_text("utf-8"))
    number = QFontDatabase.addApplicationFont(str(next(folder.glob("remixicon*.ttf"))))
    family = QFontDatabase.applicationFontFamilies(number)[0]
    return {name: chr(int(code, 16)) for name, code in charmap.items()}, family


def known(name: str) -> bool:
    """Say whether the set has this icon."""
    return name in load()[0]


def _glyph(name: str) -> str:
    charmap, _family = load()
    found = charmap.get(name)
    if found is None:
        log.error("no such icon: %s", name)
        found = charmap["question-line"]
    return found


@cache
def _font(size: int) -> QFont:
    font = QFont(load()[1])
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
    scale = min(4.0, max(1.0, round(painter.deviceTransform().m11(), 3)))
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
