"""Nothing leads out of the kiosk: key chords, context menus and dropped files end here."""

import time

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

LINE_ENDS = ("\r", "\n")  # some scanners send the character and no key of its own
LIVELY = (
    QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate,
    QEvent.Type.KeyPress, QEvent.Type.Wheel,
)  # fmt: skip
NEVER = (
    QEvent.Type.ContextMenu, QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop,
    QEvent.Type.ShortcutOverride, QEvent.Type.Shortcut,
)  # fmt: skip
PLAIN_KEYS = (
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Left,
    Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown, Qt.Key.Key_Backspace, Qt.Key.Key_Escape,
)  # fmt: skip
PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TouchBegin)
REST_MS = 350  # the second tap of a double tap must not fall on what took the page's place


class Lock(QObject):
    """Filters what arrives at the kiosk's window; `lively` tells that somebody is there."""

    lively = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._deaf_until = 0.0

    def rest(self) -> None:
        """Another page or question is shown: taps still meant for the one before are dropped."""
        self._deaf_until = time.monotonic() + REST_MS / 1_000

    def resting(self) -> bool:
        """Whether taps are still dropped."""
        return time.monotonic() < self._deaf_until

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in LIVELY:
            self.lively.emit()
        if kind in NEVER or (kind in PRESSES and self.resting()):
            return True
        if isinstance(event, QKeyEvent) and kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return _leads_out(event)
        return False


def _leads_out(event: QKeyEvent) -> bool:
    chord = event.modifiers() & (
        Qt.KeyboardModifier.ControlModifier
        | Qt.KeyboardModifier.AltModifier
        | Qt.KeyboardModifier.MetaModifier
    )
    text = event.text()
    plain = event.key() in PLAIN_KEYS or (len(text) == 1 and (text.isprintable() or text in LINE_ENDS))
    return bool(chord) or not plain
