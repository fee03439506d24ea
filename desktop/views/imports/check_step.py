"""The third step: what would happen, every refused row with its reason, and which way to write."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.page import Page
from desktop.services.imports.report import Report
from desktop.services.imports.runs import ALL, GOOD
from desktop.services.imports.spool import Spool
from desktop.views.common.background import Task
from desktop.views.common.banner import Banner
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import Card, CardHead, clear, hbox, vbox
from desktop.views.common.cells import Column, Toned
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.inputs import Select
from desktop.views.common.kpi import KpiStrip, StripItem
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.common.toggle import Radio
from desktop.views.imports.words import numbered

PAGE = 200
MOST_REMARKS = 3


@dataclass(frozen=True, slots=True)
class BadLine:
    """A refused row of the table."""

    id: int
    file: str
    line: int
    reason: str
    cells: str


def bad_page(spool: Spool, reason: str, after: Any) -> Page[BadLine]:
    """The next refused rows, perhaps only those of one reason."""
    found = list(spool.bad(after[0] if after else 0, PAGE + 1, reason))
    lines = [
        BadLine(
            row_id, row.file, row.line, row.reason, " · ".join(cell for cell in row.cells if cell.strip())
        )
        for row_id, row in found[:PAGE]
    ]
    return Page(tuple(lines), (lines[-1].id,) if len(found) > PAGE else None)


def _columns() -> list[Column]:
    return [
        Column("line", _("Row"), 84, "number"),
        Column("reason", _("Why it is refused"), 380, value=lambda row: Toned(row.reason, "danger")),
        Column("cells", _("What stands in it"), 320, "muted", stretch=True),
        Column("file", _("File"), 180, "muted", hidden=True),
    ]


class CheckStep(QWidget):
    """Figures, oddities, bad rows, and the choice between good rows only and all or nothing."""

    export_asked = Signal()
    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scope, self._reason = context.of(self), ""
        self._report: Report | None = None
        column = vbox(self, gap=12)
        self.strip = KpiStrip()
        column.addWidget(self.strip)
        self.remarks = vbox(gap=6)
        column.addLayout(self.remarks)
        column.addWidget(self._bad_card(), 1)
        column.addWidget(self._ways())

    def _bad_card(self) -> Card:
        self.card = Card(flush=True)
        row = hbox(margins=(16, 12, 16, 10), gap=10)
        self.head = CardHead(_("Refused rows"))
        row.addWidget(self.head, 1)
        self.reason = Select([("", _("Every reason"))], "")
        self.reason.setAccessibleName(_("Why it is refused"))
        self.reason.picked.connect(self._filter)
        self.export = secondary(_("Save as a list"), "download-2-line", size=30)
        self.export.clicked.connect(self.export_asked)
        row.addWidget(self.reason)
        row.addWidget(self.export)
        self.card.body.addLayout(row)
        self.model = PagedTable(_columns(), self)
        self.view = TableView(self.model, name="import-bad")
        self.view.set_empty(EmptyState(_("Every row is fine"), why="all_done"))
        self.card.body.addWidget(self.view, 1)
        return self.card

    def _ways(self) -> Card:
        card = Card(margins=(16, 12, 16, 12))
        self.good = Radio(_("Good rows only"))
        self.whole = Radio(_("All or nothing"))
        self.good.setChecked(True)
        self._way = Label("", "small", "text2")
        row = hbox(gap=18)
        for radio in (self.good, self.whole):
            row.addWidget(radio)
            radio.toggled.connect(self._say_way)
        row.addWidget(self._way)
        row.addStretch(1)
        card.body.addLayout(row)
        self._say_way()
        return card

    def _say_way(self, _on: bool = True) -> None:
        good = _("Refused rows stay out; what is in when you stop can be taken back")
        whole = _("One transaction: a refused row or a stop leaves nothing; tills wait for it")
        self._way.setText(good if self.good.isChecked() else whole)
        self.changed.emit()

    def show_report(self, report: Report) -> None:
        """Show what a check found."""
        self._report, self._reason = report, ""
        refused = report.refused
        self.strip.show_items([
            StripItem(_("Rows read"), numbered(report.rows)),
            StripItem(_("New"), numbered(report.made), tone="success" if report.made else ""),
            StripItem(_("Changed"), numbered(report.changed), tone="info" if report.changed else ""),
            StripItem(_("Unchanged"), numbered(report.same)),
            StripItem(_("Refused"), numbered(refused), tone="danger" if refused else ""),
        ])  # fmt: skip
        clear(self.remarks)
        for remark, count in report.remarks.most_common(MOST_REMARKS):
            self.remarks.addWidget(Banner(remark, "warn", more=f"× {numbered(count)}" if count > 1 else ""))
        reasons = [(reason, f"{reason} ({numbered(count)})") for reason, count in report.reasons()]
        self.reason.set_options([("", _("Every reason")), *reasons[:20]], "")
        self.reason.setVisible(len(reasons) > 1)
        self.reason.setMaximumWidth(320)
        self.export.setVisible(refused > 0)
        self.head.say(hint=_("{count} rows").format(count=numbered(refused)) if refused else "")
        self._ask()

    def _filter(self, reason: str) -> None:
        self._reason = reason
        self._ask()

    def _ask(self) -> None:
        report = self._report
        if report is not None:
            self.model.ask(lambda after: self._page(report.spool, after))

    def _page(self, spool: Spool, after: Any) -> Task:
        return self._scope.device(bad_page, spool, self._reason, after)

    def mode(self) -> str:
        """Good rows only, or all or nothing."""
        return ALL if self.whole.isChecked() else GOOD

    def to_write(self) -> int:
        """How many rows pressing the button would write."""
        report = self._report
        if report is None or (self.mode() == ALL and report.refused):
            return 0
        return report.made + report.changed
