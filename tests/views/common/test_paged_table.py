"""Lists load as seen and refresh without losing the place."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.views.common import remember
from desktop.views.common.background import Background
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import Button
from desktop.views.common.cells import Column
from desktop.views.common.empty import EmptyState
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.common.toast import host_of
from tests.views.common.conftest import ListDoor, Row, count, page, refuse

COLUMNS = [
    Column("tick", "", 45, "tick"),
    Column("name", "Name", 200, "strong", stretch=True),
    Column("paid", "Paid", 100, "money", sortable=True),
]


def shown(background: Background, columns: list[Column] | None = None) -> PagedTable:
    """A model that was just asked."""
    model = PagedTable(columns or COLUMNS, background)
    model.ask(lambda after: background.ask(page, after), lambda: background.ask(count))
    return model


@pytest.fixture
def model(qtbot: QtBot, background: Background) -> PagedTable:
    """A model with its first page."""
    found = shown(background)
    qtbot.waitUntil(lambda: found.rowCount() == 200 and found.total == 1000)
    return found


@pytest.fixture
def view(qtbot: QtBot, model: PagedTable) -> TableView:
    """A shown table of 16 rows."""
    found = TableView(model, name="test")
    qtbot.addWidget(found)
    found.resize(600, 34 + 40 * 16)
    found.show()
    qtbot.waitExposed(found)
    return found


@pytest.mark.req("O4")
def test_only_the_pages_that_are_seen_are_asked(qtbot: QtBot, view: TableView, door: ListDoor) -> None:
    """One page on showing, the next at the end of the first; scrolling through reaches all rows."""
    assert door.asked == [None]
    view.scrollToBottom()
    qtbot.waitUntil(lambda: view.paged.rowCount() == 400)
    assert door.asked == [None, 801]
    while view.paged.canFetchMore():
        view.paged.fetchMore()
        before = view.paged.rowCount()
        qtbot.waitUntil(lambda before=before: view.paged.rowCount() > before)
    assert [row.id for row in view.paged.rows] == list(range(1000, 0, -1))


def test_the_model_keeps_the_rules_of_qt(qtbot: QtBot, model: PagedTable, qtmodeltester: Any) -> None:
    """Qt's own model tester finds nothing."""
    qtmodeltester.check(model)
    qtbot.waitUntil(lambda: model.rowCount() >= 200 and not model._asking)


@pytest.mark.req("O4")
def test_a_refresh_keeps_selection_ticks_and_place(qtbot: QtBot, view: TableView, door: ListDoor) -> None:
    """New rows above, a gone row, a changed row: the eye and the keyboard stay where they were."""
    view.verticalScrollBar().setValue(40 * 50)
    top = view.paged.rows[50].id
    view.go_to(view.paged.rows[55].id)
    current = view.current_id()
    view.paged.check([current, 990], True)
    door.rows = [Row(1002, "new", 1), Row(1001, "new", 1)] + [row for row in door.rows if row.id != 990]
    door.rows = [replace(row, name="changed") if row.id == current else row for row in door.rows]
    with qtbot.waitSignal(view.paged.loaded):
        view.paged.refresh({1001, 1002, 990, current or 0})
    assert view.paged.rows[0].id == 1002
    assert view.current_id() == current
    assert view.paged.row_at(view.paged.row_of(current or 0)).name == "changed"
    assert view.paged.checked == {current}
    assert view.paged.rows[view.rowAt(2)].id == top
    ids = [row.id for row in view.paged.rows]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == len(set(ids))


def test_the_row_that_follows_a_gone_one_is_marked(qtbot: QtBot, view: TableView, door: ListDoor) -> None:
    """Whoever ships the current order sees which one is current now."""
    view.go_to(998)
    door.rows = [row for row in door.rows if row.id != 998]
    with qtbot.waitSignal(view.paged.loaded):
        view.paged.refresh()
    assert view.currentIndex().row() >= 0
    assert [row for row in range(5) if view.is_chosen(row)] == [view.currentIndex().row()]


def test_a_refresh_reorders_what_moved(
    qtbot: QtBot, view: TableView, door: ListDoor, qtmodeltester: Any
) -> None:
    """Rows that change places take their selection along."""
    view.go_to(998)
    door.rows[0], door.rows[2] = door.rows[2], door.rows[0]
    with qtbot.waitSignal(view.paged.loaded):
        view.paged.refresh()
    assert [row.id for row in view.paged.rows[:3]] == [998, 999, 1000]
    assert view.currentIndex().row() == 0
    qtmodeltester.check(view.paged)
    qtbot.waitUntil(lambda: not view.paged._asking)


def test_a_stale_answer_is_not_shown(qtbot: QtBot, model: PagedTable, background: Background) -> None:
    """When two questions are under way, only the later one's rows appear."""
    few = ListDoor(3)
    model.ask(lambda after: background.ask(page, after))
    model.ask(lambda after: background.ask(lambda door: page(few, after)))
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    qtbot.waitUntil(lambda: background.running == 0)
    qtbot.wait(1)
    assert model.rowCount() == 3


def test_ticks_by_mouse_and_keys(qtbot: QtBot, view: TableView) -> None:
    """Space ticks, J goes down, Shift ↓ grows the range, Esc clears, the head ticks all."""
    view.setFocus()
    view.go_to(1000)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_J)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.paged.checked == {1000, 999, 998}
    assert view.paged.checked_state() == Qt.CheckState.PartiallyChecked
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.paged.checked == set()
    spot = view.visualRect(view.paged.index(4, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert view.paged.checked == {996}
    assert [index.row() for index in view.selectionModel().selectedRows()] == [4], "another row looks chosen"
    qtbot.mouseClick(
        view.head.viewport(),
        Qt.MouseButton.LeftButton,
        pos=view.head.viewport().rect().topLeft() + spot.__class__(20, 10),
    )
    assert len(view.paged.checked) == 200


def test_the_bar_leaves_the_keyboard_in_the_table(qtbot: QtBot, view: TableView) -> None:
    """The bar under ticked rows goes when they are cleared, and takes no focus along."""
    bar = BulkBar(view)
    bar.add("Adjust")
    bar.show()
    bar.cleared.connect(bar.hide)
    view.setFocus()
    for button in bar.findChildren(Button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert view.hasFocus()
    assert bar.isHidden()


def test_enter_opens_and_the_head_sorts(qtbot: QtBot, view: TableView) -> None:
    """Enter tells the id; a click on a sortable head asks for that order."""
    view.setFocus()
    view.go_to(997)
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [997]
    x = view.head.sectionViewportPosition(2) + 50
    spot = view.head.viewport().rect().topLeft()
    spot.setX(x)
    spot.setY(15)
    with qtbot.waitSignal(view.paged.sort_asked) as asked:
        qtbot.mouseClick(view.head.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert asked.args == ["paid", True]


def test_columns_are_remembered(qtbot: QtBot, model: PagedTable, tmp_path: Any) -> None:
    """A hidden column, a width and the density come back in the next window, also from the file."""
    remember.use(tmp_path / "habits.json")
    first = TableView(model, name="orders")
    qtbot.addWidget(first)
    first.resize(600, 400)
    first.show()
    first.show_column(2, False)
    first.set_density("compact")
    qtbot.waitUntil(lambda: remember.get("table/orders", {}).get("density") == "compact")
    remember.use(tmp_path / "habits.json")
    second = TableView(model, name="orders")
    qtbot.addWidget(second)
    assert second.isColumnHidden(2)
    assert second.row_height() == 34
    remember.use(tmp_path / "none.json")


def test_a_late_first_page_shows_a_skeleton_and_no_rows_the_empty_state(
    qtbot: QtBot, background: Background
) -> None:
    """The skeleton waits 300 ms and leaves with the answer; nothing covers rows; a refusal is said."""
    gate = threading.Event()
    few = ListDoor(0)
    model = PagedTable(COLUMNS, background)
    view = TableView(model)
    qtbot.addWidget(view)
    empty = EmptyState("No orders yet")
    view.set_empty(empty)
    view.resize(500, 400)
    view.show()

    def slow(door: ListDoor) -> object:
        gate.wait(10)
        return page(few)

    model.ask(lambda after: background.ask(slow))
    assert not view.cover._skeleton.isVisible()
    assert not empty.isVisible()
    qtbot.waitUntil(lambda: view.cover._skeleton.isVisible())
    gate.set()
    qtbot.waitUntil(lambda: empty.isVisible())
    assert not view.cover._skeleton.isVisible()
    few.rows = [Row(1, "one", 1)]
    model.refresh()
    qtbot.waitUntil(lambda: not empty.isVisible())
    assert model.rowCount() == 1
    model.ask(lambda after: background.ask(refuse))
    qtbot.waitUntil(lambda: len(host_of(view).toasts) == 1)
    assert model.rowCount() == 1
