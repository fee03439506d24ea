"""The chosen session’s report beside the list, and the buttons that print it or go on with it."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.paper import COLUMNS
from desktop.queries.cash_report import CashReport, cash_report
from desktop.services.cash_sessions import note_print, print_report
from desktop.views.cash.paper import report_lines, till_lines
from desktop.views.cash.words import blocks, head_rows, report_title, verdict_words
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, icon_button, secondary
from desktop.views.common.cards import Card, Divider, Facts, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.printing import A4, RECEIPT_58, RECEIPT_80, PrintLine
from desktop.views.common.theme import theme

WIDTH = 372


class ReportPanel(Card):
    """Shows one session’s X or Z report; `dismissed` when it is closed in a narrow window."""

    dismissed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self._context, self._id = context, 0
        self.report: CashReport | None = None
        self.setFixedWidth(theme.px(WIDTH))
        hint = _("Choose a session in the list to see its report.")
        self._empty = EmptyState(_("No session selected"), hint, why="all_done")
        self._inside = QWidget()
        self._build()
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._inside, 1)
        self._inside.hide()

    def _build(self) -> None:
        column = vbox(self._inside)
        head = vbox(margins=(16, 14, 16, 12), gap=12)
        line = hbox(gap=10)
        self.names = TwoLines("", "", style="h3")
        self.badge = Badge("")
        self._close = icon_button("close-line", _("Close"), size=28)
        self._close.clicked.connect(self.dismissed)
        self._close.hide()
        line.addWidget(self.names, 1)
        line.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)
        head.addLayout(line)
        buttons = hbox()
        self.printing = secondary(_("Print"), "printer-line", key="P", size=30)
        self.printing.clicked.connect(self.print_report)
        buttons.addWidget(self.printing)
        buttons.addStretch(1)
        head.addLayout(buttons)
        column.addLayout(head)
        column.addWidget(Divider())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._blocks = vbox(inside, margins=(16, 12, 16, 16), gap=10)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        column.addWidget(area, 1)

    def show_close(self, on: bool) -> None:
        """Whether the panel can be closed: it then lies over the list."""
        self._close.setVisible(on)

    def show_session(self, session_id: int | None) -> None:
        """Show another session, or none."""
        if (session_id or 0) != self._id:
            self.report = None
        self._id = session_id or 0
        self._empty.setVisible(not self._id)
        if not self._id:
            self._inside.hide()
            return
        self.refresh()

    def refresh(self) -> None:
        """Read it again."""
        if self._id:
            self._context.of(self).ask_latest("report", cash_report, self._id).then(self._show)

    def _show(self, report: CashReport) -> None:
        self.report = report
        row, zone = report.session, self._context.zone
        copies = _("printed {count} times").format(count=report.prints) if report.prints > 1 else ""
        self.names.say(report_title(report), copies)
        if row.difference_minor is None:
            open_words = _("Forgotten") if row.overnight else _("On shift")
            self.badge.show_status(
                open_words, "warn" if row.overnight else "success", "alert" if row.overnight else "done"
            )
        else:
            words, tone = verdict_words(row.difference_minor, row.foreign_off, row.currency)
            if len(row.gaps) > 1:  # the whole of it stands below
                words = _("Cash short") if min(row.gaps) < 0 else _("Cash over")
            self.badge.show_status(words, tone, "done" if tone == "success" else "alert")
        clear(self._blocks)
        self._add("", head_rows(row, zone))
        for block in blocks(report, zone):
            self._blocks.addWidget(Divider())
            self._add(block.title, list(block.rows))
        self._blocks.addStretch(1)
        self._inside.show()

    def _add(self, title: str, rows: list[tuple[str, str, str]]) -> None:
        if title:
            self._blocks.addWidget(Label(title, "small_b"))
        facts = Facts()
        facts.show_rows(rows)
        self._blocks.addWidget(facts)

    def print_report(self) -> None:
        """Ask where the report goes; each paper of a Z report after the first says that it is a copy."""
        report = self.report
        if report is None:
            return
        fetch = lambda scope: scope.do(note_print, report.session.id)  # noqa: E731
        shape = partial(self._shape, report)
        papers = ((RECEIPT_80, _("80 mm")), (RECEIPT_58, _("58 mm")), (A4, _("A4")))
        documents = [Document(words, words, (), paper, fetch, shape) for paper, words in papers]
        name = f"cash-{'z' if report.is_z else 'x'}-{report.session.till_id}-{report.session.number or report.session.id}"
        title = _("Print {report}").format(report=report_title(report))
        sheet = PrintSheet(self.window(), self._context, title, name, documents, self._printed)
        self._offer_till(sheet, report)
        sheet.open()

    def _offer_till(self, sheet: PrintSheet, report: CashReport) -> None:
        """It can also go to this till's own printer, whose queue marks the copies."""
        if not self._context.machine.get("printer", "") or not self._context.may(print_report):
            return
        button, key = secondary(_("Till’s receipt printer"), "printer-line"), new_key()
        sheet.add_left(button)
        button.clicked.connect(lambda: self._to_till(sheet, button, report, key))

    def _to_till(self, sheet: PrintSheet, button: Button, report: CashReport, key: str) -> None:
        lines = till_lines(report, self._context, COLUMNS[int(self._context.machine.get("paper_mm", 80))])
        row = report.session
        task = self._context.of(sheet).do(print_report, row.id, row.number, lines, self._context.till_id, key)
        task.busy(button).then(lambda _job: self._queued(sheet)).otherwise(sheet.show_error)

    def _queued(self, sheet: PrintSheet) -> None:
        sheet.accept()
        self._context.toast(self, _("Queued for the printer"))

    def _shape(self, report: CashReport, copy: int) -> list[PrintLine]:
        return report_lines(report, self._context, copy)

    def _printed(self, where: str) -> None:
        self._context.toast(self, _("Sent to {name}").format(name=where))
