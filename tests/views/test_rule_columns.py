"""In a narrow window the trial and the log lie over the editor when asked for, and Esc takes them away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.rules.columns import Columns


def test_esc_takes_the_cards_off_the_editor_and_leaves_them_beside_it(qtbot: QtBot) -> None:
    field, middle = QLineEdit(), QStackedWidget()
    middle.addWidget(field)
    columns = Columns(QWidget(), middle, (QWidget(), QWidget()))
    qtbot.addWidget(columns)
    columns.resize(1_280, 700)
    columns.show()
    columns.open_side()
    assert columns.side.isVisible()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A)
    assert columns.side.isVisible()  # control: another key
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not columns.side.isVisible()
    columns.resize(1_500, 700)
    qtbot.waitUntil(lambda: not columns.narrow)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert columns.side.isVisible()  # beside the editor they stay
