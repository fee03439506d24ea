"""The window around the screens: keys, counts, language, theme, rights, folding, several programs at once."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.basics.i18n import language, set_language
from desktop.models.people import Permission
from desktop.services.settings import set_setting
from desktop.services.staff import add_staff
from desktop.views.common import icons
from desktop.views.common.dialogs import Sheet
from desktop.views.common.theme import theme
from desktop.views.shell.help import ManualSheet, manual_page
from desktop.views.shell.screens import SCREENS, family
from desktop.views.shell.sign_in import SignInPage
from desktop.views.shell.workspace import Workspace
from tests.helpers.desk import Desk
from tests.helpers.sample import entered


@pytest.fixture
def workspace(desk: Desk, sample_file: str) -> Any:
    """Signed in to the sample shop as its owner."""
    program = desk.open(sample_file)
    program.window.activateWindow()
    return desk.sign_in(program)


def test_every_screen_names_a_real_right_and_a_key_of_its_own() -> None:
    rights = {str(p) for p in Permission}
    assert all(entry.right in rights for entry in SCREENS if entry.right)
    letters = [entry.letter for entry in SCREENS if not entry.under]
    assert len(set(letters)) == len(letters)
    assert all(letters)
    heads = {entry.key for entry in SCREENS if not entry.under}
    assert all(entry.under in heads for entry in SCREENS if entry.under)


def test_every_screen_has_its_icons(desk: Desk) -> None:
    for entry in SCREENS:
        wanted = ("line",) if entry.under else ("line", "fill")
        assert all(icons.known(f"{entry.icon}-{kind}") for kind in wanted), entry.key


@pytest.mark.req("R4")
@pytest.mark.parametrize("entry", [e for e in SCREENS if e.letter], ids=lambda entry: entry.key)
def test_g_and_a_letter_open_each_screen(desk: Desk, workspace: Any, entry: Any) -> None:
    other = "members" if entry.key != "members" else "orders"
    workspace.go(other)
    desk.quiet(desk.programs[0])
    workspace.setFocus()
    desk.qtbot.keyClick(workspace.window(), Qt.Key.Key_G)
    desk.qtbot.keyClick(workspace.window(), Qt.Key(ord(entry.letter)))
    assert workspace.key == entry.key
    assert workspace.here is workspace.stack.currentWidget()
    assert workspace.side.items[entry.key].isChecked()
    desk.quiet(desk.programs[0])


@pytest.mark.req("R4")
def test_screens_of_one_family_are_reached_by_arrow_keys_in_the_bar_above(desk: Desk, workspace: Any) -> None:
    for head in ("orders", "products", "inventory"):
        workspace.go(head)
        desk.quiet(desk.programs[0])
        keys = [entry.key for entry in family(workspace.entries, head)]
        assert keys[0] == head
        choice = workspace.family.choice
        choice.setFocus()
        for key in keys[1:]:
            desk.qtbot.keyClick(choice, Qt.Key.Key_Right)  # the bar keeps the focus, so that one can go on
            desk.quiet(desk.programs[0])
            assert workspace.key == key
            assert workspace.side.items[head].isChecked()
    workspace.go("members")
    assert workspace.family.isHidden()
    desk.quiet(desk.programs[0])


@pytest.mark.req("R4")
def test_the_side_bar_counts_what_waits(desk: Desk, workspace: Any) -> None:
    desk.until(lambda: workspace.side.items["orders"].count == 12)
    desk.until(lambda: workspace.side.items["inventory"].count == 9)
    assert workspace.side.kiosks.orders == 38
    assert workspace.side.shop.name == "青禾杂货铺"


@pytest.mark.req("R3")
def test_the_language_changes_without_a_restart(desk: Desk, workspace: Any) -> None:
    program = desk.programs[0]
    workspace.go("members")
    assert workspace.side.items["orders"].text() == "订单"
    desk.qtbot.mouseClick(workspace.top.language, Qt.MouseButton.LeftButton)
    desk.until(lambda: program.workspace is not workspace)
    assert language() == "en"
    assert program.workspace is not None
    assert program.workspace.side.items["orders"].text() == "Orders"
    assert program.workspace.key == "members"
    assert program.machine.get("language") == "en"
    desk.quiet(program)


def test_light_and_dark_change_at_once_and_are_remembered(desk: Desk, workspace: Any) -> None:
    program = desk.programs[0]
    before = program.window.grab().toImage().pixelColor(3, 3)
    desk.qtbot.mouseClick(workspace.top.mode, Qt.MouseButton.LeftButton)
    assert theme.mode == "dark"
    assert program.window.grab().toImage().pixelColor(3, 3) != before
    assert program.machine.get("look") == "dark"


@pytest.mark.req("R4")
def test_what_is_typed_in_the_settings_is_asked_about_before_another_screen_opens(
    desk: Desk, workspace: Any
) -> None:
    workspace.navigate("settings", page="shop")
    desk.quiet(desk.programs[0])
    page = workspace.here.pages["shop"]
    desk.until(lambda: page.controls)
    page.controls["shop.branch"].widget.setText("分店")
    workspace.go("orders")
    assert workspace.key == "settings"
    assert workspace.side.items["settings"].isChecked()
    sheet = next(s for s in workspace.window().findChildren(Sheet) if s.isVisible())
    sheet.row.itemAt(0).widget().click()  # take back and leave
    assert (workspace.key, page.dirty()) == ("orders", False)
    desk.quiet(desk.programs[0])


@pytest.mark.req("R4")
@pytest.mark.parametrize("way", ["close", "sign out"])
def test_what_is_typed_is_asked_about_before_the_window_closes_or_somebody_signs_out(
    desk: Desk, workspace: Any, way: str
) -> None:
    program = desk.programs[0]
    workspace.navigate("settings", page="shop")
    desk.quiet(program)
    page = workspace.here.pages["shop"]
    desk.until(lambda: page.controls)
    page.controls["shop.branch"].widget.setText("分店")
    leave = program.window.close if way == "close" else workspace.sign_out
    leave()
    assert program.window.isVisible()
    assert program.signed is not None
    sheet = next(s for s in workspace.window().findChildren(Sheet) if s.isVisible())
    sheet.row.itemAt(0).widget().click()  # take back and leave
    desk.until(lambda: program.signed is None)
    assert program.window.isVisible() == (way != "close")


@pytest.mark.parametrize("red", [True, False])
def test_gains_have_the_shops_own_colour_from_the_start(desk: Desk, sample_file: str, red: bool) -> None:
    shop = entered(sample_file)
    shop.do(set_setting, "look.gain_red", red)
    shop.news.close()
    shop.storage.close()
    desk.sign_in(desk.open(sample_file))
    assert theme.gain(True) == ("danger" if red else "success")


def test_a_narrow_window_folds_the_side_bar(desk: Desk, workspace: Any) -> None:
    window = desk.programs[0].window
    window.resize(1440, 900)
    assert not workspace.side.folded
    window.resize(1200, 720)
    desk.until(lambda: workspace.side.folded)
    assert workspace.side.width() == 60
    window.resize(1440, 900)
    desk.until(lambda: not workspace.side.folded)


@pytest.mark.req("A1")
def test_a_cashier_sees_only_what_the_role_allows(desk: Desk, sample_file: str) -> None:
    program = desk.open(sample_file)
    workspace = desk.sign_in(program, "zhou")
    assert "payments" not in workspace.entries
    assert "dashboard" not in workspace.entries
    assert {"orders", "members"} <= workspace.entries.keys()
    workspace.navigate("payments")
    assert workspace.key != "payments"
    desk.quiet(program)


@pytest.mark.req("A1")
def test_new_people_sign_in_and_people_sign_out(desk: Desk, sample_file: str) -> None:
    shop = entered(sample_file)
    add_staff(shop, username="lin", name="林小店", password="lang-genug", roles=("merchant",))
    shop.storage.close()
    program = desk.open(sample_file)
    workspace = desk.sign_in(program, "lin", "lang-genug")
    assert workspace.person.name == "林小店"
    desk.quiet(program)
    workspace.sign_out_wanted.emit()
    page = desk.seen(program, SignInPage)
    assert program.signed is None
    assert page.password.text() == ""


@pytest.mark.req("O6", "R9")
def test_two_programs_on_one_file_see_each_other(desk: Desk, sample_file: str) -> None:
    from desktop.services.settings import set_setting

    first, second = desk.open(sample_file), desk.open(sample_file)
    desk.sign_in(first)
    workspace = desk.sign_in(second)
    assert first._background is not None
    first._background.do(set_setting, "shop.name", "新名字杂货铺")
    desk.qtbot.waitUntil(lambda: workspace.side.shop.name == "新名字杂货铺", timeout=20_000)
    for program in (first, second):
        desk.quiet(program)


@pytest.mark.req("R4")
def test_f1_opens_the_manual_page_and_a_question_mark_the_keys(desk: Desk, workspace: Any) -> None:
    workspace.go("members")
    desk.quiet(desk.programs[0])
    for key in (Qt.Key.Key_F1, Qt.Key.Key_Question):
        workspace.window().activateWindow()
        desk.until(workspace.window().isActiveWindow)
        workspace.setFocus()
        desk.qtbot.keyClick(workspace.window(), key)
        desk.until(lambda: QApplication.activeModalWidget() is not None)
        sheet = QApplication.activeModalWidget()
        assert sheet is not None
        desk.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
        desk.until(lambda: QApplication.activeModalWidget() is None)


def test_the_database_going_away_is_said_in_the_top_bar(desk: Desk, workspace: Any) -> None:
    assert workspace.top.sync.well
    news = desk.programs[0].opened.shop.news  # type: ignore[union-attr]
    assert news.on_reach is not None
    news.on_reach(False)
    desk.until(lambda: not workspace.top.sync.well)
    news.on_reach(True)
    desk.until(lambda: workspace.top.sync.well)


def test_the_window_remembers_where_this_person_left_it(desk: Desk, sample_file: str) -> None:
    program = desk.open(sample_file)
    workspace = desk.sign_in(program)
    workspace.go("members")
    desk.quiet(program)
    program.window.close()
    again = desk.open(sample_file)
    workspace = desk.sign_in(again)
    assert isinstance(workspace, Workspace)
    assert workspace.key == "members"
    desk.quiet(again)


class Flashes(QObject):
    """Notes every top-level window that shows up."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(f"{type(watched).__name__} {watched.windowTitle()} {watched.accessibleName()}")
        return False


def test_no_screen_flashes_a_window_of_its_own(desk: Desk, workspace: Any, qapp: QApplication) -> None:
    flashes = Flashes()
    qapp.installEventFilter(flashes)
    for entry in SCREENS:
        workspace.go(entry.key)
        desk.quiet(desk.programs[0])
    qapp.removeEventFilter(flashes)
    assert flashes.seen == []


@pytest.mark.req("R4")
@pytest.mark.parametrize("code", ["zh_CN", "en"])
def test_every_screen_has_its_manual_page_and_links_stay_inside(
    qtbot: QtBot, app_window: QWidget, code: str
) -> None:
    set_language(code)
    for name in (*(entry.key for entry in SCREENS), "index", "first_day"):
        assert manual_page(name) is not None, name
    sheet = ManualSheet(app_window, "index", "")
    qtbot.addWidget(sheet)
    before = sheet.reader.toPlainText()
    sheet.reader.anchorClicked.emit(QUrl("https://example.org/orders.md"))
    sheet.reader.anchorClicked.emit(QUrl("../../../README.md"))
    assert sheet.reader.toPlainText() == before
    sheet.reader.anchorClicked.emit(QUrl("orders.md"))
    assert sheet.reader.toPlainText() != before


@pytest.fixture
def app_window(qapp: QApplication, qtbot: QtBot) -> QWidget:
    """A window to stand over."""
    theme.install(qapp)
    window = QWidget()
    window.resize(1280, 720)
    qtbot.addWidget(window)
    window.show()
    return window
