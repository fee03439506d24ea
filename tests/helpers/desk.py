"""The desktop program over a sample shop, driven by real keys and clicks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from desktop.app.program import Program

LONG = 20_000  # ms


class Desk:
    """A program and its window; `seen` waits for a page."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.programs: list[Program] = []

    def open(self, address: str, *, asked: bool = True) -> Program:
        """Start a program on this database, as its owner would."""
        from desktop.app.program import Program
        from desktop.basics.clock import HandClock
        from tests.helpers.sample import PICTURED

        program = Program(address, asked=asked, clock=HandClock(PICTURED))
        self.programs.append(program)
        program.start()
        self.qtbot.waitExposed(program.window)
        return program

    def seen(self, program: Program, kind: type[QWidget]) -> Any:
        """Wait until the window shows this kind of page; returns it."""
        self.qtbot.waitUntil(lambda: isinstance(program.window.page, kind), timeout=LONG)
        return program.window.page

    def sign_in(self, program: Program, user: str = "wang", password: str = "zhanggui") -> Any:
        """Type user and password; returns the workspace."""
        from desktop.views.shell.sign_in import SignInPage
        from desktop.views.shell.workspace import Workspace

        page = self.seen(program, SignInPage)
        page.user.setText(user)
        page.password.setText(password)
        page.submit()
        workspace = self.seen(program, Workspace)
        program.window.activateWindow()
        self.until(program.window.isActiveWindow)
        return workspace

    def quiet(self, program: Program) -> None:
        """Wait until nothing is under way."""
        self.until(lambda: program._background is None or program._background.running == 0)

    def until(self, condition: Callable[[], Any]) -> None:
        """Wait for a condition."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=LONG)


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A place where programs can be started; they are ended afterwards."""
    from desktop.basics.i18n import set_language
    from desktop.views.common.theme import theme

    set_language("zh_CN")
    theme.install(qapp)
    theme.use("light", 100, gains_red=False, reduce_motion=True)
    made = Desk(qtbot, tmp_path)
    yield made
    for program in made.programs:
        program.window.close()
        program.stop()
        program.window.deleteLater()
        program.deleteLater()
    theme.use("light", 100)
    qapp.processEvents()


@pytest.fixture
def sample_file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a sample shop in a file of this test's own."""
    path = tmp_path / "sample.db"
    shutil.copyfile(request.getfixturevalue("sqlite_sample"), path)
    return f"sqlite:///{path}"
