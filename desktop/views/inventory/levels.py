"""The levels of goods: their own, or those of the category and the shop."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.movements import LevelSheet
from desktop.services.stock import Levels, set_levels
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
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
        self.minimum = _input(own.minimum_milli, inherited.get("minimum"))
        self.safety = _input(own.safety_milli, inherited.get("safety"))
        self.alert = _input(own.alert_milli, inherited.get("alert"))
        measures = _("Stands in where there is no safety stock or no minimum.")
        self._fields = [
            Field(_("Minimum stock"), self.minimum),
            Field(_("Safety stock"), self.safety),
            Field(_("Alert below"), self.alert, measures),
        ]
        self.add(*self._fields)
        self.submitted.connect(self._save)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _save(self) -> None:
        levels = Levels(self.alert.milli(), self.minimum.milli(), self.safety.milli())
        task = self._context.of(self).do(set_levels, levels, sku_ids=self._ids)
        task.busy(self.primary).then(lambda _none: self._done()).otherwise(self.show_error)

    def _done(self) -> None:
        self.accept()
        before, context, window, ids = self._before, self._context, self._window, self._ids

        def undo() -> None:
            context.of(window).do(set_levels, before, sku_ids=ids)

        context.toast(window, _("Levels saved"), undo=undo if before is not None else None)


def _input(own: int | None, inherited: int | None) -> QuantityInput:
    control = QuantityInput(own, most=MOST)
    if inherited is not None:
        control.setPlaceholderText(_("Inherits {quantity}").format(quantity=quantity_text(inherited)))
    return control
