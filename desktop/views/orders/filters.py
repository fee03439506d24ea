"""The filter bar over the list: words, chips that edit on click, and a menu of what else can narrow it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.clock import day_starts
from desktop.basics.i18n import _
from desktop.queries.order_query import said, spread
from desktop.queries.order_search import OrderFilter
from desktop.queries.order_typing import propose, take
from desktop.queries.order_words import CHANNELS, STATUSES, TYPES, channel_word, status_word, type_word
from desktop.views.common.buttons import icon_button, plain
from desktop.views.common.cards import clear, hbox
from desktop.views.common.chips import Chip
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import DateInput
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.theme import theme
from desktop.views.common.toggle import CheckBox
from desktop.views.orders.filter_parts import days_word, parts, place_of, short
from desktop.views.orders.filter_sheet import FilterSheet
from desktop.views.orders.query_box import QueryBox

DAYS = (1, 7, 30, 90)
POINTS = (1_000, 5_000, 10_000)
BOX = 240


class FilterBar(QWidget):
    """`changed(OrderFilter)` after every change by the person."""

    changed = Signal(object)
    columns_asked = Signal(object)
    sort_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.filters = OrderFilter()
        self.names: dict[str, str] = {}
        self.known_tags: tuple[str, ...] = ()
        self.known_tills: tuple[tuple[str, str], ...] = ()
        row = hbox(self, margins=(16, 8, 16, 8), gap=6)
        self.search = QueryBox(_("Order, phone, name, goods"))
        self.search.setFixedWidth(theme.px(BOX))
        self.search.searched.connect(self._searched)
        self.search.ended.connect(self._ended)
        self.search.emptied.connect(self._take_back)
        row.addWidget(self.search)
        self.shown: list[Chip] = []
        self.chips = hbox(gap=6)
        row.addLayout(self.chips)
        self.further = Chip("", "", removable=False)  # what found no room
        self.further.clicked.connect(self._sheet)
        self.further.hide()
        row.addWidget(self.further)
        self.more = plain(_("Add filter"), "filter-3-line")
        self.more.clicked.connect(self._menu)
        self.more_small = icon_button("filter-3-line", _("Add filter"))  # with many chips words find no room
        self.more_small.clicked.connect(self._menu)
        row.addWidget(self.more)
        row.addWidget(self.more_small)
        row.addStretch(1)
        for icon, tip, signal in (
            ("layout-column-line", _("Columns"), self.columns_asked),
            ("arrow-up-down-line", _("Sort"), self.sort_asked),
        ):
            button = icon_button(icon, tip)
            button.clicked.connect(partial(self._tell, signal, button))
            row.addWidget(button)
        self.show_filters(self.filters)

    @staticmethod
    def _tell(signal: Any, button: QWidget) -> None:
        signal.emit(button)

    def show_filters(self, filters: OrderFilter, names: dict[str, str] | None = None) -> None:
        """Show other filters without telling; `names` says what a member or goods id is called."""
        self.filters = filters
        self.names = names if names is not None else self.names
        if take(self.search.text(), filters, place_of(self.context)).wanted.text != filters.text:
            self.search.put(filters.text)
        clear(self.chips)
        self.shown = []
        for part in parts(filters, self.context, self.names):
            chip = Chip(part.title, part.value)
            chip.removed.connect(partial(self._set, part.without))
            chip.clicked.connect(partial(self._open, part.edit, chip))
            self.chips.addWidget(chip)
            self.shown.append(chip)
        self._fit()

    def _fit(self) -> None:
        """Show as many chips as there is room for; the rest is one chip that opens the sheet."""
        gap = theme.px(6)
        room = self.width() - theme.px(BOX) - 2 * theme.px(16) - 2 * theme.px(40)
        words = self.more.sizeHint().width()
        total = sum(chip.sizeHint().width() + gap for chip in self.shown)
        small = total > room - words
        self.more.setVisible(not small)
        self.more_small.setVisible(small)
        room -= theme.px(40) if small else words
        hidden = 0
        for chip in self.shown:
            room -= chip.sizeHint().width() + gap
            fits = room >= (0 if chip is self.shown[-1] and not hidden else theme.px(54))
            chip.setVisible(fits and not hidden)
            hidden += not (fits and not hidden)
        self.further.show_filter("", f"+{hidden}")
        self.further.setVisible(bool(hidden))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def summary(self) -> list[str]:
        """The filters in words, for the sentence of an empty list."""
        words = [f"“{self.filters.text}”"] if self.filters.text else []
        found = parts(self.filters, self.context, self.names)
        return words + [f"{part.title} {part.value}".strip() for part in found]

    # Changing

    def _searched(self, _text: str) -> None:
        self._typed()

    def _ended(self) -> None:
        self._typed(ended=True)

    def _typed(self, *, ended: bool = False) -> None:
        place, text = place_of(self.context), self.search.text()
        taken = take(text, self.filters, place, ended=ended)
        self.search.put(taken.rest)
        own = {"tag": self.known_tags, "till": [code for code, _name in self.known_tills]}
        self.search.show_proposals(
            () if taken.error or ended else propose(taken.rest, place, own), taken.error
        )
        if taken.wanted != self.filters:
            self._set(taken.wanted)

    def _take_back(self) -> None:
        """Backspace in the empty field: the last condition becomes text again."""
        place = place_of(self.context)
        found = parts(self.filters, self.context, self.names)
        if not found:
            return
        rest = found[-1].without
        before, after = spread(self.filters, place), spread(rest, place)
        gone = [clause for clause in before if clause not in after]
        self._set(rest)
        self.search.setText(" ".join(said(clause, place) for clause in gone))

    def _set(self, filters: OrderFilter) -> None:
        self.show_filters(filters)
        self.changed.emit(filters)

    def _menu(self) -> None:
        menu = QMenu(self)
        for edit, text in (
            ("time", _("Placed")), ("amount", _("Amount")), ("channels", _("Channel")), ("statuses", _("Status")),
            ("types", _("Type")), ("points", _("Points used")),
        ):  # fmt: skip
            self._fill(menu.addMenu(text), edit)
        if self.known_tags:
            self._fill(menu.addMenu(_("Tags")), "tags")
        menu.addAction(_("Overdue"), partial(self._set, replace(self.filters, late=True)))
        menu.addAction(_("Queued"), partial(self._set, replace(self.filters, queued=True)))
        menu.addAction(_("Refunded"), partial(self._set, replace(self.filters, refunded=True)))
        menu.addSeparator()
        menu.addAction(_("More conditions …"), self._sheet)
        menu.popup(self._anchor())

    def _anchor(self) -> QPoint:
        button = self.more if self.more.isVisible() else self.more_small
        return button.mapToGlobal(button.rect().bottomLeft())

    def _open(self, edit: str, chip: QWidget) -> None:
        if not edit:
            self._sheet()
            return
        menu = QMenu(self)
        self._fill(menu, edit)
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))

    def _fill(self, menu: QMenu, edit: str) -> None:
        if edit == "time":
            for days in DAYS:
                menu.addAction(days_word(days), partial(self._set, self._timed(days=days)))
            menu.addAction(_("From … to …"), partial(self._small_sheet, TimeSheet))
        elif edit == "amount":
            menu.addAction(_("From … to …"), partial(self._small_sheet, AmountSheet))
        elif edit == "points":
            for value in POINTS:
                text = f"≥ {short(value, self.context.currency)}"
                menu.addAction(text, partial(self._set, replace(self.filters, points_from=value)))
        else:
            choices: dict[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
                "channels": (CHANNELS, channel_word), "statuses": (STATUSES, status_word), "types": (TYPES, type_word),
                "tags": (self.known_tags or self.filters.tags, str),
            }  # fmt: skip
            keys, word = choices[edit]
            for key in keys:
                entry = menu.addAction(word(key))
                entry.setCheckable(True)
                entry.setChecked(key in getattr(self.filters, edit))
                entry.triggered.connect(partial(self._toggle, edit, key))

    def _toggle(self, field: str, key: str, on: bool) -> None:
        now = getattr(self.filters, field)
        chosen = tuple(k for k in (*now, key) if k != key or on)
        values: dict[str, Any] = {field: chosen}
        self._set(replace(self.filters, **values))

    def _timed(self, **values: Any) -> OrderFilter:
        return replace(self.filters.without("days", "since", "until"), **values)

    def _sheet(self) -> None:
        FilterSheet(self, self.context, self.filters, self._set, self.known_tags, self.known_tills).open()

    def _small_sheet(self, kind: Any) -> None:
        sheet = kind(self, self.context, self.filters, self._set)
        sheet.open()


class TimeSheet(Sheet):
    """From one day to another, both included."""

    def __init__(
        self, parent: QWidget, context: Context, filters: OrderFilter, done: Callable[[OrderFilter], Any]
    ) -> None:
        super().__init__(parent, _("Placed between"), verb=_("Show orders"), width=380)
        today = context.now().astimezone(context.zone).date()
        first = filters.since.astimezone(context.zone).date() if filters.since else today - timedelta(days=6)
        last = (
            (filters.until - timedelta(seconds=1)).astimezone(context.zone).date() if filters.until else today
        )
        self.first, self.last = DateInput(first), DateInput(last)
        self._end = Field(_("To"), self.last)
        self.add(Field(_("From"), self.first), self._end)
        self.submitted.connect(partial(self._go, context, filters, done))

    def ready(self) -> bool:
        if self.first.day() <= self.last.day():
            return True
        self._end.error(_("The last day is before the first."))
        return False

    def _go(self, context: Context, filters: OrderFilter, done: Callable[[OrderFilter], Any]) -> None:
        since = day_starts(self.first.day(), context.zone)
        until = day_starts(self.last.day() + timedelta(days=1), context.zone)
        self.accept()
        done(replace(filters, days=None, since=since, until=until))


class AmountSheet(Sheet):
    """From one amount to another; either may stay open."""

    def __init__(
        self, parent: QWidget, context: Context, filters: OrderFilter, done: Callable[[OrderFilter], Any]
    ) -> None:
        super().__init__(parent, _("Amount between"), verb=_("Show orders"), width=380)
        self.least = MoneyInput(context.currency, filters.due_from)
        self.most = MoneyInput(context.currency, filters.due_to)
        self.fields = [Field(_("At least"), self.least), Field(_("At most"), self.most)]
        self.whole = CheckBox(_("Only orders that used points"))
        self.whole.setChecked(filters.points_from is not None)
        self.add(*self.fields, self.whole)
        self.submitted.connect(partial(self._go, filters, done))

    def ready(self) -> bool:
        return check_all(self.fields)

    def _go(self, filters: OrderFilter, done: Callable[[OrderFilter], Any]) -> None:
        self.accept()
        points = (filters.points_from or 1) if self.whole.isChecked() else None
        done(replace(filters, due_from=self.least.minor(), due_to=self.most.minor(), points_from=points))
