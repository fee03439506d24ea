"""The variants of a product: which there are, added as a grid of attributes, stopped and resumed."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product as every_combination

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import Money
from desktop.queries.product_detail import ProductDetail, VariantRow
from desktop.services.variants import MOST_OPTIONS, MOST_VARIANTS, Variant, make_variants, retire_sku
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, icon_button, link
from desktop.views.common.cards import NestedCard, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.theme import theme
from desktop.views.products.words import split_tags


class Variants(QWidget):
    """The list in the panel; `chosen(sku)` shows another one."""

    def __init__(
        self, context: Context, may: bool, chosen: Callable[[int], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._may, self._chosen = context, may, chosen
        self._detail: ProductDetail | None = None
        column = vbox(self, gap=8)
        head = hbox()
        head.addWidget(Label(_("Variants"), "h3"), 1)
        self.edit = link(_("Edit variants"))
        self.edit.clicked.connect(self.open)
        head.addWidget(self.edit)
        column.addLayout(head)
        self.hint = Label("", "small", "text2", wrap=True)
        column.addWidget(self.hint)
        self._rows = vbox(gap=4)
        column.addLayout(self._rows)
        if not may:
            self.edit.hide()

    def show_product(self, detail: ProductDetail) -> None:
        """Show what was read."""
        self._detail = detail
        many = bool(detail.options)
        self.hint.setText(
            " · ".join(detail.options) if many else _("One kind only: no colours, tastes or sizes.")
        )
        self.edit.relabel(_("Edit variants") if many else _("Add variants"))
        clear(self._rows)
        for variant in detail.variants if many else ():
            self._rows.addWidget(self._row(variant, variant.id == detail.row.id))

    def _row(self, variant: VariantRow, shown: bool) -> QWidget:
        line = QWidget()
        layout = hbox(line, gap=6)
        words = " / ".join(value for value in variant.values if value) or variant.code
        name = Button(words, "plain", size=28)
        name.clicked.connect(partial(self._chosen, variant.id))
        name.setEnabled(not shown)
        price = (
            "—" if variant.price_minor is None else str(Money(variant.price_minor, self._context.currency))
        )
        layout.addWidget(name)
        layout.addWidget(Label(f"{variant.code} · {price}", "cap", "text2"))
        layout.addStretch(1)
        if variant.retired:
            layout.addWidget(Badge(_("No longer sold"), "neutral", "closed", small=True))
        if self._may:
            text = _("Sell {name} again") if variant.retired else _("Stop selling {name}")
            icon = "arrow-go-back-line" if variant.retired else "close-line"
            button = icon_button(icon, text.format(name=words), size=28)
            button.clicked.connect(partial(self.retire, variant, not variant.retired))
            layout.addWidget(button)
        return line

    def retire(self, variant: VariantRow, retired: bool) -> None:
        """Stop or resume selling a variant; the toast takes it back."""
        scope = self._context.of(self.window())
        words = _("{name} is no longer sold") if retired else _("{name} is sold again")
        said = words.format(name=" / ".join(variant.values))

        def undo() -> None:
            scope.do(retire_sku, variant.id, not retired)

        task = scope.do(retire_sku, variant.id, retired)
        task.then(lambda _none: self._context.toast(self, said, undo=undo))

    def open(self) -> None:
        """Open the sheet with the grid."""
        if self._detail is not None and self._may:
            VariantsSheet(self.window(), self._context, self._detail).open()


class VariantsSheet(Sheet):
    """Attributes with their values at the top, every combination below with code, barcode and price."""

    def __init__(self, parent: QWidget, context: Context, detail: ProductDetail) -> None:
        title = _("Variants of {name}").format(name=detail.row.name)
        super().__init__(parent, title, verb=_("Make variants"), icon="grid-line", width=680)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._window, self._detail = context, parent, detail
        self._known = {v.values: v for v in detail.variants if detail.options}
        self._typed: dict[tuple[str, ...], tuple[str, str, str]] = {}
        self._inputs: dict[tuple[str, ...], tuple[TextInput, TextInput, MoneyInput]] = {}
        self.names: list[TextInput] = []
        self.values: list[TextInput] = []
        hints = ((_("Colour"), _("red, blue")), (_("Size"), _("S, M, L")), (_("Taste"), _("plain, salted")))
        for place in range(len(detail.options) or MOST_OPTIONS):
            self._add_option(place, *hints[place])
        self.count = Label("", "small", "text2")
        self.add(self.count, self._grid_box())
        self.submitted.connect(self._save)
        self._regrid()
        self.names[0].setFocus()

    def _add_option(self, place: int, name_hint: str, values_hint: str) -> None:
        options = self._detail.options
        name = TextInput(options[place] if place < len(options) else "", hint=name_hint, longest=20)
        known = dict.fromkeys(v[place] for v in self._known if v[place]) if place < len(options) else {}
        values = TextInput(" ".join(known), hint=values_hint, longest=600)
        name.setAccessibleName(_("Attribute {number}").format(number=place + 1))
        values.setAccessibleName(_("Values of attribute {number}").format(number=place + 1))
        for text in (name, values):
            text.textChanged.connect(self._regrid)
        self.names.append(name)
        self.values.append(values)
        line = hbox(gap=12)
        first = place == 0
        line.addWidget(Field(_("Attribute"), name) if first else name, 1)
        line.addWidget(Field(_("Values, parted by spaces or commas"), values) if first else values, 2)
        self.body.addLayout(line)

    def _grid_box(self) -> QWidget:
        box, inside = NestedCard(), QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(12, 10, 12, 10)
        self._grid.setSpacing(8)
        self._grid.setColumnStretch(0, 1)
        for place in (1, 2, 3):
            self._grid.setColumnMinimumWidth(place, theme.px(132))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFixedHeight(theme.px(260))
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        box.body.addWidget(area)
        return box

    def chosen(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """The attributes with a name and values, and every combination of the values."""
        used = [
            (name.value().strip(), split_tags(values.value()))
            for name, values in zip(self.names, self.values, strict=True)
            if name.value().strip() and values.value().strip()
        ]
        if not used:
            return (), []
        return tuple(name for name, _values in used), list(
            every_combination(*(values for _name, values in used))
        )

    def _regrid(self) -> None:
        for values, (code, barcode, price) in self._inputs.items():
            self._typed[values] = (code.text(), barcode.text(), price.text())
        self._inputs = {}
        clear(self._grid)
        _names, grid = self.chosen()
        words = ngettext("{count} variant", "{count} variants", len(grid)).format(count=len(grid))
        self.count.setText(
            words if len(grid) <= MOST_VARIANTS else _("{words}: too many").format(words=words)
        )
        self.primary.setEnabled(0 < len(grid) <= MOST_VARIANTS)
        if len(grid) > MOST_VARIANTS:
            return
        for place, title in enumerate((_("Variant"), _("Code"), _("Barcode"), _("Price"))):
            self._grid.addWidget(Label(title, "cap", "text2"), 0, place)
        for number, values in enumerate(grid, 1):
            self._add_row(number, values)
        self._grid.setRowStretch(len(grid) + 1, 1)

    def _add_row(self, number: int, values: tuple[str, ...]) -> None:
        there = self._known.get(values)
        self._grid.addWidget(Label(" / ".join(values), "small_m"), number, 0)
        if there is not None:
            price = Money(there.price_minor or 0, self._context.currency)
            for place, text in enumerate((there.code, there.barcode or "—", str(price)), 1):
                self._grid.addWidget(Label(text, "small", "text2"), number, place)
            return
        if number == 1 and not self._known:
            self._grid.addWidget(Label(_("is what there is now"), "small", "text2"), number, 1, 1, 3)
            return
        typed = self._typed.get(values, ("", "", ""))
        code = TextInput(typed[0], hint=_("Next number"), longest=40)
        barcode = TextInput(typed[1], longest=48)
        own = MoneyInput(self._context.currency)
        own.setText(typed[2])
        own.setPlaceholderText(_("As the first"))
        controls: tuple[QWidget, ...] = (code, barcode, own)
        for place, control in enumerate(controls, 1):
            control.setFixedWidth(theme.px(132))
            control.setAccessibleName(" / ".join(values))
            self._grid.addWidget(control, number, place)
        self._inputs[values] = (code, barcode, own)

    def ready(self) -> bool:
        for _code, _barcode, price in self._inputs.values():
            if price.text().strip() and price.problem():
                price.setFocus()
                return False
        return True

    def _save(self) -> None:
        names, grid = self.chosen()
        made = [self._variant(values) for values in grid]
        product_id = self._detail.row.product_id
        task = self._context.of(self).do(make_variants, product_id, names, made)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _variant(self, values: tuple[str, ...]) -> Variant:
        typed = self._inputs.get(values)
        if typed is None:
            return Variant(values)
        code, barcode, price = typed
        return Variant(values, code.value(), barcode.value(), price.minor() if price.text().strip() else None)

    def _done(self, made: Sequence[int]) -> None:
        self.accept()
        words = ngettext("{count} variant made", "{count} variants made", len(made))
        self._context.toast(self._window, words.format(count=len(made)))
