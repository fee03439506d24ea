"""Payments: what each way to pay brought, every transaction one by one, and what somebody must see to."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import Money
from desktop.queries.order_export import export_begins
from desktop.queries.pay_cards import MethodCardFacts, PayRules, method_cards, pay_rules
from desktop.queries.pay_cases import open_case_count
from desktop.queries.payments import MethodSum, PaymentFilter, live_days, payments_counts, payments_page
from desktop.services.export import export_payments
from desktop.services.pay_methods import edit_method
from desktop.views.common import shortcuts
from desktop.views.common.beside import ScreenWithPanel
from desktop.views.common.buttons import icon_button, primary, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.day_card import DayCard
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.inputs import SearchInput
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.segment import Segment
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.span_sheet import SpanSheet, moments
from desktop.views.common.switch_method import switch, switch_method
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme
from desktop.views.payments.cards import CardWords, MethodCards
from desktop.views.payments.foreign import ForeignList
from desktop.views.payments.paper import MOST_PRINTED, list_lines
from desktop.views.payments.settled import SettledList
from desktop.views.payments.side import SideColumn
from desktop.views.payments.table import columns, kept_words
from desktop.views.payments.todo import CaseList

TABLES = {
    "sale_order", "tender", "refund", "refund_tender", "payment_method", "payment_attempt", "payment_case", "cash_session",
    "cash_movement", "stored_balance", "provider_refund",
}  # fmt: skip
PERIODS = {
    "today": PaymentFilter(),
    "yesterday": PaymentFilter(days_ago=1),
    "week": PaymentFilter(days=7),
    "live": PaymentFilter(days=None, live=True),
}
TODO, SETTLED, FOREIGN = "todo", "settled", "foreign"


class PaymentsScreen(ScreenWithPanel):
    """Money in and back."""

    key = "payments"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        self.filters, self._counts, self._begun = PaymentFilter(), (0, 0), False
        self.sums: tuple[MethodSum, ...] = ()
        self.facts: tuple[MethodCardFacts, ...] = ()
        self._words = CardWords(context.currency, context.zone, 5_000, 100)  # until the shop's own are known
        self._shown_period = "today"
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self.cards = MethodCards()
        self.cards.picked.connect(self._method)
        column.addWidget(self.cards)
        self.cards.switched.connect(self._switch)
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = SideColumn(context, self)
        self.day = DayCard(context)
        self.day.total_wanted.connect(lambda _method: self.context.navigate("reconcile"))
        self.panel.put_top(self.day)
        self.panel.close_button.clicked.connect(self.panel.hide)
        self._row.addWidget(self.panel)
        column.addLayout(self._row, 1)
        shortcuts.on(self, "/", self.search.setFocus, _("Search in this page"))
        shortcuts.on(self, "P", self._print, _("Print"))
        context.stale_when(self, TABLES, self._refresh)

    def title(self) -> str:
        """The screen's name."""
        return _("Payments")

    def _head(self) -> Any:
        row = hbox(gap=8)
        row.addWidget(Label(_("Payments"), "h1"))
        self.taken = Label("", "small", "text2")
        self.taken.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed
        )  # gives way to the title
        row.addSpacing(4)
        row.addWidget(self.taken, 1)
        periods = [
            ("today", _("Today")),
            ("yesterday", _("Yesterday")),
            ("week", _("Last 7 days")),
            ("live", _("Whole list")),
            ("span", _("Custom")),
        ]
        self.period = Segment(periods, "today")
        self.period.picked.connect(self._period)
        self.printing = icon_button("printer-line", _("Print"), framed=True)
        self.printing.clicked.connect(self._print)
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self._export)
        if not self.context.may(export_begins):
            self.export.setEnabled(False)
            self.export.setToolTip(_("Your role may not do this."))
        self.add = primary(_("Add a way to pay"), "add-line")
        self.add.clicked.connect(partial(self.context.navigate, "settings", page="payments"))
        if not self.context.may(edit_method):
            self.add.setEnabled(False)
            self.add.setToolTip(_("Your role may not do this."))
        for widget in (self.period, self.printing, self.export, self.add):
            row.addWidget(widget)
        return row

    def _list(self) -> QWidget:
        card = Card(margins=(1, 0, 1, 2))
        top = hbox(margins=(16, 0, 12, 0))
        words = {
            "all": _("Transactions"),
            "refunds": _("Refunds"),
            SETTLED: _("Settled"),
            FOREIGN: _("Currencies"),
            TODO: _("To do"),
        }
        self.tabs = Tabs([Tab(key, word) for key, word in words.items()], name=_("Transactions"))
        self.tabs.picked.connect(self._tab)
        self.search = SearchInput(_("Reference, order no. or amount"))
        self.search.setMinimumWidth(theme.px(150))
        self.search.setMaximumWidth(theme.px(230))
        self.search.searched.connect(self._searched)
        top.addWidget(self.tabs)
        top.addStretch(1)
        top.addWidget(self.search, 1)
        self.more = icon_button("layout-right-line", _("Reconciling and rules"))
        self.more.clicked.connect(self._open_panel)
        self.more.hide()
        top.addWidget(self.more)
        card.body.addLayout(top)
        card.body.addWidget(Divider())
        self._pages_in(card)
        return card

    def _pages_in(self, card: Card) -> None:
        self.model = PagedTable(columns(self.context.currency, self.context.zone, self.context.now), self)
        self.table = TableView(self.model, name="payments")
        self.search.leads_to = self.table
        self.table.setAccessibleName(_("Transactions"))
        self.table.opened.connect(self._open)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.none = EmptyState(_("No transactions here"), why="nothing_found")
        again = secondary(_("Try again"), "refresh-line")
        again.clicked.connect(self.load)
        self.broken = EmptyState(_("The list can't be read now"), why="nothing_found", primary=again)
        self.pages, self.skeleton = QStackedWidget(), Skeleton("table")
        self.todo = CaseList(self.context)
        self.todo.counted.connect(self._count_todo)
        self.settled, self.foreign = SettledList(self.context), ForeignList(self.context)
        self.apart: dict[str, Any] = {TODO: self.todo, SETTLED: self.settled, FOREIGN: self.foreign}
        for page in (self.table, self.skeleton, self.none, self.broken, *self.apart.values()):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        card.body.addWidget(Divider())
        foot = hbox(margins=(16, 9, 16, 9))
        self.counted = Label("", "cap", "text2")
        foot.addWidget(self.counted)
        foot.addStretch(1)
        self.kept = Label("", "cap", "text3")
        foot.addWidget(self.kept)
        card.body.addLayout(foot)

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.table.setFocus()
            self.load()
        if self.day.seen is None:
            self.day.load()

    def open_item(self, order_id: int) -> None:
        """Show the order a transaction belongs to."""
        self.context.navigate("orders", order_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.more.setVisible(self._narrow)

    def open_filters(self, text: str = "", method: str = "", tab: str = "", **_more: Any) -> None:
        """Show the transactions that fit, or another tab."""
        self._begun = True
        if tab:
            self.tabs.set_value(tab)
            self._tab(tab)
            return
        self.search.setText(text)
        self.show_filters(replace(self.filters, text=text, methods=(method,) if method else ()))

    def state(self) -> tuple[Any, ...]:
        """Filters and the chosen time, for a screen made anew."""
        return self.filters, self._shown_period

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        filters, self._shown_period = state
        self._begun = True
        self.period.set_value(self._shown_period)
        if not self._on_todo():
            self.tabs.set_value("refunds" if filters.refunds else "all")
        self.search.setText(filters.text)
        self.show_filters(filters)

    def show_filters(self, filters: PaymentFilter) -> None:
        """Show the transactions that fit."""
        self.filters = filters
        self.load()

    def load(self) -> None:
        """Ask for list, counts and sums."""
        filters, scope = self.filters, self.scope

        def fetch(after: Any) -> Any:
            task = scope.ask(payments_page, filters, after)
            return task.slow(self._slow) if after is None and not self.model.rows else task

        self.model.ask(fetch)
        self._figures()

    def _figures(self) -> None:
        counted = replace(self.filters, refunds=False)
        self.scope.ask_latest("counts", payments_counts, counted).then(self._count).otherwise(lambda _e: None)
        self.scope.ask_latest("rules", pay_rules).then(self._know_rules).otherwise(lambda _e: None)
        self.scope.ask_latest("sums", method_cards, self.filters).then(self._sum).otherwise(lambda _e: None)
        self.scope.ask_latest("cases", open_case_count).then(self._count_todo)
        self.panel.rules.load()
        self.scope.ask_latest("live", live_days).then(self._keeps)
        if self._on_todo():
            self.apart[self.tabs.value()].load()

    def _know_rules(self, rules: PayRules) -> None:
        self._words = CardWords(
            self.context.currency, self.context.zone, rules.points_cap_bp, rules.points_per_unit
        )
        self._show_cards()

    def _keeps(self, days: int) -> None:
        self.kept.setText(kept_words(days))

    def _count_todo(self, count: int) -> None:
        self.tabs.set_count(TODO, count or None)

    def _on_todo(self) -> bool:
        """Whether something else than the list of transactions is shown."""
        return bool(self.tabs.value() in self.apart)

    def _tab(self, key: str) -> None:
        self.search.setVisible(key not in self.apart)
        self.counted.setVisible(key not in self.apart)
        if key in self.apart:
            self.pages.setCurrentWidget(self.apart[key])
            self.apart[key].load()
            return
        self.show_filters(replace(self.filters, refunds=key == "refunds"))

    def _slow(self) -> None:
        if self._on_todo():
            return
        self.pages.setCurrentWidget(self.skeleton)

    def _refresh(self, _touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh()
        self._figures()

    def _count(self, counts: tuple[int, int]) -> None:
        self._counts = counts
        self.tabs.set_count("all", counts[0])
        self.tabs.set_count("refunds", counts[1])
        words = _("{count} found in all of time") if self.filters.text else _("{count} transactions")
        self.counted.setText(words.format(count=f"{self.rows_now():,}"))

    def rows_now(self) -> int:
        """How many transactions the list holds in all."""
        return self._counts[1] if self.filters.refunds else self._counts[0]

    def _show_cards(self) -> None:
        chosen = self.filters.methods[0] if self.filters.methods else ""
        may = self.context.may(switch_method)
        self.cards.show_cards(self.facts, self._words, chosen, may)

    def _switch(self, method: str, on: bool) -> None:
        switch(self, self.context, method, on, self._figures)

    def _sum(self, facts: tuple[MethodCardFacts, ...]) -> None:
        self.facts, sums = facts, tuple(one.sum for one in facts)
        self.sums = sums
        self._show_cards()
        money = [s for s in sums if s.method != "points"]
        taken = Money(sum(s.taken_minor for s in money), self.context.currency)
        back = Money(sum(s.given_minor for s in money), self.context.currency)
        number = sum(s.taken for s in money)
        words = ngettext("Taken {money} in {count} payment", "Taken {money} in {count} payments", number)
        parts = [words.format(money=taken, count=f"{number:,}")]
        if back:
            parts.append(_("given back {money}").format(money=back))
        self.taken.setText(" · ".join(parts))

    def _loaded(self, _first: bool) -> None:
        if self._on_todo():
            return
        if self.model.rows:
            self.pages.setCurrentWidget(self.table)
            return
        self.none.say(
            _("No transactions here"),
            _("Nothing fits “{text}”. Try fewer digits.").format(text=self.filters.text)
            if self.filters.text
            else _("Nothing was taken in this time. Choose a longer one above."),
        )
        self.pages.setCurrentWidget(self.none)

    def _failed(self, error: object) -> None:
        self.broken.say(_("The list can't be read now"), str(error))
        if not self._on_todo():
            self.pages.setCurrentWidget(self.broken)

    # Choosing

    def _period(self, key: str) -> None:
        if key == "span":
            words = _("Transactions between"), _("Show transactions")
            sheet = SpanSheet(self, self.context, *words, self._spanned)
            sheet.rejected.connect(lambda: self.period.set_value(self._shown_period))
            sheet.open()
            return
        self._shown_period = key
        start = PERIODS[key]
        self.show_filters(
            replace(
                self.filters,
                days=start.days,
                days_ago=start.days_ago,
                live=start.live,
                since=None,
                until=None,
            )
        )

    def _spanned(self, first: Any, last: Any) -> None:
        self._shown_period = "span"
        self.show_filters(replace(self.filters, **moments(first, last, self.context.zone)))

    def _method(self, method: str) -> None:
        chosen = () if self.filters.methods == (method,) else (method,)
        self.show_filters(replace(self.filters, methods=chosen))

    def _searched(self, text: str) -> None:
        if text.strip() != self.filters.text:
            self.show_filters(replace(self.filters, text=text.strip()))

    def _open(self, row_id: int) -> None:
        row = self.model.row_at(self.model.row_of(row_id))
        if row is not None and row.order_id is not None:
            self.context.navigate("orders", row.order_id)

    # Paper and files

    def _print(self) -> None:
        self.scope.ask(payments_page, self.filters).then(self._print_sheet).busy(self.printing)

    def _print_sheet(self, page: Any) -> None:
        lines = list_lines(page.rows[:MOST_PRINTED], self.sums, self.context, self.rows_now())
        document = Document("list", _("Transactions"), lines)
        name = f"payments-{self.context.now().astimezone(self.context.zone):%Y%m%d}"
        PrintSheet(self, self.context, _("Print transactions"), name, [document], self._printed).open()

    def _printed(self, where: str) -> None:
        self.context.toast(self, _("Sent to {name}").format(name=where))

    def _export(self) -> None:
        name = f"payments-{self.context.now().astimezone(self.context.zone):%Y%m%d}"
        title = _("Export transactions")
        ExportSheet(self, self.context, title, name, self.rows_now(), export_payments, self.filters).open()
