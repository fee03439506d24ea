"""The stock screen: figures, what runs out first, and the selected goods beside it."""

from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.queries import slow_goods
from desktop.queries.categories import category_tree
from desktop.queries.order_export import export_begins
from desktop.queries.stock import (
    StockCounts,
    StockFilter,
    StockValue,
    stock_count,
    stock_counts,
    stock_of,
    stock_page,
    stock_value,
)
from desktop.services.batch_export import export_slow
from desktop.services.goods_export import export_stock
from desktop.services.stock import receive_stock
from desktop.views.common import shortcuts
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import Button, icon_button, primary, secondary
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.filtered_list import FilteredList
from desktop.views.common.import_button import import_button
from desktop.views.common.kpi import KpiStrip
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tabs
from desktop.views.inventory.bulk import BulkDeeds
from desktop.views.inventory.figures import strip_items, summary, tab_list, tied
from desktop.views.inventory.filter_row import FilterRow, PlaceChoice
from desktop.views.inventory.legend import Legend
from desktop.views.inventory.panel import StockPanel
from desktop.views.inventory.receive import ReceiveSheet
from desktop.views.inventory.restock import RestockPanel
from desktop.views.inventory.side import Side
from desktop.views.inventory.table import columns

TABLES = {
    "stock",
    "location",
    "transfer",
    "stock_movement",
    "sku",
    "product",
    "level",
    "category",
    "setting",
    "replenishment",
    "batch_stock",
}


MOST_TABS = 6  # beside which the legend still has room


class InventoryScreen(FilteredList):
    """Stock sorted by what runs out first."""

    key = "inventory"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._filter, self._started, self._wanted = StockFilter(), False, 0
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self.strip = KpiStrip()
        self.strip.picked.connect(self._strip_picked)
        column.addWidget(self.strip)
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = StockPanel(context, self)
        self.panel.receive_wanted.connect(self._receive_one)
        self.panel.dismissed.connect(self._dismiss)
        self.restock = RestockPanel(context)
        self.side = Side(context, self.restock, self.panel, self)
        self._row.addWidget(self.side)
        column.addLayout(self._row, 1)
        self._keys()
        context.stale_when(self, TABLES, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Inventory")

    # Building

    def _beside(self) -> QWidget:
        return self.side

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Inventory"), "h1"))
        self.summary = Label("", "small", "text2")
        line.addSpacing(6)
        line.addWidget(self.summary, 1)
        self.place = PlaceChoice(self._context)
        self.place.picked.connect(self._place_picked)
        line.addWidget(self.place)
        self.restock_button = secondary(_("Restock list"), "shopping-basket-2-line")
        self.restock_button.clicked.connect(self.open_restock)
        line.addWidget(self.restock_button)
        line.addWidget(import_button(self._context, "stock"))
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self.open_export)
        if not self._context.may(export_begins):
            self.export.hide()
        line.addWidget(self.export)
        self.receive = primary(_("Receive by scanner"), "barcode-line", key="N")
        self.receive.clicked.connect(lambda: self.open_receive())
        self.receive.setEnabled(self._context.may(receive_stock))
        if not self.receive.isEnabled():
            self.receive.setToolTip(_("Your role may not change stock"))
        line.addWidget(self.receive)
        return line

    def _list(self) -> Card:
        self.model = PagedTable(columns(), self)
        self.model.sort_key, self.model.descending = "cover", False
        self.table = TableView(self.model, name="inventory", two_lines=True)
        card = Card(margins=(1, 0, 1, 2))
        card.body.addLayout(self._tabs_row())
        self.filters = FilterRow(self.table)
        self.filters.searched.connect(self._searched)
        self.filters.category_picked.connect(self._category_picked)
        card.body.addWidget(self.filters)
        self.pages = QStackedWidget()
        self.nothing = EmptyState(_("No goods match"), primary=self._clear_button(), why="nothing_found")
        self.calm = EmptyState(_("All goods are well stocked"), why="all_done")
        go = secondary(_("Go to products"), "price-tag-3-line")
        go.clicked.connect(lambda: self._context.navigate("products"))
        hint = _("Add goods under Products; their stock shows here.")
        self.first = EmptyState(_("No goods yet"), hint, why="first", primary=go)
        self.waiting = Skeleton("table")
        for page in (self.table, self.nothing, self.calm, self.first, self.waiting):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        self.bulk = BulkBar()
        self.deeds = BulkDeeds(self, self._context, self.model, self.bulk)
        self.bulk.hide()
        holder = vbox(margins=(6, 0, 6, 6))
        holder.addWidget(self.bulk)
        card.body.addLayout(holder)
        self._wire()
        return card

    def _tabs_row(self) -> QHBoxLayout:
        line = hbox(margins=(15, 0, 10, 0), gap=4)
        self.tabs = Tabs(tab_list(None), name=_("Which goods"))
        self.tabs.picked.connect(self._view_picked)
        self.filter_button = icon_button("filter-3-line", _("Filter"))
        self.filter_button.clicked.connect(self._toggle_filter)
        self.columns_button = icon_button("layout-column-line", _("Columns"))
        self.columns_button.clicked.connect(self._columns_menu)
        line.addWidget(self.tabs)
        line.addStretch(1)
        self.legend = Legend()
        line.addWidget(self.legend)
        line.addWidget(self.filter_button)
        line.addWidget(self.columns_button)
        return line

    def _clear_button(self) -> Button:
        button = secondary(_("Clear filters"), "filter-off-line")
        button.clicked.connect(self.clear_filters)
        return button

    def _keys(self) -> None:
        shortcuts.on(self, "N", self.open_receive, _("Receive by scanner"))
        shortcuts.on(self, "A", self.panel.open_adjust, _("Adjust the selected goods"))
        shortcuts.on(self, "/", self._show_search, _("Search in this list"))

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [
            Command(_("Receive by scanner"), self.open_receive, icon="barcode-line", keys=("N",)),
            Command(_("Restock list"), self.open_restock, icon="shopping-basket-2-line"),
            Command(_("Adjust many goods"), self.deeds.adjust_many, icon="equalizer-line"),
            Command(
                _("Adjust the selected goods"), self.panel.open_adjust, icon="equalizer-line", keys=("A",)
            ),
        ]

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self.table.setFocus()
            self._ask()
            self._ask_figures()
            self.restock.refresh()

    def _questions(self) -> tuple[Any, Any]:
        return stock_page, stock_count

    def _ask_figures(self) -> None:
        self._scope.ask_latest("tree", category_tree).then(
            lambda tree: self.filters.show_tree(tree, self._filter.category_id)
        )
        self.place.ask()
        self._scope.ask_latest("counts", stock_counts, self._filter.place).then(self._counted)

    def _counted(self, counts: StockCounts) -> None:
        if self._context.may(stock_value):
            task = self._scope.ask_latest("value", stock_value, self._filter.place)
            task.then(lambda value: self._show_figures(counts, value))
        else:
            self._show_figures(counts, None)

    def _show_figures(self, counts: StockCounts, value: StockValue | None) -> None:
        tabs = tab_list(counts)
        self.tabs.set_tabs(tabs)
        self.legend.setVisible(len(tabs) <= MOST_TABS)
        self.strip.show_items(strip_items(counts, value, self._context.currency))
        self.summary.setText(summary(counts, value, self._context.currency))

    def _news(self, touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh(touched.get("sku"))
        self._ask_figures()
        self.side.refresh()

    # What came

    def _loaded(self, first: bool) -> None:
        self.pages.setCurrentWidget(self._page())
        if not self.model.rows:
            self.side.show_sku(None)
        else:
            self._choose(first)

    def _page(self) -> QWidget:
        if self.model.rows:
            return self.table
        if self._filter.text or self._filter.category_id is not None:
            what = self.filters.words(self._filter.text, self._filter.category_id)
            self.nothing.say(_("No goods match"), _("Filtered by {what}").format(what=what))
            return self.nothing
        return self.first if self._filter.view == "all" else self.calm

    def _current(self, sku_id: int | None) -> None:
        self.side.show_sku(sku_id)

    def _ticked(self) -> None:
        count = len(self.model.checked)
        self.bulk.setVisible(count >= 2)
        self.bulk.say(_("{count} goods selected").format(count=count))

    # What the person does

    def _view_picked(self, view: str) -> None:
        self._set_filter(view=view)
        if view in slow_goods.VIEWS and self._context.may(slow_goods.slow_worth):
            self._scope.ask_latest("worth", slow_goods.slow_worth).then(self._say_tied)

    def _say_tied(self, worth: slow_goods.SlowWorth) -> None:
        self.summary.setText(tied(worth, self._filter.view, self._context.currency))

    def _searched(self, text: str) -> None:
        self._set_filter(text=text)

    def _category_picked(self, category_id: int | None) -> None:
        self._set_filter(category_id=category_id)

    def _strip_picked(self, number: int) -> None:
        view = {0: "all", 1: "low", 2: "out", 3: "expiring"}.get(number)
        if view is not None:
            self.open_filters(view=view)

    def clear_filters(self) -> None:
        """Show all goods of this tab again."""
        self.filters.empty()
        self._set_filter(text="", category_id=None)

    def _toggle_filter(self) -> None:
        if self.filters.isVisible():
            self.filters.hide()
            self.clear_filters()
        else:
            self._show_search()

    def _show_search(self) -> None:
        self.filters.open()

    def _place_picked(self, place: int | None) -> None:
        self._set_filter(place=place)
        self._ask_figures()

    def open_filters(self, view: str = "all", text: str = "") -> None:
        """Show one of the tabs, perhaps searched; `restock` is all goods with the restock list beside them."""
        if view == "restock":
            self._open_panel()
            self.restock.set_folded(False)
            view = "all"
        self.tabs.set_value(view)
        self.filters.search.setText(text)
        self.filters.setVisible(bool(text))
        self._set_filter(view=view, text=text, category_id=None)

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood; the categories come with their answer."""
        self._filter, self.model.sort_key, self.model.descending, chosen = state
        self.tabs.set_value(self._filter.view)
        self.filters.search.setText(self._filter.text)
        self.place.set_value(self._filter.place)
        self.filters.setVisible(bool(self._filter.text or self._filter.category_id is not None))
        self._wanted = chosen or 0

    def open_item(self, sku_id: int) -> None:
        """Select goods wherever they stand in the list."""
        if not self.table.go_to(sku_id):
            self._wanted = sku_id
            self.side.show_sku(sku_id)
        self._open_panel()

    def open_receive(self) -> None:
        """Open the sheet that brings goods in."""
        if self.receive.isEnabled():
            ReceiveSheet(self.window(), self._context).open()

    def open_restock(self) -> None:
        """Show the restock list; without a list it is reckoned now."""
        self._open_panel()
        self.restock.set_folded(False)
        if self.restock.shown is None:
            self.restock.draft()

    def open_export(self) -> None:
        """Open the sheet that writes this list to a file."""
        name = f"stock-{self._context.now().astimezone(self._context.zone):%Y%m%d}"
        count = self.model.total or 0
        write = export_slow if self._filter.view in slow_goods.VIEWS else export_stock
        ExportSheet(self, self._context, _("Export stock"), name, count, write, self._filter).open()

    def _receive_one(self, sku_id: int) -> None:
        sheet = ReceiveSheet(self.window(), self._context)
        sheet.open()
        self._scope.ask(stock_of, sku_id).then(lambda row: sheet.scan.take(row.code))

    def _panel_top(self) -> int:
        return self.strip.geometry().top()
