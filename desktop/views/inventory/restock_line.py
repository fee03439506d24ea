"""One line of the restock list: quantity to change, and the arithmetic in one sentence."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import MILLI, Money, half_up, quantity_text
from desktop.queries.replenishment import RestockLine
from desktop.views.common.buttons import icon_button, link
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.theme import theme
from desktop.views.inventory.words import average, days

MOST = 10**12
TYPING_MS = 400  # clicks on + within this become one change


def name_of(line: RestockLine) -> str:
    """Name with variant and pack: `鲜牛奶 950 ml`."""
    return " ".join(part for part in (line.name, line.variant, line.pack) if part)


def reason_of(line: RestockLine, cover_days: int) -> str:
    """`Lasts 1.3 days: 6.1 a day × 7 days + safety 20 − 8 here = 55`."""
    level = max(line.safety_milli, line.minimum_milli)
    parts = {
        "daily": average(line.daily_milli), "days": cover_days, "safety": quantity_text(level),
        "here": quantity_text(line.available_milli), "quantity": quantity_text(line.suggested_milli),
        "left": days(line.cover_tenths), "coming": quantity_text(line.coming_milli),
    }  # fmt: skip
    if not line.suggested_milli:
        words = _("Enough is here now: {here} of {safety}")
    elif line.cover_tenths is None and line.coming_milli:
        words = _("Not sold lately: safety {safety} − {here} here − {coming} coming = {quantity}")
    elif line.cover_tenths is None:
        words = _("Not sold lately: safety {safety} − {here} here = {quantity}")
    elif line.coming_milli:
        words = _(
            "Lasts {left} days: {daily} a day × {days} days + safety {safety} − {here} here − {coming} coming"
            " = {quantity}"
        )
    else:
        words = _(
            "Lasts {left} days: {daily} a day × {days} days + safety {safety} − {here} here = {quantity}"
        )
    return words.format(**parts).replace(" = ", "\u00a0=\u00a0")  # the result is never alone on a line


class RestockRow(QWidget):
    """Shows one line; what is being typed stays when the list is read again.

    `wanted(line id, thousandths)`, None for the suggestion; `removed(line id)`; `changed` with each step.
    """

    wanted = Signal(int, object)
    removed = Signal(int)
    changed = Signal()

    def __init__(self, line: RestockLine, currency: str, may: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line, self._currency = line, currency
        self._cost: int | None = None
        column = vbox(self, margins=(0, 8, 0, 8), gap=4)
        head = hbox(gap=8)
        head.addWidget(ProductPicture(line.picture or "box", 30))
        self.name = Label(name_of(line), "small_m")
        head.addWidget(self.name, 1)
        label = _("Quantity of {name}").format(name=name_of(line))
        self.quantity = Stepper(line.wanted_milli, least=1, most=MOST, name=label)
        self.quantity.changed.connect(self._typed)
        self.sum = Label("", "small_m", align="right")
        self.sum.setMinimumWidth(theme.px(62))
        self.remove = icon_button("close-line", _("Leave {name} off").format(name=name_of(line)), size=24)
        self.remove.clicked.connect(partial(self.removed.emit, line.id))
        head.addWidget(self.quantity)
        head.addWidget(self.sum)
        self.quantity.setEnabled(may)
        self.remove.setEnabled(may)
        column.addLayout(head)
        self.reason = Label("", "cap", "text2", wrap=True)
        why = hbox(gap=8)
        why.addWidget(self.reason, 1)
        why.addWidget(self.remove, alignment=Qt.AlignmentFlag.AlignTop)
        column.addLayout(why)
        self.back = link("")
        self.back.clicked.connect(lambda: self.wanted.emit(self.line.id, None))
        self.back.hide()
        column.addWidget(self.back)
        self._timer = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._timer.timeout.connect(lambda: self.wanted.emit(self.line.id, self.quantity.milli()))

    def show_line(self, line: RestockLine, cover_days: int) -> None:
        """Show what the list says now."""
        self.line = line
        if not self._timer.isActive() and not self.quantity.typing():
            self.quantity.put(line.wanted_milli)
        self.reason.setText(reason_of(line, cover_days))
        suggested = quantity_text(line.suggested_milli)
        self.back.relabel(_("Back to the suggested {quantity}").format(quantity=suggested))
        self.back.setVisible(line.changed and line.suggested_milli > 0 and self.remove.isEnabled())
        self._show_sum()

    def show_cost(self, cost_minor: int | None) -> None:
        """Show what the quantity comes to; None hides it."""
        self._cost = cost_minor
        self._show_sum()

    def worth(self) -> int:
        """Quantity at the last cost, in minor units."""
        return half_up((self._cost or 0) * self.quantity.milli(), MILLI)

    def _typed(self, _milli: int) -> None:
        self._timer.start()
        self._show_sum()
        self.changed.emit()

    def _show_sum(self) -> None:
        self.sum.setVisible(self._cost is not None)
        self.sum.setText(str(Money(self.worth(), self._currency)) if self._cost else "—")
