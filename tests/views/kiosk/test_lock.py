"""No way out of the kiosk but the hidden gesture and a PIN."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QProcess, Qt
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QDragEnterEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop.views.kiosk.overlays import Pin
from desktop.views.kiosk.parts import HOLD_MS, Seal
from desktop.views.kiosk.widgets import Button
from tests.views.kiosk.conftest import CODES, PIN, Kiosk


@pytest.mark.req("Q5")
def test_leaving_needs_the_gesture_and_the_pin(kiosk: Kiosk) -> None:
    window = kiosk.open()
    left: list[bool] = []
    window.left.connect(lambda: left.append(True))
    window.close()
    assert window.isVisible()
    seal = window.findChild(Seal)
    assert HOLD_MS == 3_000
    QTest.mouseClick(seal, Qt.MouseButton.LeftButton)  # a short touch does nothing
    assert window.overlay is None
    seal._timer.setInterval(5)
    QTest.mousePress(seal, Qt.MouseButton.LeftButton)
    kiosk.qtbot.waitUntil(lambda: isinstance(window.overlay, Pin))
    pin = window.overlay
    assert isinstance(pin, Pin)
    pin.entered.emit("000000")
    kiosk.settle_down()
    assert window.isVisible()
    pin.entered.emit(PIN)
    kiosk.qtbot.waitUntil(lambda: not window.isVisible())
    assert left == [True]


def forbid_ways_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever leads out of the program notes that it was called."""
    tried: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda *a: tried.append("link"))
    monkeypatch.setattr(QProcess, "startDetached", lambda *a: tried.append("process"))
    for name in ("getOpenFileName", "getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, name, lambda *a, n=name: tried.append(n))
    return tried


def strangers(window: QWidget) -> list[QWidget]:
    """Visible windows other than the kiosk's."""
    return [w for w in QApplication.topLevelWidgets() if w is not window and w.isVisible()]


@pytest.mark.req("Q5")
def test_sixty_key_chords_open_nothing(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = forbid_ways_out(monkeypatch)
    window = kiosk.open()
    kiosk.scan(CODES[0])
    handle = window.windowHandle()
    control, alt, meta = (getattr(Qt.KeyboardModifier, f"{n}Modifier") for n in ("Control", "Alt", "Meta"))
    keys = [Qt.Key(k) for k in range(Qt.Key.Key_F1, Qt.Key.Key_F1 + 12)]
    keys += [getattr(Qt.Key, f"Key_{ch}") for ch in "ACFHKLNOPQRSTVWXZ"]
    keys += [
        Qt.Key.Key_Tab,
        Qt.Key.Key_Escape,
        Qt.Key.Key_Print,
        Qt.Key.Key_Menu,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Space,
    ]
    chords = [(key, modifier) for key in keys for modifier in (control, alt, meta)]
    assert len(chords) >= 60
    for key, modifier in chords:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(handle, QKeyEvent(kind, key, modifier))
    QApplication.processEvents()
    assert (strangers(window), tried, window.isVisible(), kiosk.sale.pieces) == ([], [], True, 1)


@pytest.mark.req("Q5")
def test_context_menus_and_dropped_files_do_nothing(kiosk: Kiosk, tmp_path: Path) -> None:
    window = kiosk.open()
    kiosk.sale.go("member")
    for child in [window, *window.findChildren(QWidget)]:
        assert not child.acceptDrops()
        QApplication.sendEvent(
            child, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(5, 5))
        )
    data = QMimeData()
    data.setText(f"file://{tmp_path}")
    drag = QDragEnterEvent(
        QPoint(500, 500),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window.windowHandle(), drag)
    QApplication.processEvents()
    assert strangers(window) == []


@pytest.mark.req("Q5")
def test_two_thousand_random_touches_open_nothing(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = forbid_ways_out(monkeypatch)
    window = kiosk.open()
    handle = window.windowHandle()
    chance = random.Random(20261121)
    seen = set()
    for number in range(2_000):
        spot = QPoint(chance.randrange(window.width()), chance.randrange(window.height()))
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
        seen.add(kiosk.sale.page)
        if number % 40 == 0:
            kiosk.scan(chance.choice(CODES))
        if number % 100 == 0:
            QApplication.processEvents()
            assert strangers(window) == []
    kiosk.settle_down()
    assert (strangers(window), tried, window.isVisible()) == ([], [], True)
    assert {"basket", "member", "bill"} <= seen  # the touches did go places


@pytest.mark.req("Q5")
def test_the_second_tap_of_a_double_tap_falls_on_nothing(kiosk: Kiosk) -> None:
    window = kiosk.open()
    kiosk.scan(CODES[0])
    handle = window.windowHandle()
    pressed: list[int] = []
    start = next(button for button in window.findChildren(Button) if button.text() == "去结账")
    spot = start.mapTo(window, start.rect().center())
    kiosk.qtbot.waitUntil(lambda: not window._lock.resting())
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "member")
    assert window.page is not None
    for button in window.page.findChildren(Button):
        button.clicked.connect(lambda: pressed.append(1))
    for button in window.page.findChildren(Button):
        there = button.mapTo(window, button.rect().center())
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, there)
    assert (pressed, kiosk.sale.page) == ([], "member")
    kiosk.qtbot.waitUntil(lambda: not window._lock.resting())
    skip = next(b for b in window.page.findChildren(Button) if "直接付款" in b.text())
    there = skip.mapTo(window, skip.rect().center())
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, there)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
