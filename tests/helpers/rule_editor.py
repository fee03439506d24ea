"""The hands and eyes of the editor’s tests: rows, fields, choices, and what is kept."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from desktop.models.rules import Rule, RuleVersion
from desktop.models.settings import SHIP_HOURS
from desktop.models.system import Setting
from desktop.shop.shop import Shop
from desktop.views.common.buttons import Button
from desktop.views.rules.row import ClauseRow
from desktop.views.rules.screen import RulesScreen
from tests.helpers.screens import Surroundings


def opened(around: Surroundings, qtbot: QtBot) -> RulesScreen:
    """The screen, wide enough for everything, with its first rule open."""
    made = RulesScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_440)
    qtbot.waitUntil(lambda: made.editor.detail is not None and bool(made.offers.by_kind))
    return made


def show(screen: RulesScreen, qtbot: QtBot, number: int) -> None:
    """Open a rule and wait for it."""
    screen.open_item(number)
    qtbot.waitUntil(lambda: screen.rule_id == number)


def row(screen: RulesScreen, place: str) -> ClauseRow:
    """A row of the builder."""
    return screen.editor.builder.rows[place]


def field(screen: RulesScreen, place: str, key: str) -> QLineEdit:
    """The text field of a blank."""
    found = row(screen, place).blanks[key].findChild(QLineEdit)
    assert found is not None
    return found


def retype(_qtbot: QtBot, entry: QLineEdit, text: str) -> None:
    """Replace what stands in a field, key by key."""
    entry.setFocus()
    entry.selectAll()
    QTest.keyClicks(entry, text)


def choose(control: Any, value: Any) -> None:
    """Choose in a list as a person would."""
    index = control._values.index(value)
    control.setCurrentIndex(index)
    control.activated.emit(index)


def add(screen: RulesScreen, group: str, words: str) -> None:
    """Press the button of a block and choose in its menu."""
    button = screen.editor.builder.blocks[group].findChildren(Button)
    next(b for b in button if b.icon_name == "add-line").click()
    menu = screen.editor.builder.menu
    next(a for a in menu.actions() if a.text() == words).trigger()
    menu.close()


def tick(screen: RulesScreen, place: str, key: str, words: str) -> None:
    """Open the list of a blank and tick one of its lines with the keyboard."""
    picked: Any = row(screen, place).blanks[key].focusProxy()
    QTest.keyClick(picked, Qt.Key.Key_Space)
    popup = picked.popup
    texts = [popup.list.item(i).text() for i in range(popup.list.count())]
    popup.list.setCurrentRow(texts.index(words))
    QTest.keyClick(popup.list, Qt.Key.Key_Return)
    popup.close()


def sentence(screen: RulesScreen) -> str:
    """What the band says."""
    return screen.editor.quote.label.text()


def kept(shop: Shop) -> tuple[int, int]:
    """How many rules and versions there are."""
    with shop.storage.read.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (Rule, RuleVersion)
        ]
    return counts[0], counts[1]


def save(screen: RulesScreen, qtbot: QtBot) -> None:
    """Press Ctrl S and wait for the answer."""
    screen.editor.save_button.click()
    qtbot.waitUntil(lambda: not screen.editor._saving and screen.context.background.running == 0)


def setting(shop: Shop) -> str | None:
    """What the shop's setting for shipping is."""
    with shop.storage.read.connect() as connection:
        wanted = select(Setting.value).where(Setting.key == SHIP_HOURS.key)
        found: str | None = connection.execute(wanted).scalar()
        return found
