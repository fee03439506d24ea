"""The form of one product: what differs from what was read is what gets saved."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.queries.categories import CategoryTree
from desktop.queries.product_detail import ListRow, ProductDetail
from desktop.services.prices import PriceChange
from desktop.services.products import KINDS, ProductChanges
from desktop.views.common.cards import clear, hbox, vbox
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.theme import theme
from desktop.views.products.words import DRAWN, category_choices, list_words, split_tags


class ProductForm(QWidget):
    """Name, pack, category, kind, tags, note and the price of each list; `edited` after every change."""

    edited = Signal()

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = currency
        self._detail: ProductDetail | None = None
        self._prices: dict[int, MoneyInput] = {}
        self._filling = False
        self.name = TextInput(longest=120, required=True)
        self.pack = TextInput(longest=40, hint=_("950 ml"))
        self.category, self.kind = Select(), Select([(key, _(words)) for key, words in KINDS.items()])
        self.picture = Select([(key, _(words)) for key, words in DRAWN.items()], "box")
        self.tags = TextInput(longest=300, hint=_("Parted by spaces"))
        self.note = TextArea(lines=2)
        self._name_field = Field(_("Product name"), self.name)
        column = vbox(self, gap=12)
        column.addWidget(self._name_field)
        for pair in (
            (Field(_("Pack"), self.pack), Field(_("Kind"), self.kind)),
            (Field(_("Category"), self.category), Field(_("Drawing"), self.picture)),
        ):
            line = hbox(gap=12)
            for field in pair:
                line.addWidget(field, 1)
            column.addLayout(line)
        column.addWidget(Label(_("Prices"), "h3"))
        self._price_rows = vbox(gap=6)
        column.addLayout(self._price_rows)
        column.addWidget(Field(_("Tags"), self.tags))
        column.addWidget(Field(_("Note"), self.note))
        for text in (self.name, self.pack, self.tags):
            text.textEdited.connect(self._touched)
        self.note.textChanged.connect(self._touched)
        for choice in (self.category, self.kind, self.picture):
            choice.picked.connect(self._touched)

    def _touched(self, *_ignored: object) -> None:
        if not self._filling:
            self.edited.emit()

    def show_product(self, detail: ProductDetail, tree: CategoryTree, lists: tuple[ListRow, ...]) -> None:
        """Show what was read, dropping what was typed."""
        self._filling, self._detail = True, detail
        row = detail.row
        self.name.setText(row.name)
        self.pack.setText(row.pack)
        self.kind.set_value(row.kind)
        self.picture.set_value(row.picture or "box")
        self.category.set_options(category_choices(tree, _("No category")), row.category_id or 0)
        self.tags.setText(" ".join(detail.tags))
        self.note.setPlainText(detail.note)
        self._show_prices(detail, lists)
        self._name_field.error("")
        self._filling = False

    def _show_prices(self, detail: ProductDetail, lists: tuple[ListRow, ...]) -> None:
        known = {p.list_id: p.amount_minor for p in detail.prices if not p.unit and not p.min_qty_milli}
        if list(self._prices) != [row.id for row in lists]:
            clear(self._price_rows)
            self._prices = {}
            for row in lists:
                self._add_price_row(row)
        for list_id, field in self._prices.items():
            field.put(known.get(list_id))

    def _add_price_row(self, row: ListRow) -> None:
        base = row.key == "retail"
        field = self._prices[row.id] = MoneyInput(self._currency, required=base)
        if row.currency:
            field.use_currency(row.currency)
        field.setFixedWidth(theme.px(130))
        field.setPlaceholderText("" if base else _("As retail"))
        field.setAccessibleName(list_words(row))
        field.textEdited.connect(self._touched)
        line = hbox()
        line.addWidget(Label(list_words(row), "small", "text2"), 1)
        line.addWidget(field)
        self._price_rows.addLayout(line)

    def set_editable(self, on: bool) -> None:
        """Whether this person may change anything."""
        for control in (self.name, self.pack, self.tags, self.note):
            control.setReadOnly(not on)
        for choice in (self.category, self.kind, self.picture):
            choice.setEnabled(on)
        for field in self._prices.values():
            field.setReadOnly(not on)

    def ready(self) -> bool:
        """Check what was typed, and show what is wrong."""
        for field in self._prices.values():
            if field.problem():
                field.setFocus()
                return False
        return check_all([self._name_field])

    def problem(self) -> str:
        """The first sentence of what is wrong with a price, or nothing."""
        return next((found for field in self._prices.values() if (found := field.problem())), "")

    def changes(self) -> ProductChanges | None:
        """What differs from what was read, or None."""
        if self._detail is None:
            return None
        row, detail = self._detail.row, self._detail
        tags, category = split_tags(self.tags.value()), self.category.value() or 0
        found = ProductChanges(
            name=_new(self.name.value(), row.name),
            pack=_new(self.pack.value(), row.pack),
            kind=_new(self.kind.value(), row.kind),
            category_id=None if category == (row.category_id or 0) else category,
            picture=_new(self.picture.value(), row.picture or "box"),
            note=_new(self.note.value(), detail.note),
            tags=None if set(tags) == set(detail.tags) else tags,
        )
        return None if found == ProductChanges() else found

    def price_changes(self) -> list[PriceChange]:
        """Prices that differ from what was read; an emptied one is taken away."""
        if self._detail is None:
            return []
        known = {p.list_id: p.amount_minor for p in self._detail.prices if not p.unit and not p.min_qty_milli}
        found = []
        for list_id, field in self._prices.items():
            try:
                amount = field.minor()
            except ShopError:
                continue
            if amount != known.get(list_id):
                found.append(PriceChange(list_id, amount))
        return found

    def way_back(self) -> tuple[ProductChanges | None, list[PriceChange]]:
        """What would undo `changes` and `price_changes` once they are saved."""
        changes, prices = self.changes(), self.price_changes()
        if self._detail is None:
            return None, []
        row, detail = self._detail.row, self._detail
        before: dict[str, Any] = {
            "name": row.name, "pack": row.pack, "kind": row.kind, "category_id": row.category_id or 0, "picture": row.picture,
            "note": detail.note, "tags": detail.tags,
        }  # fmt: skip
        back = None
        if changes is not None:
            changed = {key: value for key, value in before.items() if getattr(changes, key) is not None}
            back = replace(ProductChanges(), **changed)
        known = {p.list_id: p.amount_minor for p in detail.prices if not p.unit and not p.min_qty_milli}
        return back, [PriceChange(price.list_id, known.get(price.list_id)) for price in prices]

    def is_edited(self) -> bool:
        """Whether anything waits to be saved."""
        return self.changes() is not None or bool(self.price_changes()) or bool(self.problem())


def _new(value: str, before: str) -> str | None:
    return None if value == before else value
