"""A choice of a few, side by side."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme


class Segment(QWidget):
    """(value, label) pairs of which one is chosen; `picked` tells the value."""

    picked = Signal(object)

    def __init__(
        self,
        options: Sequence[tuple[Any, str]],
        value: Any = None,
        *,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._hover = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_options(options, value)
        repaint_on_change(self)

    def set_options(self, options: Sequence[tuple[Any, str]], value: Any = None) -> None:
        """Replace the choices."""
        self._options = list(options)
        values = [option for option, _label in self._options]
        self._index = values.index(value) if value in values else 0
        self.updateGeometry()
        self.update()

    def value(self) -> Any:
        """Return the chosen value."""
        return self._options[self._index][0] if self._options else None

    def set_value(self, value: Any) -> None:
        """Choose without telling."""
        for index, (option, _label) in enumerate(self._options):
            if option == value:
                self._index = index
        self.update()

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._options) and index != self._index:
            self._index = index
            self.setAccessibleDescription(self._options[index][1])
            self.update()
            self.picked.emit(self.value())

    def _boxes(self) -> list[QRectF]:
        gap, x, found = theme.px(3), float(theme.px(3)), []
        for _value, label in self._options:
            width = text_width("small_b", label) + theme.px(26)
            found.append(QRectF(x, gap, width, self.height() - 2 * gap))
            x += width
        return found

    def sizeHint(self) -> QSize:
        width = sum(text_width("small_b", label) + theme.px(26) for _value, label in self._options)
        return QSize(round(width + theme.px(6) + 0.5), theme.px(34))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _at(self, event: QMouseEvent) -> int:
        for index, area in enumerate(self._boxes()):
            if area.contains(event.position()):
                return index
        return -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self._at(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = self._at(event)
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self._choose(self._index - 1)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self._choose(self._index + 1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 9, theme.color("sunken"), theme.color("border"))
            for index, area in enumerate(self._boxes()):
                chosen = index == self._index
                if chosen:
                    fill = "surface" if theme.mode == "light" else "hover"
                    box(painter, area, 6, theme.color(fill), theme.color("border_strong"))
                ink = "text" if chosen or index == self._hover else "text2"
                ink = ink if self.isEnabled() else "disabled"
                label = self._options[index][1]
                draw_text(
                    painter, area, label, "small_b" if chosen else "small_m", theme.color(ink), "center"
                )
