"""Quick keys ending in Enter are a scan; a person's typing reaches the page untouched."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.kiosk.scanner import Scanner

ENTER = (Qt.Key.Key_Return, "\r")


class Typist(QWidget):
    """A window that notes what is typed, and a clock moved by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.typed: list[str] = []
        self.codes: list[str] = []
        self.moment = 0.0
        self.scanner = Scanner(self.windowHandle, self, lambda: self.moment)
        self.scanner.scanned.connect(self.codes.append)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.typed.append(event.text() or Qt.Key(event.key()).name)

    def keys(self, text: str, gap: float, *, enter: bool = True) -> None:
        """Press keys this many milliseconds apart."""
        pairs = [(Qt.Key(ord(ch.upper())), ch) for ch in text] + ([ENTER] if enter else [])
        for key, ch in pairs:
            self.moment += gap
            event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, ch)
            QApplication.sendEvent(self.windowHandle(), event)


@pytest.fixture
def typist(qapp: QApplication, qtbot: QtBot) -> Typist:
    window = Typist()
    qtbot.addWidget(window)
    window.show()
    window.windowHandle().installEventFilter(window.scanner)
    return window


@pytest.mark.req("Q5")
@pytest.mark.parametrize("code", ["6901000010036", "ZH-1003", "69010001", "2400"])
def test_a_burst_is_one_code_and_types_nothing(typist: Typist, code: str) -> None:
    typist.keys(code, 4)
    assert typist.codes == [code]
    assert typist.typed == []


@pytest.mark.parametrize("end", ["\r", "\n"])
def test_an_end_of_line_without_a_key_of_its_own_ends_a_code(typist: Typist, end: str) -> None:
    typist.keys("6901000010036", 4, enter=False)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, end)
    QApplication.sendEvent(typist.windowHandle(), event)
    assert typist.codes == ["6901000010036"]


def test_slow_keys_are_a_person(typist: Typist) -> None:
    typist.keys("13805", 200)
    assert typist.codes == []
    assert typist.typed == [*"13805", "\r"]


def test_a_few_quick_keys_are_a_person(typist: Typist, qtbot: QtBot) -> None:
    typist.keys("12", 10, enter=False)
    qtbot.waitUntil(lambda: typist.typed == ["1", "2"])
    assert typist.codes == []


def test_typing_before_a_scan_stays_typing(typist: Typist) -> None:
    typist.keys("7", 300, enter=False)
    typist.moment += 300
    typist.keys("6901000010036", 4)
    assert (typist.typed, typist.codes) == (["7"], ["6901000010036"])


@pytest.mark.req("Q5")
def test_one_pass_seen_twice_counts_once_but_a_second_piece_counts(typist: Typist) -> None:
    typist.keys("6901000010036", 4)
    typist.moment += 100
    typist.keys("6901000010036", 4)
    assert len(typist.codes) == 1
    typist.moment += 500
    typist.keys("6901000010036", 4)
    assert len(typist.codes) == 2


def test_control_keys_and_space_pass(typist: Typist) -> None:
    for key, text in ((Qt.Key.Key_Left, ""), (Qt.Key.Key_Space, " ")):
        typist.moment += 300
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
        QApplication.sendEvent(typist.windowHandle(), event)
    assert typist.typed == ["Key_Left", " "]
