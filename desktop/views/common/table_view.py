"""The table every list uses: rows in three densities, keyboard, ticks, and columns it remembers."""

from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from desktop.views.common import remember
from desktop.views.common.paged_table import Index, PagedTable
from desktop.views.common.row_delegate import RowDelegate
from desktop.views.common.table_cover import TableCover
from desktop.views.common.table_head import TableHead
from desktop.views.common.theme import theme
from desktop.views.common.thumbs import thumbs
from desktop.views.common.tokens import DENSITIES


class TableView(QTableView):
    """Shows a `PagedTable`; `opened(id)` on Enter or double click, `current_changed(id or None)` on moving.

    `name` is the key under which columns and density are remembered. It shows a skeleton while the first page is
    late, refusals as toasts, and `set_empty(widget)` when there is no row. `tint_ticks` paints ticked rows as selected.
    """

    opened = Signal(object)
    current_changed = Signal(object)

    def __init__(
        self, model: PagedTable, *, name: str = "", two_lines: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.paged, self._name, self._two_lines = model, name, two_lines
        self.hover_row = -1
        self.density = "standard"
        self.tint_ticks = True
        self._kept: tuple[int, int] | None = None
        self._first = self._last = 0
        self._laying = False
        self._last_tick = -1
        self._setup()
        self.setModel(model)
        self.setItemDelegate(RowDelegate(self))
        self.head = TableHead(self)
        self.setHorizontalHeader(self.head)
        self._columns()
        self._connect()
        self.cover = TableCover(self)
        self._restyle()

    def _setup(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)

    def _connect(self) -> None:
        self._writer = QTimer(self, singleShot=True, interval=400)
        self._writer.timeout.connect(self._remember)
        self.head.sectionMoved.connect(self._columns_changed)
        self.head.sectionResized.connect(self._columns_changed)
        thumbs.came.connect(self.viewport().update)
        self.paged.checked_changed.connect(self._ticks_changed)
        self.paged.modelReset.connect(self._was_reset)
        self.paged.loaded.connect(self._loaded)
        self.paged.rowsRemoved.connect(self._mark_current)
        for signal in (
            self.paged.rowsAboutToBeInserted,
            self.paged.rowsAboutToBeRemoved,
            self.paged.layoutAboutToBeChanged,
        ):
            signal.connect(self._keep_place)
        self.doubleClicked.connect(self._double)
        theme.changed.connect(self._restyle)

    # Looks

    def row_height(self) -> int:
        """Return the row height of the present density and text size."""
        return theme.px(DENSITIES[self.density][self._two_lines])

    def set_density(self, density: str) -> None:
        """Choose compact, standard or relaxed rows."""
        self.density = density
        self._restyle()
        self._writer.start()

    def _restyle(self) -> None:
        self.verticalHeader().setMinimumSectionSize(20)
        self.verticalHeader().setDefaultSectionSize(self.row_height())
        self.head.setFixedHeight(theme.px(34))
        self.viewport().update()

    def shows_focus(self) -> bool:
        """Whether the focus bar is painted: the keyboard is in the table."""
        return self.hasFocus()

    def set_empty(self, empty: QWidget | None) -> None:
        """Show this (an `EmptyState`) when the answer has no row."""
        self.cover.set_empty(empty)

    def is_chosen(self, row: int) -> bool:
        """Whether a row is painted as selected: ticked, or current."""
        data = self.paged.row_at(row)
        if self.tint_ticks and data is not None and data.id in self.paged.checked:
            return True
        return self.selectionModel().isRowSelected(row, QModelIndex())

    # Columns

    def _columns(self) -> None:
        saved: dict[str, Any] = remember.get(f"table/{self._name}", {}) if self._name else {}
        self._laying = True
        self.density = (
            saved.get("density", self.density) if saved.get("density") in DENSITIES else self.density
        )
        order = [key for key in saved.get("order", []) if isinstance(key, str)]
        keys = [column.key for column in self.paged.columns]
        for target, key in enumerate([key for key in order if key in keys]):
            self.head.moveSection(self.head.visualIndex(keys.index(key)), target)
        widths, hidden = saved.get("widths", {}), saved.get("hidden")
        for logical, column in enumerate(self.paged.columns):
            width = widths.get(column.key, column.width)
            self.setColumnWidth(logical, theme.px(width) if column.key not in widths else int(width))
            hide = column.key in hidden if hidden is not None else column.hidden
            self.setColumnHidden(logical, hide)
            if column.kind == "tick":
                self.head.setSectionResizeMode(logical, TableHead.ResizeMode.Fixed)
        self._laying = False
        self._edges()

    def _edges(self) -> None:
        shown = [
            self.head.logicalIndex(visual)
            for visual in range(self.head.count())
            if not self.head.isSectionHidden(self.head.logicalIndex(visual))
        ]
        self._first, self._last = (shown[0], shown[-1]) if shown else (0, 0)

    def first_visible(self) -> int:
        """Return the leftmost shown column."""
        return self._first

    def last_visible(self) -> int:
        """Return the rightmost shown column."""
        return self._last

    def show_column(self, logical: int, on: bool) -> None:
        """Show or hide a column; the last one stays."""
        shown = sum(not self.head.isSectionHidden(i) for i in range(self.head.count()))
        if not on and shown <= 2:
            return
        self.setColumnHidden(logical, not on)
        self._columns_changed()
        self._spread()

    def reset_columns(self) -> None:
        """Go back to the columns as designed."""
        remember.put(f"table/{self._name}", {})
        self.density = "standard"
        for logical in range(self.head.count()):
            self.head.moveSection(self.head.visualIndex(logical), logical)
        self._columns()
        self._restyle()
        self._spread()

    def _columns_changed(self) -> None:
        self._edges()
        if not self._laying and self._name and self.isVisible():
            self._writer.start()
        self.viewport().update()

    def _remember(self) -> None:
        if not self._name:
            return
        columns = self.paged.columns
        order = [columns[self.head.logicalIndex(visual)].key for visual in range(self.head.count())]
        hidden = [column.key for i, column in enumerate(columns) if self.head.isSectionHidden(i)]
        widths = {
            column.key: self.columnWidth(i)
            for i, column in enumerate(columns)
            if not column.stretch and column.key not in hidden
        }
        habits = {"order": order, "hidden": hidden, "widths": widths, "density": self.density}
        remember.put(f"table/{self._name}", habits)

    def _spread(self) -> None:
        """Give what room is left to the stretching column, else to all in proportion to none."""
        stretch = [
            i for i, c in enumerate(self.paged.columns) if c.stretch and not self.head.isSectionHidden(i)
        ]
        if not stretch:
            return
        others = sum(
            self.columnWidth(i)
            for i in range(self.head.count())
            if i != stretch[0] and not self.head.isSectionHidden(i)
        )
        least = theme.px(self.paged.columns[stretch[0]].width)
        self._laying = True
        self.setColumnWidth(stretch[0], max(least, self.viewport().width() - others))
        self._laying = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    # Place

    def current_id(self) -> int | None:
        """Return the id of the current row."""
        row = self.paged.row_at(self.currentIndex().row())
        return None if row is None else int(row.id)

    def go_to(self, row_id: int) -> bool:
        """Make a loaded row current; False when it is not loaded."""
        row = self.paged.row_of(row_id)
        if row < 0:
            return False
        self.setCurrentIndex(self.paged.index(row, self._first))
        return True

    def go_nowhere(self) -> None:
        """No row is current: what is shown beside the list is not in it."""
        self.selectionModel().clear()

    def _keep_place(self) -> None:
        top = self.indexAt(QPoint(4, 1)).row()
        row = self.paged.row_at(top)
        if self._kept is None and row is not None and self.verticalScrollBar().value() > 0:
            self._kept = (row.id, self.visualRect(self.paged.index(top, self._first)).top())

    def _loaded(self, first: bool) -> None:
        kept, self._kept = self._kept, None
        if kept is None or first:
            return
        row = self.paged.row_of(kept[0])
        if row >= 0:
            self.verticalScrollBar().setValue(row * self.row_height() - kept[1])

    def _was_reset(self) -> None:
        self._kept = None
        self.hover_row = -1
        self.scrollToTop()

    def _ticks_changed(self) -> None:
        self.viewport().update()
        self.head.viewport().update()

    def _mark_current(self, *_rows: object) -> None:
        """Show which row is current after the one before was taken away; Qt moves on without selecting."""
        here, flags = self.currentIndex(), QItemSelectionModel.SelectionFlag
        if here.isValid() and not self.selectionModel().isRowSelected(here.row(), QModelIndex()):
            self.selectionModel().select(here, flags.ClearAndSelect | flags.Rows)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.row() != previous.row():
            row = self.paged.row_at(current.row())
            self.current_changed.emit(None if row is None else row.id)

    # Mouse and keyboard

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        row = self.rowAt(round(event.position().y()))
        if row != self.hover_row:
            self.hover_row = row
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave and self.hover_row >= 0:
            self.hover_row = -1
            self.viewport().update()
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.paged.columns[index.column()].kind == "tick":
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            flags = QItemSelectionModel.SelectionFlag  # what looks chosen is what is shown beside the list
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self._tick(
                index.row(),
                event.modifiers() & Qt.KeyboardModifier.ShiftModifier == Qt.KeyboardModifier.ShiftModifier,
            )
            return
        super().mousePressEvent(event)

    def _tick(self, row: int, whole_range: bool = False) -> None:
        data = self.paged.row_at(row)
        if data is None:
            return
        on = data.id not in self.paged.checked
        ids = [data.id]
        if whole_range:
            first = self._last_tick if self._last_tick >= 0 else row
            ids = [self.paged.rows[i].id for i in range(min(first, row), max(first, row) + 1)]
        self._last_tick = row
        self.paged.check(ids, on)

    def _double(self, index: QModelIndex) -> None:
        self._open(index.row())

    def _open(self, row: int) -> None:
        data = self.paged.row_at(row)
        if data is not None:
            self.opened.emit(data.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = event.key(), self.currentIndex().row()
        if key in (Qt.Key.Key_J, Qt.Key.Key_K) and not event.modifiers():
            self._step(1 if key == Qt.Key.Key_J else -1)
        elif key == Qt.Key.Key_Space and self.paged.columns and row >= 0:
            self._tick(row)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(row)
        elif key == Qt.Key.Key_Escape and self.paged.checked:
            self.paged.check_all(False)
        elif event.modifiers() == Qt.KeyboardModifier.ShiftModifier and key in (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
        ):
            self._shift(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        row = max(0, min(self.paged.rowCount() - 1, self.currentIndex().row() + by))
        if self.paged.rowCount():
            self.setCurrentIndex(self.paged.index(row, self._first))

    def _shift(self, by: int) -> None:
        """Grow the ticked range by one row, as Shift with an arrow does."""
        here = self.paged.row_at(self.currentIndex().row())
        if here is not None:
            self.paged.check([here.id], True)
        self._step(by)
        there = self.paged.row_at(self.currentIndex().row())
        if there is not None:
            self.paged.check([there.id], True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.paged.rowCount():
            self.setCurrentIndex(self.paged.index(0, self._first))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
