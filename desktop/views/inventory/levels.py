"""The levels of goods: their own, or those of the category and the shop."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.levels import BRANCH, OWN, SETTING, PlaceLevel, PlaceLevels, place_levels
from desktop.queries.movements import LevelSheet
from desktop.services.levels import set_place_levels
from desktop.services.stock import Levels, set_levels
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select
from desktop.views.common.number_inputs import QuantityInput

MOST = 10**12


class LevelsSheet(Sheet):
    """Sets the levels of one or several SKUs; an empty field inherits."""

    def __init__(
        self, parent: QWidget, context: Context, title: str, sku_ids: Sequence[int], levels: LevelSheet | None
    ) -> None:
        text = _("Empty fields follow the category, then the shop’s setting.")
        super().__init__(parent, title, text=text, verb=_("Save levels"), icon="bar-chart-horizontal-line")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._ids, self._window = context, tuple(sku_ids), parent
        self._before = (
            Levels(levels.alert_milli, levels.minimum_milli, levels.safety_milli) if levels else None
        )
        inherited: dict[str, int | None] = {}
        if levels is not None:
            inherited = {
                "alert": levels.inherited_alert_milli,
                "minimum": levels.inherited_minimum_milli,
                "safety": levels.inherited_safety_milli,
            }
        own = self._before or Levels()
        self._sheet = levels
        self._there: dict[int, PlaceLevels] = {}
        self.place = Select([(0, _("The whole shop"))], 0)
        self.place.picked.connect(self._show_place)
        self._where = Field(_("Holds for"), self.place)
        self.minimum = _input(own.minimum_milli, inherited.get("minimum"))
        self.safety = _input(own.safety_milli, inherited.get("safety"))
        self.alert = _input(own.alert_milli, inherited.get("alert"))
        measures = _("Stands in where there is no safety stock or no minimum.")
        self._fields = [
            Field(_("Minimum stock"), self.minimum),
            Field(_("Safety stock"), self.safety),
            Field(_("Alert below"), self.alert, measures),
        ]
        self.add(self._where, *self._fields)
        self._where.hide()
        self.submitted.connect(self._save)
        if len(self._ids) == 1:
            context.of(self).ask(place_levels, self._ids[0]).then(self._show_places)

    def _show_places(self, found: tuple[PlaceLevels, ...]) -> None:
        self._there = {place.location_id: place for place in found}
        options = [(0, _("The whole shop")), *((place.location_id, _(place.name)) for place in found)]
        self.place.set_options(options, 0)
        self._where.setVisible(len(found) > 1)
        self.adjustSize()

    def _show_place(self, place_id: int) -> None:
        """Show the levels of a place, or those of the whole shop."""
        there = self._there.get(place_id)
        if there is None:
            own, sheet = self._before or Levels(), self._sheet
            for name, control in self._controls():
                inherited = getattr(sheet, f"inherited_{name}_milli") if sheet else None
                _put(control, getattr(own, f"{name}_milli"), _inherits(inherited))
            return
        for name, control in self._controls():
            level: PlaceLevel = getattr(there, name)
            _put(control, level.own_milli, _inherits(level.inherited_milli, level.origin))

    def _controls(self) -> tuple[tuple[str, QuantityInput], ...]:
        return ("minimum", self.minimum), ("safety", self.safety), ("alert", self.alert)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _save(self) -> None:
        levels = Levels(self.alert.milli(), self.minimum.milli(), self.safety.milli())
        scope, place = self._context.of(self), self.place.value()
        if place:
            task = scope.do(set_place_levels, levels, sku_ids=self._ids, location_id=place)
        else:
            task = scope.do(set_levels, levels, sku_ids=self._ids)
        task.busy(self.primary).then(lambda _none: self._done(place)).otherwise(self.show_error)

    def _done(self, place: int) -> None:
        self.accept()
        before, context, window, ids = self._before, self._context, self._window, self._ids
        there = self._there.get(place)
        if there is not None:
            before = Levels(there.alert.own_milli, there.minimum.own_milli, there.safety.own_milli)

        def undo() -> None:
            if place:
                context.of(window).do(set_place_levels, before, sku_ids=ids, location_id=place)
            else:
                context.of(window).do(set_levels, before, sku_ids=ids)

        context.toast(window, _("Levels saved"), undo=undo if before is not None else None)


def _input(own: int | None, inherited: int | None) -> QuantityInput:
    control = QuantityInput(own, most=MOST)
    _put(control, own, _inherits(inherited))
    return control


def _put(control: QuantityInput, own: int | None, hint: str) -> None:
    control.setText(quantity_text(own) if own is not None else "")
    control.setPlaceholderText(hint)


def _inherits(inherited: int | None, origin: str = "") -> str:
    """What holds while the field is empty, and where that comes from."""
    if inherited is None:
        return ""
    quantity = quantity_text(inherited)
    words = {
        OWN: _("{quantity} from these goods"),
        BRANCH: _("{quantity} from the category"),
        SETTING: _("{quantity} from the settings"),
    }
    return words.get(origin, _("Inherits {quantity}")).format(quantity=quantity)
