"""The selected goods: what is there, what it should be, and every movement with its reason."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.basics.words import when_text
from desktop.queries.movements import LevelSheet, MovementRow, levels_of, movements_page
from desktop.queries.page import Page
from desktop.queries.places import stock_by_place
from desktop.queries.product_detail import product_photo
from desktop.queries.stock import StockRow, stock_of
from desktop.services.movement_words import move_words, screen_of
from desktop.services.stock import adjust_stock, set_levels
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, icon_button, link, plain, primary
from desktop.views.common.cards import Card, Divider, Facts, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.scrolled import scrolled
from desktop.views.common.stock_bar import StockBar
from desktop.views.common.theme import theme
from desktop.views.inventory.adjust import AdjustSheet
from desktop.views.inventory.advice_part import AdvicePart
from desktop.views.inventory.batch_part import BatchPart
from desktop.views.inventory.levels import LevelsSheet
from desktop.views.inventory.places_part import PlacesPart
from desktop.views.inventory.words import (
    average,
    caption_of,
    days,
    levels_hint,
    signed,
    state_badge,
    title_of,
)

WIDTH = 372


class StockPanel(Card):
    """Shows one SKU; `receive_wanted(sku)` asks to bring it in."""

    receive_wanted = Signal(int)
    forecast_wanted = Signal()
    dismissed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self._context, self._sku = context, 0
        self._row: StockRow | None = None
        self._level_sheet: LevelSheet | None = None
        self._after: tuple[Any, ...] | None = None
        self._shown: list[int] = []  # movements
        self.setFixedWidth(theme.px(WIDTH))
        self._empty = EmptyState(
            _("No goods selected"), _("Choose goods in the list to see their stock."), why="all_done"
        )
        self._sheet = QWidget()
        self._build(vbox(self._sheet))
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._sheet, 1)
        self._sheet.hide()

    def _build(self, column: QVBoxLayout) -> None:
        column.addWidget(self._head())
        column.addWidget(Divider())
        self._scroll, body = scrolled((16, 14, 16, 16), 10)
        self.facts = Facts()
        body.addWidget(self.facts)
        self.places = PlacesPart()
        body.addWidget(self.places)
        self.batches = BatchPart(self._context)
        body.addWidget(self.batches)
        self.advice = AdvicePart(self._context)
        body.addWidget(self.advice)
        body.addWidget(Divider())
        body.addLayout(self._levels_row())
        body.addWidget(Divider())
        body.addWidget(Label(_("Movements"), "h3"))
        self._moves = vbox(gap=8)
        body.addLayout(self._moves)
        self._more = plain(_("Earlier movements"), "arrow-down-s-line", size=28)
        self._more.clicked.connect(self._ask_more)
        body.addWidget(self._more, alignment=Qt.AlignmentFlag.AlignLeft)
        body.addStretch(1)
        column.addWidget(self._scroll, 1)

    def _head(self) -> QWidget:
        head = QWidget()
        column = vbox(head, margins=(16, 14, 16, 14), gap=12)
        line = hbox(gap=10)
        self.picture = ProductPicture("box", 44)
        self.names = TwoLines("", "")
        self.badge = Badge("")
        line.addWidget(self.picture)
        line.addWidget(self.names, 1)
        line.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignTop)
        self.forecast = icon_button("line-chart-line", _("Stock forecast"), size=28)
        self.forecast.clicked.connect(self.forecast_wanted)
        line.addWidget(self.forecast, alignment=Qt.AlignmentFlag.AlignTop)
        self._close = icon_button("close-line", _("Close"), size=28)
        self._close.clicked.connect(self.dismissed)
        self._close.hide()
        line.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        self.bar = StockBar()
        column.addWidget(self.bar)
        buttons = hbox()
        self.receive = primary(_("Receive"), "download-2-line")
        self.receive.clicked.connect(lambda: self.receive_wanted.emit(self._sku))
        self.adjust = Button(_("Adjust"), icon="equalizer-line", key="A")
        self.adjust.clicked.connect(self.open_adjust)
        buttons.addWidget(self.receive)
        buttons.addWidget(self.adjust)
        buttons.addStretch(1)
        column.addLayout(buttons)
        may = self._context.may(adjust_stock)
        for button in (self.receive, self.adjust):
            button.setEnabled(may)
            button.setToolTip("" if may else _("Your role may not change stock"))
        return head

    def _levels_row(self) -> QHBoxLayout:
        line = hbox()
        self.levels = TwoLines(_("Levels"), "")
        self.edit_levels = link(_("Change levels"))
        self.edit_levels.clicked.connect(self._open_levels)
        self.edit_levels.setEnabled(self._context.may(set_levels))
        line.addWidget(self.levels, 1)
        line.addWidget(self.edit_levels)
        return line

    # What is shown

    @property
    def sku_id(self) -> int:
        """The SKU shown, 0 for none."""
        return self._sku

    def show_sku(self, sku_id: int | None) -> None:
        """Show another SKU, or none."""
        if sku_id != self._sku:
            self._row = self._level_sheet = None
            self.places.show_places(())
        self._sku = sku_id or 0
        self._empty.setVisible(not self._sku)
        if not self._sku:
            self._sheet.hide()
            return
        self.refresh()

    def refresh(self) -> None:
        """Read the shown SKU again."""
        if not self._sku:
            return
        scope = self._context.of(self)
        scope.ask_latest("row", stock_of, self._sku).then(self._show_row)
        scope.ask_latest("places", stock_by_place, self._sku).then(self.places.show_places)
        scope.ask_latest("levels", levels_of, self._sku).then(self._show_levels)
        scope.ask_latest("moves", movements_page, self._sku).then(self._show_moves)

    def _show_row(self, row: StockRow) -> None:
        fresh = self._row is None or self._row.id != row.id
        self._row = row
        self.names.say(title_of(row), caption_of(row))
        self.badge.show_status(*state_badge(row))
        self.batches.ask(row.id, title_of(row), row.code)
        self.advice.ask(row.id)
        self.bar.show_stock(row.available_milli, row.minimum_milli, row.safety_milli)
        self.bar.setAccessibleName(levels_hint(row))
        self._say_levels()
        cover = days(row.cover_tenths)
        coming = quantity_text(row.coming_milli)
        on_way = [(_("On the way"), coming, "info")] if row.coming_milli else []
        aside = [(_("Set aside"), quantity_text(row.set_aside_milli), "")] if row.set_aside_milli else []
        self.facts.show_rows(
            [
                (_("On hand"), f"{quantity_text(row.on_hand_milli)} {row.unit}", "strong"),
                (_("Reserved"), quantity_text(row.reserved_milli - row.set_aside_milli), ""),
                *aside,
                (_("Available"), quantity_text(row.available_milli), ""),
                *on_way,
                (_("Sold a day"), average(row.daily_milli) if row.daily_milli else "—", ""),
                (_("Days left"), cover or "—", ""),
            ]
        )
        if fresh:
            self.picture.show_key(row.picture or "box")
            if row.has_photo:
                self._context.of(self).ask_latest("photo", product_photo, row.product_id).then(
                    self._show_photo
                )
        self._sheet.show()

    def _show_photo(self, data: bytes | None) -> None:
        if data is not None:
            self.picture.show_image(data)

    def _show_levels(self, levels: LevelSheet) -> None:
        self._level_sheet = levels
        self._say_levels()

    def _say_levels(self) -> None:
        levels = self._level_sheet
        if levels is None or self._row is None:
            return
        own = any(v is not None for v in (levels.alert_milli, levels.minimum_milli, levels.safety_milli))
        where = (
            _("Own levels")
            if own
            else _("From {place}").format(place=levels.category or _("the shop’s setting"))
        )
        self.levels.say(levels_hint(self._row), where)

    def _show_moves(self, page: Page[MovementRow]) -> None:
        known = set(self._shown)
        if known & {row.id for row in page.rows}:  # the same goods: only what is new, on top of what was read
            fresh = [row for row in page.rows if row.id not in known]
            for row in reversed(fresh):
                self._moves.insertWidget(0, self._move(row))
            self._shown += [row.id for row in fresh]
            return
        clear(self._moves)
        self._shown = []
        self._add_moves(page)
        if not page.rows:
            self._moves.addWidget(Label(_("Nothing has moved yet"), "small", "text3"))

    def _add_moves(self, page: Page[MovementRow]) -> None:
        for row in page.rows:
            self._moves.addWidget(self._move(row))
        self._shown += [row.id for row in page.rows]
        self._after = page.after
        self._more.setVisible(page.after is not None)

    def _ask_more(self) -> None:
        task = self._context.of(self).ask_latest("moves", movements_page, self._sku, self._after)
        task.busy(self._more).then(self._add_moves)

    def _move(self, row: MovementRow) -> QWidget:
        line = QWidget()
        layout = hbox(line)
        when = when_text(row.at, self._context.now(), self._context.zone)
        caption = " · ".join(p for p in (when, _(row.who) if row.who else "", row.place, row.note) if p)
        layout.addWidget(self._what(row, caption), 1)
        numbers = vbox(gap=0)
        ink = "success_fg" if row.delta_milli > 0 else "text"
        numbers.addWidget(Label(signed(row.delta_milli), "small_b", ink, align="right"))
        left = _("left {quantity}").format(quantity=quantity_text(row.after_milli))
        numbers.addWidget(Label(left, "cap", "text2", align="right"))
        layout.addLayout(numbers)
        return line

    def _what(self, row: MovementRow, caption: str) -> QWidget:
        """The words of a movement; a document's are a link to it."""
        where = screen_of(row.document)
        if where is None or not row.document_code:
            return TwoLines(move_words(row), caption)
        both = QWidget()
        column = vbox(both, gap=0)
        order = link(move_words(row))
        order.clicked.connect(partial(self._context.navigate, *where))
        column.addWidget(order, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(Label(caption, "cap", "text2"))
        return both

    def show_close(self, on: bool) -> None:
        """Whether the panel can be closed: it then lies over the list."""
        self._close.setVisible(on)

    # Deeds

    def open_adjust(self) -> None:
        """Open the sheet that puts this SKU right."""
        if self._row is not None and self.adjust.isEnabled():
            AdjustSheet(self.window(), self._context, self._row, self.places.found).open()

    def _open_levels(self) -> None:
        if self._row is None or self._level_sheet is None:
            return
        title = _("Levels of {name}").format(name=title_of(self._row))
        LevelsSheet(self.window(), self._context, title, [self._sku], self._level_sheet).open()
