"""Keys: every action has one; single letters act only while no field has the keyboard."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

from desktop.basics.i18n import _
from desktop.views.common.badges import KeyCap
from desktop.views.common.cards import hbox
from desktop.views.common.dialogs import Sheet
from desktop.views.common.labels import Label


@dataclass
class _Known:
    shortcut: QShortcut
    keys: str
    title: str


_known: list[_Known] = []


def typing() -> bool:
    """Whether a field has the keyboard."""
    focus = QApplication.focusWidget()
    if isinstance(focus, QLineEdit | QPlainTextEdit | QTextEdit):
        return not focus.isReadOnly()
    return isinstance(focus, QComboBox) and focus.isEditable()


def on(widget: QWidget, keys: str, action: Callable[[], object], title: str) -> QShortcut:
    """Let keys such as "N", "Ctrl+K" or "G, O" act while this widget is seen; `title` stands in the list of keys."""
    shortcut = QShortcut(QKeySequence(keys), widget)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    plain = not any(name in keys for name in ("Ctrl", "Alt", "Meta", "F1", "F5"))

    def act() -> None:
        if plain and typing():
            return
        action()

    shortcut.activated.connect(act)
    _known[:] = [entry for entry in _known if isValid(entry.shortcut)]
    _known.append(_Known(shortcut, keys, title))
    return shortcut


def seen(window: QWidget) -> list[tuple[str, str]]:
    """Return (keys, title) of what works in this window now."""
    found = []
    for entry in _known:
        if not isValid(entry.shortcut):
            continue
        parent = entry.shortcut.parent()
        if isinstance(parent, QWidget) and parent.window() is window and parent.isVisible() and entry.title:
            found.append((entry.keys, entry.title))
    return found


def show_list(window: QWidget) -> Sheet:
    """Open the list of keys (`?`)."""
    sheet = Sheet(window, _("Keyboard shortcuts"), width=440)
    for keys, title in seen(window):
        row = hbox(gap=4)
        row.addWidget(Label(title, "small"), 1)
        for part in keys.replace(", ", "+").split("+"):
            row.addWidget(KeyCap(part))
        sheet.body.addLayout(row)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sheet.open()
    return sheet
