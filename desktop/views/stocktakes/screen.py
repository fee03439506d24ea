"""Stocktakes: those that run, those that ended, and one opened to count."""

from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.basics.words import when_text
from desktop.queries.places import Place, places
from desktop.queries.stocktakes import StocktakeRow, stocktakes_count, stocktakes_page
from desktop.services.stocktakes import begin_stocktake
from desktop.views.common import shortcuts
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.list_card import ListCard
from desktop.views.common.tabs import Tab
from desktop.views.stocktakes.new_sheet import NewStocktakeSheet
from desktop.views.stocktakes.take_page import TakePage
from desktop.views.stocktakes.words import facts_of, state_badge

TABLES = {"stocktake", "stocktake_line", "stocktake_scan"}


class StocktakesScreen(QWidget):
    """The list, and over it the stocktake that is open."""

    key = "stocktakes"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._state, self._started, self._wanted = "", False, 0
        column = vbox(self, margins=(24, 20, 24, 20))
        self.stack = QStackedWidget()
        column.addWidget(self.stack)
        self.overview = QWidget()
        page = vbox(self.overview, gap=14)
        page.addLayout(self._head())
        page.addWidget(self._list(), 1)
        self.take = TakePage(context)
        self.take.left.connect(self.show_list)
        self.stack.addWidget(self.overview)
        self.stack.addWidget(self.take)
        shortcuts.on(self, "N", self.open_new, _("New stocktake"))
        shortcuts.on(self, "Esc", self.show_list, _("All stocktakes"))
        context.stale_when(self, TABLES, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Stocktakes")

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [Command(_("New stocktake"), self.open_new, icon="clipboard-line", keys=("N",))]

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Stocktakes"), "h1"))
        line.addStretch(1)
        self.new = primary(_("New stocktake"), "add-line", key="N")
        self.new.clicked.connect(lambda: self.open_new())
        self.new.setEnabled(self._context.may(begin_stocktake))
        line.addWidget(self.new)
        return line

    def _list(self) -> ListCard:
        begin = secondary(_("New stocktake"), "add-line")
        begin.clicked.connect(lambda: self.open_new())
        hint = _("Count all goods or some of them by scanner; sales go on meanwhile.")
        self.first = EmptyState(_("Nothing was counted yet"), hint, why="first", primary=begin)
        self.calm = EmptyState(_("No stocktakes here"), why="all_done")
        tabs = [
            Tab("", _("All")),
            Tab("open", _("Counting")),
            Tab("posted", _("Posted")),
            Tab("cancelled", _("Cancelled")),
            Tab("undone", _("Taken back")),
        ]
        self.card = card = ListCard(
            "stocktakes", _("Stocktakes"), self._columns(), tabs, tabs_name=_("Which stocktakes"),
            none=lambda: self.calm if self._state else self.first, empty=(self.first, self.calm),
        )  # fmt: skip
        self.model, self.table, self.tabs, self.pages = card.model, card.table, card.tabs, card.pages
        self.tabs.picked.connect(self._pick)
        self.model.loaded.connect(lambda first: card.choose(0, first))
        self.table.opened.connect(self.open_item)
        self.table.clicked.connect(self._clicked)
        return card

    def _columns(self) -> list[Column]:
        return [
            Column("name", _("Stocktake"), 240, "two_line", stretch=True, value=self._name),
            Column("who", _("Begun by"), 110, "muted", value=lambda row: row.started_by),
            Column("begun", _("Begun"), 120, "muted", value=lambda row: self._when(row.started_at)),
            Column("counted", _("Counted"), 110, "number", value=lambda row: f"{row.counted} / {row.lines}"),
            Column("differing", _("Differences"), 104, "number", value=self._differing),
            Column("state", _("Status"), 120, "badge", value=lambda row: BadgeCell(*state_badge(row))),
        ]

    def _name(self, row: StocktakeRow) -> TwoLine:
        return TwoLine(row.name, f"{row.code} · {facts_of(row)}", icon="clipboard-line")

    def _when(self, at: Any) -> str:
        return when_text(at, self._context.now(), self._context.zone)

    def _differing(self, row: StocktakeRow) -> Toned | None:
        hidden = row.blind and row.state == "open"
        return Toned(str(row.differing), "warn") if row.differing and not hidden else None

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self._ask()
            if self._wanted:
                self.open_item(self._wanted)

    def _ask(self) -> None:
        state = self._state
        page = lambda after: self._scope.ask(stocktakes_page, state, after)  # noqa: E731
        self.card.ask(page, lambda: self._scope.ask(stocktakes_count, state))

    def _news(self, touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh(touched.get("stocktake"))
        if self.stack.currentWidget() is self.take:
            self.take.refresh()

    # What the person does

    def _pick(self, state: str) -> None:
        self._state = state
        self._ask()

    def _clicked(self, index: Any) -> None:
        self.open_item(self.model.rows[index.row()].id)

    def show_list(self) -> None:
        """Go back to all stocktakes."""
        if self.stack.currentWidget() is self.take:
            self.stack.setCurrentWidget(self.overview)
            self.take.take_id = 0
            self.model.refresh(None)
            self.table.setFocus()

    def open_item(self, take_id: int) -> None:
        """Open a stocktake to count or to look at."""
        self._wanted = 0
        self.take.open_take(take_id)
        self.stack.setCurrentWidget(self.take)

    def open_new(self) -> None:
        """Open the sheet for a new stocktake."""
        if self.new.isEnabled():
            self._scope.ask(places).then(self._open_sheet)

    def _open_sheet(self, found: tuple[Place, ...], sku_ids: tuple[int, ...] = ()) -> None:
        NewStocktakeSheet(self.window(), self._context, found, self.open_item, sku_ids).open()

    def open_filters(self, state: str = "", sku_ids: tuple[int, ...] = (), **_more: Any) -> None:
        """Show one of the tabs, or begin a count of these goods."""
        self.show_list()
        self.tabs.set_value(state)
        self._pick(state)
        if sku_ids:
            self._scope.ask(places).then(lambda found: self._open_sheet(found, tuple(sku_ids)))

    def state(self) -> tuple[Any, ...]:
        """Tab and open stocktake, for a screen made anew."""
        return self._state, self.take.take_id if self.stack.currentWidget() is self.take else 0

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        self._state, self._wanted = state
        self.tabs.set_value(self._state)
