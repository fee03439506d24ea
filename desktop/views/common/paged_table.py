"""A table model that loads pages as they are seen and takes refreshes without losing the place."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.views.common.background import Task
from desktop.views.common.cells import Column, cell_text

Index = QModelIndex | QPersistentModelIndex
NOTHING = QModelIndex()
CELL = Qt.ItemDataRole.UserRole
ROW = Qt.ItemDataRole.UserRole + 1
REFRESH_PAGES = 10

Fetch = Callable[[Any], Task]


class PagedTable(QAbstractTableModel):
    """Rows of a keyset-paged question.

    `fetch(after)` asks for the page after a key (None first) and returns the `Task`; its answer has `rows` and
    `after`, the key of the next page (None: that was the last). Rows have an `id`. `count()` asks for the number
    of all rows apart.
    Signals: `asking` a new question, `loaded(first time)`, `counted(int)`, `checked_changed`, `failed(error)`,
    `sort_asked(key, descending)`.
    """

    asking = Signal()
    loaded = Signal(bool)
    counted = Signal(int)
    checked_changed = Signal()
    failed = Signal(object)
    sort_asked = Signal(str, bool)

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.rows: list[Any] = []
        self.checked: set[int] = set()
        self.total: int | None = None
        self.sort_key = ""
        self.descending = True
        self._fetch: Fetch | None = None
        self._count: Callable[[], Task] | None = None
        self._next: Any = None
        self._more = False
        self._asking = False
        self._generation = 0
        self._where: dict[int, int] = {}
        self._again = False
        self._first_page: Task | None = None
        self._counting: Task | None = None

    # Asking

    def ask(self, fetch: Fetch, count: Callable[[], Task] | None = None) -> None:
        """Show the rows of another question, from its top; ticks are cleared."""
        self._fetch, self._count = fetch, count
        self._generation += 1
        self._asking = True
        self._again = False
        generation = self._generation
        self.asking.emit()
        if self._first_page is not None:
            self._first_page.stop()
        task = self._first_page = fetch(None)
        task.then(lambda page: self._first(generation, page)).otherwise(
            lambda e: self._refused(generation, e)
        )
        if self._counting is not None:
            self._counting.stop()

    def recount(self) -> None:
        """Ask for the number of all rows."""
        if self._count is not None:
            generation = self._generation
            if self._counting is not None:
                self._counting.stop()
            task = self._counting = self._count()
            task.then(lambda number: self._counted(generation, number)).otherwise(lambda error: None)

    def _counted(self, generation: int, number: int) -> None:
        if generation == self._generation:
            self.total = number
            self.counted.emit(number)

    def _first(self, generation: int, page: Any) -> None:
        if generation != self._generation:
            return
        self.beginResetModel()
        self.rows = list(page.rows)
        self._next, self._more = page.after, page.after is not None
        self._asking = False
        self._index()
        self.endResetModel()
        self._uncheck_missing()
        self.loaded.emit(True)
        self.recount()  # after the rows: the number may take its time

    def _refused(self, generation: int, error: object) -> None:
        if generation == self._generation:
            self._asking = False
            self.failed.emit(error)

    def canFetchMore(self, parent: Index = NOTHING) -> bool:
        return not parent.isValid() and self._more and not self._asking

    def fetchMore(self, parent: Index = NOTHING) -> None:
        if not self.canFetchMore(parent) or self._fetch is None:
            return
        self._asking = True
        generation = self._generation
        task = self._fetch(self._next)
        task.then(lambda page: self._append(generation, page)).otherwise(
            lambda e: self._refused(generation, e)
        )

    def _append(self, generation: int, page: Any) -> None:
        if generation != self._generation:
            return
        self._asking = False
        fresh = [row for row in page.rows if row.id not in self._where]
        self._next, self._more = page.after, page.after is not None
        if fresh:
            first = len(self.rows)
            self.beginInsertRows(NOTHING, first, first + len(fresh) - 1)
            self.rows.extend(fresh)
            for offset, row in enumerate(fresh):
                self._where[row.id] = first + offset
            self.endInsertRows()
        self.loaded.emit(False)
        if self._again:
            self.refresh()

    # Refreshing

    def refresh(self, touched: Iterable[int] | None = None) -> None:
        """Ask the loaded pages again and take over what changed; selection, ticks and place stay.

        With ids, a long list asks only as far as the last of them.
        """
        if self._fetch is None:
            return
        if self._asking:
            self._again = True
            return
        self._again = False
        self._asking = True
        self._generation += 1
        known = [self._where[i] for i in touched if i in self._where] if touched is not None else []
        wanted = min(len(self.rows), max([*known, 200 * REFRESH_PAGES - 1]) + 1)
        self._collect(self._generation, wanted, [], None)
        self.recount()

    def _collect(self, generation: int, wanted: int, so_far: list[Any], after: Any) -> None:
        assert self._fetch is not None

        def came(page: Any) -> None:
            if generation != self._generation:
                return
            so_far.extend(page.rows)
            if page.after is not None and len(so_far) < wanted:
                self._collect(generation, wanted, so_far, page.after)
            else:
                self._asking = False
                self._merge(so_far, page.after)

        self._fetch(after).then(came).otherwise(lambda error: self._refused(generation, error))

    def _merge(self, fresh: list[Any], following: Any) -> None:
        """Turn the shown rows into the fresh ones by removing, moving and inserting, so that nothing jumps."""
        tail_from = len(fresh)
        if following is not None and len(self.rows) > tail_from:
            seen = {row.id for row in fresh}
            last = self._where.get(fresh[-1].id) if fresh else None
            start = tail_from if last is None else last + 1
            fresh = fresh + [row for row in self.rows[start:] if row.id not in seen]
        else:
            self._next, self._more = following, following is not None
        self._remove_gone({row.id for row in fresh})
        self._reorder(fresh)
        self._insert_new(fresh)
        self._take_values(fresh)
        self._index()
        self._uncheck_missing()
        self.loaded.emit(False)
        if self._again:
            self.refresh()

    def _remove_gone(self, kept: set[int]) -> None:
        index = len(self.rows) - 1
        while index >= 0:
            if self.rows[index].id in kept:
                index -= 1
                continue
            first = index
            while first > 0 and self.rows[first - 1].id not in kept:
                first -= 1
            self.beginRemoveRows(NOTHING, first, index)
            del self.rows[first : index + 1]
            self.endRemoveRows()
            index = first - 1

    def _reorder(self, fresh: list[Any]) -> None:
        have = {row.id: position for position, row in enumerate(self.rows)}
        order = [have[row.id] for row in fresh if row.id in have]
        if order == sorted(order):
            return
        self.layoutAboutToBeChanged.emit()
        moved = {old: new for new, old in enumerate(order)}
        before = self.persistentIndexList()
        after = [self.index(moved[index.row()], index.column()) for index in before]
        self.rows = [self.rows[old] for old in order]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert_new(self, fresh: list[Any]) -> None:
        have = {row.id for row in self.rows}
        position = 0
        while position < len(fresh):
            if fresh[position].id in have:
                position += 1
                continue
            last = position
            while last + 1 < len(fresh) and fresh[last + 1].id not in have:
                last += 1
            self.beginInsertRows(NOTHING, position, last)
            self.rows[position:position] = fresh[position : last + 1]
            self.endInsertRows()
            position = last + 1

    def _take_values(self, fresh: list[Any]) -> None:
        changed = [place for place, row in enumerate(fresh) if self.rows[place] != row]
        self.rows = list(fresh)
        if changed:
            top, bottom = self.index(changed[0], 0), self.index(changed[-1], len(self.columns) - 1)
            self.dataChanged.emit(top, bottom)

    def _index(self) -> None:
        self._where = {row.id: place for place, row in enumerate(self.rows)}

    # Reading

    def rowCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def row_of(self, row_id: int) -> int:
        """Return the position of an id, −1 when not loaded."""
        return self._where.get(row_id, -1)

    def row_at(self, position: int) -> Any:
        """Return the row at a position, or None."""
        return self.rows[position] if 0 <= position < len(self.rows) else None

    def cell(self, row: int, column: int) -> Any:
        """Return what a cell holds."""
        spec, data = self.columns[column], self.rows[row]
        if spec.kind == "tick":
            return data.id in self.checked
        return spec.value(data) if spec.value is not None else getattr(data, spec.key, None)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role == CELL:
            return self.cell(index.row(), index.column())
        if role == ROW:
            return self.rows[index.row()]
        spec = self.columns[index.column()]
        if spec.kind == "tick":
            if role == Qt.ItemDataRole.CheckStateRole:
                return (
                    Qt.CheckState.Checked
                    if self.cell(index.row(), index.column())
                    else Qt.CheckState.Unchecked
                )
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell_text(self.cell(index.row(), index.column()))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self.check([self.rows[index.row()].id], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if self.columns[index.column()].kind == "tick":
            base |= Qt.ItemFlag.ItemIsUserCheckable
        return base

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title if 0 <= section < len(self.columns) else None
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorting is a new question: `sort_asked` says which."""
        if not 0 <= column < len(self.columns) or not self.columns[column].sortable:
            return
        self.sort_key = self.columns[column].key
        self.descending = order == Qt.SortOrder.DescendingOrder
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        self.sort_asked.emit(self.sort_key, self.descending)

    # Ticks

    def check(self, ids: Iterable[int], on: bool) -> None:
        """Tick or untick rows."""
        before = len(self.checked)
        wanted = set(ids)
        changed = wanted - self.checked if on else wanted & self.checked
        self.checked = self.checked | wanted if on else self.checked - wanted
        if changed or len(self.checked) != before:
            places = sorted(self._where[i] for i in changed if i in self._where)
            if places:
                last = len(self.columns) - 1
                self.dataChanged.emit(self.index(places[0], 0), self.index(places[-1], last))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)
            self.checked_changed.emit()

    def check_all(self, on: bool) -> None:
        """Tick or untick every loaded row."""
        self.check([row.id for row in self.rows] if on else list(self.checked), on)

    def checked_state(self) -> Qt.CheckState:
        """Return whether none, some or all loaded rows are ticked."""
        if not self.checked:
            return Qt.CheckState.Unchecked
        return (
            Qt.CheckState.Checked if len(self.checked) >= len(self.rows) else Qt.CheckState.PartiallyChecked
        )

    def checked_rows(self) -> list[Any]:
        """Return the ticked rows in their order."""
        return [row for row in self.rows if row.id in self.checked]

    def _uncheck_missing(self) -> None:
        gone = self.checked - self._where.keys()
        if gone:
            self.checked -= gone
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)
            self.checked_changed.emit()
