"""The search field that understands conditions: it proposes fields and values, and says which part it can't read."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.queries.order_typing import Proposal
from desktop.views.common.inputs import SearchInput, mark_bad
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, draw_text, painting, soft_shadow, text_width
from desktop.views.common.theme import theme

WAIT_MS = 15  # the answer is asked for anew with every key; an older question is stopped
ROW, EDGE, WIDTH = 34, 6, 260
SHADOW = 10


class QueryBox(SearchInput):
    """`searched(text)` while typing, `ended` on Enter, `emptied` on Backspace in the empty field."""

    ended = Signal()
    emptied = Signal()

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(hint, wait_ms=WAIT_MS, parent=parent)
        self.list = Proposals(self)
        self.list.chosen.connect(self._take)

    def show_proposals(self, proposals: Sequence[Proposal], error: str = "") -> None:
        """Show how to go on, or what can't be read."""
        mark_bad(self, bool(error))
        self.setAccessibleDescription(error)
        self.list.offer(proposals if self.hasFocus() else (), error if self.hasFocus() else "")

    def put(self, text: str) -> None:
        """Show another text without telling."""
        if text != self.text():
            self.blockSignals(True)
            self.setText(text)
            self.blockSignals(False)

    def _take(self, proposal: Proposal) -> None:
        self.setText(proposal.text)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.list.isVisible() and self.list.handle(key):
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pause.stop()
            self.ended.emit()
            return
        if key == Qt.Key.Key_Backspace and not self.text():
            self.emptied.emit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        tab = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab
        if tab and event.type() == QEvent.Type.KeyPress and self.list.isVisible() and self.list.take_first():
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.list.hide()


class Proposals(QWidget):
    """The list under the field: it lies in the window and never takes the keyboard."""

    chosen = Signal(object)

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self.field = field
        self.items: tuple[Proposal, ...] = ()
        self.current = -1
        self.error = Label("", "small", "danger", wrap=True, parent=self)
        self.error.hide()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        field.destroyed.connect(self.deleteLater)  # it lives in the window, but not longer than its field
        self.hide()

    def offer(self, items: Sequence[Proposal], error: str) -> None:
        """Show these, or the error, or nothing."""
        self.items, self.current = tuple(items), -1
        self.error.setText(error)
        self.error.setVisible(bool(error))
        if not items and not error:
            self.hide()
            return
        window = self.field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
            window.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        self.update()

    def _place(self) -> None:
        under = self.field.mapTo(self.field.window(), QPoint(0, self.field.height()))
        self.setGeometry(under.x() - SHADOW, under.y() - 4, self.sizeHint().width(), self.sizeHint().height())
        inner = self.rect().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        self.error.setGeometry(inner.adjusted(theme.px(12), theme.px(8), -theme.px(12), -theme.px(8)))

    def sizeHint(self) -> QSize:
        widest = max([self._width(item) for item in self.items], default=0)
        width = max(theme.px(WIDTH), round(widest) + theme.px(40), self.field.width())
        height = theme.px(ROW) * len(self.items) + 2 * theme.px(EDGE)
        if self.error.text():
            width = max(width, theme.px(380))
            height = self.error.heightForWidth(width - theme.px(24)) + theme.px(20)
        return QSize(width + 2 * SHADOW, height + 2 * SHADOW)

    @staticmethod
    def _width(item: Proposal) -> float:
        return text_width("small_m", item.label) + theme.px(24) + text_width("cap", item.hint)

    def handle(self, key: int) -> bool:
        """Act on a key of the field; whether it was for the list."""
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        if not self.items:
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self.current = (
                (self.current + step) % len(self.items) if self.current >= 0 else (0 if step > 0 else -1)
            )
            self.update()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self._choose(self.current)
            return True
        return False

    def take_first(self) -> bool:
        """Take the marked or first proposal, as Tab does."""
        if not self.items:
            return False
        self._choose(max(self.current, 0))
        return True

    def _choose(self, index: int) -> None:
        proposal = self.items[index]
        self.hide()
        self.chosen.emit(proposal)

    def _row_at(self, y: float) -> int:
        row = int((y - SHADOW - theme.px(EDGE)) // theme.px(ROW))
        return row if 0 <= row < len(self.items) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.current = self._row_at(event.position().y())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        if row >= 0:
            self._choose(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
            soft_shadow(painter, area, 8, SHADOW)
            box(painter, area, 8, theme.color("surface"), theme.color("border"))
            for row, item in enumerate(self.items):
                top = area.top() + theme.px(EDGE) + row * theme.px(ROW)
                line = QRectF(area.left() + theme.px(6), top, area.width() - theme.px(12), theme.px(ROW))
                if row == self.current:
                    box(painter, line, 6, theme.color("primary_subtle"))
                room = line.adjusted(theme.px(8), 0, -theme.px(8), 0)
                draw_text(painter, room, item.label, "small_m", theme.color("text"))
                draw_text(painter, room, item.hint, "cap", theme.color("text3"), "right")
