"""Reconciliation: a day's bills against the books, every difference with its explanation and its fixes."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.words import day_name, when_text
from desktop.queries.order_export import export_begins
from desktop.queries.order_words import method_word
from desktop.queries.reconciliation import (
    BILLED,
    BillRowSeen,
    RowFilter,
    bill_row,
    bill_row_counts,
    bill_rows,
    statements_of,
)
from desktop.services.reconcile import BillReport, begin_statement, take_bill
from desktop.services.reconcile_bills import fetch_bill
from desktop.services.reconcile_export import export_differences
from desktop.views.common import icons, shortcuts
from desktop.views.common.beside import ScreenWithPanel
from desktop.views.common.buttons import icon_button, primary, secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.file_dialog import choose_files
from desktop.views.common.fix_desk import FixDesk
from desktop.views.common.inputs import SearchInput
from desktop.views.common.job import Job
from desktop.views.common.labels import Label
from desktop.views.common.list_card import ListCard
from desktop.views.common.method_icons import ICONS
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.progress_panel import ProgressPanel
from desktop.views.common.tabs import Tab
from desktop.views.common.theme import theme
from desktop.views.reconcile.paper import day_lines
from desktop.views.reconcile.sheets import BillsSheet, TotalSheet
from desktop.views.reconcile.side import Side
from desktop.views.reconcile.table import BillColumns

TABLES = {"statement", "statement_row", "payment_case"}
FILES = "ZIP, CSV (*.zip *.csv *.gz *.txt)"
VIEWS = ("open", "decided", "matched", "all")


class ReconcileScreen(ScreenWithPanel):
    """The rows of a day at the left; its sums and the chosen row beside them. A bill may be dropped anywhere."""

    key = "reconcile"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        self.filters: RowFilter | None = None
        self.row: BillRowSeen | None = None
        self._counts: dict[str, int] = {}
        self._begun, self._kept = False, 0
        self.setAcceptDrops(True)
        self._fixes = FixDesk(self, context, self._again)
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self.progress = ProgressPanel(_("Reading the bill"), icon="bill-line")
        self.progress.hide()
        column.addWidget(self.progress)
        self.job = Job(self, context, self.progress, self._rows_words)
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self._row.addWidget(self._side())
        column.addLayout(self._row, 1)
        shortcuts.on(self, "N", self.choose, _("Bring in a bill"))
        shortcuts.on(self, "P", self.print_day, _("Print"))
        shortcuts.on(self, "/", self.search.setFocus, _("Search in this page"))
        context.stale_when(self, TABLES, lambda _touched: self._again())

    def title(self) -> str:
        """The screen's name."""
        return _("Reconciliation")

    def commands(self) -> list[Command]:
        """What the palette offers here."""
        return [Command(_("Bring in a bill"), self.choose, icon="upload-2-line", keys=("N",))]

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Reconciliation"), "h1"))
        self.summary = Label(_("Drop the file of a provider’s bill here, or choose it"), "small", "text2")
        line.addSpacing(4)
        line.addWidget(self.summary, 1)
        self.printing = secondary(_("Print"), "printer-line", key="P")
        self.printing.clicked.connect(self.print_day)
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self._export)
        self.fetch = secondary(_("Fetch"), "download-cloud-2-line")
        self.fetch.clicked.connect(self._fetch_menu)
        self.new = primary(_("Bring in a bill"), "upload-2-line", key="N")
        self.new.clicked.connect(self.choose)
        deeds = (
            (self.printing, None),
            (self.export, export_begins),
            (self.fetch, begin_statement),
            (self.new, begin_statement),
        )
        for button, deed in deeds:
            if deed is not None and not self.context.may(deed):
                button.setEnabled(False)
                button.setToolTip(_("Your role may not do this."))
            line.addWidget(button)
        return line

    def _list(self) -> QWidget:
        first = primary(_("Bring in a bill"), "upload-2-line")
        first.clicked.connect(self.choose)
        hint = _(
            "Download the day’s trade bill from Alipay or WeChat Pay as zip or CSV, then drop the file here."
        )
        self.none_yet = EmptyState(_("No bill of this day yet"), hint, why="first", primary=first)
        self.calm = EmptyState(
            _("Nothing to decide"), _("Every payment of the bill is one of ours."), why="all_done"
        )
        self.nothing = EmptyState(_("Nothing here"), why="nothing_found")
        card = ListCard(
            "reconcile", _("Rows of the bill"), BillColumns(self.context).columns(), self._tabs(), tabs_name=_("Which rows"),
            none=self._none, empty=(self.none_yet, self.calm, self.nothing),
        )  # fmt: skip
        self.card, self.model, self.table, self.tabs = card, card.model, card.table, card.tabs
        self.tabs.picked.connect(lambda view: self._narrow_to(which=view))
        self.search = SearchInput(_("Exact number or order no."))
        self.search.setFixedWidth(theme.px(220))
        self.search.searched.connect(lambda text: self._narrow_to(text=text.strip()))
        self.search.leads_to = self.table
        card.line.insertWidget(2, self.search)
        self.more = icon_button("layout-right-line", _("Sums of the day"))
        self.more.clicked.connect(self._open_panel)
        self.more.hide()
        card.line.addWidget(self.more)
        self.table.current_changed.connect(self._choose_row)
        self.table.opened.connect(self._open_order)
        self.table.clicked.connect(self._clicked)
        return card

    def _tabs(self) -> list[Tab]:
        words = {"open": _("To decide"), "decided": _("Decided"), "matched": _("Matches"), "all": _("All")}
        return [Tab(view, words[view], self._counts.get(view)) for view in VIEWS]

    def _side(self) -> QWidget:
        self.panel = Side(self.context, self)
        self.panel.day.day_shown.connect(self._day_shown)
        self.panel.day.total_wanted.connect(self._type_total)
        self.panel.close_button.clicked.connect(self._dismiss)
        self.panel.narrowed.connect(self.more.setVisible)
        self.panel.bills.clicked.connect(self._show_bills)
        return self.panel

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.table.setFocus()
            self.panel.day.load()

    def open_filters(self, day: date | None = None, which: str = "open", **_more: Any) -> None:
        """Show a day."""
        self._begun = True
        self.tabs.set_value(which)
        self.filters = None
        self._which = which
        self.panel.day.seen = None
        self.panel.day.show_day(day)

    def open_item(self, row_id: int) -> None:
        """Show the day of a row, and the row."""
        self._begun = True
        self.scope.ask(bill_row, row_id).then(self._go_to)

    _which = "open"
    _wanted = 0
    _reading = False

    def _go_to(self, row: BillRowSeen | None) -> None:
        if row is not None:
            self._wanted = row.id
            self.open_filters(row.day, "all")

    def _day_shown(self, day: date) -> None:
        self.filters = RowFilter(day, which=self._which if self.filters is None else self.filters.which)
        self.summary.setText(_("Drop the file of a provider’s bill here, or choose it"))
        self._ask()

    def _narrow_to(self, **changes: Any) -> None:
        if self.filters is not None:
            self.filters = replace(self.filters, **changes)
            self._ask()

    def _ask(self) -> None:
        filters = self.filters
        if filters is None:
            return
        self._kept = 0
        self.card.ask(lambda after: self.scope.ask(bill_rows, filters, after))
        self.scope.ask_latest("counts", bill_row_counts, filters).then(self._counted)

    def _again(self) -> None:
        self.panel.day.load()
        self.model.refresh()
        if self.filters is not None:
            self.scope.ask_latest("counts", bill_row_counts, self.filters).then(self._counted)
        if self.row is not None:
            self._kept = self.row.id  # settled, it leaves the list; beside it, it can still be taken back
            self._choose_row(self.row.id)

    def _counted(self, counts: dict[str, int]) -> None:
        self._counts = counts
        for view in VIEWS:
            self.tabs.set_count(view, counts.get(view, 0))
        self.card.choose(self._wanted, True)
        self._wanted = 0
        self.card.show_page()

    def _none(self) -> QWidget:
        if self.filters is not None and self.filters.text:
            return self.nothing
        if not self._counts.get("all"):
            return self.none_yet
        return self.calm if self.filters is not None and self.filters.which == "open" else self.nothing

    def _choose_row(self, row_id: int | None) -> None:
        shown = row_id or self._kept
        if not shown:
            self._show_row(None)
        else:
            self.scope.ask_latest("row", bill_row, shown).then(self._show_row)

    def _show_row(self, row: BillRowSeen | None) -> None:
        self.row = row
        self.panel.show_row(row, self._fixes)

    def _open_order(self, row_id: int) -> None:
        row = self.model.row_at(self.model.row_of(row_id))
        if row is not None and row.order_id is not None:
            self.context.navigate("orders", row.order_id)

    # Bringing in

    def choose(self) -> None:
        """Ask for the file."""
        if self.new.isEnabled():
            choose_files(self, _("Choose the bill"), FILES, lambda names: self.take([Path(n) for n in names]))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.new.isEnabled() and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.take([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def take(self, paths: list[Path], *, new_account: bool = False) -> None:
        """Bring the files in, one after the other."""
        if paths and not self._reading:
            self._reading = True
            task = self.job.run(_take, self.context.shop, paths[0], new_account)
            task.then(partial(self._taken, paths[1:])).otherwise(partial(self._refused, paths)).always(
                self._free
            )

    def _taken(self, more: list[Path], report: BillReport) -> None:
        words = _("{method}, {day}: {rows} rows").format(
            method=method_word(report.gateway), day=day_name(report.day), rows=f"{report.rows:,}"
        )
        if report.same:
            words = _("This file was brought in before; nothing was changed.")
        elif report.open:
            words = f"{words} · " + _("{count} to decide").format(count=f"{report.open:,}")
        self.context.toast(self, words, tone="info" if report.same or report.open else "success")
        self.open_filters(report.day)
        QTimer.singleShot(0, self, partial(self.take, more))  # once this one's panel is put away

    def _free(self) -> None:
        self._reading = False

    def _refused(self, paths: list[Path], error: ShopError) -> None:
        if error.next_step == "reconcile.new_account":
            confirm(
                self.window(), _("Is this merchant number yours too?"), str(error), verb=_("It is ours"),
                yes=lambda: self.take(paths, new_account=True),
            )  # fmt: skip
            return
        self.context.toast(self, str(error), tone="danger")

    def _rows_words(self, done: int, total: int) -> str:
        if not total:
            return _("{count} rows read").format(count=f"{done:,}")
        return _("{done} of {total} rows").format(done=f"{done:,}", total=f"{total:,}")

    def _fetch_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for method in BILLED:
            icon, _token = ICONS[method]
            act = menu.addAction(icons.icon(icon), method_word(method))
            act.triggered.connect(partial(self._fetch, method))
        menu.popup(self.fetch.mapToGlobal(self.fetch.rect().bottomLeft()))

    def _fetch(self, method: str) -> None:
        if self.filters is not None and not self._reading:
            self._reading = True
            task = self.job.run(fetch_bill, self.context.shop, method, self.filters.day)
            task.then(partial(self._taken, [])).otherwise(partial(self._refused, [])).always(self._free)

    # Around

    def _type_total(self, method: str) -> None:
        seen = self.panel.day.seen
        if seen is not None:
            told = next(((c.told_minor, c.fee_minor) for c in seen.channels if c.method == method), (None, 0))
            TotalSheet(self.window(), self.context, method, seen.day, *told).open()

    def _show_bills(self) -> None:
        if self.filters is not None:
            day = self.filters.day
            self.scope.ask(statements_of, day).then(
                lambda bills: BillsSheet(self.window(), self.context, day, bills, self._again).open()
            )

    def print_day(self) -> None:
        """Print the day with what differs."""
        if self.filters is None or self.panel.day.seen is None:
            return
        which = replace(
            self.filters, which="open" if self.filters.which == "matched" else self.filters.which, text=""
        )
        self.scope.ask(bill_rows, which).then(self._print_sheet).busy(self.printing)

    def _print_sheet(self, page: Any) -> None:
        seen = self.panel.day.seen
        if seen is None:
            return
        rows = [row for row in page.rows if row.state != "matched"]
        lines = day_lines(seen, rows, when_text(self.context.now(), self.context.now(), self.context.zone))
        document = Document("day", _("Reconciliation"), lines)
        name = f"reconciliation-{seen.day:%Y%m%d}"
        PrintSheet(self, self.context, _("Print the reconciliation"), name, [document], self._printed).open()

    def _printed(self, where: str) -> None:
        self.context.toast(self, _("Sent to {name}").format(name=where))

    def _export(self) -> None:
        if self.filters is not None:
            name = f"reconciliation-{self.filters.day:%Y%m%d}"
            count = self._counts.get(self.filters.which, 0)
            ExportSheet(
                self,
                self.context,
                _("Export the reconciliation"),
                name,
                count,
                export_differences,
                self.filters,
            ).open()


def _take(shop: Any, path: Path, new_account: bool, gauge: Any) -> BillReport:
    return take_bill(shop, path, new_account=new_account, progress=gauge)
