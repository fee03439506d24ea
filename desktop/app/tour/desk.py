"""The tour of the desktop: signs in, walks every screen by keyboard, and looks at it in every variation."""

from __future__ import annotations

from itertools import product
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from desktop.app.program import Program
from desktop.app.tour.album import Album, Missed
from desktop.basics.clock import Clock
from desktop.basics.i18n import language, languages
from desktop.queries.verify import verify
from desktop.views.common.theme import theme
from desktop.views.shell.opening import TroublePage
from desktop.views.shell.screens import SCREENS, Entry, family
from desktop.views.shell.sign_in import SignInPage
from desktop.views.shell.workspace import Workspace

SIZES = ((1440, 900, 1.0), (1280, 720, 1.0), (1440, 900, 2.0))
HER = "林晓梅"


class Desk:
    """The desktop program under way, as the tour drives it."""

    def __init__(self, album: Album, address: str, clock: Clock | None) -> None:
        self.album = album
        self.program = Program(address, asked=True, clock=clock)
        self.program.window.resize(1440, 900)
        self.program.start()

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.program.workspace is not None

    @property
    def workspace(self) -> Workspace:
        """The bars and screens. Raises `Missed` before signing in."""
        if self.program.workspace is None:
            raise Missed("nobody is signed in")
        return self.program.workspace

    def sign_in(self) -> None:
        """From the first painted window to the workspace."""
        album, window = self.album, self.program.window
        with album.step("sign in"):
            album.until(lambda: isinstance(window.page, SignInPage | TroublePage), "no sign-in page")
            page = window.page
            if not isinstance(page, SignInPage) or not hasattr(page, "sample"):
                raise Missed("the tour needs the sample shop: zhanggui init --sample")
            album.picture("sign_in", window)
            album.press(page.sample.action)
            album.until(lambda: self.signed_in, "nobody was let in")
            window.resize(1440, 900)
            self.quiet()

    def close(self) -> None:
        """End the program."""
        self.program.window.close()

    def quiet(self) -> None:
        """Wait until the screen stands."""
        self.album.quiet(self.program._background)

    # The walk

    def walk(self) -> None:
        """Every screen, with something opened in it."""
        self._each_screen()
        self._refund()
        self._palette()
        self._help()
        self._languages()

    def _each_screen(self) -> None:
        for entry in SCREENS:
            with self.album.step(f"screen {entry.key}"):
                self._visit(entry)
                self.album.picture(entry.key, self.program.window)
                if entry.key in ("orders", "products", "inventory"):
                    self._open_row()
                    self.album.picture(f"{entry.key}_detail", self.program.window)

    def _visit(self, entry: Entry) -> None:
        if entry.letter:
            self.go(entry.key, entry.letter)
        else:
            self._go_under(entry.key)

    def go(self, key: str, letter: str) -> None:
        """Press G and the screen's letter, and wait until it stands with its rows."""
        workspace = self.workspace
        self._in_front()
        QTest.keyClick(self.program.window, Qt.Key.Key_G)
        QTest.keyClick(self.program.window, Qt.Key(ord(letter)))
        self.album.until(lambda: workspace.key == key, f"G {letter} did not open it")
        self.quiet()
        if key in ("orders", "products", "inventory", "payments", "members"):
            self.album.until(lambda: self._table(), "no rows")
        if key == "rules":
            self.album.until(lambda: getattr(workspace.here, "rule_id", 0), "no rule opened")
            self.quiet()

    def _go_under(self, key: str) -> None:
        """Open a screen by the bar it shares with the one that is open, once its family's head is."""
        workspace = self.workspace
        head = workspace.entries[key].under
        if head not in (workspace.key, workspace.entries[workspace.key].under):
            self.go(head, workspace.entries[head].letter)
        keys = [entry.key for entry in family(workspace.entries, key)]
        choice = workspace.family.choice
        if choice is None:
            raise Missed("no bar above the screen")
        choice.setFocus()
        steps = keys.index(key) - keys.index(workspace.key)
        for _step in range(abs(steps)):
            QTest.keyClick(choice, Qt.Key.Key_Right if steps > 0 else Qt.Key.Key_Left)
            self.quiet()
        self.album.until(lambda: workspace.key == key, f"the bar did not open {key}")
        self.quiet()

    def _in_front(self) -> None:
        """Keys reach the window in front only."""
        window = self.program.window
        if not window.isActiveWindow():
            window.activateWindow()
            self.album.until(window.isActiveWindow, "the window does not come to the front")
        self.workspace.setFocus()

    def _table(self) -> QTableView | None:
        here: QWidget | None = self.workspace.here
        tables = here.findChildren(QTableView) if here is not None else []
        return next((t for t in tables if t.isVisible() and t.model() and t.model().rowCount() > 0), None)

    def _open_row(self) -> None:
        table = self._table()
        if table is None:
            raise Missed("no rows")
        table.setFocus()
        QTest.keyClick(table, Qt.Key.Key_Home)
        QTest.keyClick(table, Qt.Key.Key_Return)
        self.quiet()

    def _refund(self) -> None:
        """`tk` in the palette offers the refund of the order that is open."""
        album, window = self.album, self.program.window
        with album.step("refund dialog"):
            self.go("orders", "O")
            self._open_row()
            palette = self._open_palette("tk")
            album.picture("palette_refund", window)
            QTest.keyClick(palette.entry, Qt.Key.Key_Return)
            album.until(lambda: QApplication.activeModalWidget() is not None, "no dialog opened")
            self.quiet()
            album.picture("refund", window)
            self._close_sheet()

    def _palette(self) -> None:
        """Her name in the palette opens her page."""
        album, window = self.album, self.program.window
        with album.step("palette"):
            palette = self._open_palette("lxm")
            album.picture("palette", window)
            QTest.keyClick(palette.entry, Qt.Key.Key_Escape)
            palette = self._open_palette(f"@{HER}")
            QTest.keyClick(palette.entry, Qt.Key.Key_Return)
            album.until(lambda: self.workspace.key == "members", "the member did not open")
            self.quiet()
            album.picture("member", window)

    def _open_palette(self, text: str) -> Any:
        self._in_front()
        QTest.keyClick(self.program.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        palette = self.workspace.palette_box
        self.album.until(lambda: not palette.closed, "Ctrl K did not open it")
        self.album.until(lambda: palette.ready, "the palette is not ready")
        self.album.write(palette.entry, text)
        self.album.until(lambda: palette.settled and palette.list.hits, f"nothing found for {text}")
        self.quiet()
        return palette

    def _help(self) -> None:
        for key, name in ((Qt.Key.Key_F1, "manual"), (Qt.Key.Key_Question, "keys")):
            with self.album.step(name):
                self._in_front()
                QTest.keyClick(self.program.window, key)
                self.album.until(lambda: QApplication.activeModalWidget() is not None, "nothing opened")
                self.album.picture(name, self.program.window)
                self._close_sheet()

    def _close_sheet(self) -> None:
        sheet = QApplication.activeModalWidget()
        if sheet is not None:
            QTest.keyClick(sheet, Qt.Key.Key_Escape)
        self.album.until(lambda: QApplication.activeModalWidget() is None, "Esc did not close the dialog")
        self.quiet()

    def _languages(self) -> None:
        """All screens are open by now: each is made anew in the other language and back."""
        first = language()
        for code in (*(other for other in languages() if other != first), first):
            with self.album.step(f"language {code}"):
                self._become(code, theme.mode)
                self._visit(SCREENS[0])

    def books(self) -> None:
        """After all that happened, every figure still agrees with what stands behind it."""
        with self.album.step("books"):
            background = self.program._background
            if background is None:
                raise Missed("nobody is signed in")
            verdict = self.album.ask(background, verify)
            if verdict.faults:
                raise Missed(str(verdict.faults[0]))

    # Variations

    def matrix(self) -> None:
        """Every screen in both themes, every language, and three sizes."""
        for code, mode, (width, height, scale) in product(languages(), ("light", "dark"), SIZES):
            self.album.series = f"{code}_{mode}_{width}x{height}" + ("_200" if scale > 1 else "")
            self.album.scale = scale
            with self.album.step(self.album.series):
                self._become(code, mode)
                self.program.window.resize(width, height)
                self.quiet()
                self._variation()
        self.album.series, self.album.scale = "", 1.0
        self._become("zh_CN", "light")

    def _become(self, code: str, mode: str) -> None:
        before = self.program.workspace
        if language() != code:
            self.program.use_language(code)
            self.album.until(lambda: self.program.workspace is not before, "the language did not change")
        theme.use(mode)
        self.quiet()

    def _variation(self) -> None:
        for entry in SCREENS:
            with self.album.step(f"{self.album.series} {entry.key}"):
                self._visit(entry)
                if entry.key == "orders":
                    self._open_row()
                self.album.picture(entry.key, self.program.window)
        with self.album.step(f"{self.album.series} palette"):
            palette = self._open_palette("lxm")
            self.album.picture("palette", self.program.window)
            QTest.keyClick(palette.entry, Qt.Key.Key_Escape)
