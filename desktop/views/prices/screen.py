"""The price screen: the lists at left, the prices of one of them as a grid."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.queries.prices import (
    BookRow,
    GridRow,
    ListRate,
    list_rate,
    price_book,
    price_grid,
    price_grid_with_costs,
)
from desktop.queries.products import ProductFilter, products_count
from desktop.services.exchange import type_rate
from desktop.services.price_lists import Cell, make_list, set_cells
from desktop.services.prices import PriceChange
from desktop.views.common import shortcuts
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import link, primary, secondary
from desktop.views.common.cards import Card, Divider, TwoLines, clear, hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.inputs import SearchInput
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting, repaint_on_change
from desktop.views.common.theme import theme
from desktop.views.prices.grid import PriceGrid
from desktop.views.prices.sheets import HistorySheet, ListSheet, PasteSheet
from desktop.views.prices.words import for_whom, list_name, rate_words, state_badge, time_words

TABLES = {"price", "price_list", "price_changed", "product", "sku", "tier", "fx_currency"}
WIDTH = 250


class PricesScreen(QWidget):
    """Who pays what, and when; typed in place, pasted from a spreadsheet, compared with the cost."""

    key = "prices"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._book: tuple[BookRow, ...] = ()
        self._list, self._text, self._started = 0, "", False
        self._costs = context.may(price_grid_with_costs)
        self._may = context.may(set_cells)
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        row = hbox(gap=12)
        row.addWidget(self._lists())
        row.addWidget(self._card(), 1)
        column.addLayout(row, 1)
        shortcuts.on(self, "N", self.open_new, _("New price list"))
        shortcuts.on(self, "/", self._focus_search, _("Search in this list"))
        shortcuts.on(self, "Ctrl+V", self.open_paste, _("Paste prices"))
        context.stale_when(self, TABLES, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Prices")

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [Command(_("New price list"), self.open_new, icon="add-line", keys=("N",))]

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Prices"), "h1"))
        line.addStretch(1)
        self.new = primary(_("New price list"), "add-line", key="N")
        self.new.clicked.connect(self.open_new)
        self.new.setEnabled(self._context.may(make_list))
        line.addWidget(self.new)
        return line

    def _lists(self) -> Card:
        card = Card(margins=(8, 10, 8, 10))
        card.setFixedWidth(theme.px(WIDTH))
        inside = QWidget()
        self._rows = vbox(inside, gap=4)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        card.body.addWidget(area)
        return card

    def _card(self) -> Card:
        card = Card(margins=(1, 0, 1, 2))
        head = hbox(margins=(15, 12, 15, 8), gap=8)
        self.name, self.facts = Label("", "h3"), Label("", "small", "text2")
        self.badge = Badge("", small=True)
        self.change = secondary(_("Change list"), "edit-line", size=30)
        self.change.clicked.connect(self.open_list)
        self.paste = secondary(_("Paste prices"), "clipboard-line", size=30)
        self.paste.clicked.connect(self.open_paste)
        self.history = secondary(_("Price history"), "history-line", size=30)
        self.history.clicked.connect(self.open_history)
        for widget in (self.name, self.badge, self.facts):
            head.addWidget(widget)
        head.addStretch(1)
        for button in (self.history, self.paste, self.change):
            head.addWidget(button)
        for button in (self.paste, self.change):
            button.setEnabled(self._may)
            button.setToolTip("" if self._may else _("Your role may not change goods"))
        card.body.addLayout(head)
        card.body.addLayout(self._rate_line())
        line = hbox(margins=(15, 0, 15, 9))
        self.search = SearchInput(_("Name, pinyin, code or barcode"))
        self.search.setMaximumWidth(theme.px(300))
        self.search.searched.connect(self._searched)
        hint = _("Enter or a double click types a price; empty means the shelf price.")
        line.addWidget(self.search, 1)
        line.addStretch(1)
        line.addWidget(Label(hint if self._may else "", "cap", "text2"))
        card.body.addLayout(line)
        card.body.addWidget(Divider())
        self.grid = PriceGrid(self._context.currency, self._costs)
        self.grid.setAccessibleName(_("Prices"))
        self.grid.set_empty(EmptyState(_("No products match"), "", why="nothing_found"))
        self.grid.editable = self._may
        self.grid.typed.connect(self._typed)
        self.grid.wrong.connect(lambda words: self._context.toast(self, words, tone="warn"))
        self.search.leads_to = self.grid
        card.body.addWidget(self.grid, 1)
        return card

    def _rate_line(self) -> QHBoxLayout:
        """By which rate a list in another currency is reckoned; nothing to see for the others."""
        self.rate = Label("", "cap", "text2", wrap=True)
        self.rates = link(_("Rates"))
        self.rates.clicked.connect(lambda: self._context.navigate("settings", page="currencies"))
        rate = hbox(margins=(15, 0, 15, 8), gap=8)
        rate.addWidget(self.rate, 1)
        rate.addWidget(self.rates)
        self.rate.hide()
        self.rates.hide()
        return rate

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self._ask_book()

    def _ask_book(self) -> None:
        self._scope.ask_latest("book", price_book).then(self._show_book)

    def _show_book(self, book: tuple[BookRow, ...]) -> None:
        fresh = not self._list
        self._book = book
        if not any(row.id == self._list for row in book):
            self._list = book[0].id if book else 0
            fresh = True
        clear(self._rows)
        for row in book:
            self._rows.addWidget(ListItem(row, row.id == self._list, partial(self.show_list, row.id)))
        self._rows.addStretch(1)
        self._show_head()
        if fresh:
            self._ask()

    def _row(self) -> BookRow | None:
        return next((row for row in self._book if row.id == self._list), None)

    def _show_head(self) -> None:
        row = self._row()
        if row is None:
            return
        count = ngettext("{count} price", "{count} prices", row.prices).format(count=f"{row.prices:,}")
        facts = [*(for_whom(row) if row.name else []), time_words(row, self._context.zone), count]
        self.name.setText(list_name(row))
        self.badge.show_status(*state_badge(row))
        if row.currency != self._context.currency:
            facts.append(row.currency)
        self.facts.setText(" · ".join(fact for fact in facts if fact))
        self.grid.show_currency(row.currency)
        self._scope.ask_latest("rate", list_rate, row.id).then(self._show_rate)

    def _show_rate(self, rate: ListRate | None) -> None:
        words, tone = rate_words(rate, self._context.currency, self._context.now(), self._context.zone)
        self.rate.look(color=tone)
        self.rate.setText(words)
        self.rate.setVisible(bool(words))
        self.rates.setVisible(bool(words) and self._context.may(type_rate))

    def _ask(self) -> None:
        self.grid.stop()
        which, list_id = ProductFilter(self._text), self._list
        question = price_grid_with_costs if self._costs else price_grid
        self.grid.paged.ask(
            lambda after: self._scope.ask(question, list_id, which, after),
            lambda: self._scope.ask(products_count, which),
        )

    def _searched(self, text: str) -> None:
        self._text = text
        self._ask()

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _news(self, _touched: dict[str, frozenset[int]]) -> None:
        self._ask_book()
        self.grid.paged.refresh()

    # What the person does

    def show_list(self, list_id: int) -> None:
        """Show the prices of this list."""
        self._list = list_id
        self._show_book(self._book)
        self._ask()

    def open_item(self, list_id: int) -> None:
        """Show one list, from the palette or a link."""
        self.show_list(list_id)

    def _typed(self, row: GridRow, minor: int | None) -> None:
        list_id = self._list

        def undo() -> None:
            self._scope.do(set_cells, [Cell(row.sku_id, PriceChange(list_id, row.amount_minor))])

        task = self._scope.do(set_cells, [Cell(row.sku_id, PriceChange(list_id, minor))])
        words = _("Price of {name} saved").format(name=row.name)
        task.then(lambda _count: self._context.toast(self, words, undo=undo))

    def open_new(self) -> None:
        """Open the sheet for a new list."""
        if self.new.isEnabled():
            ListSheet(self.window(), self._context, self._book, None, self._made).open()

    def _made(self, list_id: int) -> None:
        self._list = list_id
        self._ask_book()
        self._ask()

    def open_list(self) -> None:
        """Open the sheet of the shown list."""
        row = self._row()
        if row is not None and self._may:
            ListSheet(self.window(), self._context, self._book, row, self._made).open()

    def open_paste(self) -> None:
        """Open the sheet that takes prices from a spreadsheet."""
        row = self._row()
        if row is not None and self._may:
            PasteSheet(self.window(), self._context, row, self._pasted).open()

    def _pasted(self, changed: int) -> None:
        words = ngettext("{count} price changed", "{count} prices changed", changed)
        self._context.toast(self, words.format(count=f"{changed:,}"))

    def open_history(self) -> None:
        """Show how the prices of the chosen goods changed."""
        chosen = self.grid.current_id()
        row: Any = self.grid.paged.row_at(self.grid.paged.row_of(chosen)) if chosen else None
        if row is None and self.grid.paged.rows:
            row = self.grid.paged.rows[0]
        if row is not None:
            HistorySheet(self.window(), self._context, row).open()


class ListItem(QWidget):
    """One list at left: its name, for whom, and whether it holds."""

    def __init__(self, row: BookRow, chosen: bool, choose: Callable[[], None]) -> None:
        super().__init__()
        self._row, self._chosen, self._choose, self._hover = row, chosen, choose, False
        self.setAccessibleName(list_name(row))
        self.setAccessibleDescription(_("Open") if chosen else "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        layout = hbox(self, margins=(10, 7, 8, 7), gap=6)
        words = " · ".join(for_whom(row)) if row.name else _("Always")
        layout.addWidget(TwoLines(list_name(row), words), 1)
        if row.state != "holding":
            layout.addWidget(Badge(*state_badge(row), small=True))
        repaint_on_change(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._chosen or self._hover:
            with painting(self) as painter:
                fill = theme.color("primary_subtle" if self._chosen else "subtle")
                box(painter, QRectF(self.rect()), 8, fill)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        ring_on_focus(self, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
            return
        super().keyPressEvent(event)
