"""The list itself: saved views as tabs, filters, the table and what stands under it."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.queries.order_search import OrderFilter
from desktop.queries.order_words import said
from desktop.queries.orders import (
    OrdersSum,
    order_tags,
    order_tills,
    orders_count,
    orders_page,
    orders_sum,
)
from desktop.views.common import remember
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.theme import theme
from desktop.views.orders.filters import FilterBar
from desktop.views.orders.table import columns
from desktop.views.orders.view_tabs import SHIPPED_VIEWS, View, ViewTabs

__all__ = ["SHIPPED_VIEWS", "OrderList"]
SORT_WORDS = {
    "-placed": N_("Newest first"),
    "placed": N_("Oldest first"),
    "-due": N_("Largest amount first"),
    "due": N_("Smallest amount first"),
    "-points": N_("Most points first"),
}


class OrderList(Card):
    """`chosen(id|None)` on moving, `opened(id)` on Enter, `bulk(verb)` for the ticked ones, `new_asked`."""

    chosen = Signal(object)
    opened = Signal(object)
    bulk = Signal(str)
    new_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self.context, self.scope = context, context.of(self)
        self.filters, self.sort = OrderFilter(), "-placed"
        self.wanted_id = 0  # to be chosen once it is loaded
        self._build_tabs()
        self.bar = FilterBar(context)
        self.bar.changed.connect(self.show_filters)
        self.bar.columns_asked.connect(self._columns)
        self.bar.sort_asked.connect(self._sorts)
        self.body.addWidget(self.bar)
        self._build_table()
        self._build_foot()

    def _build_tabs(self) -> None:
        self.shelf = ViewTabs(self.context, lambda: self.filters)
        self.shelf.picked.connect(self.show_view)
        self.tabs, self.keep, self.restore = self.shelf.tabs, self.shelf.keep, self.shelf.restore
        self.body.addWidget(self.shelf)
        self.body.addWidget(Divider())

    @property
    def views(self) -> dict[str, View]:
        """The views by key."""
        return self.shelf.views

    def _build_table(self) -> None:
        self.model = PagedTable(columns(self.context.currency, self.context.zone, self.context.now), self)
        self.model.sort_key = "placed"
        self.table = TableView(self.model, name="orders")
        self.table.setAccessibleName(_("Orders"))
        self.bar.search.leads_to = self.table
        self.model.loaded.connect(self._loaded)
        self.model.counted.connect(self._show_foot)
        self.model.failed.connect(self._failed)
        self.model.checked_changed.connect(self._ticked)
        self.model.sort_asked.connect(
            lambda key, down: self.show_sort(f"-{key}" if down or key == "points" else key)
        )
        self.table.current_changed.connect(self.chosen)
        self.table.opened.connect(self.opened)
        self.pages = QStackedWidget()
        self.skeleton = Skeleton("table")
        first = primary(_("New order"), "add-line")
        first.clicked.connect(self.new_asked)
        self.first = EmptyState(
            _("No orders yet"), _("The first sale at a till or kiosk shows up here by itself."), primary=first
        )
        clear = secondary(_("Clear filters"), "filter-off-line")
        clear.clicked.connect(lambda: self.show_view("all"))
        self.none = EmptyState(_("No orders match"), why="nothing_found", primary=clear)
        self.done = EmptyState(_("All done"), _("Nothing waits here."), why="all_done")
        again = secondary(_("Try again"), "refresh-line")
        again.clicked.connect(self.load)
        self.broken = EmptyState(_("The list can't be read now"), why="nothing_found", primary=again)
        for page in (self.table, self.skeleton, self.first, self.none, self.done, self.broken):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)

    def _build_foot(self) -> None:
        self.foot = QStackedWidget()
        self.foot.setFixedHeight(theme.px(58))
        quiet = QWidget()
        row = hbox(quiet, margins=(16, 0, 16, 0))
        self.counted, self.summed = Label("", "cap", "text2"), Label("", "cap", "text2", align="right")
        row.addWidget(self.counted)
        row.addStretch(1)
        row.addWidget(self.summed)
        self.bulk_bar = BulkBar()
        holder = QWidget()
        vbox(holder, margins=(6, 2, 6, 6)).addWidget(self.bulk_bar)
        for verb, text, icon, key in (
            ("ship", _("Ship"), "truck-line", "S"), ("print", _("Print receipts"), "printer-line", "P")
        ):  # fmt: skip
            button = self.bulk_bar.add(text, icon, key=key)
            button.clicked.connect(partial(self.bulk.emit, verb))
        self.bulk_bar.cleared.connect(lambda: self.model.check_all(False))
        self.foot.addWidget(quiet)
        self.foot.addWidget(holder)
        self.body.addWidget(Divider())
        self.body.addWidget(self.foot)

    # Views

    def show_view(self, key: str) -> None:
        """Show a saved view as it was kept."""
        if key in self.views:
            self.tabs.set_value(key)
            remember.put("orders/view", key)
            self.bar.show_filters(self.views[key].filters, {})
            self.show_filters(self.views[key].filters)

    def show_filters(self, filters: OrderFilter) -> None:
        """Show the orders that fit."""
        self.filters = filters
        self.shelf.show_changed()
        self.load()

    def state(self) -> tuple[Any, ...]:
        """Tab, filters with the names they carry, and sort."""
        return self.tabs.value(), self.filters, self.bar.names, self.sort

    def stand(self, state: tuple[Any, ...]) -> None:
        """Show what another list showed; tabs somebody saved come with their answer."""
        tab, filters, names, sort = state
        saved = str(tab).removeprefix("view:")
        self.tabs.set_value(tab)
        self.ask_views(int(saved) if saved.isdecimal() else None)
        self.bar.show_filters(filters, names)
        self.filters = filters
        self.shelf.show_changed()
        self.show_sort(sort)

    def show_sort(self, sort: str) -> None:
        """Show the same orders in another order."""
        self.sort = sort
        self.model.sort_key, self.model.descending = sort.lstrip("-"), sort.startswith("-")
        self.load()

    def ask_views(self, chosen: object = None) -> None:
        """Read the saved views and their counts anew; `chosen` is the id of one to stand on."""
        self.shelf.ask(chosen)
        self.ask_words()

    def ask_counts(self) -> None:
        """Read how many orders each view holds."""
        self.shelf.ask_counts()
        self.ask_words()

    def ask_words(self) -> None:
        """Read the tags and tills one may filter by."""
        self.scope.ask_latest("tags", order_tags).then(self._have_tags)
        self.scope.ask_latest("tills", order_tills).then(self._have_tills)

    def _have_tags(self, names: tuple[str, ...]) -> None:
        self.bar.known_tags = names

    def _have_tills(self, tills: tuple[tuple[str, str], ...]) -> None:
        self.bar.known_tills = tills

    # Rows

    def load(self) -> None:
        """Ask for the first page."""
        filters, sort = self.filters, self.sort
        scope = self.scope

        def fetch(after: Any) -> Any:
            task = scope.ask(orders_page, filters, sort, after)
            return task.slow(self._slow) if after is None and not self.model.rows else task

        self.model.ask(fetch, lambda: scope.ask(orders_count, filters))

    def _slow(self) -> None:
        self.pages.setCurrentWidget(self.skeleton)

    def _loaded(self, first: bool) -> None:
        if self.model.rows:
            self.pages.setCurrentWidget(self.table)
            if first and self.table.current_id() is None:
                self._choose_first()
            return
        self.chosen.emit(None)
        if self.filters == OrderFilter():
            self.pages.setCurrentWidget(self.first)
        elif (
            self.tabs.value() in ("unpaid", "to_ship", "late")
            and self.views[self.tabs.value()].filters == self.filters
        ):
            self.pages.setCurrentWidget(self.done)
        else:
            words = ", ".join(self.bar.summary())
            self.none.say(
                _("No orders match"), _("Filters now: {filters}").format(filters=words) if words else ""
            )
            self.pages.setCurrentWidget(self.none)

    def _choose_first(self) -> None:
        if not self.wanted_id:
            self.table.setCurrentIndex(self.model.index(0, 1))
        else:
            self.table.go_to(self.wanted_id)

    def _failed(self, error: object) -> None:
        self.broken.say(_("The list can't be read now"), str(error))
        self.pages.setCurrentWidget(self.broken)

    def _show_foot(self, count: int) -> None:
        self.counted.setText(_("{count} orders").format(count=f"{count:,}"))
        self.scope.ask_latest("sum", orders_sum, self.filters).then(self._show_sum).otherwise(lambda _e: None)

    def _show_sum(self, total: OrdersSum) -> None:
        currency = self.context.currency
        text = _("Paid or to pay {money} · points {points}").format(
            money=Money(total.due_minor, currency), points=Money(total.points_minor, currency)
        )
        self.summed.setText(text)

    def ticked(self) -> list[Any]:
        """The ticked rows that are loaded."""
        return [row for row in self.model.rows if row.id in self.model.checked]

    def _ticked(self) -> None:
        rows = self.ticked()
        self.foot.setCurrentIndex(1 if len(rows) >= 2 else 0)
        total = Money(sum(row.due_minor for row in rows), self.context.currency)
        self.bulk_bar.say(_("{count} selected").format(count=len(rows)), str(total))

    def _columns(self, button: QWidget) -> None:
        self.table.head.columns_menu().popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _sorts(self, button: QWidget) -> None:
        menu = QMenu(button)
        for sort, words in SORT_WORDS.items():
            entry = menu.addAction(said(words))
            entry.setCheckable(True)
            entry.setChecked(sort == self.sort)
            entry.triggered.connect(partial(self._sorted, sort))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _sorted(self, sort: str, _on: bool) -> None:
        self.show_sort(sort)
