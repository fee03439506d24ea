"""Send goods back to a supplier: pieces of its deliveries, a reason, and the credit that makes."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, Money, half_up, quantity_text
from desktop.queries.places import Place, places
from desktop.queries.products import ProductRow
from desktop.queries.supplier_returns import Returnable, returnable
from desktop.services.supplier_returns import RETURN_REASONS, GoesBack, return_goods
from desktop.views.common.cards import Divider, TwoLines, clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import ErrorLine, Field
from desktop.views.common.goods_scan import GoodsScan
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.scrolled import LinesBox
from desktop.views.common.theme import theme


class Line(QWidget):
    """Pieces of one line of a delivery; 0 stays here."""

    changed = Signal()

    def __init__(self, row: Returnable) -> None:
        super().__init__()
        self.row = row
        line = hbox(self, margins=(0, 6, 0, 6), gap=10)
        left = _("{left} {unit} of {delivery}").format(
            left=quantity_text(row.left_milli), unit=row.unit, delivery=row.receipt
        )
        line.addWidget(TwoLines(row.name, f"{row.code} · {left}"), 1)
        name = _("Quantity of {name}").format(name=row.name)
        self.quantity = Stepper(0, least=0, most=row.left_milli, name=name)
        self.quantity.changed.connect(lambda _milli: self.changed.emit())
        line.addWidget(self.quantity)
        line.addWidget(Label(row.unit, "cap", "text2"))

    def worth(self) -> int:
        """About what these pieces cost, in minor units."""
        return half_up(self.row.unit_minor * self.quantity.milli(), MILLI)


class ReturnSheet(Sheet):
    """Goods of this supplier's deliveries go back; scanning counts them."""

    def __init__(self, parent: QWidget, context: Context, supplier_id: int, supplier: str) -> None:
        title = _("Send goods back to {name}").format(name=supplier)
        super().__init__(parent, title, verb=_("Send back"), icon="arrow-go-back-line", width=620)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._supplier, self._key = context, supplier_id, new_key()
        self.lines: list[Line] = []
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self._scanned)
        self._trouble = ErrorLine()
        self.reason = Select([(key, _(words)) for key, words in RETURN_REASONS.items()], "damaged")
        self.place = Select([])
        self.note = TextInput(longest=200)
        self.add(self.scan, self._trouble, self._list(), self._foot())
        self.submitted.connect(self._post)
        scope = context.of(self)
        scope.ask(returnable, supplier_id).then(self._show)
        scope.ask(places).then(self._placed)
        self._count()

    def _list(self) -> QWidget:
        box = LinesBox(220)
        self._rows, self._area = box.rows, box.area
        return box

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = hbox(foot, gap=12)
        row.addWidget(Field(_("Reason"), self.reason))
        row.addWidget(Field(_("Goods leave from"), self.place))
        row.addWidget(Field(_("Note"), self.note), 1)
        self.total = Label("", "h2", align="right")
        self.total.setMinimumWidth(theme.px(110))
        row.addWidget(self.total, alignment=Qt.AlignmentFlag.AlignBottom)
        return foot

    def _placed(self, found: tuple[Place, ...]) -> None:
        options = [(place.id, _(place.name)) for place in found if place.kind != "transit"]
        self.place.set_options(options, options[0][0] if options else None)

    def _show(self, found: tuple[Returnable, ...]) -> None:
        clear(self._rows)
        self.lines = [Line(row) for row in found]
        for line in self.lines:
            line.changed.connect(self._count)
            self._rows.addWidget(line)
            self._rows.addWidget(Divider())
        if not found:
            text = _("Nothing of this supplier’s deliveries is left to go back.")
            self._rows.addWidget(Label(text, "small", "text3", align="center"))
        self._rows.addStretch(1)
        self.order_tabs()

    def _scanned(self, row: ProductRow, milli: int) -> None:
        for line in self.lines:
            if line.row.sku_id == row.id and line.quantity.milli() < line.row.left_milli:
                line.quantity.put(line.quantity.milli() + milli)
                self._area.ensureWidgetVisible(line)
                self._trouble.say("")
                self._count()
                return
        self._trouble.say(_("No more of “{name}” came from this supplier.").format(name=row.name))

    def _count(self) -> None:
        worth = sum(line.worth() for line in self.lines)
        self.primary.setEnabled(any(line.quantity.milli() for line in self.lines))
        self.total.setText(str(Money(worth, self._context.currency)) if worth else "")

    def _post(self) -> None:
        back = [
            GoesBack(line.row.sku_id, line.quantity.milli(), line.row.receipt_line_id)
            for line in self.lines
            if line.quantity.milli()
        ]
        task = self._context.of(self).do(
            return_goods, self._supplier, back, reason=self.reason.value(), client_key=self._key,
            location_id=self.place.value(), note=self.note.value(),
        )  # fmt: skip
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, return_id: int) -> None:
        self.accept()
        owner: Any = self.parentWidget() or self
        self._context.toast(owner, _("Sent back; the credit is expected"))
        self._context.navigate("buying", return_id, view="returns")
