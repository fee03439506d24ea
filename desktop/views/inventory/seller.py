"""Who sells these goods to the shop: chosen once, used for every restock list from then on."""

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import MILLI
from desktop.queries.replenishment import RestockLine
from desktop.queries.suppliers import SoldGoods, sellers_of, supplier_names
from desktop.services.restock_orders import choose_supplier
from desktop.services.suppliers import PriceForm, save_price
from desktop.views.common.buttons import secondary
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.number_inputs import MoneyInput, QuantityInput
from desktop.views.inventory.restock_words import name_of


class SellerSheet(Sheet):
    """A supplier, the pack it sells and the price of a pack."""

    def __init__(self, parent: QWidget, context: Context, line: RestockLine) -> None:
        title = _("Supplier of {name}").format(name=name_of(line))
        text = _("The goods then come on this supplier’s orders by themselves.")
        super().__init__(parent, title, text=text, verb=_("Save"), icon="truck-line", width=440)
        self._context, self._line, self._scope = context, line, context.of(self)
        self._known: dict[int, SoldGoods] = {}
        self.supplier = Select([])
        self.code = TextInput(longest=40)
        self.pack = QuantityInput(MILLI, unit=line.unit, least=1, required=True)
        self.price = MoneyInput(context.currency, required=True)
        self._fields = [Field(_("One pack holds"), self.pack), Field(_("Price of a pack"), self.price)]
        self.add(Field(_("Supplier"), self.supplier), Field(_("Their code"), self.code), *self._fields)
        other = secondary(_("Suppliers…"), "group-line")
        other.clicked.connect(self._elsewhere)
        self.add_left(other)
        self.supplier.picked.connect(self._fill)
        self.submitted.connect(self._save)
        self.primary.setEnabled(False)
        self._scope.ask(supplier_names).then(self._named)
        self._scope.ask(sellers_of, line.sku_id).then(self._sold)

    def _named(self, names: tuple[tuple[int, str], ...]) -> None:
        self.supplier.set_options(list(names), names[0][0] if names else None)
        self.primary.setEnabled(bool(names))
        if not names:
            self.say_problem(_("There is no supplier yet. Add one under Purchasing."))

    def say_problem(self, text: str) -> None:
        """A sentence above the buttons."""
        self.primary.setToolTip(text)
        self._fields[0].error(text)

    def _sold(self, found: tuple[SoldGoods, ...]) -> None:
        self._known = {goods.supplier_id: goods for goods in found}
        self._fill(self.supplier.value())

    def _fill(self, supplier_id: int | None) -> None:
        goods = self._known.get(supplier_id or 0)
        if goods is not None:
            self.code.setText(goods.their_code)
            self.pack.put(goods.pack_milli)
            self.price.put(goods.price_minor)

    def _elsewhere(self) -> None:
        self.reject()
        self._context.navigate("buying", view="suppliers")

    def ready(self) -> bool:
        return check_all(self._fields)

    def _save(self) -> None:
        supplier = self.supplier.value()
        kept = self._known.get(supplier)
        form = PriceForm(
            self._line.sku_id, self.price.minor() or 0, self.pack.milli() or MILLI, self.code.value(),
            steps=kept.steps if kept else (), lead_days=kept.lead_days if kept else None, preferred=True,
        )  # fmt: skip
        task = self._scope.do(save_price, supplier, form).busy(self.primary)
        task.then(self._chosen).otherwise(self.show_error)

    def _chosen(self, price_id: int) -> None:
        task = self._scope.do(choose_supplier, self._line.id, price_id)
        task.then(lambda _none: self.accept()).otherwise(self.show_error)
