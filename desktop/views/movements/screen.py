"""Movements: every change of stock with its reason and document, found by place, day, goods or document."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.basics.words import when_text
from desktop.queries.movement_list import MoveLine, MovementFilter, movements_count, movements_list
from desktop.queries.order_export import export_begins
from desktop.queries.places import Place, places
from desktop.services.movement_words import MOVES, export_movements, move_words, screen_of, why_words
from desktop.views.common import shortcuts
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.cells import Column, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.inputs import SearchInput, Select
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.theme import theme

SPANS = (0, 7, 30, 90)  # days back; 0: all


class MovementsScreen(QWidget):
    """The newest first; opening one goes to its document."""

    key = "movements"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._filter, self._started = MovementFilter(), False
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        column.addWidget(self._list(), 1)
        shortcuts.on(self, "/", self.search.setFocus, _("Search in this page"))
        context.stale_when(self, {"stock_movement"}, lambda _touched: self.model.refresh(None))

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Stock movements")

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Stock movements"), "h1"))
        self.summary = Label("", "small", "text2")
        line.addSpacing(6)
        line.addWidget(self.summary, 1)
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(lambda: self.open_export())
        if not self._context.may(export_begins):
            self.export.hide()
        line.addWidget(self.export)
        return line

    def _filters(self) -> QHBoxLayout:
        line = hbox(margins=(15, 8, 10, 8), gap=8)
        self.search = SearchInput(_("Goods, code or document"))
        self.search.setMaximumWidth(theme.px(320))
        self.search.searched.connect(lambda text: self._set(text=text))
        self.place = Select([(None, _("All locations"))], None)
        self.place.setAccessibleName(_("Which location"))
        self.place.picked.connect(lambda place: self._set(place=place))
        self.place.hide()
        self.reason = Select([("", _("All reasons")), *((key, _(words)) for key, words in MOVES.items())], "")
        self.reason.setAccessibleName(_("Reason"))
        self.reason.picked.connect(lambda reason: self._set(reason=reason))
        spans = [
            (days, _("All days") if not days else _("Last {days} days").format(days=days)) for days in SPANS
        ]
        self.span = Select(spans, 0)
        self.span.setAccessibleName(_("Which days"))
        self.span.picked.connect(self._span)
        self.columns_button = icon_button("layout-column-line", _("Columns"))
        self.columns_button.clicked.connect(self._columns_menu)
        line.addWidget(self.search, 1)
        for widget in (self.place, self.reason, self.span):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(self.columns_button)
        return line

    def _list(self) -> Card:
        self.model = PagedTable(self._columns(), self)
        self.table = TableView(self.model, name="movements", two_lines=True)
        self.table.setAccessibleName(_("Stock movements"))
        card = Card(margins=(1, 0, 1, 2))
        card.body.addLayout(self._filters())
        card.body.addWidget(Divider())
        self.search.leads_to = self.table
        clear = secondary(_("Clear filters"), "filter-off-line")
        clear.clicked.connect(lambda: self.clear_filters())
        self.nothing = EmptyState(_("No movements match"), why="nothing_found", primary=clear)
        hint = _("Every sale, receipt, transfer and count leaves its movement here.")
        self.first = EmptyState(_("Nothing has moved yet"), hint, why="first")
        self.waiting, self.pages = Skeleton("table"), QStackedWidget()
        for page in (self.table, self.nothing, self.first, self.waiting):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        self.model.loaded.connect(self._loaded)
        self.model.counted.connect(self._counted)
        self.table.opened.connect(self.open_document)
        return card

    def _columns(self) -> list[Column]:
        return [
            Column("at", _("Time"), 120, "muted", value=self._when),
            Column("goods", _("Goods"), 200, "two_line", stretch=True, value=self._goods),
            Column("delta", _("Change"), 96, "number", value=self._delta),
            Column("what", _("What"), 220, "link", value=lambda line: move_words(line.move)),
            Column("place", _("Location"), 100, "muted", value=lambda line: line.move.place),
            Column(
                "who", _("Who"), 124, "muted", value=lambda line: _(line.move.who) if line.move.who else ""
            ),
            Column("note", _("Note"), 120, "muted", value=self._note),
        ]

    def _when(self, line: MoveLine) -> str:
        return when_text(line.move.at, self._context.now(), self._context.zone)

    def _goods(self, line: MoveLine) -> TwoLine:
        return TwoLine(line.name, line.code, picture=line.picture or "box")

    def _delta(self, line: MoveLine) -> Toned:
        delta = line.move.delta_milli
        text = f"+{quantity_text(delta)}" if delta > 0 else quantity_text(delta)
        return Toned(text, "success" if delta > 0 else "", line.unit, strong=True)

    def _note(self, line: MoveLine) -> str:
        why = why_words(line.move) if line.move.document_code else ""
        return " · ".join(part for part in (why, line.move.note) if part)

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self._scope.ask_latest("places", places).then(self._know_places)
            self._ask()

    def _know_places(self, found: tuple[Place, ...]) -> None:
        options: list[tuple[int | None, str]] = [(None, _("All locations"))]
        self.place.set_options([*options, *((place.id, place.name) for place in found)], self._filter.place)
        self.place.setVisible(len(found) > 1)

    def _ask(self) -> None:
        which = self._filter

        def fetch(after: Any) -> Any:
            return self._scope.ask(movements_list, which, after)

        self.model.ask(fetch, lambda: self._scope.ask(movements_count, which))

    def _counted(self, count: int) -> None:
        self.summary.setText(_("{count} movements").format(count=f"{count:,}"))

    def _loaded(self, first: bool) -> None:
        if self.model.rows:
            self.pages.setCurrentWidget(self.table)
            if first and self.table.current_id() is None:
                self.table.go_to(self.model.rows[0].id)
        else:
            self.pages.setCurrentWidget(self.first if self._filter == MovementFilter() else self.nothing)

    # What the person does

    def _set(self, **changes: Any) -> None:
        self._filter = replace(self._filter, **changes)
        self._ask()

    def _span(self, days: int) -> None:
        today = self._context.now().astimezone(self._context.zone).date()
        self._set(since=today - timedelta(days=days - 1) if days else None)

    def clear_filters(self) -> None:
        """Show all movements again."""
        self.search.clear()
        for select, value in ((self.place, None), (self.reason, ""), (self.span, 0)):
            select.set_value(value)
        self._filter = MovementFilter()
        self._ask()

    def _columns_menu(self) -> None:
        below = self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft())
        self.table.head.columns_menu().popup(below)

    def open_document(self, movement_id: int) -> None:
        """Go to what a movement belongs to; without a document, to its goods."""
        line = self.model.row_at(self.model.row_of(movement_id))
        if line is None:
            return
        where = screen_of(line.move.document) if line.move.document_code else None
        self._context.navigate(*(where or ("inventory", line.sku_id)))

    def open_filters(self, text: str = "", reason: str = "", **_more: Any) -> None:
        """Show the movements of goods or of a document."""
        self.search.setText(text)
        self.reason.set_value(reason)
        self._set(text=text, reason=reason)

    def open_export(self) -> None:
        """Open the sheet that writes this list to a file."""
        name = f"movements-{self._context.now().astimezone(self._context.zone):%Y%m%d}"
        count = self.model.total or 0
        ExportSheet(
            self, self._context, _("Export movements"), name, count, export_movements, self._filter
        ).open()

    def state(self) -> tuple[Any, ...]:
        """Filters, for a screen made anew."""
        return (self._filter,)

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        (self._filter,) = state
        self.search.setText(self._filter.text)
        self.reason.set_value(self._filter.reason)
