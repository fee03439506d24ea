"""A search field with its finds right under it: choose by arrow keys, Enter or click."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common.background import Task
from desktop.views.common.cards import vbox
from desktop.views.common.inputs import SearchInput
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme

MOST_SHOWN = 5


class Picker(QWidget):
    """`search(text)` asks; `words(found)` names a find; `picked(found)` tells the choice."""

    picked = Signal(object)
    resized = Signal()

    def __init__(
        self,
        hint: str,
        search: Callable[[str], Task],
        words: Callable[[Any], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._search, self._words = search, words
        self._found: list[Any] = []
        self._eager = False
        self._task: Task | None = None
        column = vbox(self, gap=4)
        self.field = SearchInput(hint, key="")
        self.list = QListWidget()
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(hint)
        self.list.hide()
        self.nothing = Label(_("Nothing found"), "small", "text2")
        self.nothing.hide()
        for part in (self.field, self.list, self.nothing):
            column.addWidget(part)
        self.field.searched.connect(self._ask)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._click)

    def _ask(self, text: str) -> None:
        if self._task is not None:
            self._task.drop()
        if not text.strip():
            self._show([])
            return
        self._task = self._search(text.strip()).then(self._show)

    def _show(self, found: Sequence[Any]) -> None:
        self._found = list(found)[:MOST_SHOWN]
        if self._eager and self._found:
            self._choose(0)
            return
        self._eager = False
        self.list.clear()
        for thing in self._found:
            self.list.addItem(QListWidgetItem(self._words(thing)))
        self.list.setCurrentRow(0)
        row = self.list.sizeHintForRow(0) if self._found else 0
        self.list.setFixedHeight(row * len(self._found) + theme.px(6))
        self.list.setVisible(bool(self._found))
        self.nothing.setVisible(not self._found and bool(self.field.text().strip()))
        self.resized.emit()

    def _choose(self, number: int) -> None:
        self._eager = False
        if 0 <= number < len(self._found):
            found = self._found[number]
            self.field.clear()
            self._show([])
            self.picked.emit(found)

    def _click(self, item: QListWidgetItem) -> None:
        self._choose(self.list.row(item))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._found:
            by = 1 if key == Qt.Key.Key_Down else -1
            self.list.setCurrentRow((self.list.currentRow() + by) % len(self._found))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.field.text().strip():
            if self._found and self.list.isVisible():
                self._choose(self.list.currentRow())
            else:  # a scanner sends Enter before the finds are there
                self._eager = True
                self._ask(self.field.text())
            return True
        return False
