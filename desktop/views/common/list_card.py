"""A card with tabs over a table that loads page by page, and what stands there while it has no rows."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import Card, hbox
from desktop.views.common.cells import Column
from desktop.views.common.empty import EmptyState
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs


class ListCard(Card):
    """`model`, `table`, `tabs` and `pages`; `none()` names the page for a list without rows.

    `name` is what the columns are remembered by; `title` and `tabs_name` are what screen readers say.
    """

    def __init__(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        tabs: Sequence[Tab],
        *,
        tabs_name: str,
        none: Callable[[], QWidget],
        empty: Sequence[EmptyState],
    ) -> None:
        super().__init__(margins=(1, 0, 1, 2))
        self._none = none
        self.model = PagedTable(list(columns), self)
        self.table = TableView(self.model, name=name, two_lines=True)
        self.table.setAccessibleName(title)
        self.tabs = Tabs(list(tabs), name=tabs_name)
        self.columns_button = icon_button("layout-column-line", _("Columns"))
        self.columns_button.clicked.connect(self._columns_menu)
        self.line = hbox(margins=(15, 0, 10, 0), gap=4)
        self.line.addWidget(self.tabs)
        self.line.addStretch(1)
        self.line.addWidget(self.columns_button)
        self.body.addLayout(self.line)
        self.broken = EmptyState(_("The list can’t be read now"), why="nothing_found")
        self.waiting, self.pages = Skeleton("table"), QStackedWidget()
        for page in (self.table, *empty, self.broken, self.waiting):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self.model.loaded.connect(lambda _first: self.show_page())
        self.model.failed.connect(self._failed)

    def ask(self, page: Callable[[Any], Any], count: Callable[[], Any] | None = None) -> None:
        """Load the list anew; `page(after)` asks for a page, `count()` for how many there are."""

        def fetch(after: Any) -> Any:
            task = page(after)
            return task.slow(self._slow) if after is None else task

        self.model.ask(fetch, count)

    def show_page(self) -> None:
        """Show the rows, or why there are none."""
        self.pages.setCurrentWidget(self.table if self.model.rows else self._none())

    def choose(self, wanted: int, first: bool) -> bool:
        """Stand on the wanted row, else on the first of a list just loaded; whether the wanted one was there."""
        if wanted and self.table.go_to(wanted):
            return True
        if first and not wanted and self.model.rows and self.table.current_id() is None:
            self.table.go_to(self.model.rows[0].id)
        return False

    def _slow(self) -> None:
        if not self.model.rows:
            self.pages.setCurrentWidget(self.waiting)

    def _failed(self, error: ShopError) -> None:
        self.pages.setCurrentWidget(self.broken)
        self.broken.say(_("The list can’t be read now"), str(error))

    def _columns_menu(self) -> None:
        below = self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft())
        self.table.head.columns_menu().popup(below)
