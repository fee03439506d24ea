"""Sizes and letters of the kiosk: drawn for a short edge of 1080 px, scaled to the screen there is."""

from PySide6.QtGui import QColor, QFont, QFontMetricsF

from desktop.views.common.theme import theme
from desktop.views.common.tokens import FAMILIES

SHORT_EDGE = 1080
LARGER = 1.25  # letters in large type
ROOMIER = 1.1  # controls in large type


class Look:
    """Scale, large type and orientation of the one kiosk window."""

    def __init__(self) -> None:
        self.scale = 1.0
        self.large = False
        self.portrait = True
        self._fonts: dict[tuple[int, int], QFont] = {}

    def fit(self, width: int, height: int, *, landscape: bool | None = None) -> None:
        """Take the size of the screen; `landscape` overrules what its edges say."""
        self.scale = max(0.3, min(width, height) / SHORT_EDGE)
        self.portrait = height >= width if landscape is None else not landscape
        self._fonts.clear()

    def enlarge(self, large: bool) -> None:
        """Switch large type on or off."""
        self.large = large
        self._fonts.clear()

    def px(self, length: float) -> int:
        """A length of the drawing on this screen."""
        return round(length * self.scale)

    def control(self, length: float) -> int:
        """The height of a control, a little more in large type."""
        return round(length * self.scale * (ROOMIER if self.large else 1))

    def letters(self, size: float) -> int:
        """A letter size of the drawing on this screen."""
        return max(8, round(size * self.scale * (LARGER if self.large else 1)))

    def font(self, size: float, weight: int = 400) -> QFont:
        """The font for a letter size of the drawing."""
        return self.exact(self.letters(size), weight)

    def exact(self, pixels: int, weight: int) -> QFont:
        """The font of exactly so many pixels."""
        found = self._fonts.get((pixels, weight))
        if found is None:
            found = self._fonts[pixels, weight] = _font(pixels, weight)
        return found

    def width(self, text: str, size: float, weight: int = 400) -> float:
        """How wide a text will be."""
        return QFontMetricsF(self.font(size, weight)).horizontalAdvance(text)


def _font(pixels: int, weight: int) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("tnum"), 1)
    if pixels >= 40:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 97.5)
    return font


def color(token: str) -> QColor:
    """A colour of the one theme."""
    return theme.color(token)


look = Look()
