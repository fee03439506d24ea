"""Where the selected goods lie, place by place; hidden in a shop with one place."""

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.places import PlaceStock
from desktop.views.common.cards import Divider, TwoLines, clear, hbox, vbox
from desktop.views.common.labels import Label


class PlacesPart(QWidget):
    """A line per place: what is on hand, and what of it is held or on its way there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: tuple[PlaceStock, ...] = ()
        column = vbox(self, gap=8)
        column.addWidget(Divider())
        column.addWidget(Label(_("Where it lies"), "h3"))
        self._rows = vbox(gap=6)
        column.addLayout(self._rows)
        self.hide()

    def show_places(self, found: tuple[PlaceStock, ...]) -> None:
        """Show other places."""
        self.found = found
        clear(self._rows)
        for place in found:
            self._rows.addWidget(self._row(place))
        self.setVisible(len(found) > 1)

    def _row(self, place: PlaceStock) -> QWidget:
        widget = QWidget()
        row = hbox(widget)
        row.addWidget(TwoLines(place.name, caption(place)), 1)
        row.addWidget(Label(quantity_text(place.on_hand_milli), "small_b", align="right"))
        return widget


def caption(place: PlaceStock) -> str:
    """`可用 12 · 占用 3`, or that none of it is for sale."""
    parts = []
    if place.reserved_milli:
        parts.append(_("held {quantity}").format(quantity=quantity_text(place.reserved_milli)))
    if place.set_aside_milli:
        parts.append(_("set aside {quantity}").format(quantity=quantity_text(place.set_aside_milli)))
    if place.kind in ("damaged", "transit", "other shop"):
        parts.append(_("not for sale here"))
    else:
        free = quantity_text(place.available_milli)
        parts.insert(0, _("{quantity} available").format(quantity=free))
    if place.coming_milli:
        parts.append(_("{quantity} coming").format(quantity=quantity_text(place.coming_milli)))
    return " · ".join(parts)
