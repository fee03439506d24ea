"""A job on a thread of its own, with its outcome told on the GUI thread: for what comes before the shop is open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal


class Errand(QObject):
    """Runs `job(tell)` once; `told(done, total, words)` while it runs, then `done(result)` or `failed(error)`."""

    done = Signal(object)
    failed = Signal(object)
    told = Signal(int, int, str)
    _ended = Signal(object, object)

    def __init__(
        self, parent: QObject, job: Callable[[Callable[[int, int, str], None]], Any], name: str
    ) -> None:
        super().__init__(parent)
        self._job = job
        self._dropped = False
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> Errand:
        """Begin."""
        self._thread.start()
        return self

    def drop(self) -> None:
        """Nobody waits for the outcome any more."""
        self._dropped = True

    def join(self, seconds: float) -> None:
        """Wait for the thread."""
        self._thread.join(seconds)

    def _run(self) -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = self._job(self._tell)
        except BaseException as problem:  # bugs are told on the GUI thread, too
            error = problem
        try:
            self._ended.emit(result, error)
        except RuntimeError:
            return  # the window is gone

    def _tell(self, done: int, total: int, words: str) -> None:
        if not self._dropped:
            self.told.emit(done, total, words)

    def _end(self, result: Any, error: BaseException | None) -> None:
        if not self._dropped:
            if error is None:
                self.done.emit(result)
            else:
                self.failed.emit(error)
        self.deleteLater()
