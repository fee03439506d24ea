"""What goods cost at a supplier: its code, the pack, the price, better prices for more, how long they take."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.money import MILLI
from desktop.queries.products import ProductRow
from desktop.queries.suppliers import SoldGoods
from desktop.services.suppliers import PriceForm, save_price
from desktop.views.common.buttons import icon_button, link
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.goods_scan import GoodsScan, goods_name
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput, MoneyInput, QuantityInput
from desktop.views.common.toggle import CheckBox

MOST_STEPS = 9


class _Step(QWidget):
    """From so many packs on, this price."""

    def __init__(self, currency: str, packs: int | None, price: int | None) -> None:
        super().__init__()
        row = hbox(self, gap=8)
        self.packs = IntegerInput(packs, least=2, most=1_000_000, unit=_("packs"), required=True)
        self.price = MoneyInput(currency, price, required=True)
        self.remove = icon_button("close-line", _("Remove"), size=28)
        row.addWidget(Label(_("from"), "small", "text2"))
        row.addWidget(self.packs, 1)
        row.addWidget(self.price, 1)
        row.addWidget(self.remove)


class PriceSheet(Sheet):
    """Goods of one supplier; without a SKU they are scanned first. `saved(price id)`."""

    saved = Signal(int)

    def __init__(
        self, parent: QWidget, context: Context, supplier_id: int, sku_id: int = 0, name: str = "", unit: str = "",
        kept: SoldGoods | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent, _("Goods of a supplier"), verb=_("Save"), icon="price-tag-3-line", width=460)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._supplier, self._sku = context, supplier_id, sku_id
        self.goods = Label(name, "h3", wrap=True)
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self._picked)
        self.scan.setVisible(not sku_id)
        self.code = TextInput(kept.their_code if kept else "", longest=40)
        self.pack = QuantityInput(kept.pack_milli if kept else MILLI, least=1, unit=unit, required=True)
        self.price = MoneyInput(context.currency, kept.price_minor if kept else None, required=True)
        self.lead = IntegerInput(kept.lead_days if kept else None, least=0, most=365, unit=_("days"))
        self.lead.setPlaceholderText(_("as the supplier"))
        self.preferred = CheckBox(_("Buy these goods here"))
        self.preferred.setChecked(kept.preferred if kept else True)
        self._fields = [
            Field(_("One pack holds"), self.pack),
            Field(_("Price of a pack"), self.price),
            Field(_("A delivery takes"), self.lead),
        ]
        self.prices: list[_Step] = []
        self._price_rows = vbox(gap=6)
        more = link(_("Another price from more packs on"))
        more.clicked.connect(lambda: self.add_step())
        self.add(self.goods, self.scan, Field(_("Their code"), self.code), *self._fields)
        self.body.addLayout(self._price_rows)
        self.add(more, self.preferred)
        for packs, price in kept.steps if kept else ():
            self.add_step(packs, price)
        self.submitted.connect(self._save)
        self.primary.setEnabled(bool(sku_id))

    def _picked(self, row: ProductRow, _milli: int) -> None:
        self._sku = row.id
        self.goods.setText(goods_name(row))
        self.scan.hide()
        self.primary.setEnabled(True)
        self.price.setFocus()

    def add_step(self, packs: int | None = None, price: int | None = None) -> None:
        """Add a row for a further price."""
        if len(self.prices) < MOST_STEPS:
            step = _Step(self._context.currency, packs, price)
            step.remove.clicked.connect(lambda: self._drop(step))
            self.prices.append(step)
            self._price_rows.addWidget(step)
            self.order_tabs()

    def _drop(self, step: _Step) -> None:
        self.prices.remove(step)
        step.hide()
        self._price_rows.removeWidget(step)
        step.deleteLater()

    def ready(self) -> bool:
        return check_all(self._fields)

    def form(self) -> PriceForm:
        """What is typed. Raises `ShopError`."""
        steps: list[tuple[int, int]] = []
        for step in self.prices:
            packs, price = step.packs.number(), step.price.minor()
            if packs is None or price is None:
                raise ShopError(N_("Fill in packs and price of every step, or remove it."))
            steps.append((packs, price))
        return PriceForm(
            self._sku, self.price.minor() or 0, self.pack.milli() or MILLI, self.code.value(), tuple(sorted(steps)),
            self.lead.number(), self.preferred.isChecked(),
        )  # fmt: skip

    def _save(self) -> None:
        try:
            form = self.form()
        except ShopError as error:
            self.show_error(error)
            return
        task = self._context.of(self).do(save_price, self._supplier, form)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, price_id: int) -> None:
        self.saved.emit(price_id)
        self.accept()
