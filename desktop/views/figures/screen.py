"""Statistics: a period by day, week, month or hour, parted by type, channel, till or category."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.queries.figure_cells import CATEGORY, CHANNEL, TILL, TYPE
from desktop.queries.figure_spans import MONTH30, MOST_DAYS, OWN, SPANS, TODAY, YEAR, span_of
from desktop.queries.figure_words import PERIODS, ROW_WORDS, SPLIT_WORDS
from desktop.queries.order_export import export_begins
from desktop.queries.order_figures import (
    BY_DAY,
    BY_HOUR,
    BY_MONTH,
    WHOLE,
    FigureRow,
    FiguresWanted,
    OrderFigures,
    order_figures,
)
from desktop.queries.order_filter import IS, Clause
from desktop.services.figures_export import export_figures
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.inputs import Select
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.segment import Segment
from desktop.views.common.span_sheet import SpanSheet, moments
from desktop.views.common.table_view import TableView
from desktop.views.figures.chart_card import FiguresCard
from desktop.views.figures.key_row import KeyRow
from desktop.views.figures.measures import AMOUNT, GOODS, MEASURES, OF_GOODS, OF_ORDERS, ORDERS
from desktop.views.figures.table import columns, lines, titles

TABLES = {"sale_order", "tender", "refund", "refund_tender", "order_line", "category", "till"}
USUAL_ROWS = {TODAY: BY_HOUR, YEAR: BY_MONTH}


class FiguresScreen(QWidget):
    """Five key figures, a chart and a table of one question; opening a row shows its orders."""

    key = "figures"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._period, self._own, self._started = MONTH30, (self._today(), self._today()), False
        self._rows, self._split, self._sort, self._descending = BY_DAY, "", "", True
        self.found: OrderFigures | None = None
        column = vbox(self, margins=(24, 16, 24, 16), gap=12)
        column.addLayout(self._head())
        self.keys = KeyRow(context.currency, self._look_at)
        column.addWidget(self.keys)
        column.addLayout(self._choices())
        self.chart = FiguresCard(context.currency)
        column.addWidget(self.chart, 4)
        column.addWidget(self._list(), 6)
        context.stale_when(self, TABLES, lambda _touched: self.model.refresh(None))

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Statistics")

    def _today(self) -> date:
        return self._context.now().astimezone(self._context.zone).date()

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Statistics"), "h1"))
        line.addStretch(1)
        self.period = Segment([(key, _(PERIODS[key])) for key in SPANS], self._period, name=_("Which days"))
        self.period.picked.connect(self._pick_period)
        self.print = icon_button("printer-line", _("Print"), framed=True)
        self.print.clicked.connect(self.open_print)
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self.open_export)
        if not self._context.may(export_begins):
            self.export.hide()
        for widget in (self.period, self.print, self.export):
            line.addWidget(widget)
        return line

    def _choices(self) -> QHBoxLayout:
        line = hbox(gap=8)
        options = [(key, _(words)) for key, words in ROW_WORDS.items()]
        self.rows = Segment(options, self._rows, name=_("One row for each"))
        self.rows.picked.connect(self._pick_rows)
        self.split = Select([(key, _(words)) for key, words in SPLIT_WORDS.items()], self._split)
        self.split.setAccessibleName(_("Parted by"))
        self.split.picked.connect(self._pick_split)
        self.measure = Select(self._measures(), ORDERS)
        self.measure.setAccessibleName(_("What the chart shows"))
        self.measure.picked.connect(lambda _key: self._draw())
        self.columns_button = icon_button("layout-column-line", _("Columns"))
        self.columns_button.clicked.connect(self._columns_menu)
        line.addWidget(self.rows)
        line.addStretch(1)
        for widget in (self.split, self.measure, self.columns_button):
            line.addWidget(widget)
        return line

    def _measures(self) -> list[tuple[str, str]]:
        keys = OF_GOODS if self._split == CATEGORY else OF_ORDERS
        return [(key, _(MEASURES[key].words)) for key in keys]

    def _list(self) -> Card:
        self.model = PagedTable(columns(self._shown, self._context.currency), self)
        self.model.sort_asked.connect(self._pick_sort)
        self.table = TableView(self.model, name="figures")
        self.table.setAccessibleName(_("Statistics"))
        self.table.set_empty(EmptyState(_("No figures here"), why="nothing_found"))
        self.table.opened.connect(self.open_row)
        card = Card(margins=(1, 1, 1, 2), flush=True)
        card.body.addWidget(self.table, 1)
        return card

    def commands(self) -> list[Command]:
        """What the palette offers here."""
        found = [Command(_("Print statistics"), self.open_print, icon="printer-line")]
        if self._context.may(export_begins):
            found.append(Command(_("Export statistics"), self.open_export, icon="download-2-line"))
        return found

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self.table.setFocus()
            self.load()

    def wanted(self) -> FiguresWanted:
        """What is asked for now; days that go with today are reckoned anew."""
        first, last = self._own
        if self._period != OWN:
            span = span_of(self._period, self._today())
            first, last = span.first, span.last
        return FiguresWanted(self._period, first, last, self._rows, self._split, self._sort, self._descending)

    def _shown(self) -> FiguresWanted:
        return self.found.wanted if self.found is not None else self.wanted()

    def load(self) -> None:
        """Ask for the figures; an earlier question that still runs ends."""
        self.model.sort_key, self.model.descending = self._sort, self._descending
        self.model.ask(lambda _after: self._scope.ask(order_figures, self.wanted()).then(self._have))

    def _have(self, found: OrderFigures) -> None:
        self.found = found
        self._name_columns()
        self.keys.show_figures(found)
        self._draw()

    def _name_columns(self) -> None:
        """By category the money of orders is not known, what their goods are worth is."""
        for place, title in titles(self._shown()).items():
            self.model.columns[place] = replace(self.model.columns[place], title=title)
        last = len(self.model.columns) - 1
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
        self.table.head.update()

    def _draw(self) -> None:
        if self.found is not None:
            self.chart.show_figures(self.found, self.measure.value())

    # What the person chooses

    def _pick_period(self, period: str) -> None:
        if period == OWN:
            shown = self._shown()
            sheet = SpanSheet(
                self, self._context, _("Statistics between"), _("Show statistics"), self._spanned,
                shown=(shown.first, shown.last), most=MOST_DAYS,
            )  # fmt: skip
            sheet.rejected.connect(lambda: self.period.set_value(self._period))
            sheet.open()
            return
        self._period = period
        self._show_rows(USUAL_ROWS.get(period, BY_DAY))

    def _spanned(self, first: date, last: date) -> None:
        self._period, self._own = OWN, (first, last)
        self.load()

    def _show_rows(self, rows: str) -> None:
        self.rows.set_value(rows)
        self._pick_rows(rows)

    def _pick_rows(self, rows: str) -> None:
        self._rows = rows
        if rows == WHOLE and not self._split:  # a total has parts, or there would be nothing to see
            self._split = CHANNEL
            self.split.set_value(CHANNEL)
        self._sort, self._descending = "", True
        self.load()

    def _pick_split(self, split: str) -> None:
        self._split = split
        if not split and self._rows == WHOLE:
            self._rows = BY_DAY
            self.rows.set_value(BY_DAY)
        shown = self.measure.value()
        kept = [key for key, _words in self._measures()]
        self.measure.set_options(self._measures(), shown if shown in kept else kept[0])
        self.load()

    def _pick_sort(self, key: str, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self.load()

    def _look_at(self, measure: str) -> None:
        if self._split == CATEGORY and measure == AMOUNT:
            measure = GOODS
        if measure in [key for key, _words in self._measures()]:
            self.measure.set_value(measure)
            self._draw()

    def _columns_menu(self) -> None:
        below = self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft())
        self.table.head.columns_menu().popup(below)

    # Rows

    def open_row(self, row_id: int) -> None:
        """Show the orders behind a row in the list of orders, where that can be narrowed so."""
        row = self.model.row_at(self.model.row_of(row_id))
        if row is None:
            return
        filters = order_filters(row, self._shown(), self._context)
        if filters is None:
            words = _("The list of orders can't be narrowed to this.")
            self._context.toast(self, words, tone="info")
        else:
            self._context.navigate("orders", **filters)

    def open_filters(self, period: str = MONTH30, rows: str = BY_DAY, split: str = "", **_more: Any) -> None:
        """Show a period in these rows."""
        self._started = True
        self._period, self._split = period if period in SPANS and period != OWN else MONTH30, split
        self.period.set_value(self._period)
        self.split.set_value(split)
        self._show_rows(rows)

    def state(self) -> tuple[Any, ...]:
        """What is chosen, for a screen made anew."""
        return self.wanted(), self.measure.value()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        wanted, measure = state
        self._started = True
        self._period, self._own = wanted.period, (wanted.first, wanted.last)
        self._rows, self._split = wanted.rows, wanted.split
        self._sort, self._descending = wanted.sort, wanted.descending
        self.period.set_value(self._period)
        self.rows.set_value(self._rows)
        self.split.set_value(self._split)
        self.measure.set_options(self._measures(), measure)
        self.load()

    # Paper and files

    def _file_name(self) -> str:
        wanted = self._shown()
        return f"statistics-{wanted.first:%Y%m%d}-{wanted.last:%Y%m%d}"

    def open_export(self) -> None:
        """Open the sheet that writes these figures to a file."""
        count = len(self.model.rows)
        name = self._file_name()
        ExportSheet(
            self, self._context, _("Export statistics"), name, count, export_figures, self.wanted()
        ).open()

    def open_print(self) -> None:
        """Open the sheet that prints these figures, or writes a PDF."""
        if self.found is None:
            return
        document = Document("list", _("Statistics"), lines(self.found, self._context))
        PrintSheet(
            self, self._context, _("Print statistics"), self._file_name(), [document], self._printed
        ).open()

    def _printed(self, where: str) -> None:
        self._context.toast(self, _("Sent to {name}").format(name=where))


def order_filters(row: FigureRow, wanted: FiguresWanted, context: Context) -> dict[str, Any] | None:
    """The filters of the list of orders that mean a row; None where it has none."""
    one_day = wanted.first == wanted.last
    if (row.hour is not None and not one_day) or (wanted.split == CATEGORY and row.id):
        return None
    found: dict[str, Any] = moments(row.start or wanted.first, row.end or wanted.last, context.zone)
    if row.hour is not None:
        begins = datetime.combine(wanted.first, time(row.hour), context.zone).astimezone(UTC)
        found = {"since": begins, "until": begins + timedelta(hours=1)}
    if row.id and wanted.split == TYPE:
        found["types"] = (row.part,)
    if row.id and wanted.split == CHANNEL:
        found["channels"] = (row.part,)
    if row.id and wanted.split == TILL:
        found["clauses"] = (Clause("till", IS, (row.part,)),)
    return found
