"""The wizard: file, columns, check, import. Nothing is written before its last button."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.services.imports.desk import Desk
from desktop.services.imports.report import STOPPED, Halted, Report
from desktop.services.imports.templates import write_bad_rows, write_template
from desktop.services.imports.undo import Undone, undo_import
from desktop.views.common.buttons import plain, primary, secondary
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.job import Gauge, Job
from desktop.views.common.labels import Label
from desktop.views.common.print_sheet import FileField, documents_folder
from desktop.views.common.progress_panel import ProgressPanel
from desktop.views.imports.check_step import CheckStep
from desktop.views.imports.columns_step import ColumnsStep
from desktop.views.imports.done_step import DoneStep
from desktop.views.imports.files_step import FilesStep
from desktop.views.imports.rail import StepRail
from desktop.views.imports.words import kind_word, numbered

FILES, COLUMNS, CHECK, DONE = range(4)


class TemplateSheet(Sheet):
    """Where the empty table goes."""

    def __init__(self, parent: QWidget, context: Context, kind: str, ending: str) -> None:
        title = _("Template: {kind}").format(kind=kind_word(kind))
        super().__init__(parent, title, verb=_("Save"), icon="download-2-line", width=480)
        self._context, self._kind, self._owner = context, kind, parent
        self.file = FileField(documents_folder() / f"{kind_word(kind)}.{ending}", f"(*.{ending})")
        self._field = Field(_("File"), self.file)
        self.add(self._field)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        task = self._context.of(self).device(write_template, self._kind, self.file.path())
        task.busy(self.primary).then(self._written).otherwise(self.show_error)

    def _written(self, _nothing: None) -> None:
        self.accept()
        self._context.toast(self._owner, _("{name} is written").format(name=self.file.path().name))


class Wizard(QWidget):
    """Four steps over one `Desk`; `left` when the person goes back to the list."""

    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        self.desk = Desk(context.shop)
        self.report: Report | None = None
        column = vbox(self, gap=14)
        self.rail = StepRail()
        column.addWidget(self.rail)
        self.reading = Card()
        self.panel = ProgressPanel(_("Reading"))
        self.panel.away.hide()
        self.reading.body.addWidget(self.panel)
        self.reading.hide()
        column.addWidget(self.reading)
        self.files, self.columns, self.check, self.done = (
            FilesStep(),
            ColumnsStep(),
            CheckStep(context),
            DoneStep(),
        )
        self.stack = QStackedWidget()
        for page in (self.files, self.columns, self.check, self.done):
            self.stack.addWidget(page)
        column.addWidget(self.stack, 1)
        self.space = QWidget()
        self.space.hide()
        column.addWidget(self.space, 1)
        column.addLayout(self._foot())
        self._connect()
        self._job = Job(self, context, self.panel, self._rows)
        self._writing = Job(self, context, self.done.panel, self._rows)
        self.destroyed.connect(self.desk.spool.close)
        self.go(FILES)

    def _foot(self) -> Any:
        row = hbox(gap=8)
        self.hint = Label("", "small", "text2")
        self.cancel = plain(_("Cancel"))
        self.back = secondary(_("Back"), "arrow-left-line")
        self.next = primary(_("Next"), key="Enter")
        row.addWidget(self.hint)
        row.addStretch(1)
        for button in (self.cancel, self.back, self.next):
            row.addWidget(button)
        self.cancel.clicked.connect(self.leave)
        self.back.clicked.connect(lambda: self.go(self.stack.currentIndex() - 1))
        self.next.clicked.connect(self.forward)
        return row

    def _connect(self) -> None:
        self.files.chosen.connect(self.open_files)
        self.files.template.connect(self._template)
        self.columns.kind_picked.connect(lambda kind: self._choose(kind, None))
        self.columns.sheet_picked.connect(self._sheet)
        self.columns.changed.connect(lambda: self._choose(self.desk.kind, self.columns.given()))
        self.check.changed.connect(self._word_next)
        self.check.export_asked.connect(self._export_bad)
        self.done.undo_asked.connect(self._undo)
        self.done.again_asked.connect(self.begin)
        self.done.list_asked.connect(self.left)
        self.done.panel.hidden_away.connect(self.left)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.next.isVisible():
            self.next.click()
            return
        if event.key() == Qt.Key.Key_Escape and self.cancel.isVisible():
            self.leave()
            return
        super().keyPressEvent(event)

    @property
    def busy(self) -> bool:
        """Whether an import is being written."""
        return self.stack.currentIndex() == DONE and self.done.panel.isVisibleTo(self.done)

    # -- moving -----------------------------------------------------------------------------------------------

    def begin(self, kind: str = "") -> None:
        """Start anew, for this kind when the columns leave it open."""
        if not self.busy:
            self.files.prefer(kind)
            self.go(FILES)
            self.files.zone.setFocus()

    def go(self, step: int) -> None:
        """Show a step."""
        self.stack.setCurrentIndex(step)
        self.rail.show_step(step)
        self.back.setVisible(step in (COLUMNS, CHECK))
        self.next.setVisible(step in (COLUMNS, CHECK))
        self.cancel.setVisible(step in (FILES, COLUMNS, CHECK))
        self._word_next()

    def _show_reading(self, on: bool) -> None:
        """The progress of reading stands where the step was."""
        self.reading.setVisible(on)
        self.stack.setVisible(not on)
        self.space.setVisible(on)

    def leave(self) -> None:
        """Go back to the list of imports; what was read is forgotten."""
        self._job.stop()
        self.go(FILES)
        self.left.emit()

    def forward(self) -> None:
        """The main button."""
        if self.stack.currentIndex() == COLUMNS:
            self._check()
        elif self.stack.currentIndex() == CHECK:
            self._write()

    def _word_next(self) -> None:
        step, text, able = self.stack.currentIndex(), _("Check the rows"), self.columns.complete
        if step == CHECK:
            count = self.check.to_write()
            text, able = _("Import {count} rows").format(count=numbered(count)), count > 0
        self.next.relabel(text)
        self.next.setEnabled(able)
        whole = step == CHECK and self.report is not None and not able
        self.hint.setText(_("There is nothing to write this way.") if whole else "")

    def _rows(self, done: int, total: int) -> str:
        if not total:
            return _("{count} rows read").format(count=numbered(done))
        names = " · ".join(table.name for table in self.desk.tables[:1])
        words = _("Row {done} of {total}").format(done=numbered(done), total=numbered(total))
        return f"{names} · {words}" if names else words

    # -- the steps --------------------------------------------------------------------------------------------

    def open_files(self, paths: Sequence[Path], kind: str = "", sheet: str = "") -> None:
        """Read files and show their columns."""
        if not paths or self.busy:
            return
        self._show_reading(True)
        self.panel.words.say(_("Reading"), ", ".join(path.name for path in paths)[:80])
        self.panel.show_progress(0, 1)
        task = self._job.run(_open, self.desk, list(paths), kind, sheet)
        task.then(self._opened).always(partial(self._show_reading, False))

    def _opened(self, trouble: str | None) -> None:
        if trouble is None:  # stopped
            return
        self.go(COLUMNS)
        self.columns.show_desk(self.desk, trouble)
        self._word_next()
        self.next.setFocus()

    def _sheet(self, sheet: str) -> None:
        self.open_files(self.desk.paths, self.desk.kind, sheet)

    def _choose(self, kind: str, given: dict[str, str] | None) -> None:
        self.scope.device(_choose, self.desk, kind, given).then(self._opened)

    def _check(self) -> None:
        self._show_reading(True)
        self.panel.words.say(_("Checking every row"), "")
        self.next.setEnabled(False)
        task = self._job.run(_check, self.desk)
        task.then(self._checked).always(partial(self._show_reading, False)).always(self._word_next)

    def _checked(self, report: Report) -> None:
        if report.state == STOPPED:
            return
        self.report = report
        self.check.show_report(report)
        self.go(CHECK)
        self.next.setFocus()

    def _write(self) -> None:
        if self.report is None:
            return
        mode = self.check.mode()
        self.go(DONE)
        self.done.begin()
        self.done.panel.words.say(_("Importing {kind}").format(kind=kind_word(self.desk.kind)), "")
        task = self._writing.run(_write, self.desk, self.report, mode)
        task.then(self._written).otherwise(self._failed)

    def _written(self, report: Report) -> None:
        self.report = report
        self.done.show_report(report)
        self.done.again.setFocus()
        if not self.isVisible():
            text = _("Import of {name} is finished").format(name=self.desk.tables[0].name)
            self.context.toast(self.window(), text)

    def _failed(self, error: Any) -> None:
        self.go(CHECK)
        self.context.toast(self, str(error), tone="danger")

    def _undo(self) -> None:
        if self.report is not None:
            self.done.begin()
            self.done.panel.words.say(_("Taking the import back"), "")
            task = self._writing.run(_undo, self.context.shop, self.report.run_id)
            task.then(self._undone).otherwise(partial(self._not_undone, self.report))

    def _undone(self, undone: Undone) -> None:
        self.done.show_undone(undone_words(undone))

    def _not_undone(self, report: Report, error: Any) -> None:
        self.done.show_report(report)
        self.context.toast(self, str(error), tone="danger")

    # -- files out --------------------------------------------------------------------------------------------

    def _template(self, kind: str, ending: str) -> None:
        TemplateSheet(self.window(), self.context, kind, ending).open()

    def _export_bad(self) -> None:
        if self.report is None:
            return
        report = self.report

        def write(_shop: Any, _filters: None, path: Path, progress: Any) -> int:
            return write_bad_rows(report.spool, path, progress)

        title, name = _("Save the refused rows"), _("Refused rows")
        ExportSheet(self.window(), self.context, title, name, report.refused, write, None).open()


def undone_words(undone: Undone) -> str:
    """What became of an import that was taken back."""
    if undone.left:
        said = _("{out} taken back, {left} still to do: it was stopped.")
        return said.format(out=numbered(undone.out), left=numbered(undone.left))
    if undone.kept:
        said = _(
            "{out} taken back; {kept} stay because something hangs on them. The list of imports says what."
        )
        return said.format(out=numbered(undone.out), kept=numbered(undone.kept))
    return _("{out} taken back, nothing is left of it.").format(out=numbered(undone.out))


def _open(desk: Desk, paths: list[Path], kind: str, sheet: str, gauge: Gauge) -> str | None:
    try:
        desk.open(paths, sheet, gauge)
    except Halted:
        return None
    likely = desk.likely_kinds()
    wanted = kind if kind and (kind in likely or not likely) else likely[0] if likely else "goods"
    return _choose(desk, wanted, None)


def _choose(desk: Desk, kind: str, given: dict[str, str] | None) -> str:
    """Say what the files hold; the reason when they can't be that."""
    from desktop.basics.errors import Malformed

    desk.choose(kind, given)
    try:
        for table in desk.tables:
            desk.mapping(table)
    except Malformed as error:
        return str(error)
    return ""


def _check(desk: Desk, gauge: Gauge) -> Report:
    return desk.check(progress=gauge)


def _write(desk: Desk, report: Report, mode: str, gauge: Gauge) -> Report:
    return desk.write(report, mode, gauge)


def _undo(shop: Any, run_id: int, gauge: Gauge) -> Undone:
    return undo_import(shop, run_id, gauge)
