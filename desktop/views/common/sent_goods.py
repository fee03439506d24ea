"""What an exchange sends: the same again, or other goods picked by code or name."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.pricing.cart import CartLine
from desktop.queries.products import ProductRow
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.goods_scan import GoodsScan, goods_name
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.product_picture import ProductPicture


@dataclass
class Sent:
    """One kind of goods to be sent (thousandths of the unit)."""

    sku_id: int
    unit: str
    name: str
    picture: str
    qty_milli: int


class SentGoods(QWidget):
    """`changed` after every change by the person; `goods()` is what is to be sent."""

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sent: list[Sent] = []
        column = vbox(self, gap=6)
        self.scan = GoodsScan(context, _("Add what is sent: scan, code or name"))
        self.scan.picked.connect(self._pick)
        self._rows = vbox(gap=6)
        column.addLayout(self._rows)
        column.addWidget(self.scan)

    def show_goods(self, sent: list[Sent]) -> None:
        """Show these."""
        self.sent = list(sent)
        clear(self._rows)
        for place, one in enumerate(self.sent):
            row = hbox(gap=10)
            row.addWidget(ProductPicture(one.picture, 34, name=one.name))
            row.addWidget(Label(one.name, "small_m"), 1)
            stepper = Stepper(one.qty_milli, least=1, name=one.name)
            stepper.changed.connect(partial(self._count, place))
            out = icon_button("close-line", _("Leave it out"), size=28)
            out.clicked.connect(partial(self._out, place))
            row.addWidget(stepper)
            row.addWidget(out)
            self._rows.addLayout(row)

    def goods(self) -> tuple[CartLine, ...]:
        """What is to be sent."""
        return tuple(CartLine(one.sku_id, one.unit, one.qty_milli) for one in self.sent)

    def _pick(self, row: ProductRow, milli: int) -> None:
        known = next((one for one in self.sent if one.sku_id == row.id and not one.unit), None)
        if known is not None:
            known.qty_milli += milli
        else:
            self.sent.append(Sent(row.id, "", goods_name(row), row.picture, milli))
        self.show_goods(self.sent)
        self.changed.emit()

    def _count(self, place: int, milli: int) -> None:
        self.sent[place].qty_milli = milli
        self.changed.emit()

    def _out(self, place: int) -> None:
        self.show_goods(self.sent[:place] + self.sent[place + 1 :])
        self.changed.emit()
