"""Buttons: primary, secondary, plain, danger and link, with icon, key cap and busy state."""

from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop.views.common import icons
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import (
    box,
    draw_key_cap,
    draw_text,
    key_cap_width,
    painting,
    repaint_on_change,
    text_width,
)
from desktop.views.common.theme import theme

Kind = Literal["primary", "secondary", "plain", "danger", "danger_solid", "link", "on_dark"]
SPINNER_AFTER_MS = 300


class Button(QAbstractButton):
    """A button in the design's look; `busy(True)` keeps its width and ignores clicks."""

    def __init__(
        self,
        text: str = "",
        kind: Kind = "secondary",
        icon: str = "",
        *,
        key: str = "",
        size: int = 34,
        trailing: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        self.kind: Kind = kind
        self.icon_name, self.key, self.height_px, self.trailing = icon, key, size, trailing
        self._hover = False
        self._busy = False
        self._angle = 0
        self._spin = QTimer(self, interval=60)
        self._spin.timeout.connect(self._turn)
        self._late = QTimer(self, interval=SPINNER_AFTER_MS, singleShot=True)
        self._late.timeout.connect(self._spin.start)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if tip:
            self.setToolTip(tip)
        if not text:
            self.setAccessibleName(tip)
        repaint_on_change(self)

    # State

    def busy(self, on: bool) -> None:
        """Refuse clicks at once; show a spinner when it lasts longer than 300 ms."""
        self._busy = on
        if on:
            self._late.start()
        else:
            self._late.stop()
            self._spin.stop()
        self.update()

    @property
    def is_busy(self) -> bool:
        """Whether work started by this button is still going on."""
        return self._busy

    def set_kind(self, kind: Kind) -> None:
        """Change the look."""
        self.kind = kind
        self.update()

    def set_icon(self, name: str) -> None:
        """Change the icon."""
        self.icon_name = name
        self.updateGeometry()
        self.update()

    def relabel(self, text: str) -> None:
        """Change the text and make room for it."""
        self.setText(text)
        self.updateGeometry()
        self.update()

    def _turn(self) -> None:
        self._angle = (self._angle - 30) % 360
        self.update()

    def hitButton(self, pos: object) -> bool:
        return not self._busy and super().hitButton(pos)  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._busy:
            self.click()
            return
        if self._busy and event.key() == Qt.Key.Key_Space:
            return
        super().keyPressEvent(event)

    def click(self) -> None:
        """Press it, unless it is busy."""
        if not self._busy:
            super().click()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event, 8 if self.height_px > 26 else 6)

    # Size and look

    def _padding(self) -> int:
        if self.kind == "link":
            return 2
        return theme.px(12 if self.height_px >= 34 else 11)

    def sizeHint(self) -> QSize:
        height = theme.px(self.height_px)
        if not self.text():
            return QSize(height, height)
        width = text_width(self._style(), self.text()) + 2 * self._padding()
        width += theme.px(22) if self.icon_name else 0
        width += theme.px(22) if self.trailing else 0
        width += theme.px(8) + key_cap_width(self.key) if self.key else 0
        return QSize(round(width + 0.5), theme.px(22) if self.kind == "link" else height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _style(self) -> str:
        strong = self.kind in ("primary", "danger_solid", "link", "secondary", "danger")
        size = "small" if self.height_px >= 34 else "cap"
        return f"{size}_b" if strong else f"{size}_m"

    def _glyph(self) -> int:
        return theme.px(15 if self.height_px >= 34 else 14)

    def _colors(self) -> tuple[QColor | None, QColor | None, QColor]:
        """Fill, border and ink of the present state."""
        c = theme.color
        if not self.isEnabled():
            bare = self.kind in ("plain", "link", "on_dark")
            return (None, None, c("disabled")) if bare else (c("sunken"), c("border"), c("disabled"))
        down, hover = self.isDown(), self._hover and not self._busy
        match self.kind:
            case "primary":
                return (
                    c("primary_press" if down else "primary_hover" if hover else "primary"),
                    None,
                    c("on_primary"),
                )
            case "danger_solid":
                red = c("danger")
                return (red.darker(118 if down else 108) if down or hover else red), None, c("on_danger")
            case "secondary" | "danger":
                ink = c("danger_fg") if self.kind == "danger" else c("text")
                return c("sunken" if down else "hover" if hover else "surface"), c("border_strong"), ink
            case "link":
                return (
                    None,
                    None,
                    c("primary_press" if down else "primary_hover" if hover else "primary_text"),
                )
            case "on_dark":
                return (c("toast_line") if hover or down else None), None, c("on_dark")
            case _:
                fill = c("sunken") if down else c("hover") if hover else None
                return fill, None, c("text" if hover or self.isChecked() else "text2")

    def paintEvent(self, event: QPaintEvent) -> None:
        fill, border, ink = self._colors()
        with painting(self) as painter:
            area = QRectF(self.rect())
            radius = 8 if self.height_px > 26 else 6
            if fill is not None or border is not None:
                box(painter, area, radius, fill, border)
            if self._spin.isActive():
                self._draw_spinner(painter, area, ink)
                return
            if not self.text():
                icons.draw(painter, area, self.icon_name, ink, theme.px(16))
                return
            self._draw_content(painter, area, ink)

    def _draw_content(self, painter: QPainter, area: QRectF, ink: QColor) -> None:
        needed = self.sizeHint().width() - 2 * self._padding()
        x = area.left() + max(float(self._padding()), (area.width() - needed) / 2)
        if self.icon_name:
            icons.draw(painter, QRectF(x, 0, theme.px(16), area.height()), self.icon_name, ink, self._glyph())
            x += theme.px(22)
        room = area.right() - x - self._padding() + 1
        room -= theme.px(22) if self.trailing else 0
        room -= theme.px(8) + key_cap_width(self.key) if self.key else 0
        x += draw_text(painter, QRectF(x, 0, room, area.height()), self.text(), self._style(), ink)
        if self.trailing:
            x += theme.px(6)
            icons.draw(painter, QRectF(x, 0, theme.px(16), area.height()), self.trailing, ink, self._glyph())
        if self.key:
            self._draw_key(painter, QRectF(x + theme.px(8), 0, key_cap_width(self.key), area.height()), ink)
        if self.kind == "link" and self._hover:
            painter.fillRect(QRectF(area.left() + 2, area.bottom() - 2, area.width() - 4, 1), ink)

    def _draw_key(self, painter: QPainter, rect: QRectF, ink: QColor) -> None:
        if self.kind in ("primary", "danger_solid"):
            veil = QColor(ink)
            veil.setAlpha(48)
            draw_key_cap(painter, rect, self.key, veil, None, ink)
        elif self.kind == "on_dark":
            draw_key_cap(painter, rect, self.key, theme.color("toast_key"), None, ink)
        else:
            draw_key_cap(
                painter, rect, self.key, theme.color("sunken"), theme.color("border"), theme.color("text2")
            )

    def _draw_spinner(self, painter: QPainter, area: QRectF, ink: QColor) -> None:
        pen = QPen(ink, 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        size = theme.px(14)
        circle = QRectF(area.center().x() - size / 2, area.center().y() - size / 2, size, size)
        painter.drawArc(circle, self._angle * 16, 280 * 16)


def primary(text: str, icon: str = "", *, key: str = "", size: int = 34) -> Button:
    """Make the page's one primary button."""
    return Button(text, "primary", icon, key=key, size=size)


def secondary(text: str, icon: str = "", *, key: str = "", size: int = 34) -> Button:
    """Make a button with surface and border."""
    return Button(text, "secondary", icon, key=key, size=size)


def plain(text: str, icon: str = "", *, key: str = "", size: int = 34) -> Button:
    """Make a button without a frame."""
    return Button(text, "plain", icon, key=key, size=size)


def danger(text: str, icon: str = "", *, solid: bool = False, size: int = 34) -> Button:
    """Make a red button; solid only inside an irreversible dialog."""
    return Button(text, "danger_solid" if solid else "danger", icon, size=size)


def link(text: str) -> Button:
    """Make a text link."""
    return Button(text, "link")


def icon_button(icon: str, tip: str, *, size: int = 34, framed: bool = False) -> Button:
    """Make a square button that shows only an icon; the tip is its name."""
    return Button("", "secondary" if framed else "plain", icon, size=size, tip=tip)
