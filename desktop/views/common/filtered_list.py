"""A screen with a sorted and filtered list beside the panel of what is chosen."""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.views.common.background import Scope
from desktop.views.common.beside import ScreenWithPanel
from desktop.views.common.buttons import Button
from desktop.views.common.empty import EmptyState


class FilteredList(ScreenWithPanel):
    """Subclasses build the widgets named here and say which questions bring the rows, and what else happens with them."""

    pages: QStackedWidget
    nothing: EmptyState
    waiting: QWidget
    columns_button: Button
    _scope: Scope
    _filter: Any
    _wanted: int

    def _questions(self) -> tuple[Any, Any]:
        """What brings a page of rows, and what counts them."""
        raise NotImplementedError

    def _page(self) -> QWidget:
        """The table, or what stands there without rows."""
        raise NotImplementedError

    def _current(self, row_id: int | None) -> None:
        """Another row is chosen."""
        raise NotImplementedError

    def _ticked(self) -> None:
        """Other rows are ticked."""
        raise NotImplementedError

    def _loaded(self, first: bool) -> None:
        """Rows came."""
        raise NotImplementedError

    def _wire(self) -> None:
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.model.sort_asked.connect(lambda _key, _descending: self._ask())
        self.model.checked_changed.connect(self._ticked)
        self.table.current_changed.connect(self._current)
        self.table.opened.connect(lambda _id: self._open_panel())
        self.table.clicked.connect(self._clicked)

    def _ask(self) -> None:
        which, sort, down = self._filter, self.model.sort_key, self.model.descending
        page, count = self._questions()

        def fetch(after: Any) -> Any:
            task = self._scope.ask(page, which, after, sort=sort, descending=down)
            return task.slow(self._slow) if after is None else task

        self.model.ask(fetch, lambda: self._scope.ask(count, which))

    def _slow(self) -> None:
        if not self.model.rows:
            self.pages.setCurrentWidget(self.waiting)

    def _choose(self, first: bool) -> None:
        """Stand on the row that was asked for, else on the first of a list just loaded."""
        if self._wanted and self.table.go_to(self._wanted):
            self._wanted = 0
        elif first and not self._wanted and self.model.rows and self.table.current_id() is None:
            self.table.go_to(self.model.rows[0].id)

    def _failed(self, error: Any) -> None:
        self.pages.setCurrentWidget(self.nothing)
        self.nothing.say(_("The list can’t be read now"), str(error))

    def _set_filter(self, **changes: Any) -> None:
        self._filter = replace(self._filter, **changes)
        self._ask()

    def _columns_menu(self) -> None:
        below = self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft())
        self.table.head.columns_menu().popup(below)

    def state(self) -> tuple[Any, ...]:
        """Filters, sort and what is chosen, for a screen made anew."""
        return self._filter, self.model.sort_key, self.model.descending, self.table.current_id()
