"""Long work: told by a callback on another thread, looked at by a clock on this one."""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop.views.common.context import Context
from desktop.views.common.progress_panel import ProgressPanel

EVERY_MS = 80


class Gauge:
    """How far the work is; the working thread asks it whether to go on."""

    def __init__(self) -> None:
        self.done = self.total = 0
        self._stop = threading.Event()

    def __call__(self, done: int, total: int) -> bool:
        """Take the news; False when the person pressed cancel."""
        self.done, self.total = done, total
        return not self._stop.is_set()

    def stop(self) -> None:
        """Ask the work to end."""
        self._stop.set()


class Job:
    """One piece of work with its progress panel; `run` starts it."""

    def __init__(
        self, owner: QWidget, context: Context, panel: ProgressPanel, rows: Callable[[int, int], str]
    ) -> None:
        self._owner, self._context, self._panel, self._rows = owner, context, panel, rows
        self.gauge = Gauge()
        self._clock = QTimer(owner, interval=EVERY_MS)
        self._clock.timeout.connect(self._tick)
        panel.cancelled.connect(self.stop)

    def run(self, work: Callable[..., Any], *args: Any) -> Any:
        """Start it off this thread; the gauge comes as the last argument. Returns the task."""
        self.gauge = Gauge()
        owner_gone = self.gauge
        self._owner.destroyed.connect(owner_gone.stop)
        self._panel.start()
        self._panel.show()
        self._panel.show_progress(0, 1, "")
        self._clock.start()
        return self._context.of(self._owner).device(work, *args, self.gauge).always(self._end)

    def stop(self) -> None:
        """Ask it to end."""
        self.gauge.stop()

    def _tick(self) -> None:
        gauge = self.gauge
        if gauge.total:
            self._panel.show_progress(gauge.done, gauge.total, self._rows(gauge.done, gauge.total))
        elif gauge.done:  # nobody knows yet how many there are
            self._panel.show_progress(0, 1, self._rows(gauge.done, 0))

    def _end(self) -> None:
        self._clock.stop()
        self._panel.hide()
