"""After-sales: the cases by what is to be done about them, and one of them with its next step."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.queries.after_sale_detail import CaseDetail, case_detail
from desktop.queries.after_sale_offer import CaseOffer, case_offer
from desktop.queries.after_sale_words import kind_word
from desktop.queries.after_sales import TABS, CaseFilter, case_counts, cases_page
from desktop.queries.order_export import export_begins
from desktop.queries.order_words import given_back_words
from desktop.services.after_sale_export import export_cases
from desktop.services.after_sale_goods import undo_receipt
from desktop.services.after_sale_settling import Outcome
from desktop.services.after_sales import Opened, approve_case, close_case, open_case
from desktop.views.aftersales.panel import RIGHTS, CasePanel, can
from desktop.views.aftersales.paper import list_lines, slip_lines
from desktop.views.aftersales.sheets import ArriveSheet, NumberSheet, SettleSheet, WhySheet
from desktop.views.aftersales.table import columns
from desktop.views.common import shortcuts
from desktop.views.common.after_sale_sheet import AfterSaleSheet
from desktop.views.common.beside import ScreenWithPanel
from desktop.views.common.buttons import icon_button, primary, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.inputs import SearchInput, Select
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme

TABLES = {"after_sale", "after_sale_photo", "after_sale_line", "sale_order", "refund", "member"}


class AftersalesScreen(ScreenWithPanel):
    """The cases of the shop."""

    key = "aftersales"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        self.filters, self._begun, self._wanted = CaseFilter(), False, 0
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = CasePanel(context, self)
        self.panel.wanted.connect(self.act)
        self.panel.dismissed.connect(self._dismiss)
        self._row.addWidget(self.panel)
        column.addLayout(self._row, 1)
        shortcuts.on(self, "N", self.new_case, _("New case"))
        shortcuts.on(self, "P", partial(self.act, "print"), _("Print"))
        shortcuts.on(self, "/", self.search.setFocus, _("Search in this page"))
        context.stale_when(self, TABLES, self._refresh)

    def title(self) -> str:
        """The screen's name."""
        return _("After-sales")

    # Building

    def _head(self) -> QHBoxLayout:
        row = hbox(gap=8)
        row.addWidget(Label(_("After-sales"), "h1"))
        self.summary = Label("", "small", "text2")
        row.addSpacing(4)
        row.addWidget(self.summary)
        row.addStretch(1)
        self.printing = secondary(_("Print"), "printer-line")
        self.export = secondary(_("Export"), "download-2-line")
        self.new = primary(_("New case"), "add-line", key="N")
        for button, deed, run in (
            (self.printing, None, self._print_list),
            (self.export, export_begins, self._export),
            (self.new, open_case, self.new_case),
        ):
            button.clicked.connect(run)
            if deed is not None and not self.context.may(deed):
                button.setEnabled(False)
                button.setToolTip(_("Your role may not do this."))
            row.addWidget(button)
        return row

    def _list(self) -> Card:
        card = Card(margins=(1, 0, 1, 2))
        top = hbox(margins=(15, 0, 10, 0), gap=4)
        self.tabs = Tabs([Tab(key, word) for key, word in tab_words()], name=_("After-sales"))
        self.tabs.picked.connect(lambda tab: self._filter(tab=tab))
        top.addWidget(self.tabs)
        top.addStretch(1)
        columns_button = icon_button("layout-column-line", _("Columns"))
        columns_button.clicked.connect(
            lambda: self.table.head.columns_menu().popup(
                columns_button.mapToGlobal(columns_button.rect().bottomLeft())
            )
        )
        top.addWidget(columns_button)
        card.body.addLayout(top)
        card.body.addWidget(Divider())
        card.body.addLayout(self._filter_row())
        self.model = PagedTable(columns(self.context.currency, self.context.zone, self.context.now), self)
        self.model.sort_key, self.model.descending = "moved", False
        self.table = TableView(self.model, name="aftersales", two_lines=True)
        self.search.leads_to = self.table
        self.table.setAccessibleName(_("After-sales"))
        self.pages, self.skeleton = QStackedWidget(), Skeleton("table")
        self.nothing = EmptyState(_("No cases here"), why="nothing_found")
        hint = _("Goods that are broken, wrong or unwanted: open a case from the order.")
        first = primary(_("New case"), "add-line")
        first.clicked.connect(self.new_case)
        first.setEnabled(self.context.may(open_case))
        self.first = EmptyState(_("No after-sales yet"), hint, why="first", primary=first)
        self.done = EmptyState(_("Nothing waits"), _("Every case is finished."), why="all_done")
        for page in (self.table, self.skeleton, self.nothing, self.first, self.done):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        self._wire()
        return card

    def _filter_row(self) -> QHBoxLayout:
        row = hbox(margins=(15, 9, 15, 9))
        self.search = SearchInput(_("Case, order, customer or reason"))
        self.search.setFixedWidth(theme.px(280))
        self.search.searched.connect(lambda text: self._filter(text=text.strip()))
        kinds = ("refund", "return", "exchange", "reship")
        self.kind = Select([("", _("All kinds")), *((key, kind_word(key)) for key in kinds)], "")
        self.kind.picked.connect(lambda kind: self._filter(kind=kind))
        row.addWidget(self.search)
        row.addWidget(self.kind)
        row.addStretch(1)
        return row

    def _wire(self) -> None:
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.model.sort_asked.connect(lambda key, down: self._filter(sort=key, descending=down))
        self.table.current_changed.connect(self._current)
        self.table.opened.connect(lambda _id: self._open_panel())
        self.table.clicked.connect(self._clicked)

    def commands(self) -> list[Command]:
        """What the palette offers first here."""
        return [Command(_("New case"), self.new_case, icon="add-line", keys=("N",))]

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self.filters = replace(self.filters, sort="moved", descending=False)
            self.table.setFocus()
            self.load()

    def load(self) -> None:
        """Ask for the list and the counts."""
        filters = self.filters

        def fetch(after: Any) -> Any:
            task = self.scope.ask(cases_page, filters, after)
            return task.slow(self._slow) if after is None and not self.model.rows else task

        self.model.ask(fetch)
        self.scope.ask_latest("counts", case_counts, filters).then(self._counted).otherwise(lambda _e: None)

    def _slow(self) -> None:
        self.pages.setCurrentWidget(self.skeleton)

    def _filter(self, **changes: Any) -> None:
        self.filters = replace(self.filters, **changes)
        self.load()

    def _counted(self, counts: dict[str, int]) -> None:
        for tab, count in counts.items():
            self.tabs.set_count(tab, count)
        words = _("{count} wait, {all} in all").format(
            count=f"{counts['waiting']:,}", all=f"{counts['all']:,}"
        )
        self.summary.setText(words)
        self._none = counts["all"] == 0

    _none = False

    def _refresh(self, touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh(touched.get("after_sale"))
        self.scope.ask_latest("counts", case_counts, self.filters).then(self._counted).otherwise(
            lambda _e: None
        )
        if self.panel.case is not None:
            self._show(self.panel.case.id)

    def _loaded(self, first: bool) -> None:
        if self.model.rows:
            self.pages.setCurrentWidget(self.table)
            if self._wanted and self.table.go_to(self._wanted):
                self._wanted = 0
            elif first and not self._wanted and self.table.current_id() is None:
                self.table.go_to(self.model.rows[0].id)
            return
        if not self._wanted:
            self.panel.show_nothing()
        plain = not self.filters.text and not self.filters.kind
        if plain and self.filters.tab == "all":
            self.pages.setCurrentWidget(self.first)
        elif plain and self.filters.tab != "ended":
            self.pages.setCurrentWidget(self.done)
        else:
            self.nothing.say(_("No cases here"), _("Nothing fits. Try other words, another kind or tab."))
            self.pages.setCurrentWidget(self.nothing)

    def _failed(self, error: object) -> None:
        self.nothing.say(_("The list can't be read now"), str(error))
        self.pages.setCurrentWidget(self.nothing)

    # Choosing

    def open_item(self, case_id: int) -> None:
        """Select a case, or show it beside the list when the list does not hold it."""
        self._begun = True
        self._wanted = case_id
        self.tabs.set_value("all")
        self.filters = CaseFilter("all", sort="moved", descending=False)
        self.load()
        self._show(case_id)
        self._open_panel()

    def open_filters(self, tab: str = "waiting", order_id: int = 0, text: str = "", **_more: Any) -> None:
        """Show the cases under a tab, or those of an order."""
        self._begun = True
        self.tabs.set_value(tab if tab in TABS else "all")
        self.search.setText(text)
        self.kind.set_value("")
        self.filters = CaseFilter(
            tab if tab in TABS else "all", "", text, order_id, sort="moved", descending=False
        )
        self.load()

    def state(self) -> tuple[Any, ...]:
        """Filters and the open case, for a screen made anew."""
        return self.filters, self.panel.case.id if self.panel.case is not None else 0

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        self.filters, self._wanted = state
        self._begun = True
        self.tabs.set_value(self.filters.tab)
        self.search.setText(self.filters.text)
        self.kind.set_value(self.filters.kind)
        self.load()

    def _current(self, case_id: int | None) -> None:
        if case_id is None:
            self.panel.show_nothing()
        elif self.panel.case is None or self.panel.case.id != case_id:
            self._show(case_id)

    def _show(self, case_id: int) -> None:
        self.scope.ask_latest("detail", case_detail, case_id).then(self.panel.show_case)

    # Doing

    def act(self, verb: str) -> None:
        """Do something to the case at hand; its next step is the primary button."""
        case = self.panel.case
        if case is None or verb not in can(case) or (verb in RIGHTS and not self.context.may(RIGHTS[verb])):
            return
        if verb == "print":
            self._print_slip(case)
        elif verb == "approve":
            said = _("Case {code} approved").format(code=case.code)
            self.scope.do(approve_case, case.id).busy(self.panel.primary).then(lambda _s: self._say(said))
        elif verb == "close":
            said = _("Case {code} closed").format(code=case.code)
            self.scope.do(close_case, case.id).busy(self.panel.primary).then(lambda _s: self._say(said))
        elif verb == "unarrive":
            self._unarrive(case)
        else:
            self._sheet(verb, case).open()

    def _sheet(self, verb: str, case: CaseDetail) -> Any:
        said = partial(self._say, _("Case {code} saved").format(code=case.code))
        if verb == "arrive":
            done = partial(self._arrived, case)
            return ArriveSheet(self, self.context, case, done)
        if verb == "settle":
            return SettleSheet(self, self.context, case, partial(self._settled, case))
        return WhySheet(self, self.context, case, verb, said)

    def _say(self, text: str) -> None:
        self.context.toast(self, text)

    def _arrived(self, case: CaseDetail) -> None:
        words = _("Goods of {code} taken in").format(code=case.code)
        back = partial(self.scope.do, undo_receipt, case.id, new_key())
        self.context.toast(self, words, undo=lambda: (back(), None)[1])

    def _unarrive(self, case: CaseDetail) -> None:
        text = _("The goods leave the books again and the case waits for them.")
        back = partial(self.scope.do, undo_receipt, case.id, new_key())
        title = _("Take the arrival of {code} back?").format(code=case.code)
        confirm(self, title, text, verb=_("Take back"), yes=lambda: (back(), None)[1])

    def _settled(self, case: CaseDetail, outcome: Outcome) -> None:
        if outcome.replacement_id:
            words = _("New order {number} made").format(number=outcome.replacement_code)
            go = partial(self.context.navigate, "orders", outcome.replacement_id)
            self.context.toast(self, words, undo=go, action=_("Open"))
        elif outcome.shipment_id:
            self._say(_("Parcel for {code} leaves again").format(code=case.code))
        else:
            self._say(given_back_words(outcome.money_minor, case.currency, outcome.points_returned))

    def new_case(self) -> None:
        """Open a case: first the order, then what it is about."""
        if self.context.may(open_case):
            NumberSheet(self, self.context, self._offer).open()

    def _offer(self, order_id: int) -> None:
        self.scope.ask(case_offer, order_id).then(self._open_sheet)

    def _open_sheet(self, offer: CaseOffer) -> None:
        if not offer.lines:
            number = offer.short_code
            words = _("Order {number} is not paid, or was cancelled: nothing can be asked for.")
            self.context.toast(self, words.format(number=number), tone="warn")
            return
        AfterSaleSheet(self, self.context, offer, self._opened).open()

    def _opened(self, opened: Opened) -> None:
        self._say(_("Case {code} opened").format(code=opened.code))
        self.open_item(opened.case_id)

    # Paper and files

    def _print_slip(self, case: CaseDetail) -> None:
        document = Document("slip", _("Return slip"), slip_lines(case, self.context))
        title = _("Print return slip {code}").format(code=case.code)
        PrintSheet(self, self.context, title, case.code, [document], self._printed).open()

    def _print_list(self) -> None:
        document = Document("list", _("After-sales"), list_lines(self.model.rows, self.context))
        name = f"after-sales-{self.context.now().astimezone(self.context.zone):%Y%m%d}"
        PrintSheet(self, self.context, _("Print the list"), name, [document], self._printed).open()

    def _printed(self, where: str) -> None:
        self._say(_("Sent to {name}").format(name=where))

    def _export(self) -> None:
        name = f"after-sales-{self.context.now().astimezone(self.context.zone):%Y%m%d}"
        count, filters = len(self.model.rows), self.filters
        ExportSheet(self, self.context, _("Export after-sales"), name, count, export_cases, filters).open()


def tab_words() -> list[tuple[str, str]]:
    """The tabs with their words."""
    return [
        ("waiting", _("To do")), ("approve", _("To approve")), ("goods", _("Goods awaited")),
        ("settle", _("To settle")), ("follow", _("Followed up")), ("ended", _("Ended")), ("all", _("All")),
    ]  # fmt: skip
