"""The imports there were, with their way back."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.words import when_text
from desktop.queries.imports import Kept, RunRow, count_import_runs, import_runs, kept_of_import
from desktop.services.imports.undo import Undone, undo_import
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Card, CardHead, hbox, vbox
from desktop.views.common.cells import Column, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet, confirm
from desktop.views.common.empty import EmptyState
from desktop.views.common.job import Gauge, Job
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.progress_panel import ProgressPanel
from desktop.views.common.table_view import TableView
from desktop.views.imports.wizard import undone_words
from desktop.views.imports.words import ICONS, SUBJECTS, kind_word, numbered, state_badge


class KeptSheet(Sheet):
    """What of an import could not be taken back, and why."""

    def __init__(self, parent: QWidget, kept: tuple[Kept, ...]) -> None:
        super().__init__(parent, _("What stayed"), icon="error-warning-line", width=520)
        for part in kept:
            words = f"{numbered(part.count)} × {_(SUBJECTS.get(part.subject, part.subject))}"
            self.add(Label(words, "small_b"), Label(_(part.reason), "small", "text2", wrap=True))


class RunsPage(QWidget):
    """A table of imports; the chosen one can be taken back."""

    new_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        column = vbox(self, gap=12)
        self.work = Card()
        self.panel = ProgressPanel(_("Taking the import back"), icon="arrow-go-back-line")
        self.panel.away.hide()
        self.work.body.addWidget(self.panel)
        self.work.hide()
        column.addWidget(self.work)
        card = Card(flush=True)
        row = hbox(margins=(16, 12, 16, 10), gap=8)
        hint = _("Each can be taken back as long as nothing hangs on it")
        row.addWidget(CardHead(_("Imports so far"), hint), 1)
        self.why = secondary(_("What stayed"), "question-line", size=30)
        self.undo = secondary(_("Undo this import"), "arrow-go-back-line", size=30)
        self.why.clicked.connect(self._why)
        self.undo.clicked.connect(self.undo_current)
        row.addWidget(self.why)
        row.addWidget(self.undo)
        card.body.addLayout(row)
        self.model = PagedTable(self._columns(), self)
        self.view = TableView(self.model, name="imports", two_lines=True)
        self.view.set_empty(self._empty())
        self.view.current_changed.connect(lambda _id: self._mark())
        self.model.loaded.connect(lambda _first: self._mark())
        card.body.addWidget(self.view, 1)
        column.addWidget(card, 1)
        self._job = Job(self, context, self.panel, lambda d, t: f"{numbered(d)} / {numbered(t)}")
        self._mark()

    def _empty(self) -> EmptyState:
        button = primary(_("Import files"), "upload-2-line")
        button.clicked.connect(self.new_asked)
        hint = _("Bring in orders, goods, members, counts, prices or suppliers from a spreadsheet")
        return EmptyState(_("Nothing was imported yet"), hint, primary=button)

    def _columns(self) -> list[Column]:
        zone, now = self.context.zone, self.context.now()
        return [
            Column("file", _("File"), 300, "two_line", stretch=True, value=lambda r: TwoLine(
                r.file_name, kind_word(r.kind), icon=ICONS.get(r.kind, "file-list-3-line"))),
            Column("at", _("When"), 130, "muted", value=lambda r: when_text(r.at, now, zone)),
            Column("who", _("Who"), 110, "text"),
            Column("made", _("New"), 84, "number", value=lambda r: numbered(r.made)),
            Column("changed", _("Changed"), 84, "number", value=lambda r: numbered(r.changed)),
            Column("same", _("Unchanged"), 84, "number", value=lambda r: numbered(r.same)),
            Column("refused", _("Refused"), 84, "number", value=lambda r: numbered(r.refused)),
            Column("state", _("Status"), 150, "badge", value=state_badge),
        ]  # fmt: skip

    def ask(self) -> None:
        """Show the imports."""
        self.model.ask(
            lambda after: self.scope.ask(import_runs, after), lambda: self.scope.ask(count_import_runs)
        )

    def current(self) -> RunRow | None:
        """The chosen import."""
        chosen = self.view.current_id()
        found: RunRow | None = next((row for row in self.model.rows if row.id == chosen), None)
        return found

    def _mark(self) -> None:
        run = self.current()
        self.undo.setEnabled(run is not None and run.open > 0)
        self.why.setVisible(run is not None and run.kept > 0)

    def undo_current(self) -> None:
        """Ask, then take the chosen import back."""
        run = self.current()
        if run is None or not run.open:
            return
        title = _("Take back the import of {name}?").format(name=run.file_name)
        text = _("{count} things are removed or put back as they were. What something hangs on since stays.")
        confirm(
            self.window(), title, text.format(count=numbered(run.open)), verb=_("Take back"),
            yes=lambda: self._go(run.id), icon="arrow-go-back-line",
        )  # fmt: skip

    def _go(self, run_id: int) -> None:
        self.work.show()
        task = self._job.run(_undo, self.context.shop, run_id)
        task.then(self._undone).always(self.work.hide)

    def _undone(self, undone: Undone) -> None:
        self.context.toast(self, undone_words(undone))
        self.ask()

    def _why(self) -> None:
        run = self.current()
        if run is not None:
            self.scope.ask(kept_of_import, run.id).then(lambda kept: KeptSheet(self.window(), kept).open())


def _undo(shop: Any, run_id: int, gauge: Gauge) -> Undone:
    return undo_import(shop, run_id, gauge)
