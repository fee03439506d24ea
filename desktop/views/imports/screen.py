"""Imports: what was brought in, and the wizard that brings in more."""

from pathlib import Path
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.views.common import shortcuts
from desktop.views.common.buttons import primary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.imports.runs_page import RunsPage
from desktop.views.imports.wizard import Wizard
from desktop.views.imports.words import kind_word

MARGINS = (24, 20, 24, 20)


class ImportsScreen(QWidget):
    """The list of imports and the wizard, one behind the other."""

    key = "imports"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._begun = False
        column = vbox(self, margins=MARGINS, gap=16)
        row = hbox(gap=8)
        self.name = Label(_("Imports"), "h1")
        self.new = primary(_("Import files"), "upload-2-line", key="N")
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(self.new)
        column.addLayout(row)
        self.runs, self.wizard = RunsPage(context), Wizard(context)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.runs)
        self.stack.addWidget(self.wizard)
        column.addWidget(self.stack, 1)
        self.new.clicked.connect(lambda: self.begin())
        self.runs.new_asked.connect(lambda: self.begin())
        self.wizard.left.connect(self.show_list)
        shortcuts.on(self, "N", self.begin, _("Import files"))
        context.stale_when(self, {"import_run"}, lambda _touched: self.runs.ask())

    def title(self) -> str:
        """The screen's name."""
        return _("Imports")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.runs.ask()

    def commands(self) -> list[Command]:
        """What the palette offers here."""
        return [Command(_("Import files"), self.begin, icon="upload-2-line", keys=("N",))]

    def begin(self, kind: str = "") -> None:
        """Open the wizard at its first step."""
        self.stack.setCurrentWidget(self.wizard)
        self.new.hide()
        known = _("Import {kind}").format(kind=kind_word(kind)) if kind else _("Import files")
        self.name.setText(known)
        self.wizard.begin(kind)

    def show_list(self) -> None:
        """Go back to the imports so far."""
        self.stack.setCurrentWidget(self.runs)
        self.name.setText(_("Imports"))
        self.new.show()
        self.runs.ask()

    def open_filters(self, kind: str = "", files: tuple[Path, ...] = (), **_more: Any) -> None:
        """Open the wizard for a kind, perhaps with files already chosen."""
        self.begin(kind)
        if files:
            self.wizard.open_files(files, kind)

    def open_item(self, run_id: int) -> None:
        """Show one import in the list."""
        self.show_list()
        self.runs.view.go_to(run_id)
