"""Tabs with counts: saved views above a list, or the pages of a panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common.badges import count_width, draw_count
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme


@dataclass(frozen=True)
class Tab:
    """A tab; `count` None shows no pill."""

    key: Any
    label: str
    count: int | None = None
    changed: bool = False


class Tabs(QWidget):
    """A row of tabs, 44 px high, starting at its left edge; `picked` tells the key."""

    picked = Signal(object)

    def __init__(self, tabs: Sequence[Tab] = (), *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = list(tabs)
        self._index = 0
        self._hover = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def set_tabs(self, tabs: Sequence[Tab]) -> None:
        """Replace the tabs and keep the chosen key when it still exists."""
        kept = self.value()
        self._tabs = list(tabs)
        self._index = 0
        self.set_value(kept)
        self.updateGeometry()

    def set_count(self, key: Any, count: int | None) -> None:
        """Change one count."""
        self._tabs = [
            Tab(tab.key, tab.label, count, tab.changed) if tab.key == key else tab for tab in self._tabs
        ]
        self.updateGeometry()
        self.update()

    def value(self) -> Any:
        """Return the key of the chosen tab."""
        return self._tabs[self._index].key if self._tabs else None

    def set_value(self, key: Any) -> None:
        """Choose without telling."""
        for index, tab in enumerate(self._tabs):
            if tab.key == key:
                self._index = index
        self.update()

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._tabs) and index != self._index:
            self._index = index
            self.setAccessibleDescription(self._tabs[index].label)
            self.update()
            self.picked.emit(self.value())

    def _width(self, tab: Tab) -> float:
        width = text_width("small_b", tab.label + (" •" if tab.changed else ""))
        return width + (theme.px(7) + count_width(f"{tab.count:,}") if tab.count is not None else 0)

    def _boxes(self) -> list[QRectF]:
        x, found, gap = 0.0, [], self._gap()
        for tab in self._tabs:
            width = self._width(tab)
            found.append(QRectF(x, 0, width, self.height()))
            x += width + gap
        return found

    def _gap(self) -> float:
        """Between two tabs: they stand closer where the words of a language leave too little room."""
        wide, between = theme.px(24), max(1, len(self._tabs) - 1)
        lacking = sum(self._width(tab) for tab in self._tabs) + wide * between - self.width()
        return max(theme.px(10), wide - max(0.0, lacking) / between)

    def sizeHint(self) -> QSize:
        width = sum(self._width(tab) + theme.px(24) for tab in self._tabs)
        return QSize(round(width), theme.px(44))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(44))

    def _at(self, event: QMouseEvent) -> int:
        for index, area in enumerate(self._boxes()):
            if area.adjusted(-10, 0, 10, 0).contains(event.position()):
                return index
        return -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self._at(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = self._at(event)
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._hover >= 0 else Qt.CursorShape.ArrowCursor)
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._index + step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            for index, (tab, area) in enumerate(zip(self._tabs, self._boxes(), strict=True)):
                chosen = index == self._index
                ink = theme.color("text" if chosen or index == self._hover else "text2")
                label = tab.label + (" •" if tab.changed else "")
                style = "small_b" if chosen else "small_m"
                draw_text(painter, area.adjusted(0, 0, 2, -theme.px(2)), label, style, ink)
                if tab.count is not None:
                    pill = f"{tab.count:,}"
                    x = area.right() - count_width(pill)
                    middle = area.height() / 2 - theme.px(1)
                    draw_count(painter, x, middle, pill, "primary" if chosen else "neutral")
                if chosen:
                    line = QRectF(area.left(), area.height() - 3, area.width(), 3)
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(theme.color("primary"))
                    painter.drawRoundedRect(line, 1.5, 1.5)
