"""What we rely on in Qt and its binding."""

import sys

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.views.common.theme import PlainLabels

MARKUP = "<b>bold</b><img src='x'>"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_the_binding_keeps_its_references_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12 on Python 3.11 loses one at each call and ends the process after some thousands."""
    timer = QTimer()
    before = sys.getrefcount(None)
    for _ in range(1000):
        timer.setSingleShot(True)
    assert sys.getrefcount(None) > before - 500


def test_labels_show_markup_as_written(qtbot: QtBot, qapp) -> None:
    guard = PlainLabels()
    qapp.installEventFilter(guard)
    try:
        box = QMessageBox(QMessageBox.Icon.Information, "t", MARKUP)
        qtbot.addWidget(box)
        box.setInformativeText(MARKUP)
        box.show()
        labels = [label for label in box.findChildren(QLabel) if label.text() == MARKUP]
        assert len(labels) == 2
        assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    finally:
        qapp.removeEventFilter(guard)


def test_control_without_the_guard_it_would_be_markup(qtbot: QtBot) -> None:
    box = QMessageBox(QMessageBox.Icon.Information, "t", MARKUP)
    qtbot.addWidget(box)
    box.show()
    assert Qt.TextFormat.PlainText not in {
        label.textFormat() for label in box.findChildren(QLabel) if label.text() == MARKUP
    }
