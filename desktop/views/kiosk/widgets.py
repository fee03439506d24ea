"""The kiosk's own large controls: text, buttons, cards and rows of them. All painted, all plain text."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPixmap, QPixmapCache
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.views.common import icons
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.kiosk.look import color, look

L = TypeVar("L", bound=QBoxLayout)
Fixed, Grow, Least = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum


class Text(QLabel):
    """A text of the kiosk: letter size, weight and colour token; it shrinks a little before it is cut."""

    def __init__(
        self,
        text: str = "",
        size: float = 26,
        weight: int = 400,
        token: str = "text",
        *,
        align: str = "left",
        wrap: bool = False,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.size_, self.weight_, self.token = size, weight, token
        self._align = align
        self.setWordWrap(wrap)
        self.setFont(look.font(size, weight))
        self.setText(text)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, Least if wrap else Fixed)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)

    def _line(self) -> int:
        return round(look.letters(self.size_) * 1.42)

    def sizeHint(self) -> QSize:
        if self.wordWrap():
            return super().sizeHint()
        wide = QFontMetricsF(self.font()).horizontalAdvance(self.text())
        return QSize(round(wide) + 2, self._line())

    def minimumSizeHint(self) -> QSize:
        if self.wordWrap():
            return super().minimumSizeHint()
        return QSize(min(self.sizeHint().width(), look.px(60)), self._line())

    def say(self, text: str, token: str = "") -> None:
        """Show another text, perhaps in another colour."""
        if token:
            self.token = token
        if text != self.text():
            self.setText(text)
            self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        side = {"left": Qt.AlignmentFlag.AlignLeft, "right": Qt.AlignmentFlag.AlignRight}
        flag = side.get(self._align, Qt.AlignmentFlag.AlignHCenter)
        with painting(self) as painter:
            painter.setPen(color(self.token))
            if self.wordWrap():
                painter.setFont(self.font())
                flags = int(flag) | int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
                painter.drawText(QRectF(self.rect()), flags, self.text())
                return
            draw_line(painter, QRectF(self.rect()), self.text(), self.font(), self._align)


def draw_line(painter: QPainter, area: QRectF, text: str, font: QFont, align: str = "left") -> float:
    """Draw one line on the common baseline, smaller or cut when there is no room; returns its width."""
    font, shown = fitted(text, font, area.width())
    wide = QFontMetricsF(font).horizontalAdvance(shown)
    x = area.left()
    if align == "right":
        x = area.right() - wide
    elif align == "center":
        x = area.left() + (area.width() - wide) / 2
    painter.setFont(font)
    painter.drawText(QPointF(x, round(area.center().y() + 0.365 * font.pixelSize())), shown)
    return wide


def fitted(text: str, font: QFont, width: float) -> tuple[QFont, str]:
    """The font, down to 70 %, and the text, perhaps cut, that fit into a width."""
    metrics = QFontMetricsF(font)
    wide = metrics.horizontalAdvance(text)
    if wide <= width + 1:
        return font, text
    factor = max(0.7, width / wide)
    smaller = look.exact(max(8, int(font.pixelSize() * factor)), font.weight())
    metrics = QFontMetricsF(smaller)
    if metrics.horizontalAdvance(text) > width + 1:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))
    return smaller, text


# kind: (fill, pressed fill, border, ink)
KINDS = {
    "primary": ("primary", "primary_press", "primary", "on_primary"),
    "secondary": ("surface", "hover", "border_input", "text"),
    "soft": ("primary_subtle", "selected", "primary_border", "primary_text"),
    "key": ("surface", "sunken", "border_strong", "text"),
    "side": ("sunken", "divider", "border_strong", "text"),
    "plain": ("", "hover", "", "text2"),
    "points": ("points_bg", "points_bg", "points", "points_fg"),
    "danger": ("surface", "danger_bg", "danger", "danger_fg"),
}


def remembered(painter: QPainter, size: QSize, key: str, draw: Callable[[QPainter], object]) -> None:
    """Paint by copying what was drawn under this key before; lists that scroll would draw the same again and again."""
    scale = painter.device().devicePixelRatioF()
    name = f"{key} {size.width()} {size.height()} {scale} {look.large} {theme.mode}"
    picture = QPixmap()
    if not QPixmapCache.find(name, picture):
        picture = QPixmap(size * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        with painting(picture) as inner:
            draw(inner)
        QPixmapCache.insert(name, picture)
    painter.drawPixmap(0, 0, picture)


class Button(QAbstractButton):
    """A large button with an icon and a sentence; two quick touches count once."""

    def __init__(
        self,
        text: str,
        kind: str = "secondary",
        icon: str = "",
        *,
        height: float = 64,
        size: float = 24,
        weight: int = 500,
        radius: float = 16,
        grow: bool = False,
        on: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.kind, self.icon_, self._height = kind, icon, height
        self._size, self._weight, self._radius = size, weight, radius
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(Grow if grow else QSizePolicy.Policy.Preferred, Fixed)
        if on is not None:
            self.clicked.connect(lambda: on())

    def look_as(self, kind: str, text: str = "") -> None:
        """Another kind or text, as when chosen."""
        self.kind = kind
        if text:
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        wide = look.width(self.text(), self._size, self._weight) if self.text() else 0
        if self.icon_:
            wide += look.letters(self._size) * (1.55 if self.text() else 1)
        high = look.control(self._height)
        return QSize(max(high, round(wide + look.px(48))), high)

    def minimumSizeHint(self) -> QSize:
        high = look.control(self._height)
        return QSize(min(self.sizeHint().width(), max(high, round(self.sizeHint().width() * 0.7))), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self.text():
                self.face(painter, self.ground(painter))
                return
            state = (
                self.kind,
                self.icon_,
                self.isDown(),
                self.isEnabled(),
                self.hasFocus() and self.property("by_key"),
            )
            remembered(painter, self.size(), f"button {state}", lambda p: self.face(p, self.ground(p)))

    def ground(self, painter: QPainter) -> str:
        """Paint the box and the focus ring; returns the token of the ink."""
        fill, pressed, border, ink = KINDS[self.kind]
        area, radius = QRectF(self.rect()), look.px(self._radius)
        token = pressed if self.isDown() else fill
        if not self.isEnabled():
            token, border, ink = ("sunken" if fill else ""), ("border" if border else ""), "disabled"
        if token or border:
            edge = 2 if self.kind == "points" else 1.5
            box(
                painter,
                area,
                radius,
                color(token) if token else None,
                color(border) if border else None,
                edge,
            )
        if self.hasFocus() and self.property("by_key"):
            ring = area.adjusted(5, 5, -5, -5) if self.kind == "primary" else area
            box(painter, ring, radius, None, color("on_primary" if self.kind == "primary" else "focus"), 4)
        return ink

    def face(self, painter: QPainter, ink: str) -> None:
        """Paint icon and text in the middle."""
        painter.setPen(color(ink))
        font = look.font(self._size, self._weight)
        side = round(look.letters(self._size) * 1.1) if self.icon_ else 0
        gap = round(side * 0.45) if side and self.text() else 0
        room = self.width() - look.px(20) - side - gap
        font, text = fitted(self.text(), font, room)
        wide = QFontMetricsF(font).horizontalAdvance(text)
        x = (self.width() - wide - side - gap) / 2
        if side:
            icons.draw(painter, QRectF(x, 0, side, self.height()), self.icon_, ink, side)
        draw_line(painter, QRectF(x + side + gap, 0, wide + 2, self.height()), text, font)

    def focusInEvent(self, event: QFocusEvent) -> None:
        keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.setProperty("by_key", event.reason() in keys)
        super().focusInEvent(event)


def wide(
    text: str,
    on: Callable[[], object],
    kind: str = "secondary",
    icon: str = "",
    *,
    height: float = 96,
    size: float = 30,
) -> Button:
    """A button as wide as there is room."""
    return Button(text, kind, icon, height=height, size=size, radius=20, grow=True, on=on)


class Tile(Button):
    """A way to go on: coloured picture, title and a line under it."""

    def __init__(self, title: str, under: str, icon: str, brand: str, on: Callable[[], object]) -> None:
        super().__init__(title, "secondary", height=127, size=31, radius=20, grow=True, on=on)
        self._under, self._picture, self._brand = under, icon, brand
        self.setAccessibleDescription(under)

    def face(self, painter: QPainter, ink: str) -> None:
        """Paint picture, title and line."""
        side = look.px(84)
        tile = QRectF(look.px(27), (self.height() - side) / 2, side, side)
        box(painter, tile, look.px(16), color(self._brand if self.isEnabled() else "disabled"))
        icons.draw(painter, tile, self._picture, "on_brand", round(side * 0.5))
        x = tile.right() + look.px(24)
        room = self.width() - x - look.px(12)
        middle = self.height() / 2
        painter.setPen(color(ink))
        upper = QRectF(x, middle - look.control(46), room, look.control(52))
        draw_line(painter, upper, self.text(), look.font(31, 500))
        painter.setPen(color("text2" if self.isEnabled() else "disabled"))
        draw_line(
            painter, QRectF(x, middle + look.control(6), room, look.control(34)), self._under, look.font(22)
        )


class Card(QWidget):
    """A white sheet with round corners; lay things out in `body`."""

    def __init__(
        self, *, radius: float = 24, pad: tuple[int, int, int, int] = (32, 24, 32, 24), fill: str = "surface"
    ) -> None:
        super().__init__()
        self._radius, self._fill = radius, fill
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(*(look.px(side) for side in pad))
        self.body.setSpacing(look.px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        area, radius = QRectF(self.rect()), look.px(self._radius)
        with painting(self) as painter:
            box(painter, area, radius, color("border_strong"))
            box(painter, area.adjusted(0, 0, 0, -1), radius, color(self._fill), color("border"))


class Line(QWidget):
    """A hairline across a card."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), color("divider"))


def row(*parts: QWidget | int | QBoxLayout, space: float = 14) -> QHBoxLayout:
    """Parts side by side; a number is a stretch."""
    return _filled(QHBoxLayout(), parts, space)


def column(*parts: QWidget | int | QBoxLayout, space: float = 12) -> QVBoxLayout:
    """Parts one under the other; a number is a stretch."""
    return _filled(QVBoxLayout(), parts, space)


def _filled(layout: L, parts: Sequence[QWidget | int | QBoxLayout], space: float) -> L:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(look.px(space))
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)
    return layout
