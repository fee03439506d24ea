"""New goods in one sheet: name and price are enough."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.categories import CategoryTree
from desktop.services.products import KINDS, Created, NewProduct, create_product
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.products.codes import CodeInput
from desktop.views.products.words import category_choices


class NewProductSheet(Sheet):
    """Makes a product; `made` gets what was created."""

    def __init__(
        self, parent: QWidget, context: Context, tree: CategoryTree, made: Callable[[Created], object]
    ) -> None:
        super().__init__(
            parent, _("New product"), verb=_("Create product"), icon="price-tag-3-line", width=480
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._made, self._window = context, made, parent
        self.name = TextInput(longest=120, required=True)
        self.price = MoneyInput(context.currency, required=True)
        self.pack = TextInput(longest=40, hint=_("950 ml"))
        self.unit = TextInput(_("pc"), longest=12, required=True)
        self.code = TextInput(longest=40, hint=_("Next number"))
        self.category = Select(category_choices(tree, _("No category")), 0)
        self.kind = Select([(key, _(words)) for key, words in KINDS.items()], "goods")
        self.barcode = CodeInput(lambda text: self.barcode.setText(text))
        self._fields = [
            Field(_("Product name"), self.name), Field(_("Price"), self.price), Field(_("Unit"), self.unit),
        ]  # fmt: skip
        name, price, unit = self._fields
        self.add(name)
        self._pair(price, unit)
        self._pair(Field(_("Pack"), self.pack), Field(_("Kind"), self.kind))
        self.add(Field(_("Category"), self.category))
        self._pair(Field(_("Barcode"), self.barcode), Field(_("Code"), self.code))
        self.submitted.connect(self._save)
        self.name.setFocus()

    def _pair(self, *fields: QWidget) -> None:
        line = hbox(gap=12)
        for field in fields:
            line.addWidget(field, 1)
        self.body.addLayout(line)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _save(self) -> None:
        code = self.barcode.value()
        new = NewProduct(
            name=self.name.value(),
            price_minor=self.price.minor() or 0,
            code=self.code.value(),
            pack=self.pack.value(),
            unit=self.unit.value(),
            kind=self.kind.value(),
            category_id=self.category.value() or None,
            barcodes=(code,) if code else (),
        )
        task = self._context.of(self).do(create_product, new)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, created: Created) -> None:
        self.accept()
        text = _("{name} is on the shelf as {code}").format(name=self.name.value(), code=created.code)
        self._context.toast(self._window, text)
        self._made(created)
