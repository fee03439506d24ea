"""Lays fields and words out like a sentence: one behind the other, on further lines when it gets narrow."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class Flow(QLayout):
    """Items in reading order, each line as high as its highest item, all on its middle."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 7, line_gap: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, line_gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay(rect, place=True)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items]
        return QSize(
            max((size.width() for size in sizes), default=0),
            max((size.height() for size in sizes), default=0),
        )

    def _lay(self, rect: QRect, *, place: bool) -> int:
        """Break into lines, place them if asked, and return the height needed."""
        top, line, x = rect.top(), list[tuple[QLayoutItem, int, QSize]](), rect.left()
        for item in self._items:
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            size = item.sizeHint().boundedTo(QSize(max(rect.width(), 1), 10_000))
            if line and x + size.width() > rect.right() + 1:
                top += self._put(line, top, place) + self._line_gap
                line, x = [], rect.left()
            line.append((item, x, size))
            x += size.width() + self._gap
        return top + self._put(line, top, place) - rect.top()

    def _put(self, line: list[tuple[QLayoutItem, int, QSize]], top: int, place: bool) -> int:
        height = max((size.height() for _item, _x, size in line), default=0)
        for item, x, size in line if place else ():
            item.setGeometry(QRect(QPoint(x, top + (height - size.height()) // 2), size))
        return height
