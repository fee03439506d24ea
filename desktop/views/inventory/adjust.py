"""Put stock right: count or difference, with a reason, and the effect shown before it is saved."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import quantity_text
from desktop.queries.places import PlaceStock
from desktop.queries.stock import StockRow
from desktop.services.stock import ADJUST_REASONS, AdjustLine, StockChange, adjust_stock
from desktop.views.common.cards import NestedCard, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import QuantityInput
from desktop.views.common.segment import Segment
from desktop.views.inventory.words import signed, title_of


class AdjustSheet(Sheet):
    """Adjusts one SKU; after saving, a toast offers the counter-entry."""

    def __init__(
        self, parent: QWidget, context: Context, row: StockRow, places: Sequence[PlaceStock] = ()
    ) -> None:
        title = _("Adjust stock of {name}").format(name=title_of(row))
        super().__init__(parent, title, verb=_("Adjust"), icon="equalizer-line", width=440)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._window, self._key = context, row, parent, new_key()
        self._places = {place.location_id: place for place in places if place.kind != "transit"}
        options = [(place.location_id, place.name) for place in self._places.values()]
        self.place = Select(options or [(None, "")], options[0][0] if options else None)
        self.place.picked.connect(self._show_effect)
        choices = [("count", _("Counted")), ("plus", _("Add")), ("minus", _("Take away"))]
        self.how = Segment(choices, "count")
        self.how.picked.connect(self._show_effect)
        self.amount = QuantityInput(unit=row.unit, required=True, most=10**12)
        self.amount.textChanged.connect(self._show_effect)
        self.quantity = Field(_("Quantity"), self.amount)
        reasons = [(key, _(words)) for key, words in ADJUST_REASONS.items() if key != "undone"]
        self.reason, self.note = Select(reasons, "count"), TextInput(longest=200)
        self._effect = self._make_effect()
        if len(options) > 1:
            self.add(Field(_("Location"), self.place))
        self.add(self.how, self.quantity, self._effect)
        self.add(Field(_("Reason"), self.reason), Field(_("Note"), self.note))
        self.submitted.connect(self._save)
        self._show_effect()

    def _make_effect(self) -> NestedCard:
        card = NestedCard()
        line = hbox()
        self.effect = Label("", "small_m")
        self.difference = Label("", "small_b", "text2", align="right")
        line.addWidget(self.effect, 1)
        line.addWidget(self.difference)
        card.body.addLayout(line)
        return card

    def _lying(self) -> tuple[int, int]:
        """On hand and held at the chosen place."""
        place = self._places.get(self.place.value())
        if place is None:
            return self._row.on_hand_milli, self._row.reserved_milli
        return place.on_hand_milli, place.reserved_milli + place.set_aside_milli

    def after_milli(self) -> int | None:
        """What would be on hand, or None while the quantity says nothing."""
        try:
            typed = self.amount.milli()
        except ShopError:
            return None
        if typed is None:
            return None
        before = self._lying()[0]
        return {"count": typed, "plus": before + typed, "minus": before - typed}[self.how.value()]

    def _show_effect(self, *_ignored: Any) -> None:
        (before, held), after = self._lying(), self.after_milli()
        shown = quantity_text(after) if after is not None else "…"
        line = _("{before} → {after} {unit}")
        self.effect.setText(line.format(before=quantity_text(before), after=shown, unit=self._row.unit))
        self.difference.setText(signed(after - before) if after is not None else "")
        bad = after is not None and after < held
        self.difference.look(color="danger_fg" if bad else "text2")

    def ready(self) -> bool:
        return check_all([self.quantity])

    def _save(self) -> None:
        typed, how = self.amount.milli() or 0, self.how.value()
        row = self._row
        if how == "count":
            line = AdjustLine(row.id, counted_milli=typed, seen_milli=self._lying()[0])
        else:
            line = AdjustLine(row.id, delta_milli=typed if how == "plus" else -typed)
        task = self._context.of(self).do(
            adjust_stock,
            [line],
            reason=self.reason.value(),
            client_key=self._key,
            note=self.note.value(),
            location_id=self.place.value(),
        )
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, changes: tuple[StockChange, ...]) -> None:
        self.accept()
        place: int | None = self.place.value()
        offer_undo(self._context, self._window, title_of(self._row), self._row.unit, changes, place)


def offer_undo(
    context: Context,
    widget: QWidget,
    name: str,
    unit: str,
    changes: tuple[StockChange, ...],
    place: int | None = None,
) -> None:
    """Say what changed; undo posts the counter-entry once, however often it is pressed."""
    key = new_key()

    def undo() -> None:
        back = [change.back for change in changes]
        context.of(widget).do(adjust_stock, back, reason="undone", client_key=key, location_id=place)

    moved = [change for change in changes if change.before_milli != change.after_milli]
    if not moved:
        context.toast(widget, _("{name} is as counted; nothing changed").format(name=name))
        return
    text = _("{name}: {before} → {after} {unit}").format(
        name=name,
        before=quantity_text(moved[0].before_milli),
        after=quantity_text(moved[0].after_milli),
        unit=unit,
    )
    context.toast(widget, text, undo=undo)
