"""The last step: how far it is, what came of it, and the way back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.services.imports.desk import said_of
from desktop.services.imports.report import DONE, NOT_WRITTEN, STOPPED, Report
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Card, IconTile, TwoLines, hbox, vbox
from desktop.views.common.labels import Label
from desktop.views.common.progress_panel import ProgressPanel


class DoneStep(QWidget):
    """Progress, then the outcome."""

    undo_asked = Signal()
    again_asked = Signal()
    list_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = vbox(self, gap=12)
        self.panel = ProgressPanel(_("Importing"))
        self._work = Card()
        self._work.body.addWidget(self.panel)
        column.addWidget(self._work)
        self._card = Card(margins=(20, 18, 20, 18), gap=12)
        self.words = TwoLines("", "", style="h3")
        self._icons = {
            state: IconTile(icon, tone, 40)
            for state, (icon, tone) in {
                DONE: ("check-line", "success"), STOPPED: ("pause-line", "warn"), NOT_WRITTEN: ("close-line", "danger"),
            }.items()
        }  # fmt: skip
        head = hbox(gap=14)
        for tile in self._icons.values():
            head.addWidget(tile)
        head.addWidget(self.words, 1)
        self._card.body.addLayout(head)
        self.note = Label("", "small", "text2", wrap=True)
        self._card.body.addWidget(self.note)
        row = hbox(gap=8)
        self.undo = secondary(_("Undo this import"), "arrow-go-back-line")
        self.list = secondary(_("All imports"), "history-line")
        self.again = primary(_("Import another file"), "upload-2-line")
        for button, signal in (
            (self.undo, self.undo_asked), (self.list, self.list_asked), (self.again, self.again_asked),
        ):  # fmt: skip
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch(1)
        self._card.body.addLayout(row)
        column.addWidget(self._card)
        column.addStretch(1)

    def begin(self) -> None:
        """Show the progress only."""
        self._card.hide()
        self._work.show()

    def show_report(self, report: Report) -> None:
        """Show the outcome."""
        self._work.hide()
        for state, tile in self._icons.items():
            tile.setVisible(state == report.state)
        titles = {
            DONE: _("The import is done"), STOPPED: _("The import was stopped"),
            NOT_WRITTEN: _("Nothing was taken in"),
        }  # fmt: skip
        self.words.say(titles[report.state], said_of(report))
        notes = {DONE: "", NOT_WRITTEN: ""}
        stopped = (
            _("What was written until then is in; undo takes it out again.")
            if report.run_id
            else _("It was all or nothing: nothing was written.")
        )
        text = notes.get(report.state, stopped)
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.undo.setVisible(bool(report.run_id) and report.made + report.changed > 0)
        self._card.show()

    def show_undone(self, text: str) -> None:
        """Say that it was taken back."""
        self._work.hide()
        self.words.say(_("The import was taken back"), text)
        self.note.hide()
        self.undo.hide()
        self._card.show()
