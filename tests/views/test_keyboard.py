"""Where the keyboard is: in the list first, back there from the search, at the first field of a sheet."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktop.views.inventory.adjust import AdjustSheet
from desktop.views.inventory.levels import LevelsSheet
from desktop.views.inventory.receive import ReceiveSheet
from tests.helpers.desk import Desk


@pytest.fixture
def workspace(desk: Desk, sample_file: str) -> Any:
    """Signed in to the sample shop as its owner."""
    program = desk.open(sample_file)
    program.window.activateWindow()
    return desk.sign_in(program)


def _open(desk: Desk, workspace: Any, key: str) -> Any:
    workspace.go(key)
    desk.quiet(desk.programs[0])
    return workspace.here


@pytest.mark.req("R4")
def test_the_list_has_the_keyboard_and_escape_leaves_the_search(desk: Desk, workspace: Any) -> None:
    screen = _open(desk, workspace, "orders")
    assert screen.list.table.hasFocus()
    desk.qtbot.keyClick(screen.list.table, Qt.Key.Key_Slash)
    search = screen.list.bar.search
    desk.until(search.hasFocus)
    desk.qtbot.keyClicks(search, "lxm")
    desk.qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert search.hasFocus()
    assert not search.value()
    desk.qtbot.keyClick(search, Qt.Key.Key_Slash)
    assert not search.value()
    desk.qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert screen.list.table.hasFocus()
    desk.quiet(desk.programs[0])


@pytest.mark.req("R4")
def test_a_sheet_begins_at_its_first_field(desk: Desk, workspace: Any) -> None:
    screen = _open(desk, workspace, "inventory")
    screen.panel.open_adjust()
    sheet = next(s for s in workspace.window().findChildren(AdjustSheet) if s.isVisible())
    assert sheet.focusWidget() is sheet.amount
    sheet.reject()
    desk.quiet(desk.programs[0])


def _walk(desk: Desk, sheet: Any, steps: int) -> list[Any]:
    """Where Tab goes from where the keyboard is."""
    found = [sheet.focusWidget()]
    for _step in range(steps):
        desk.qtbot.keyClick(sheet.focusWidget(), Qt.Key.Key_Tab)
        found.append(sheet.focusWidget())
    return found


@pytest.mark.req("R4")
def test_tab_goes_through_the_fields_before_the_buttons(desk: Desk, workspace: Any) -> None:
    screen = _open(desk, workspace, "inventory")
    desk.until(lambda: screen.panel._level_sheet is not None)
    screen.panel.edit_levels.click()
    sheet = next(s for s in workspace.window().findChildren(LevelsSheet) if s.isVisible())
    desk.until(sheet.isActiveWindow)
    desk.until(sheet.place.isVisible)  # there are two places: the choice comes once they are known
    fields = [sheet.minimum, sheet.safety, sheet.alert]
    assert _walk(desk, sheet, 5) == [*fields, sheet.cancel, sheet.primary, sheet.place]
    sheet.reject()
    screen.open_receive()
    sheet = next(s for s in workspace.window().findChildren(ReceiveSheet) if s.isVisible())
    desk.until(sheet.isActiveWindow)
    for code in ("ZH-2001", "ZH-2003"):
        sheet.scan.take(code)
        desk.quiet(desk.programs[0])
    sheet.scan.setFocus()
    newest, older = sorted(sheet.lines.values(), key=lambda line: line.y())
    visited = _walk(desk, sheet, 18)
    stops = [
        newest.quantity._field,
        newest.cost,
        older.quantity._field,
        older.cost,
        sheet.supplier,
        sheet.note,
    ]
    places = [visited.index(stop) for stop in (*stops, sheet.cancel, sheet.primary)]
    assert places == sorted(places)
    sheet.reject()
    desk.quiet(desk.programs[0])
