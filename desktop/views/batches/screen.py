"""What expires when: batches where they lie, the soonest on top, the chosen one beside the list."""

from functools import partial
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import Money, quantity_text
from desktop.queries.batches import (
    ALL,
    EXPIRED,
    SOON,
    UNDATED,
    WITHIN_WEEK,
    BatchCounts,
    BatchFilter,
    BatchRow,
    BatchWorth,
    batches_count,
    batches_page,
    batches_with_cost,
    expiring_counts,
    expiring_worth,
)
from desktop.queries.order_export import export_begins
from desktop.services.batch_export import export_batches
from desktop.services.batches import BatchPart, take_off
from desktop.views.batches.panel import BatchPanel
from desktop.views.batches.paper import MOST_PRINTED, batch_lines
from desktop.views.batches.sheets import said_off
from desktop.views.batches.words import code_of, day_text, left_text, state_badge, title_of
from desktop.views.common import shortcuts
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.cells import BadgeCell, Column, TwoLine
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.filtered_list import FilteredList
from desktop.views.common.inputs import SearchInput
from desktop.views.common.kpi import KpiStrip, StripItem
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme

TABLES = {"batch", "batch_stock", "sku", "product", "location", "setting"}
STRIP = (EXPIRED, WITHIN_WEEK, SOON, UNDATED)


class BatchesScreen(FilteredList):
    """Batches by their last day."""

    key = "batches"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._filter, self._started, self._wanted = BatchFilter(), False, 0
        self._counts: BatchCounts | None = None
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self.strip = KpiStrip()
        self.strip.picked.connect(lambda number: self.open_filters(view=STRIP[number]))
        column.addWidget(self.strip)
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = BatchPanel(context, self)
        self.panel.dismissed.connect(self._dismiss)
        self._row.addWidget(self.panel)
        column.addLayout(self._row, 1)
        self._keys()
        context.stale_when(self, TABLES, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Batches and expiry")

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [
            Command(
                _("Take the chosen batch off"),
                self.panel.open_take_off,
                icon="delete-bin-6-line",
                keys=("X",),
            ),
            Command(_("Print the list of batches"), self.open_print, icon="printer-line", keys=("P",)),
        ]

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(self.title(), "h1"))
        self.summary = Label("", "small", "text2")
        line.addSpacing(6)
        line.addWidget(self.summary, 1)
        self.printing = secondary(_("Print"), "printer-line", key="P")
        self.printing.clicked.connect(self.open_print)
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self.open_export)
        if not self._context.may(export_begins):
            self.export.hide()
        line.addWidget(self.printing)
        line.addWidget(self.export)
        return line

    def _list(self) -> Card:
        self.model = PagedTable(self._columns(), self)
        self.model.sort_key, self.model.descending = "expires", False
        self.table = TableView(self.model, name="batches", two_lines=True)
        self.table.setAccessibleName(_("Batches"))
        card = Card(margins=(1, 0, 1, 2))
        card.body.addLayout(self._tabs_row())
        self.nothing = EmptyState(_("No batches match"), why="nothing_found")
        self.calm = EmptyState(_("Nothing here"), why="all_done")
        go = secondary(_("Go to inventory"), "archive-line")
        go.clicked.connect(lambda: self._context.navigate("inventory"))
        hint = _(
            "Choose goods under Inventory and tell them apart by batch; each delivery then asks for its date."
        )
        self.first = EmptyState(_("No goods are told apart by batch yet"), hint, why="first", primary=go)
        self.waiting, self.pages = Skeleton("table"), QStackedWidget()
        for page in (self.table, self.nothing, self.calm, self.first, self.waiting):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        self.bulk = BulkBar()
        self.off = self.bulk.add(_("Take off as expired"), "delete-bin-6-line")
        self.off.clicked.connect(self._take_off_ticked)
        self.off.setEnabled(self._context.may(take_off))
        self.bulk.cleared.connect(lambda: self.model.check_all(False))
        self.bulk.hide()
        holder = vbox(margins=(6, 0, 6, 6))
        holder.addWidget(self.bulk)
        card.body.addLayout(holder)
        self._wire()
        return card

    def _columns(self) -> list[Column]:
        columns = [
            Column("tick", "", 45, "tick"),
            Column("name", _("Goods"), 168, "two_line", sortable=True, stretch=True, value=self._goods),
            Column("code", _("Batch"), 110, "text", value=code_of),
            Column("expires", _("Last day"), 104, "two_line", sortable=True, value=self._day),
            Column("quantity", _("Here"), 66, "number", sortable=True, value=self._quantity),
            Column("place", _("Place"), 86, "muted", value=lambda row: _(row.location)),
        ]
        if self._context.may(batches_with_cost):
            columns.append(Column("cost", _("At cost"), 80, "money", value=self._cost))
        return [*columns, Column("state", _("Status"), 126, "badge", value=self._state)]

    def _goods(self, row: BatchRow) -> TwoLine:
        return TwoLine(title_of(row), row.sku_code, picture=row.picture or "box", product_id=row.product_id)

    def _day(self, row: BatchRow) -> TwoLine:
        return TwoLine(day_text(row.expires_on), left_text(row.days_left))

    def _quantity(self, row: BatchRow) -> str:
        return f"{quantity_text(row.qty_milli)} {row.unit}"

    def _cost(self, row: BatchRow) -> str:
        return Money(row.cost_minor or 0, self._context.currency).plain()

    def _state(self, row: BatchRow) -> BadgeCell:
        return BadgeCell(*state_badge(row, self._counts.warn_days if self._counts else 30))

    def _tabs_row(self) -> QHBoxLayout:
        line = hbox(margins=(15, 0, 10, 0), gap=4)
        self.tabs = Tabs(self._tabs(None), name=_("Which batches"))
        self.tabs.picked.connect(lambda view: self._set_filter(view=view))
        self.search = SearchInput(_("Goods or batch code"))
        self.search.leads_to = self.table
        self.search.searched.connect(lambda text: self._set_filter(text=text))
        self.search.setFixedWidth(theme.px(200))
        self.columns_button = icon_button("layout-column-line", _("Columns"))
        self.columns_button.clicked.connect(self._columns_menu)
        line.addWidget(self.tabs)
        line.addStretch(1)
        line.addWidget(self.search)
        line.addWidget(self.columns_button)
        return line

    def _tabs(self, counts: BatchCounts | None) -> list[Tab]:
        days = counts.warn_days if counts else 30
        return [
            Tab(ALL, _("All"), counts.all if counts else None),
            Tab(EXPIRED, _("Expired"), counts.expired if counts else None),
            Tab(WITHIN_WEEK, _("Within 7 days"), counts.week if counts else None),
            Tab(SOON, _("Within {days} days").format(days=days), counts.soon if counts else None),
            Tab(UNDATED, _("No date"), counts.undated if counts else None),
        ]

    def _keys(self) -> None:
        shortcuts.on(self, "X", self.panel.open_take_off, _("Take the chosen batch off"))
        shortcuts.on(self, "M", self.panel.open_mark_down, _("Mark the goods down"))
        shortcuts.on(self, "E", self.panel.open_edit, _("Correct the chosen batch"))
        shortcuts.on(self, "P", self.open_print, _("Print"))
        shortcuts.on(self, "/", self.search.setFocus, _("Search in this list"))

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self.table.setFocus()
            self._ask()
            self._ask_figures()

    def _question(self) -> Any:
        return batches_with_cost if self._context.may(batches_with_cost) else batches_page

    def _questions(self) -> tuple[Any, Any]:
        return self._question(), batches_count

    def _ask_figures(self) -> None:
        self._scope.ask_latest("counts", expiring_counts).then(self._counted)

    def _counted(self, counts: BatchCounts) -> None:
        self._counts, self.panel.warn_days = counts, counts.warn_days
        self.tabs.set_tabs(self._tabs(counts))
        if self._context.may(expiring_worth):
            self._scope.ask_latest("worth", expiring_worth).then(partial(self._show_figures, counts))
        else:
            self._show_figures(counts, None)

    def _show_figures(self, counts: BatchCounts, worth: BatchWorth | None) -> None:
        def cost(minor: int) -> str:
            return _("Cost {money}").format(money=Money(minor, self._context.currency))

        soon = _("Within {days} days").format(days=counts.warn_days)
        money = (
            [cost(minor) for minor in (worth.expired_minor, worth.week_minor, worth.soon_minor)]
            if worth
            else []
        )
        captions = [*(money or [""] * 3), _("to be looked at")]
        numbers = (counts.expired, counts.week, counts.soon, counts.undated)
        words = (_("Expired"), _("Within 7 days"), soon, _("No date"))
        tones = ("danger", "warn", "warn", "")
        self.strip.show_items([
            StripItem(word, f"{number:,}", _("batches"), caption, tone if number else "")
            for word, number, caption, tone in zip(words, numbers, captions, tones, strict=True)
        ])  # fmt: skip
        parts = [_("{count} batches").format(count=f"{counts.all:,}")]
        if worth:
            parts.append(cost(worth.all_minor))
        self.summary.setText(" · ".join(parts))

    def _news(self, touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh(touched.get("batch_stock"))
        self._ask_figures()

    # What came

    def _loaded(self, first: bool) -> None:
        self.pages.setCurrentWidget(self._page())
        if not self.model.rows:
            self.panel.show_row(None)
        else:
            self._choose(first)
            if first and self.table.current_id() is None:  # the one asked for is gone
                self.table.go_to(self.model.rows[0].id)
        self._current(self.table.current_id())

    def _page(self) -> QWidget:
        if self.model.rows:
            return self.table
        if self._filter.text:
            self.nothing.say(_("No batches match"), _("Filtered by {what}").format(what=self._filter.text))
            return self.nothing
        return self.first if self._filter.view == ALL else self.calm

    def _current(self, row_id: int | None) -> None:
        row = self.model.row_at(self.model.row_of(row_id)) if row_id is not None else None
        self.panel.show_row(row)

    def _ticked(self) -> None:
        count = len(self.model.checked)
        self.bulk.setVisible(count >= 1)
        self.bulk.say(_("{count} batches selected").format(count=count))

    # What the person does

    def open_filters(self, view: str = ALL, text: str = "", **_more: Any) -> None:
        """Show one of the tabs, perhaps searched."""
        self.tabs.set_value(view)
        self.search.setText(text)
        self._set_filter(view=view, text=text)

    def open_item(self, row_id: int) -> None:
        """Choose a batch wherever it stands in the list."""
        if not self.table.go_to(row_id):
            self._wanted = row_id
        self._open_panel()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        self._filter, self.model.sort_key, self.model.descending, chosen = state
        self.tabs.set_value(self._filter.view)
        self.search.setText(self._filter.text)
        self._wanted = chosen or 0

    def _take_off_ticked(self) -> None:
        rows = self.model.checked_rows()
        parts = [BatchPart(row.batch_id, row.location_id, row.qty_milli) for row in rows]
        title = _("Take {count} batches off the stock?").format(count=len(parts))
        text = _("All pieces of them leave the stock as out of date. You can put them back right after.")
        confirm(self, title, text, verb=_("Take off"), yes=partial(self._take_off, parts, new_key()))

    def _take_off(self, parts: list[BatchPart], key: str) -> None:
        self._scope.do(take_off, parts, client_key=key).then(partial(self._taken_off, parts))

    def _taken_off(self, parts: list[BatchPart], _milli: int) -> None:
        self.model.check_all(False)
        said_off(self._context, self, parts)

    def open_print(self) -> None:
        """Open the sheet that prints what the list shows."""
        self._scope.ask(self._question(), self._filter).then(self._print).busy(self.printing)

    def _print(self, page: Any) -> None:
        tab = next(tab for tab in self._tabs(self._counts) if tab.key == self._filter.view)
        title = f"{self.title()} · {tab.label}"
        lines = batch_lines(
            page.rows[:MOST_PRINTED], self._context, title, self.model.total or len(page.rows)
        )
        name = f"batches-{self._context.now().astimezone(self._context.zone):%Y%m%d}"
        PrintSheet(
            self, self._context, _("Print batches"), name, [Document("list", title, lines)], self._sent
        ).open()

    def _sent(self, where: str) -> None:
        self._context.toast(self, _("Sent to {name}").format(name=where))

    def open_export(self) -> None:
        """Open the sheet that writes this list to a file."""
        name = f"batches-{self._context.now().astimezone(self._context.zone):%Y%m%d}"
        count = self.model.total or 0
        ExportSheet(
            self, self._context, _("Export batches"), name, count, export_batches, self._filter
        ).open()
