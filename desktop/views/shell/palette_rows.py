"""The rows of the command palette: what they say, and how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.common import icons
from desktop.views.common.avatar import draw_avatar
from desktop.views.common.paint import box, draw_key_cap, draw_text, key_cap_width, painting, text_width
from desktop.views.common.product_picture import draw_product
from desktop.views.common.theme import theme

ROW, TITLE = 44, 30


@dataclass(frozen=True)
class Hit:
    """One thing to choose; `span` is the matched part of the title."""

    group: str
    title: str
    run: Callable[[], object]
    hint: str = ""
    icon: str = "arrow-right-line"
    span: tuple[int, int] | None = None
    keys: tuple[str, ...] = ()
    person: str = ""
    picture: str = ""


class HitList(QWidget):
    """Paints the rows under their group titles; the chosen one moves with ↑ ↓ and the mouse."""

    chosen = Signal(object)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []
        self.index = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hits(self, hits: Sequence[Hit], *, keep: bool = False) -> None:
        """Show other rows; `keep` stays on the row that was chosen when it is still there."""
        before = self.current() if keep else None
        self.hits = list(hits)
        self.index = 0
        if before is not None:
            same = [
                i for i, hit in enumerate(self.hits) if (hit.group, hit.title) == (before.group, before.title)
            ]
            self.index = same[0] if same else 0
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleDescription(self.hits[self.index].title if self.hits else "")
        self.update()

    def current(self) -> Hit | None:
        """The chosen row."""
        return self.hits[self.index] if 0 <= self.index < len(self.hits) else None

    def step(self, by: int) -> None:
        """Choose another row; past the end comes the beginning."""
        if self.hits:
            self.index = (self.index + by) % len(self.hits)
            self.setAccessibleDescription(self.hits[self.index].title)
            self.update()
            self.moved.emit()

    def area_of(self, index: int) -> QRectF:
        """Where a row stands."""
        for number, top, _hit in self._layout():
            if number == index:
                return QRectF(0, top, self.width(), theme.px(ROW))
        return QRectF()

    def _layout(self) -> list[tuple[int, float, Hit]]:
        """Index (−1 for a title), top and hit of everything shown."""
        found: list[tuple[int, float, Hit]] = []
        top, group = float(theme.px(6)), None
        for number, hit in enumerate(self.hits):
            if hit.group != group:
                group = hit.group
                found.append((-1, top, hit))
                top += theme.px(TITLE)
            found.append((number, top, hit))
            top += theme.px(ROW)
        return found

    def sizeHint(self) -> QSize:
        """All rows."""
        groups = len({hit.group for hit in self.hits})
        return QSize(theme.px(640), theme.px(ROW) * len(self.hits) + theme.px(TITLE) * groups + theme.px(12))

    def _at(self, event: QMouseEvent) -> int:
        y = event.position().y()
        for number, top, _hit in self._layout():
            if number >= 0 and top <= y < top + theme.px(ROW):
                return number
        return -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row under the mouse is the chosen one."""
        number = self._at(event)
        if number >= 0 and number != self.index:
            self.index = number
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click runs it."""
        number = self._at(event)
        if number >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.index = number
            self.chosen.emit(self.hits[number])

    def leaveEvent(self, event: QEvent) -> None:
        """Keep what was chosen."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw titles and rows."""
        with painting(self) as painter:
            for number, top, hit in self._layout():
                if number < 0:
                    room = QRectF(theme.px(18), top, self.width(), theme.px(TITLE))
                    draw_text(painter, room, hit.group, "cap_m", theme.color("text2"))
                else:
                    self._draw(
                        painter, QRectF(0, top, self.width(), theme.px(ROW)), hit, number == self.index
                    )

    def _draw(self, painter: QPainter, area: QRectF, hit: Hit, here: bool) -> None:
        if here:
            box(painter, area.adjusted(8, 1, -8, -1), 8, theme.color("selected"))
        spot = QRectF(theme.px(20), area.top(), theme.px(24), area.height())
        if hit.person:
            size = theme.px(24)
            draw_avatar(painter, QRectF(spot.left(), area.center().y() - size / 2, size, size), hit.person)
        elif hit.picture:
            size = theme.px(26)
            draw_product(
                painter, QRectF(spot.left() - 1, area.center().y() - size / 2, size, size), hit.picture
            )
        else:
            icons.draw(painter, spot, hit.icon, "primary" if here else "text2", theme.px(18))
        right = area.right() - theme.px(22) - self._draw_right(painter, area, hit, here)
        left = float(theme.px(56))
        left += self._draw_title(painter, QRectF(left, area.top(), right - left, area.height()), hit)
        if hit.hint and right - left > theme.px(40):
            room = QRectF(left + theme.px(12), area.top(), right - left - theme.px(12), area.height())
            draw_text(painter, room, hit.hint, "cap", theme.color("text2"))

    def _draw_right(self, painter: QPainter, area: QRectF, hit: Hit, here: bool) -> float:
        """Draw keys and the sign of Enter; return their width."""
        used = 0.0
        if here and not hit.keys:
            spot = QRectF(area.right() - theme.px(38), area.top(), theme.px(18), area.height())
            self._draw_enter(painter, spot)
            used = theme.px(22)
        for key in reversed(hit.keys):
            width = key_cap_width(key)
            spot = QRectF(area.right() - theme.px(20) - used - width, area.top(), width, area.height())
            draw_key_cap(
                painter, spot, key, theme.color("sunken"), theme.color("border"), theme.color("text2")
            )
            used += width + theme.px(6)
        return used

    def _draw_enter(self, painter: QPainter, spot: QRectF) -> None:
        x, y, step = spot.center().x(), spot.center().y(), theme.px(4)
        painter.setPen(theme.color("text2"))
        corner = [QPointF(x + step, y - step), QPointF(x + step, y + 1), QPointF(x - step, y + 1)]
        painter.drawPolyline(corner)
        painter.drawPolyline([QPointF(x - 1, y - 2), QPointF(x - step, y + 1), QPointF(x - 1, y + 4)])

    def _draw_title(self, painter: QPainter, room: QRectF, hit: Hit) -> float:
        if hit.span is not None:
            first, last = hit.span
            start = room.left() + text_width("body_m", hit.title[:first])
            width = text_width("body_m", hit.title[first:last])
            height = theme.px(22)
            mark = QRectF(start - 1, room.center().y() - height / 2, width + 2, height)
            if mark.right() < room.right():
                box(painter, mark, 4, theme.color("highlight"))
        return draw_text(painter, room, hit.title, "body_m", theme.color("text"))
