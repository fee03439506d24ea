"""Locations: where goods lie, which of them are for sale, and what each till sells from."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _, ngettext
from desktop.queries.places import KIND_WORDS, PlaceRow, TillPlace, places_list, till_places
from desktop.services.locations import (
    ADDED_KINDS,
    add_location,
    close_location,
    rename_location,
    reopen_location,
    set_till_place,
)
from desktop.views.common import shortcuts
from desktop.views.common.background import Task
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Card, IconTile, TwoLines, hbox
from desktop.views.common.context import Context
from desktop.views.common.field import Field
from desktop.views.common.inputs import Select
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.settings.form import Page
from desktop.views.settings.named_sheet import NamedSheet

ICONS = {
    "floor": "store-2-line", "store room": "archive-line", "damaged": "error-warning-line",
    "transit": "truck-line", "other shop": "building-2-line",
}  # fmt: skip


class PlaceSheet(NamedSheet):
    """A new place, or another name for one."""

    def __init__(
        self, parent: QWidget, context: Context, place: PlaceRow | None, done: Callable[[Any], Any]
    ) -> None:
        title = _("Rename {name}").format(name=place.name) if place else _("Add a location")
        super().__init__(parent, context, title, "map-pin-line", place.name if place else None, done)
        self._place = place

    def kind_field(self) -> QWidget:
        self.kind = Select([(kind, _(KIND_WORDS[kind])) for kind in ADDED_KINDS], "store room")
        hint = _("Only what lies on a shop floor or in a store room is for sale.")
        return Field(_("Kind"), self.kind, hint)

    def saving(self, name: str) -> Task:
        if self._place is None:
            return self.background.do(add_location, self.kind.value(), name)
        return self.background.do(rename_location, self._place.id, name)


class LocationsPage(Page):
    """The list of places, and under it the tills with theirs."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Locations"))
        self._context, self._background = context, context.of(self)
        add = primary(_("Add a location"), "add-line", key="N")
        add.clicked.connect(self.add)
        shortcuts.on(self, "N", self.add, _("Add a location"))
        self.head.addWidget(add)
        self._card = Card(margins=(0, 4, 0, 6))
        self.column.addWidget(self._card)
        self.column.addSpacing(10)
        self.column.addWidget(Label(_("What each till sells from"), "h3"))
        self.column.addSpacing(4)
        self._tills = Card(margins=(0, 4, 0, 6))
        self.column.addWidget(self._tills)
        self.column.addStretch(1)
        context.stale_when(self, {"location", "till", "stock"}, lambda _touched: self.load())

    def load(self) -> None:
        self._background.ask_latest("list", places_list).then(self._show)
        self._background.ask_latest("tills", till_places).then(self._show_tills)

    def _show(self, places: tuple[PlaceRow, ...]) -> None:
        self.show_rows(self._card, (self._row(place) for place in places))

    def _row(self, place: PlaceRow) -> QWidget:
        widget = QWidget()
        row = hbox(widget, margins=(18, 8, 12, 8), gap=12)
        tone = "neutral" if place.closed_at else "warn" if place.kind == "damaged" else "primary"
        row.addWidget(IconTile(ICONS.get(place.kind, "map-pin-line"), tone, 34))
        lying = ngettext("{count} kind of goods", "{count} kinds of goods", place.goods)
        facts = [] if place.code == place.kind else [place.code]
        facts += [lying.format(count=f"{place.goods:,}") if place.goods else _("Empty")]
        facts += [" · ".join(place.tills)] if place.tills else []
        row.addWidget(TwoLines(place.name, " · ".join(facts)), 1)
        kind = _("Closed") if place.closed_at else _(KIND_WORDS.get(place.kind, place.kind))
        row.addWidget(Badge(kind, "neutral", small=True))
        for button in self._buttons(place):
            row.addWidget(button)
        return widget

    def _buttons(self, place: PlaceRow) -> list[QWidget]:
        if place.closed_at:
            again = secondary(_("Use again"), size=30)
            again.setAccessibleName(_("Use {name} again").format(name=place.name))
            again.clicked.connect(partial(self._do, reopen_location, place.id))
            return [again]
        rename = secondary(_("Rename"), size=30)
        rename.setAccessibleName(_("Rename {name}").format(name=place.name))
        rename.clicked.connect(partial(self.rename, place))
        shown: list[QWidget] = [rename]
        if not place.main and place.kind != "transit":
            close = secondary(_("Close"), size=30)
            close.setAccessibleName(_("Close {name}").format(name=place.name))
            close.setEnabled(not place.goods)
            close.setToolTip(_("Goods still lie here") if place.goods else "")
            close.clicked.connect(partial(self.close_place, place))
            shown.append(close)
        return shown

    def _show_tills(self, tills: tuple[TillPlace, ...]) -> None:
        self.show_rows(self._tills, (self._till(till) for till in tills))

    def _till(self, till: TillPlace) -> QWidget:
        widget = QWidget()
        row = hbox(widget, margins=(18, 8, 12, 8), gap=12)
        row.addWidget(TwoLines(till.name, till.code), 1)
        choice = Select(list(till.choices), till.location_id)
        choice.setAccessibleName(_("What {till} sells from").format(till=till.name))
        choice.setFixedWidth(theme.px(220))
        choice.picked.connect(partial(self._do, set_till_place, till.id))
        row.addWidget(choice)
        return widget

    def _do(self, verb: Any, *arguments: Any) -> None:
        wanted = [value for value in arguments if not isinstance(value, bool)]  # a click says `checked`
        self._background.do(verb, *wanted).then(lambda _none: self.load())

    def add(self) -> None:
        """Open the sheet for a new place."""
        PlaceSheet(self.window(), self._context, None, self._added).open()

    def rename(self, place: PlaceRow, *_clicked: Any) -> None:
        """Open the sheet with a place's name."""
        PlaceSheet(self.window(), self._context, place, lambda _none: self.load()).open()

    def close_place(self, place: PlaceRow, *_clicked: Any) -> None:
        """Close a place; a toast opens it again."""
        self._background.do(close_location, place.id).then(partial(self._closed, place))

    def _closed(self, place: PlaceRow, _none: Any) -> None:
        self.load()
        text = _("{name} is closed").format(name=place.name)
        self._context.toast(self, text, undo=partial(self._do, reopen_location, place.id))

    def _added(self, _place_id: int) -> None:
        self._context.toast(self, _("Location added"))
        self.load()
