"""Barcodes, units and prices by quantity of one SKU: added and removed at once, with undo."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.product_detail import BarcodeRow, ListRow, PriceRow, ProductDetail, UnitRow
from desktop.services.prices import PriceChange
from desktop.services.products import (
    BarcodeAdded,
    add_barcode,
    add_unit,
    remove_barcode,
    remove_unit,
    set_prices,
)
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button, link
from desktop.views.common.cards import clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput, QuantityInput
from desktop.views.products.words import amount_words, list_words, unit_words


class CodeInput(TextInput):
    """Takes a scanned or typed barcode; Enter hands it over."""

    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__(hint=_("Scan or type, then Enter"), icon="barcode-line", longest=60)
        self._take = take

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = self.value()
            self.clear()
            if text:
                self._take(text)
            event.accept()
            return
        super().keyPressEvent(event)


class Codes(QWidget):
    """The lists under the form."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._detail: ProductDetail | None = None
        self._lists: tuple[ListRow, ...] = ()
        self._may = context.may(add_barcode)
        column = vbox(self, gap=8)
        self._barcodes, self._units, self._prices = vbox(gap=4), vbox(gap=4), vbox(gap=4)
        self.code = CodeInput(self._add_code)
        self.new_unit, self.new_price = link(_("Add unit")), link(_("Add price"))
        self.new_unit.clicked.connect(self._open_unit)
        self.new_price.clicked.connect(self._open_price)
        for title, rows, add in (
            (_("Barcodes"), self._barcodes, self.code),
            (_("Other units"), self._units, self.new_unit),
            (_("Prices by unit and quantity"), self._prices, self.new_price),
        ):
            column.addWidget(Label(title, "h3"))
            column.addLayout(rows)
            if not self._may:
                add.hide()
            column.addWidget(
                add, alignment=Qt.AlignmentFlag(0) if add is self.code else Qt.AlignmentFlag.AlignLeft
            )
            column.addSpacing(6)

    def show_product(self, detail: ProductDetail, lists: tuple[ListRow, ...]) -> None:
        """Show what was read."""
        self._detail, self._lists = detail, lists
        for layout in (self._barcodes, self._units, self._prices):
            clear(layout)
        for barcode in detail.barcodes:
            self._barcodes.addWidget(self._barcode_row(barcode))
        for unit in detail.units:
            words = unit_words(unit.name, unit.factor_milli, detail.row.unit)
            self._units.addWidget(self._row(words, partial(self._remove_unit, unit)))
        for price in detail.prices:
            if price.unit or price.min_qty_milli:
                self._prices.addWidget(
                    self._row(self._price_words(price), partial(self._remove_price, price))
                )

    def _price_words(self, price: PriceRow) -> str:
        assert self._detail is not None
        unit = price.unit or self._detail.row.unit
        row = next((row for row in self._lists if row.id == price.list_id), None)
        name = list_words(row) if row else price.list_key
        amount = amount_words(price.amount_minor, row.currency if row else "", self._context.currency)
        words = f"{name} · {amount} / {unit}"
        if price.min_qty_milli:
            least = _("from {quantity} on").format(quantity=quantity_text(price.min_qty_milli))
            words = f"{words} · {least}"
        return words

    def _row(self, words: str, remove: Callable[[], None], *marks: QWidget) -> QWidget:
        line = QWidget()
        layout = hbox(line, gap=6)
        layout.addWidget(Label(words, "small_m"))
        for mark in marks:
            layout.addWidget(mark)
        layout.addStretch(1)
        if self._may:
            button = icon_button("close-line", _("Remove {what}").format(what=words), size=28)
            button.clicked.connect(remove)
            layout.addWidget(button)
        return line

    def _barcode_row(self, barcode: BarcodeRow) -> QWidget:
        words = f"{barcode.code} · {barcode.unit}" if barcode.unit else barcode.code
        marks = []
        if not barcode.valid:
            marks.append(Badge(_("Check digit wrong"), "warn", "alert", small=True))
        if barcode.shared:
            marks.append(Badge(_("Also on other goods"), "info", "half", small=True))
        return self._row(words, partial(self._remove_code, barcode), *marks)

    # Barcodes

    def _do(self, action: Any, *args: Any, **kwargs: Any) -> Any:
        return self._context.of(self).do(action, *args, **kwargs)

    def _add_code(self, text: str) -> None:
        if self._detail is not None:
            self._do(add_barcode, self._detail.row.id, text).then(self._code_added)

    def _code_added(self, added: BarcodeAdded) -> None:
        def undo() -> None:
            self._do(remove_barcode, added.id)

        text, tone = _("Barcode added"), "success"
        if added.also:
            text, tone = _("Barcode added; {name} has it too").format(name=added.also[0]), "warn"
        elif not added.valid:
            text, tone = _("Barcode added, but its check digit is wrong"), "warn"
        self._context.toast(self, text, undo=undo, tone=tone)

    def _remove_code(self, barcode: BarcodeRow) -> None:
        assert self._detail is not None
        sku_id = self._detail.row.id

        def undo() -> None:
            self._do(add_barcode, sku_id, barcode.code, barcode.unit)

        task = self._do(remove_barcode, barcode.id)
        task.then(lambda _none: self._context.toast(self, _("Barcode removed"), undo=undo))

    # Units

    def _open_unit(self) -> None:
        if self._detail is not None:
            UnitSheet(self.window(), self._context, self._detail).open()

    def _remove_unit(self, unit: UnitRow) -> None:
        assert self._detail is not None
        sku_id = self._detail.row.id

        def undo() -> None:
            self._do(add_unit, sku_id, unit.name, unit.factor_milli)

        task = self._do(remove_unit, sku_id, unit.name)
        task.then(lambda _none: self._context.toast(self, _("Unit removed"), undo=undo))

    # Prices

    def _open_price(self) -> None:
        if self._detail is not None:
            PriceSheet(self.window(), self._context, self._detail, self._lists).open()

    def _remove_price(self, price: PriceRow) -> None:
        assert self._detail is not None
        sku_id = self._detail.row.id
        back = PriceChange(price.list_id, price.amount_minor, price.unit, price.min_qty_milli)
        gone = PriceChange(price.list_id, None, price.unit, price.min_qty_milli)

        def undo() -> None:
            self._do(set_prices, sku_id, [back])

        task = self._do(set_prices, sku_id, [gone])
        task.then(lambda _none: self._context.toast(self, _("Price removed"), undo=undo))


class UnitSheet(Sheet):
    """Another unit the goods are sold in."""

    def __init__(self, parent: QWidget, context: Context, detail: ProductDetail) -> None:
        super().__init__(parent, _("Add unit"), verb=_("Add unit"), icon="stack-line", width=380)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._sku = context, detail.row.id
        self.name = TextInput(longest=12, required=True, hint=_("Case"))
        self.factor = QuantityInput(least=1, unit=detail.row.unit, required=True)
        self._fields = [Field(_("Unit"), self.name), Field(_("How many make one"), self.factor)]
        self.add(*self._fields)
        self.submitted.connect(self._save)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _save(self) -> None:
        task = self._context.of(self).do(add_unit, self._sku, self.name.value(), self.factor.milli())
        task.busy(self.primary).then(lambda _none: self.accept()).otherwise(self.show_error)


class PriceSheet(Sheet):
    """A price for a unit, or from a quantity on."""

    def __init__(
        self, parent: QWidget, context: Context, detail: ProductDetail, lists: tuple[ListRow, ...]
    ) -> None:
        super().__init__(parent, _("Add price"), verb=_("Add price"), icon="price-tag-3-line", width=380)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._sku = context, detail.row.id
        units = [("", detail.row.unit), *((unit.name, unit.name) for unit in detail.units)]
        self.list = Select([(row.id, list_words(row)) for row in lists])
        self.unit = Select(units, "")
        self.least = QuantityInput(0, unit=detail.row.unit)
        self.amount = MoneyInput(context.currency, required=True)
        self._currencies = {row.id: row.currency or context.currency for row in lists}
        self.list.picked.connect(self._follow)
        self._fields = [Field(_("From quantity"), self.least), Field(_("Price"), self.amount)]
        self.add(Field(_("Price list"), self.list), Field(_("Unit"), self.unit), *self._fields)
        self.submitted.connect(self._save)

    def _follow(self, list_id: int) -> None:
        """The price is typed in the currency of the list."""
        self.amount.use_currency(self._currencies.get(list_id, self._context.currency))

    def ready(self) -> bool:
        return check_all(self._fields)

    def _save(self) -> None:
        change = PriceChange(
            self.list.value(), self.amount.minor(), self.unit.value(), self.least.milli() or 0
        )
        task = self._context.of(self).do(set_prices, self._sku, [change])
        task.busy(self.primary).then(lambda _none: self.accept()).otherwise(self.show_error)
