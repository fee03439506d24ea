"""A scanner that types like a keyboard: quick keys ending in Enter are a code, anything else is a person typing."""

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow

from desktop.views.kiosk.lock import LINE_ENDS

GAP_MS = 60  # the longest pause inside one scan
LEAST = 4  # keys of the shortest code
TWICE_MS = 350  # the same code again within this is one scan seen twice
ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class Scanner(QObject):
    """Watches the keys that arrive at one window; what was no scan is handed on as typed."""

    scanned = Signal(str)

    def __init__(
        self,
        window: Callable[[], QWindow | None],
        parent: QObject,
        milliseconds: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._now = milliseconds or (lambda: time.monotonic() * 1_000)
        self._keys: list[QKeyEvent] = []
        self._last = 0.0
        self._before: tuple[str, float] = ("", float("-inf"))
        self._replaying = False
        self._pause = QTimer(self, singleShot=True, interval=GAP_MS * 2)
        self._pause.timeout.connect(self.replay)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._replaying or event.type() != QEvent.Type.KeyPress or watched is not self._window():
            return False
        assert isinstance(event, QKeyEvent)
        moment = self._now()
        if self._keys and moment - self._last > GAP_MS:
            self.replay()
        self._last = moment
        if event.key() in ENDS or event.text() in LINE_ENDS:
            return self._end(moment)
        text = event.text()
        plain = (
            len(text) == 1
            and text.isprintable()
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if not plain or (text == " " and not self._keys):
            return False
        self._keys.append(QKeyEvent(event))
        self._pause.start()
        return True

    def _end(self, moment: float) -> bool:
        if len(self._keys) < LEAST:
            self.replay()
            return False
        code = "".join(key.text() for key in self._keys).strip()
        self._keys.clear()
        self._pause.stop()
        twice = code == self._before[0] and moment - self._before[1] < TWICE_MS
        self._before = (code, moment)
        if code and not twice:
            self.scanned.emit(code)
        return True

    def replay(self) -> None:
        """Hand the held keys on: a person typed them."""
        self._pause.stop()
        keys, self._keys = self._keys, []
        target = self._window()
        if target is None:
            return
        self._replaying = True
        try:
            for key in keys:
                QCoreApplication.sendEvent(target, key)
        finally:
            self._replaying = False

    def forget(self) -> None:
        """Drop what was held, and which code came last."""
        self._keys.clear()
        self._pause.stop()
        self._before = ("", float("-inf"))
