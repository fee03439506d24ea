"""What the three pages of purchasing share: tabs, search, a table, and the panel of what is chosen."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.views.common import shortcuts
from desktop.views.common.beside import ScreenWithPanel
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, hbox
from desktop.views.common.cells import Column
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.inputs import SearchInput
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme


class ListPage(ScreenWithPanel):
    """One list of purchasing; `view` is its tab, `text` what is searched for."""

    key = ""
    title_words = ""
    changed = Signal()  # what is counted may differ

    def __init__(self, context: Context, panel: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        self.view, self.text, self._wanted, self._started = self.first_view(), "", 0, False
        self._row = hbox(self, gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = panel
        panel.setParent(self)
        panel.dismissed.connect(self._dismiss)
        self._row.addWidget(panel)
        shortcuts.on(
            self,
            "/",
            lambda: self.search.setFocus(Qt.FocusReason.ShortcutFocusReason),
            _("Search in this list"),
        )

    def _place_panel(self) -> None:
        """The page has no margins of its own: the panel lies at its edge."""
        if self._narrow and self.panel.isVisible():
            width = self.panel.width()
            self.panel.setGeometry(self.width() - width, 0, width, self.height())
            self.panel.raise_()

    # What each page says

    def first_view(self) -> str:
        """The tab shown first."""
        return "all"

    def columns(self) -> list[Column]:
        """The columns of the table."""
        raise NotImplementedError

    def views(self, counts: dict[str, int]) -> list[Tab]:
        """The tabs with their counts."""
        raise NotImplementedError

    def ask_page(self, after: Any) -> Any:
        """A task that brings a page of rows."""
        raise NotImplementedError

    def ask_count(self) -> Any:
        """A task that counts the rows that fit."""
        raise NotImplementedError

    def ask_counts(self) -> None:
        """Ask for the counts of the tabs, then call `counted`."""
        raise NotImplementedError

    def first_words(self) -> tuple[str, str, str, Callable[[], None] | None]:
        """Title, hint, verb and deed of the empty list."""
        raise NotImplementedError

    # Building

    def _list(self) -> Card:
        self.model = PagedTable(self.columns(), self)
        self.table = TableView(self.model, name=f"buying/{self.key}", two_lines=True)
        self.table.setAccessibleName(_(self.title_words))
        card = Card(margins=(1, 0, 1, 2))
        line = hbox(margins=(15, 0, 10, 0), gap=6)
        self.tabs = Tabs(self.views({}), name=_(self.title_words))
        self.tabs.picked.connect(lambda view: self.show_view(view))
        self.search = SearchInput(_("Search"))
        self.search.leads_to = self.table
        self.search.searched.connect(self._searched)
        self.search.setMaximumWidth(theme.px(200))
        columns = icon_button("layout-column-line", _("Columns"))
        columns.clicked.connect(
            lambda: self.table.head.columns_menu().popup(columns.mapToGlobal(columns.rect().bottomLeft()))
        )
        line.addWidget(self.tabs)
        line.addStretch(1)
        line.addWidget(self.search)
        line.addWidget(columns)
        card.body.addLayout(line)
        self.pages, self.waiting = QStackedWidget(), Skeleton("table")
        title, hint, verb, deed = self.first_words()
        go = secondary(verb, "add-line") if deed is not None else None
        if go is not None and deed is not None:
            go.clicked.connect(lambda: deed())
        self.first = EmptyState(title, hint, why="first", primary=go)
        clear = secondary(_("Clear filters"), "filter-off-line")
        clear.clicked.connect(lambda: self.show_view("all" if self.key != "suppliers" else self.view))
        self.nothing = EmptyState(_("Nothing matches"), why="nothing_found", primary=clear)
        for page in (self.table, self.first, self.nothing, self.waiting):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.table.current_changed.connect(lambda row_id: self.panel.show_id(row_id))
        self.table.opened.connect(lambda _row_id: self._open_panel())
        self.table.clicked.connect(self._clicked)
        return card

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self.table.setFocus()
            self.ask()

    def ask(self) -> None:
        """Read the list again from its top."""

        def fetch(after: Any) -> Any:
            task = self.ask_page(after)
            return task.slow(self._slow) if after is None else task

        self.model.ask(fetch, self.ask_count)
        self.ask_counts()

    def counted(self, counts: dict[str, int]) -> None:
        """Show the counts of the tabs."""
        self.tabs.set_tabs(self.views(counts))
        self.changed.emit()

    def refresh(self, touched: frozenset[int] | None) -> None:
        """Read what changed."""
        if self._started:
            self.model.refresh(touched)
            self.ask_counts()
            self.panel.refresh()

    def _slow(self) -> None:
        if not self.model.rows:
            self.pages.setCurrentWidget(self.waiting)

    def _loaded(self, first: bool) -> None:
        if self.model.rows:
            self.pages.setCurrentWidget(self.table)
        else:
            filtered = bool(self.text) or self.view not in ("all", "active")
            self.pages.setCurrentWidget(self.nothing if filtered else self.first)
            self.panel.show_id(None)
            return
        if self._wanted and self.table.go_to(self._wanted):
            self._wanted = 0
        elif first and not self._wanted and self.table.current_id() is None:
            self.table.go_to(self.model.rows[0].id)

    def _failed(self, error: Any) -> None:
        self.pages.setCurrentWidget(self.nothing)
        self.nothing.say(_("The list can’t be read now"), str(error))

    def _searched(self, text: str) -> None:
        self.text = text
        self.ask()

    def show_view(self, view: str, text: str = "") -> None:
        """Show one of the tabs, perhaps searched."""
        self.view, self.text = view, text
        self.tabs.set_value(view)
        self.search.setText(text)
        self.ask()

    def open_item(self, row_id: int) -> None:
        """Select an entry wherever it stands."""
        if not self.table.go_to(row_id):
            self._wanted = row_id
            self.panel.show_id(row_id)
        self._open_panel()
