"""The filter bar over the list: words, chips that edit on click, and a menu of what else can narrow it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.clock import day_starts
from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import day_text
from desktop.queries.order_search import OrderFilter
from desktop.queries.order_words import CHANNELS, STATUSES, TYPES, channel_word, status_word, type_word
from desktop.views.common.buttons import icon_button, plain
from desktop.views.common.cards import clear, hbox
from desktop.views.common.chips import Chip
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import DateInput, SearchInput
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.theme import theme
from desktop.views.common.toggle import CheckBox

DAYS = (1, 7, 30, 90)
ROOMY = 3


def days_word(days: int) -> str:
    """Today, or the last so many days."""
    return _("today") if days == 1 else _("last {count} days").format(count=days)


def short(minor: int, currency: str) -> str:
    """An amount for a chip: whole units without their zeros."""
    text = str(Money(minor, currency))
    return text[:-3] if text.endswith(".00") else text


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
        row = hbox(self, margins=(16, 8, 16, 8), gap=6)
        self.search = SearchInput(_("Order, phone, name, parcel"))
        self.search.setFixedWidth(theme.px(240))
        self.search.searched.connect(self._searched)
        row.addWidget(self.search)
        self.chips = hbox(gap=6)
        row.addLayout(self.chips)
        self.more = plain(_("Add filter"), "filter-3-line")
        self.more.clicked.connect(self._menu)
        self.more_small = icon_button("filter-3-line", _("Add filter"))  # with many chips words find no room
        self.more_small.clicked.connect(self._menu)
        row.addWidget(self.more)
        row.addWidget(self.more_small)
        row.addStretch(1)
        self.show_filters(self.filters)
        for icon, tip, signal in (
            ("layout-column-line", _("Columns"), self.columns_asked),
            ("arrow-up-down-line", _("Sort"), self.sort_asked),
        ):
            button = icon_button(icon, tip)
            button.clicked.connect(partial(self._tell, signal, button))
            row.addWidget(button)

    @staticmethod
    def _tell(signal: Any, button: QWidget) -> None:
        signal.emit(button)

    def show_filters(self, filters: OrderFilter, names: dict[str, str] | None = None) -> None:
        """Show other filters without telling; `names` says what a member or goods id is called."""
        self.filters = filters
        self.names = names if names is not None else self.names
        if self.search.value() != filters.text:
            self.search.blockSignals(True)
            self.search.setText(filters.text)
            self.search.blockSignals(False)
        clear(self.chips)
        parts = self._parts()
        self.more.setVisible(len(parts) < ROOMY)
        self.more_small.setVisible(len(parts) >= ROOMY)
        for fields, title, value, edit in parts:
            chip = Chip(title, value)
            chip.removed.connect(partial(self._set, filters.without(*fields)))
            chip.clicked.connect(partial(self._open, edit, chip))
            self.chips.addWidget(chip)

    def summary(self) -> list[str]:
        """The filters in words, for the sentence of an empty list."""
        words = [f"“{self.filters.text}”"] if self.filters.text else []
        return words + [f"{title} {value}".strip() for _f, title, value, _e in self._parts()]

    def _parts(self) -> list[tuple[tuple[str, ...], str, str, str]]:
        f = self.filters
        found: list[tuple[tuple[str, ...], str, str, str]] = []
        if f.days is not None or f.since is not None or f.until is not None:
            found.append((("days", "since", "until"), _("Placed"), self._time_word(), "time"))
        if f.due_from is not None or f.due_to is not None:
            found.append((("due_from", "due_to"), _("Amount"), self._amount_word(), "amount"))
        if f.channels:
            found.append((("channels",), _("Channel"), _list(f.channels, channel_word), "channels"))
        if f.statuses:
            found.append((("statuses",), _("Status"), _list(f.statuses, status_word), "statuses"))
        if f.types:
            found.append((("types",), _("Type"), _list(f.types, type_word), "types"))
        if f.tags:
            found.append((("tags",), _("Tags"), " / ".join(f.tags), "tags"))
        if f.late:
            found.append((("late",), _("Overdue"), "", ""))
        if f.queued:
            found.append((("queued",), _("Queued"), "", ""))
        if f.refunded:
            found.append((("refunded",), _("Refunded"), "", ""))
        if f.points_from is not None:
            value = f"≥ {short(f.points_from, self.context.currency)}"
            found.append((("points_from",), _("Points used"), value, "points"))
        if f.member_id is not None:
            found.append((("member_id",), _("Customer"), self.names.get("member_id", ""), ""))
        if f.sku_id is not None:
            found.append((("sku_id",), _("Goods"), self.names.get("sku_id", ""), ""))
        return found

    def _time_word(self) -> str:
        f, now, zone = self.filters, self.context.now(), self.context.zone
        if f.days is not None:
            return days_word(f.days)
        first = day_text(f.since, now, zone) if f.since else ""
        last = day_text(f.until - timedelta(seconds=1), now, zone) if f.until else ""
        return first if first == last else f"{first}–{last}"

    def _amount_word(self) -> str:
        f, currency = self.filters, self.context.currency
        if f.due_from is not None and f.due_to is not None:
            return f"{short(f.due_from, currency)}–{short(f.due_to, currency)}"
        if f.due_from is not None:
            return f"≥ {short(f.due_from, currency)}"
        return f"≤ {short(f.due_to or 0, currency)}"

    # Changing

    def _searched(self, text: str) -> None:
        if text.strip() != self.filters.text:
            self._set(replace(self.filters, text=text.strip()))

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
        menu.popup(self._anchor())

    def _anchor(self) -> QPoint:
        button = self.more if self.more.isVisible() else self.more_small
        return button.mapToGlobal(button.rect().bottomLeft())

    def _open(self, edit: str, chip: QWidget) -> None:
        if not edit:
            return
        menu = QMenu(self)
        self._fill(menu, edit)
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))

    def _fill(self, menu: QMenu, edit: str) -> None:
        if edit == "time":
            for days in DAYS:
                menu.addAction(days_word(days), partial(self._set, self._timed(days=days)))
            menu.addAction(_("From … to …"), partial(self._sheet, TimeSheet))
        elif edit == "amount":
            menu.addAction(_("From … to …"), partial(self._sheet, AmountSheet))
        elif edit == "points":
            for value in (1_000, 5_000, 10_000):
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

    def _sheet(self, kind: Any) -> None:
        sheet = kind(self, self.context, self.filters, self._set)
        sheet.open()


def _list(keys: tuple[str, ...], word: Callable[[str], str]) -> str:
    return " / ".join(word(key) for key in keys)


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
