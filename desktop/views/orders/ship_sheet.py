"""Ship an order, whole or in part, or several orders one number after the other."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, quantity_text
from desktop.queries.carriers import CarrierRow, carriers_list
from desktop.queries.order_detail import LineRow, OrderDetail
from desktop.queries.order_parcels import ParcelRow
from desktop.queries.order_words import said
from desktop.services.fulfilment import ship_order
from desktop.services.tracking import change_parcel
from desktop.views.common.cards import Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.remember import get, put
from desktop.views.common.theme import theme

LAST_CARRIER = "orders/carrier_id"
MOST_SEEN = 6  # rows before the list scrolls


class CarrierSelect(Select):
    """The carriers in use; remembers the last one. `carrier_id()` is None for none."""

    def __init__(self, scope: Any, chosen: int | None = None, ready: Callable[[], Any] | None = None) -> None:
        super().__init__([("", _("No carrier"))], "")
        self._chosen = str(chosen) if chosen is not None else str(get(LAST_CARRIER, ""))
        self._ready = ready
        scope.ask(carriers_list).then(self._fill)

    def _fill(self, rows: tuple[CarrierRow, ...]) -> None:
        options = [("", _("No carrier")), *((str(row.id), said(row.name)) for row in rows)]
        known = {value for value, _label in options}
        self.set_options(options, self._chosen if self._chosen in known else "")
        if self._ready is not None:
            self._ready()

    def carrier_id(self) -> int | None:
        """The carrier chosen."""
        return int(self.value()) if self.value() else None

    def keep(self) -> None:
        """Begin with this one next time."""
        put(LAST_CARRIER, self.value())


class ShipSheet(Sheet):
    """Quantities start at all that is still to leave; carrier and number may stay empty."""

    def __init__(
        self, parent: QWidget, context: Context, order: OrderDetail, done: Callable[[list[int]], Any]
    ) -> None:
        title = _("Ship order {number}").format(number=order.short_code)
        super().__init__(parent, title, verb=_("Ship"), icon="truck-line", width=520)
        self.context, self.order, self._done_with, self._key = context, order, done, new_key()
        self._scope = context.of(self)
        self.steppers: dict[int, Stepper] = {}
        lines = [line for line in order.lines if line.open_milli > 0]
        holder = self._scrolled(len(lines))
        for line in lines:
            holder.addLayout(self._line(line))
        self.carrier = CarrierSelect(self._scope)
        self.tracking = TextInput(hint=_("Scan or type, may stay empty"), longest=64)
        self.rest = Label("", "cap", "text2", wrap=True)
        row = hbox(gap=12)
        row.addWidget(Field(_("Carrier"), self.carrier), 1)
        row.addWidget(Field(_("Tracking number"), self.tracking), 1)
        self.add(Divider())
        self.body.addLayout(row)
        self.add(self.rest)
        self.submitted.connect(self._go)
        self._count()
        self.tracking.setFocus()

    def _scrolled(self, count: int) -> Any:
        if count <= MOST_SEEN:
            column = vbox(gap=8)
            self.body.addLayout(column)
            return column
        area, inner = QScrollArea(), QWidget()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = vbox(inner, margins=(0, 0, 8, 0), gap=8)
        area.setWidget(inner)
        for part in (area.viewport(), inner):
            part.setAutoFillBackground(False)
        area.setFixedHeight(theme.px(46 * MOST_SEEN))
        self.add(area)
        return column

    def _line(self, line: LineRow) -> QLayout:
        row, words = hbox(gap=10), vbox()
        row.addWidget(ProductPicture(line.picture, 38, name=line.name))
        words.addWidget(Label(line.name, "small_m"))
        left = _("{left} of {sold} still to ship").format(
            left=quantity_text(line.open_milli), sold=quantity_text(line.qty_milli)
        )
        words.addWidget(Label(" · ".join(part for part in (line.pack, left) if part), "cap", "text2"))
        row.addLayout(words, 1)
        step = MILLI if line.open_milli % MILLI == 0 else line.open_milli
        stepper = Stepper(line.open_milli, least=0, most=line.open_milli, step=step, name=line.name)
        stepper.changed.connect(self._count)
        self.steppers[line.id] = stepper
        row.addWidget(stepper)
        return row

    def chosen(self) -> list[tuple[int, int]]:
        """(line id, thousandths) of what is in this parcel."""
        return [
            (line_id, stepper.milli()) for line_id, stepper in self.steppers.items() if stepper.milli() > 0
        ]

    def _count(self, _changed: object = None) -> None:
        here = sum(line.open_milli for line in self.order.lines)
        inside = sum(milli for _line, milli in self.chosen())
        self.primary.setEnabled(inside > 0)
        part = inside < here
        self.rest.setText(
            _("Left for another parcel: {count}. The order goes on waiting to be shipped.").format(
                count=quantity_text(here - inside)
            )
            if part
            else _("Everything leaves with this parcel.")
        )
        self.primary.relabel(_("Ship a part") if part else _("Ship"))

    def _go(self) -> None:
        self.carrier.keep()
        task = self._scope.do(
            ship_order,
            self.order.id,
            self.tracking.value(),
            "",
            self.chosen(),
            self._key,
            self.carrier.carrier_id(),
        )
        task.busy(self.primary).then(self._gone).otherwise(self._refused)

    def _refused(self, error: object) -> None:
        self._key = new_key()
        self.show_error(error)

    def _gone(self, _parcel: int) -> None:
        self.accept()
        self._done_with([self.order.id])


class OrderNumber(Protocol):
    """What the sheet for several orders needs to know of each."""

    id: int
    short_code: str


class ShipManySheet(Sheet):
    """One carrier, a number for each order: a scanner goes down the list by itself."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        rows: Sequence[OrderNumber],
        done: Callable[[list[int]], Any],
    ) -> None:
        title = _("Ship {count} orders").format(count=len(rows))
        text = _(
            "Scan or type each parcel’s number; Enter goes to the next. All of what is left of each order leaves."
        )
        super().__init__(parent, title, verb=_("Ship"), text=text, icon="truck-line", width=520)
        self.context, self._done_with = context, done
        self._scope = context.of(self)
        self._left = [row.id for row in rows]
        self._shipped: list[int] = []
        self.numbers: dict[int, TextInput] = {}
        self.carrier = CarrierSelect(self._scope)
        self.add(Field(_("Carrier"), self.carrier))
        area, inner = QScrollArea(), QWidget()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._column = vbox(inner, margins=(0, 0, 8, 0), gap=6)
        area.setWidget(inner)
        for part in (area.viewport(), inner):
            part.setAutoFillBackground(False)
        area.setFixedHeight(theme.px(42 * min(len(rows), MOST_SEEN + 1)))
        for row in rows:
            self._column.addLayout(self._row(row))
        self.add(area)
        self.submitted.connect(self._go)
        if rows:
            self.numbers[rows[0].id].setFocus()

    def _row(self, order: OrderNumber) -> QLayout:
        row = hbox(gap=12)
        number = Label(order.short_code, "small_b")
        number.setFixedWidth(theme.px(110))
        field = TextInput(hint=_("Tracking number"), longest=64)
        field.setAccessibleName(_("Tracking number of {number}").format(number=order.short_code))
        field.returnPressed.connect(partial(self._onward, order.id))
        self.numbers[order.id] = field
        row.addWidget(number)
        row.addWidget(field, 1)
        return row

    def _onward(self, order_id: int) -> None:
        ids = list(self.numbers)
        place = ids.index(order_id) + 1
        if place < len(ids):
            self.numbers[ids[place]].setFocus()
        else:
            self.primary.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if typed and any(field.hasFocus() for field in self.numbers.values()):
            return  # the field itself goes on to the next
        super().keyPressEvent(event)

    def _go(self) -> None:
        self.carrier.keep()
        self._next()

    def _next(self) -> None:
        if not self._left:
            self.accept()
            self._done_with(self._shipped)
            return
        order_id = self._left[0]
        number = self.numbers[order_id].value()
        task = self._scope.do(ship_order, order_id, number, "", (), "", self.carrier.carrier_id())
        task.busy(self.primary).then(self._one).otherwise(self._failed)

    def _one(self, _parcel: int) -> None:
        order_id = self._left.pop(0)  # pressing again goes on with the rest
        self._shipped.append(order_id)
        self.numbers[order_id].setEnabled(False)
        self._next()

    def _failed(self, error: object) -> None:
        self.show_error(error)
        if self._left:
            self.numbers[self._left[0]].setFocus()
        if self._shipped:
            self._done_with(self._shipped)


class ParcelSheet(Sheet):
    """Correct the carrier or the number of a parcel."""

    def __init__(self, parent: QWidget, context: Context, parcel: ParcelRow, done: Callable[[], Any]) -> None:
        super().__init__(parent, _("Correct the parcel"), verb=_("Save"), icon="truck-line", width=420)
        self._scope, self._parcel, self._done_with = context.of(self), parcel, done
        self.carrier = CarrierSelect(self._scope, parcel.carrier_id or 0)
        self.tracking = TextInput(parcel.tracking, hint=_("Scan or type, may stay empty"), longest=64)
        self.add(Field(_("Carrier"), self.carrier), Field(_("Tracking number"), self.tracking))
        self.submitted.connect(self._go)
        self.tracking.setFocus()

    def _go(self) -> None:
        chosen = self.carrier.carrier_id()
        kept = self._parcel.carrier if chosen is None and self._parcel.carrier_id is None else ""
        task = self._scope.do(change_parcel, self._parcel.id, self.tracking.value(), kept, chosen)
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _nothing: object) -> None:
        self.accept()
        self._done_with()
