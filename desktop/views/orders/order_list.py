"""The list itself: saved views as tabs, filters, the table and what stands under it."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.queries.order_search import OrderFilter
from desktop.queries.order_words import said
from desktop.queries.orders import (
    BIG_POINTS_MINOR,
    OrdersSum,
    order_tags,
    orders_count,
    orders_counts_by_view,
    orders_page,
    orders_sum,
)
from desktop.queries.saved_views import ViewRow, saved_views
from desktop.services.saved_views import remove_view, save_view
from desktop.views.common import remember
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import icon_button, plain, primary, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme
from desktop.views.orders.filters import FilterBar
from desktop.views.orders.sheets import SaveViewSheet
from desktop.views.orders.table import columns

SHIPPED_VIEWS: dict[str, tuple[str, OrderFilter]] = {
    "all": (N_("All"), OrderFilter()),
    "unpaid": (N_("Unpaid"), OrderFilter(statuses=("unpaid",))),
    "to_ship": (N_("To ship"), OrderFilter(statuses=("to_ship",))),
    "late": (N_("Overdue"), OrderFilter(late=True)),
    "refunded": (N_("Refunds"), OrderFilter(refunded=True)),
    "points": (N_("Large points"), OrderFilter(points_from=BIG_POINTS_MINOR)),
}
SORT_WORDS = {
    "-placed": N_("Newest first"),
    "placed": N_("Oldest first"),
    "-due": N_("Largest amount first"),
    "due": N_("Smallest amount first"),
    "-points": N_("Most points first"),
}


@dataclass(frozen=True)
class _View:
    label: str
    filters: OrderFilter
    saved_id: int = 0


class OrderList(Card):
    """`chosen(id|None)` on moving, `opened(id)` on Enter, `bulk(verb)` for the ticked ones, `new_asked`."""

    chosen = Signal(object)
    opened = Signal(object)
    bulk = Signal(str)
    new_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self.context, self.scope = context, context.of(self)
        self.views = {key: _View(said(label), f) for key, (label, f) in SHIPPED_VIEWS.items()}
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
        row = hbox(margins=(16, 0, 8, 0))
        self.tabs = Tabs([Tab(key, view.label) for key, view in self.views.items()], name=_("Saved views"))
        self.tabs.picked.connect(self.show_view)
        row.addWidget(self.tabs, 1)
        self.restore = icon_button("arrow-go-back-line", _("Restore"), size=30)
        self.keep = plain(_("Save view"), "add-line", size=30)
        self.drop = plain(_("Remove view"), "delete-bin-line", size=30)
        self.restore.clicked.connect(lambda: self.show_view(self.tabs.value()))
        self.keep.clicked.connect(self._keep)
        self.drop.clicked.connect(self._drop)
        for button in (self.restore, self.drop, self.keep):
            row.addWidget(button)
        self.body.addLayout(row)
        self.body.addWidget(Divider())
        self._show_changed()

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
        self._show_changed()
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
        self._show_changed()
        self.show_sort(sort)

    def show_sort(self, sort: str) -> None:
        """Show the same orders in another order."""
        self.sort = sort
        self.model.sort_key, self.model.descending = sort.lstrip("-"), sort.startswith("-")
        self.load()

    def _show_changed(self) -> None:
        view = self.views.get(self.tabs.value() or "all")
        changed = view is not None and view.filters != self.filters
        self.restore.setVisible(changed)
        self.keep.setVisible(changed or not (view and view.saved_id))
        self.keep.relabel(_("Save") if changed and view and view.saved_id else _("Save view"))
        self.drop.setVisible(bool(view and view.saved_id) and not changed)

    def _keep(self) -> None:
        view = self.views[self.tabs.value()]
        if view.saved_id:
            task = self.scope.do(save_view, "orders", view.label, self.filters.to_json(), view.saved_id)
            task.then(self.ask_views).busy(self.keep)
            return
        SaveViewSheet(self, self.context, self.filters.to_json(), self.ask_views).open()

    def _drop(self) -> None:
        view = self.views[self.tabs.value()]
        self.scope.do(remove_view, view.saved_id).busy(self.drop).then(partial(self._dropped, view))

    def _dropped(self, view: _View, _nothing: object) -> None:
        def again() -> None:
            self.scope.do(save_view, "orders", view.label, view.filters.to_json()).then(self.ask_views)

        self.tabs.set_value("all")
        self.ask_views()
        self.show_view("all")
        self.context.toast(self, _("View “{name}” removed").format(name=view.label), undo=again)

    def ask_views(self, chosen: object = None) -> None:
        """Read the saved views and their counts anew; `chosen` is the id of one to show."""
        self.scope.ask(saved_views, "orders").then(partial(self._have_views, chosen))

    def _have_views(self, chosen: object, rows: tuple[ViewRow, ...]) -> None:
        self.views = {key: _View(said(label), f) for key, (label, f) in SHIPPED_VIEWS.items()}
        for row in rows:
            self.views[f"view:{row.id}"] = _View(row.name, OrderFilter.from_json(row.filters), row.id)
        self.tabs.set_tabs([Tab(key, view.label) for key, view in self.views.items()])
        if isinstance(chosen, int):
            self.tabs.set_value(f"view:{chosen}")
        self._show_changed()
        self.ask_counts()

    def ask_counts(self) -> None:
        """Read how many orders each view holds."""
        wanted = {key: view.filters for key, view in self.views.items()}
        self.scope.ask_latest("counts", orders_counts_by_view, wanted).then(self._show_counts)
        self.scope.ask_latest("tags", order_tags).then(self._have_tags)

    def _have_tags(self, names: tuple[str, ...]) -> None:
        self.bar.known_tags = names

    def _show_counts(self, counts: dict[str, int]) -> None:
        for key, count in counts.items():
            self.tabs.set_count(key, count)

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
