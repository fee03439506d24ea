"""The parts of the restock list: a supplier's head, a line with its stepper, and the box that says why."""

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money, half_up, quantity_text
from desktop.queries.replenishment import RestockGroup, RestockLine
from desktop.views.common.buttons import link
from desktop.views.common.cards import NestedCard, hbox, vbox
from desktop.views.common.icons import draw
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.paint import painting, repaint_on_change
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.theme import theme
from desktop.views.inventory.restock_words import lead_words, method_of, name_of, reason_of

MOST = 10**12
TYPING_MS = 400  # clicks on + within this become one change


class _Truck(QWidget):
    """A small truck beside a supplier's name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(theme.px(16), theme.px(16))
        repaint_on_change(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            draw(painter, QRectF(self.rect()), "truck-line", "text2", theme.px(15))


class GroupHead(QWidget):
    """A supplier with its lead time and what is bought there; a hint when that is too little for an order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = vbox(self, margins=(0, 6, 0, 1), gap=2)
        line = hbox(gap=6)
        line.addWidget(_Truck())
        self.name = Label("", "small_b")
        self.lead = Label("", "cap", "text2")
        self.sum = Label("", "small_b", align="right")
        line.addWidget(self.name)
        line.addWidget(self.lead, 1)
        line.addWidget(self.sum)
        column.addLayout(line)
        self.hint = Label("", "cap", "warn_fg")
        self.hint.hide()
        column.addWidget(self.hint)

    def show_group(self, group: RestockGroup, worth: Money | None, least_minor: int) -> None:
        """Show a supplier; `worth` None hides what it costs."""
        sold = group.supplier_id is not None
        self.name.setText(group.name if sold else _("No supplier yet"))
        self.lead.setText(lead_words(group.lead_days) if sold else "")
        self.sum.setText(str(worth) if worth is not None and worth.amount else "")
        missing = least_minor - worth.amount if worth is not None else 0
        self.hint.setVisible(sold and missing > 0)
        if worth is not None and missing > 0:
            text = _("{amount} below the least order value")
            self.hint.setText(text.format(amount=Money(missing, worth.currency)))


class RestockRow(QWidget):
    """Shows one line; what is being typed stays when the list is read again.

    `wanted(line id, thousandths)`; `picked(line id)` when it is pressed; `changed` with each step.
    """

    wanted = Signal(int, object)
    picked = Signal(int)
    changed = Signal()

    def __init__(self, line: RestockLine, currency: str, may: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line, self._currency = line, currency
        self._cost: tuple[int, int] | None = None
        head = hbox(self, margins=(0, 1, 0, 1), gap=8)
        head.addWidget(ProductPicture(line.picture or "box", 28))
        self.name = Label(name_of(line), "small")
        head.addWidget(self.name, 1)
        label = _("Quantity of {name}").format(name=name_of(line))
        self.quantity = Stepper(line.wanted_milli, least=1, most=MOST, step=line.pack_milli, name=label)
        self.quantity.changed.connect(self._typed)
        self.sum = Label("", "small_m", align="right")
        self.sum.setMinimumWidth(theme.px(72))
        head.addWidget(self.quantity)
        head.addWidget(self.sum)
        self.quantity.setEnabled(may)
        self._timer = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._timer.timeout.connect(lambda: self.wanted.emit(self.line.id, self.quantity.milli()))

    def show_line(self, line: RestockLine) -> None:
        """Show what the list says now."""
        self.line = line
        self.quantity.set_step(line.pack_milli)
        if not self._timer.isActive() and not self.quantity.typing():
            self.quantity.put(line.wanted_milli)
        self._show_sum()

    def show_cost(self, cost: tuple[int, int] | None) -> None:
        """Show what the quantity comes to at (minor units, for so many thousandths); None hides it."""
        self._cost = cost
        self._show_sum()

    def worth(self) -> int:
        """Quantity at its cost, in minor units."""
        minor, milli = self._cost or (0, 1)
        return half_up(minor * self.quantity.milli(), milli)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self.line.id)

    def _typed(self, _milli: int) -> None:
        self._timer.start()
        self._show_sum()
        self.picked.emit(self.line.id)
        self.changed.emit()

    def _show_sum(self) -> None:
        self.sum.setVisible(self._cost is not None)
        self.sum.setText(str(Money(self.worth(), self._currency)) if self._cost and self._cost[0] else "—")


class WhyBox(NestedCard):
    """Why this much of one line: the arithmetic, how sure it is, and what may be done with the line.

    `wanted(line id, None)` goes back to the suggestion, `removed(line id)` leaves it off, `seller(line id)` asks for a supplier.
    """

    wanted = Signal(int, object)
    removed = Signal(int)
    seller = Signal(int)

    def __init__(self, may: bool, may_buy: bool, parent: QWidget | None = None) -> None:
        super().__init__(fill="primary_subtle", border="", margins=(12, 8, 12, 8), gap=2, parent=parent)
        self._may, self._may_buy = may, may_buy
        self.line: RestockLine | None = None
        self.title = Label("", "cap_b", "primary_text")
        self.reason = Label("", "cap", "text", wrap=True)
        self.method = Label("", "cap", "text2", wrap=True)
        links = hbox(gap=12)
        links.addWidget(self.title, 1)
        self.back, self.remove = link(""), link(_("Leave off today"))
        self.choose = link(_("Choose a supplier…"))
        self.back.clicked.connect(lambda: self.wanted.emit(self._line_id(), None))
        self.remove.clicked.connect(lambda: self.removed.emit(self._line_id()))
        self.choose.clicked.connect(lambda: self.seller.emit(self._line_id()))
        for button in (self.choose, self.back, self.remove):
            links.addWidget(button)
        self.body.addLayout(links)
        for widget in (self.reason, self.method):
            self.body.addWidget(widget)
        self.remove.setEnabled(may)
        self.back.hide()

    def _line_id(self) -> int:
        return 0 if self.line is None else self.line.id

    def show_line(self, line: RestockLine, cover_days: int) -> None:
        """Explain a line."""
        self.line = line
        quantity = f"{quantity_text(line.suggested_milli)} {line.unit}"
        self.title.setText(_("Why {quantity} of {name}").format(name=line.name, quantity=quantity))
        self.reason.setText(reason_of(line, cover_days))
        method = method_of(line)
        self.method.setText(method)
        self.method.setVisible(bool(method))
        suggested = quantity_text(line.suggested_milli)
        self.back.relabel(_("Back to {quantity}").format(quantity=suggested))
        self.back.setVisible(line.changed and line.suggested_milli > 0 and self._may)
        self.choose.setVisible(line.supplier_id is None and self._may_buy)
