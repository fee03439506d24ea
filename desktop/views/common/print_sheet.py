"""Asks which paper goes where: to a printer of this machine, or into a PDF file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.views.common import printing, remember
from desktop.views.common.background import Scope, Task
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.file_dialog import choose_place
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.printing import A4, Paper, PrintLine
from desktop.views.common.segment import Segment

PDF = ""
SIDE_BY_SIDE = 3  # kinds of paper; more are chosen from a list


@dataclass(frozen=True)
class Document:
    """Something printable: its name, its lines, its paper.

    With a `fetch` the lines are made by `shape` from what that asks for, once this paper is chosen.
    """

    key: str
    label: str
    lines: Sequence[PrintLine] = ()
    paper: Paper = A4
    fetch: Callable[[Scope], Task] | None = None
    shape: Callable[[Any], Sequence[PrintLine]] | None = None


def documents_folder() -> Path:
    """Where this person keeps files."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found and Path(found).is_dir() else Path.home()


class FileField(QWidget):
    """A file to write: typed, or chosen with the system's dialog."""

    def __init__(self, path: Path, kinds: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry, self._kinds = TextInput(str(path), longest=400, required=True), kinds
        row = hbox(self)
        row.addWidget(self.entry, 1)
        browse = secondary(_("Choose…"), "folder-open-line")
        browse.clicked.connect(self._browse)
        row.addWidget(browse)

    def path(self) -> Path:
        """The file."""
        return Path(self.entry.value()).expanduser()

    def rename(self, suffix: str) -> None:
        """Give the file another ending."""
        self.entry.setText(str(self.path().with_suffix(f".{suffix}")))

    def problem(self) -> str:
        """What is wrong with it, or nothing."""
        if not self.entry.value():
            return _("Choose a file.")
        return "" if self.path().parent.is_dir() else _("This folder does not exist.")

    def _browse(self) -> None:
        choose_place(self, _("Save as"), str(self.path()), self._kinds, self.entry.setText)


class PrintSheet(Sheet):
    """Prints one of the documents; `done(where)` afterwards."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        title: str,
        name: str,
        documents: Sequence[Document],
        done: Callable[[str], Any],
    ) -> None:
        super().__init__(parent, title, verb=_("Print"), icon="printer-line", width=460)
        self.context, self._documents, self._done_with = context, {d.key: d for d in documents}, done
        kinds = [(d.key, d.label) for d in documents]
        self.kind = (Segment if len(kinds) <= SIDE_BY_SIDE else Select)(kinds, documents[0].key)
        self.kind.setVisible(len(documents) > 1)
        names = printing.printers()
        last = remember.get("print/where", names[0] if names else PDF)
        options = [*((n, n) for n in names), (PDF, _("PDF file"))]
        self.where = Select(options, last if last in (*names, PDF) else PDF)
        self.file = FileField(documents_folder() / f"{name}.pdf", "PDF (*.pdf)")
        self._field = Field(_("File"), self.file)
        self.hint = Label("", "cap", "text2", wrap=True)
        self.add(self.kind, Field(_("Print on"), self.where), self._field, self.hint)
        self.where.picked.connect(self._show)
        self.submitted.connect(self._go)
        if not names:
            self.hint.setText(
                _("This machine has no printer set up; the paper is written to a PDF file instead.")
            )
        self._show(self.where.value())

    def _show(self, where: str) -> None:
        self._field.setVisible(where == PDF)
        self.primary.relabel(_("Write PDF") if where == PDF else _("Print"))
        self.adjustSize()

    def ready(self) -> bool:
        return self.where.value() != PDF or check_all([self._field])

    def _go(self) -> None:
        document = self._documents[self.kind.value()]
        remember.put("print/where", self.where.value())
        if document.fetch is None:
            self._print(document, document.lines)
            return
        task = document.fetch(self.context.of(self)).busy(self.primary).otherwise(self.show_error)
        task.then(lambda found: self._print(document, document.shape(found) if document.shape else found))

    def _print(self, document: Document, lines: Sequence[PrintLine]) -> None:
        scope, where = self.context.of(self), self.where.value()
        if where == PDF:
            task = scope.device(printing.to_pdf, lines, self.file.path(), document.paper)
            said = self.file.path().name
        else:
            task = scope.device(printing.to_printer, lines, where, document.paper)
            said = where
        task.busy(self.primary).then(partial(self._printed, said)).otherwise(self.show_error)

    def _printed(self, said: str, _pages: int) -> None:
        self.accept()
        self._done_with(said)
