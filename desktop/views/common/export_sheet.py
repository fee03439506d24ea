"""Writes a list to a file off the screen's thread, with progress and a way to stop."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.services.export import FORMATS, Progress, Stopped
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.labels import Label
from desktop.views.common.print_sheet import FileField, documents_folder
from desktop.views.common.progress_panel import ProgressPanel
from desktop.views.common.segment import Segment

EVERY_MS = 150
Write = Callable[[Any, Any, Path, Progress], int]


class ExportSheet(Sheet):
    """Asks for format and file, then runs `write(shop, filters, path, progress)`."""

    def __init__(
        self, parent: QWidget, context: Context, title: str, name: str, count: int, write: Write, filters: Any
    ) -> None:
        super().__init__(parent, title, verb=_("Export"), icon="download-2-line", width=480)
        self.context, self._write, self._filters, self._count = context, write, filters, count
        self.progress: Progress | None = None
        self.kind = Segment([(key, key.upper()) for key in FORMATS], FORMATS[0])
        self.file = FileField(documents_folder() / f"{name}.{FORMATS[0]}", "XLSX, CSV (*.xlsx *.csv)")
        self._field = Field(_("File"), self.file)
        self.panel = ProgressPanel(title, icon="download-2-line")
        self.panel.hide()
        rows = Label(_("{count} rows, as filtered now").format(count=f"{count:,}"), "small", "text2")
        self.add(rows, self.kind, self._field, self.panel)
        self.kind.picked.connect(self.file.rename)
        self.panel.cancelled.connect(self._stop)
        self.panel.hidden_away.connect(self.hide_away)
        self._clock = QTimer(self, interval=EVERY_MS)
        self._clock.timeout.connect(self._tick)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        self.progress = Progress()
        self.panel.show()
        self.panel.start()
        self.adjustSize()
        self._clock.start()
        owner = self.parentWidget() or self
        task = self.context.of(owner).device(
            _run, self._write, self.context.shop, self._filters, self.file.path(), self.progress
        )
        task.busy(self.primary).then(self._written).otherwise(self._failed)

    def _tick(self) -> None:
        if self.progress is not None:
            self.panel.show_progress(self.progress.done, max(self._count, self.progress.done))

    def _stop(self) -> None:
        if self.progress is not None:
            self.progress.stop()

    def hide_away(self) -> None:
        """Close the sheet; the work goes on and a toast tells the end."""
        self._clock.stop()
        super().accept()

    def reject(self) -> None:
        """Closing while it runs stops it."""
        self._stop()
        super().reject()

    def _written(self, rows: int | None) -> None:
        self._clock.stop()
        owner = self.parentWidget() or self
        if rows is None:
            self.context.toast(owner, _("Export stopped, no file was written"), tone="info")
        else:
            text = _("{count} rows written to {name}").format(count=f"{rows:,}", name=self.file.path().name)
            self.context.toast(owner, text)
        if not self.closed:
            self.accept()

    def _failed(self, error: object) -> None:
        self._clock.stop()
        self.panel.hide()
        if self.closed:
            self.context.toast(self.parentWidget() or self, str(error), tone="danger")
        else:
            self.show_error(error)


def _run(write: Write, shop: Any, filters: Any, path: Path, progress: Progress) -> int | None:
    try:
        return write(shop, filters, path, progress)
    except Stopped:
        return None
