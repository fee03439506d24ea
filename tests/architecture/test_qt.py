"""What we rely on in Qt and its binding."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.views.common.theme import Finish

MARKUP = "<b>bold</b><img src='x'>"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_the_binding_keeps_its_references_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12 on Python 3.11 loses one at each call and ends the process after some thousands."""
    timer = QTimer()
    before = sys.getrefcount(None)
    for _ in range(1000):
        timer.setSingleShot(True)
    assert sys.getrefcount(None) > before - 500


@pytest.fixture
def bare(qapp: QApplication) -> Iterator[QApplication]:
    """The program without the theme's own filter, whichever test ran before."""
    from desktop.views.common.theme import theme

    installed = theme._filter
    if installed is not None:
        qapp.removeEventFilter(installed)
    yield qapp
    if installed is not None:
        qapp.installEventFilter(installed)


def formats_in_a_message(qtbot: QtBot) -> list[Qt.TextFormat]:
    """How the labels of a message box would show markup."""
    box = QMessageBox(QMessageBox.Icon.Information, "t", MARKUP)
    qtbot.addWidget(box)
    box.setInformativeText(MARKUP)
    box.show()
    return [label.textFormat() for label in box.findChildren(QLabel) if label.text() == MARKUP]


@pytest.mark.usefixtures("bare")
def test_labels_show_markup_as_written(qtbot: QtBot, qapp: QApplication) -> None:
    finish = Finish()
    qapp.installEventFilter(finish)
    try:
        assert formats_in_a_message(qtbot) == [Qt.TextFormat.PlainText] * 2
    finally:
        qapp.removeEventFilter(finish)


@pytest.mark.usefixtures("bare")
def test_control_without_the_filter_it_would_be_markup(qtbot: QtBot) -> None:
    assert formats_in_a_message(qtbot) == [Qt.TextFormat.AutoText] * 2
