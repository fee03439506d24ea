"""The messages of the inbox as painted rows: a dot while unread, title, text, when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.queries.notices import NoticeRow
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme

ROW = 62


class NoticeList(QWidget):
    """Newest first; ↑ ↓ Enter and the mouse choose."""

    chosen = Signal(object)
    moved = Signal()

    def __init__(self, when: Callable[[datetime], str]) -> None:
        super().__init__()
        self.rows: list[NoticeRow] = []
        self.index = -1
        self._when = when
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Messages"))
        repaint_on_change(self)

    def show_rows(self, rows: Sequence[NoticeRow]) -> None:
        """Show these; the chosen message stays chosen when it is still there."""
        held = self.rows[self.index].id if 0 <= self.index < len(self.rows) else 0
        self.rows = list(rows)
        self.index = next((n for n, row in enumerate(self.rows) if row.id == held), -1)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(theme.px(380), theme.px(ROW) * len(self.rows))

    def area_of(self, index: int) -> QRectF:
        """Where a row stands."""
        return QRectF(0, theme.px(ROW) * index, self.width(), theme.px(ROW))

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self.rows) and index != self.index:
            self.index = index
            row = self.rows[index]
            self.setAccessibleDescription(f"{row.title}. {row.body}")
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, open with Enter."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step and self.rows:
            self._choose(max(0, min(len(self.rows) - 1, self.index + step)))
            self.moved.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.index >= 0:
            self.chosen.emit(self.rows[self.index])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the newest; who came by the keyboard sees where."""
        super().focusInEvent(event)
        ring_on_focus(self, event)
        if self.index < 0:
            self._choose(0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row under the mouse is the chosen one."""
        self._choose(int(event.position().y() // theme.px(ROW)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens it."""
        index = int(event.position().y() // theme.px(ROW))
        if 0 <= index < len(self.rows) and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.rows[index])

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        if not self.hasFocus():
            self.index = -1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are in sight."""
        with painting(self) as painter:
            for number, row in enumerate(self.rows):
                area = self.area_of(number)
                if area.intersects(QRectF(event.rect())):
                    self._draw(painter, area, row, number == self.index)

    def _draw(self, painter: QPainter, area: QRectF, row: NoticeRow, here: bool) -> None:
        px = theme.px
        if here:
            box(painter, area.adjusted(px(8), 1, -px(8), -1), 8, theme.color("hover"))
        left, right = area.left() + px(32), area.right() - px(20)
        if row.unread:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("primary"))
            painter.drawEllipse(QPointF(area.left() + px(20), area.top() + px(20)), px(4), px(4))
        when = self._when(row.at)
        width = text_width("cap", when)
        draw_text(
            painter,
            QRectF(right - width, area.top() + px(10), width + 1, px(20)),
            when,
            "cap",
            theme.color("text3"),
        )
        room = QRectF(left, area.top() + px(10), right - left - width - px(12), px(20))
        draw_text(painter, room, row.title, "small_b" if row.unread else "small", theme.color("text"))
        body = " ".join(row.body.split())
        draw_text(
            painter,
            QRectF(left, area.top() + px(31), right - left, px(18)),
            body,
            "cap",
            theme.color("text2"),
        )
