"""The first start: the sample shop in one click, an own shop in five answers."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.views.shell.first_run import FirstRunPage
from desktop.views.shell.opening import TroublePage
from desktop.views.shell.sign_in import SignInPage
from desktop.views.shell.workspace import Workspace
from tests.helpers.desk import Desk


def choose(desk: Desk, name: str) -> tuple[object, FirstRunPage]:
    program = desk.open(f"sqlite:///{desk.folder / name}")
    return program, desk.seen(program, FirstRunPage)


def fill(page: FirstRunPage, **values: str) -> None:
    answers = {
        "name": "青禾杂货铺", "owner": "王掌柜", "username": "wang", "password": "lang-genug", "again": "lang-genug",
    }  # fmt: skip
    for field, value in (answers | values).items():
        getattr(page, field).setText(value)


@pytest.mark.req("R4", "R9")
def test_an_own_shop_is_opened_and_entered(desk: Desk) -> None:
    program, page = choose(desk, "own.db")
    desk.qtbot.mouseClick(page.own.button, Qt.MouseButton.LeftButton)
    fill(page)
    assert page.preview.name == "青禾杂货铺"
    desk.qtbot.keyClick(page.again, Qt.Key.Key_Return)
    workspace = desk.seen(program, Workspace)
    assert workspace.card.name == "青禾杂货铺"
    assert workspace.person.name == "王掌柜"


@pytest.mark.req("R4")
@pytest.mark.parametrize(
    "field, value",
    [("name", ""), ("owner", " "), ("username", "王"), ("password", "kurz"), ("again", "etwas-anderes")],
)
def test_wrong_answers_are_said_at_their_field_and_nothing_is_made(
    desk: Desk, field: str, value: str
) -> None:
    _program, page = choose(desk, "own.db")
    page.show_own()
    fill(page, **{field: value})
    page.submit()
    wrong = [f for f in page.fields if f._error.isVisibleTo(f)]
    assert [f.control for f in wrong][:1] == [getattr(page, field)]
    assert not page.button.is_busy
    assert not (desk.folder / "own.db").exists()


@pytest.mark.req("R4", "R9")
def test_the_sample_shop_is_one_click_away(desk: Desk) -> None:
    program, page = choose(desk, "sample.db")
    desk.qtbot.mouseClick(page.sample.button, Qt.MouseButton.LeftButton)
    entry = desk.seen(program, SignInPage)
    desk.qtbot.mouseClick(entry.sample.action, Qt.MouseButton.LeftButton)
    workspace = desk.seen(program, Workspace)
    assert workspace.card.sample


@pytest.mark.req("A1")
def test_too_many_wrong_passwords_make_one_wait(desk: Desk, sample_file: str) -> None:
    program = desk.open(sample_file)
    page = desk.seen(program, SignInPage)
    for _try in range(6):
        page.user.setText("wang")
        page.password.setText("falsch")
        page.submit()
        desk.until(lambda: not page.button.is_busy)
    assert page.waiting > 0
    assert not page.button.isEnabled()
    page.password.setText("zhanggui")
    page.submit()
    assert not page.button.is_busy  # the right one waits, too
    page._left = 1
    page._count_down()
    assert page.button.isEnabled()


def test_a_file_that_is_no_database_is_said_with_a_way_on(desk: Desk) -> None:
    path = Path(desk.folder / "notes.db")
    path.write_text("These are only notes. " * 200)
    program = desk.open(f"sqlite:///{path}")
    page = desk.seen(program, TroublePage)
    assert page.button.isEnabled()
    path.unlink()
    desk.qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    desk.seen(program, FirstRunPage)
