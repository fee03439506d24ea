"""Loads the shipped fonts once, so that no machine shows a fallback."""

import logging
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from desktop.basics.paths import resources
from desktop.views.common.tokens import FAMILIES, TYPE

log = logging.getLogger(__name__)
FONTS = resources() / "fonts"
_loaded: list[str] = []


def load(folder: Path = FONTS) -> list[str]:
    """Register every font file of the folder and return the families; missing files leave the system's fonts."""
    if not _loaded and folder.is_dir():
        for path in sorted([*folder.glob("*.ttf"), *folder.glob("*.otf")]):
            number = QFontDatabase.addApplicationFont(str(path))
            if number < 0:
                log.info("font not loaded: %s", path.name)
                continue
            _loaded.extend(QFontDatabase.applicationFontFamilies(number))
    return list(_loaded)


def make(style: str, percent: int, families: tuple[str, ...] = FAMILIES) -> QFont:
    """Return the font of a type style at a text size in percent, with tabular digits."""
    px, _line, weight = TYPE[style]
    font = QFont()
    font.setFamilies(list(families))
    size = round(px * percent / 100)
    font.setPixelSize(size)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    font.setFeature(QFont.Tag("tnum"), 1)
    if size >= 40:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 96.5)
    elif size >= 20:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98.5)
    return font
