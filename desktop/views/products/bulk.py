"""Many goods edited at once: what to change, every row before and after, one deed with one way back."""

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import Money, digits_of, quantity_text
from desktop.queries.bulk_goods import (
    CATEGORY,
    CHANNEL,
    LEVELS,
    PRICE,
    SHELF,
    TAG_OFF,
    TAG_ON,
    BulkChange,
    BulkRow,
    Scope,
    bulk_preview,
)
from desktop.queries.categories import CategoryTree
from desktop.queries.page import Page
from desktop.queries.product_detail import ListRow
from desktop.services.bulk_goods import Edited, edit_many, take_back
from desktop.services.stock import set_levels
from desktop.views.common.cards import Card, hbox, vbox
from desktop.views.common.cells import Column, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput, PercentInput, QuantityInput
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.common.theme import theme
from desktop.views.products.shelves import CHANNELS
from desktop.views.products.words import category_choices, list_words

SHOWN = 2_000  # rows of the preview; the deed takes all


class BulkSheet(Sheet):
    """Price, category, tag, levels or shelf of all goods of a scope."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        scope: Scope,
        tree: CategoryTree,
        lists: tuple[ListRow, ...],
    ) -> None:
        super().__init__(parent, _("Edit many goods"), verb=_("Change goods"), icon="edit-2-line", width=760)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._scope, self._tree, self._key = context, scope, tree, new_key()
        self._window = parent
        self._rows: tuple[BulkRow, ...] = ()
        kinds = [
            (PRICE, _("Price")), (CATEGORY, _("Category")), (TAG_ON, _("Add a tag")), (TAG_OFF, _("Remove a tag")),
            (LEVELS, _("Stock levels")), (SHELF, _("On or off the shelf")), (CHANNEL, _("Offered in a channel")),
        ]  # fmt: skip
        if not context.may(set_levels):
            kinds = [kind for kind in kinds if kind[0] != LEVELS]
        self.kind = Select(kinds, PRICE)
        self.list = Select([(row.id, list_words(row)) for row in lists])
        self._currencies = {row.id: row.currency or context.currency for row in lists}
        self.mode = Select(
            [("percent", _("Change by percent")), ("add", _("Add or take off")), ("set", _("Set to"))]
        )
        self.percent = PercentInput(0, least=-9_999, most=100_000)
        self.amount = MoneyInput(context.currency, 0, least=None)
        endings = [("", _("As it comes")), *((e, f".{e}") for e in ("90", "99", "50", "80", "88", "00"))]
        self.ending = Select(endings, "")
        self.category = Select(category_choices(tree, _("No category")), 0)
        self.tag = TextInput(longest=24)
        self.levels = [QuantityInput() for _level in range(3)]
        self.shelf = Select([(True, _("Put on the shelf")), (False, _("Take off the shelf"))], True)
        self.channel = Select([(key, _(words)) for key, words in CHANNELS.items()], "kiosk")
        self.offered = Select([(False, _("Not offered here")), (True, _("As the product"))], False)
        self._lay()
        self._wire()
        self._show_kind()

    def _lay(self) -> None:
        self._fields: dict[str, list[QWidget]] = {
            PRICE: [
                Field(_("Price list"), self.list), Field(_("How"), self.mode), Field(_("Percent"), self.percent),
                Field(_("Amount"), self.amount), Field(_("Ending"), self.ending),
            ],
            CATEGORY: [Field(_("Category"), self.category)],
            TAG_ON: [Field(_("Tag"), self.tag)],
            LEVELS: [
                Field(words, box)
                for words, box in zip((_("Alert"), _("Minimum"), _("Safety stock")), self.levels, strict=True)
            ],
            SHELF: [Field(_("Shelf"), self.shelf)],
            CHANNEL: [Field(_("Channel"), self.channel), Field(_("Offered"), self.offered)],
        }  # fmt: skip
        line = hbox(gap=12)
        line.addWidget(Field(_("What"), self.kind))
        for fields in self._fields.values():
            for field in fields:
                line.addWidget(field)
        line.addStretch(1)
        self.body.addLayout(line)
        self.model = PagedTable(self._columns(), self)
        self.table = TableView(self.model, two_lines=True)
        self.table.setAccessibleName(_("Preview"))
        card = Card(flush=True)
        card.setFixedHeight(theme.px(320))
        holder = vbox()
        holder.addWidget(self.table)
        card.body.addLayout(holder)
        self.said = Label("", "small", "text2", wrap=True)
        self.add(card, self.said)

    def _wire(self) -> None:
        self._soon = QTimer(self, singleShot=True, interval=200)
        self._soon.timeout.connect(self._look)
        for choice in (
            self.kind,
            self.list,
            self.mode,
            self.ending,
            self.category,
            self.shelf,
            self.channel,
            self.offered,
        ):
            choice.picked.connect(lambda _value: self._show_kind())
        for text in (self.percent, self.amount, self.tag, *self.levels):
            text.textChanged.connect(lambda _text: self._soon.start())
        self.submitted.connect(self._go)

    def _columns(self) -> list[Column]:
        return [
            Column(
                "name", _("Product"), 240, "two_line", stretch=True, value=lambda r: TwoLine(r.name, r.code)
            ),
            Column("before", _("Before"), 150, value=lambda r: self.words(r.before)),
            Column("after", _("After"), 190, value=self._after),
        ]

    def _after(self, row: BulkRow) -> Toned:
        if row.problem:
            return Toned(_(row.problem), "danger")
        return Toned(self.words(row.after), "primary" if row.changes else "muted", strong=row.changes)

    def words(self, value: Any) -> str:
        """A value of the chosen kind as a person reads it."""
        kind = self.kind.value()
        if kind == PRICE:
            return "—" if value is None else Money(value, self._currency()).plain()
        if kind == CATEGORY:
            return next((node.name for node in self._tree.nodes if node.id == value), _("No category"))
        if kind in (TAG_ON, TAG_OFF):
            return " ".join(value) or "—"
        if kind == LEVELS:
            return " / ".join("—" if level is None else quantity_text(level) for level in value)
        if kind == SHELF:
            return _("On the shelf") if value else _("Off the shelf")
        if not value[0]:
            return _("Not offered")
        return _("Timed") if value[1] or value[2] else _("As the product")

    def _currency(self) -> str:
        return self._currencies.get(self.list.value(), self._context.currency)

    def _show_kind(self) -> None:
        kind = TAG_ON if self.kind.value() == TAG_OFF else self.kind.value()
        for key, fields in self._fields.items():
            for field in fields:
                field.setVisible(key == kind)
        if kind == PRICE:
            percent = self.mode.value() == "percent"
            self._fields[PRICE][2].setVisible(percent)
            self._fields[PRICE][3].setVisible(not percent)
            if self._currency() != self.amount.currency:
                self.amount.use_currency(self._currency())
            whole = digits_of(self._currency()) == 2  # endings are hundredths
            self.ending.setEnabled(whole)
            if not whole:
                self.ending.set_value("")
        self._look()

    def change(self) -> BulkChange:
        """What is chosen. Raises `ShopError` for what is no number."""
        kind, mode = self.kind.value(), self.mode.value()
        value = 0
        if kind == PRICE:
            value = (self.percent.basis_points() if mode == "percent" else self.amount.minor()) or 0
        alert, minimum, safety = (box.milli() if kind == LEVELS else None for box in self.levels)
        return BulkChange(
            kind, self.list.value() or 0, mode, value, self.ending.value() or "", self.category.value() or 0,
            self.tag.value(), alert, minimum, safety,
            self.shelf.value() if kind == SHELF else self.offered.value(), self.channel.value(),
        )  # fmt: skip

    def _look(self) -> None:
        """Ask for the preview of what is chosen now."""
        self.primary.setEnabled(False)
        try:
            change = self.change()
        except ShopError as error:
            self.said.setText(str(error))
            return
        if change.kind in (TAG_ON, TAG_OFF) and not change.tag.strip():
            self._show(())
            return
        task = self._context.of(self).ask_latest("preview", bulk_preview, self._scope, change)
        task.then(self._show).otherwise(lambda error: self.said.setText(str(error)))

    def _show(self, rows: tuple[BulkRow, ...]) -> None:
        self._rows = rows
        order = sorted(rows, key=lambda row: (not row.problem, not row.changes))
        shown = Page(tuple(order[:SHOWN]), None)
        self.model.ask(lambda _after: self._context.of(self).device(lambda: shown))
        changes, problems = sum(row.changes for row in rows), sum(bool(row.problem) for row in rows)
        words = ngettext("{count} of {all} goods changes", "{count} of {all} goods change", changes)
        said = [words.format(count=f"{changes:,}", all=f"{len(rows):,}")]
        if problems:
            said.append(_("{count} can’t be changed and stay as they are").format(count=f"{problems:,}"))
        self.said.setText(" · ".join(said))
        self.primary.setEnabled(changes > 0)

    def _go(self) -> None:
        task = self._context.of(self).do(edit_many, self._scope, self.change(), self._key)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)
        task.slow(
            lambda: self.said.setText(_("Writing {count} goods …").format(count=f"{len(self._rows):,}"))
        )

    def _done(self, edited: Edited) -> None:
        self.accept()
        said(self._context, self._window, edited)


def said(context: Context, window: QWidget, edited: Edited) -> None:
    """Say what a bulk edit did, with its undo."""
    words = ngettext("{count} product changed", "{count} products changed", edited.changed)

    def taken_back(count: int) -> None:
        back = ngettext("{count} product is as before", "{count} products are as before", count)
        context.toast(window, back.format(count=f"{count:,}"))

    def undo() -> None:
        context.of(window).do(take_back, edited.id).then(taken_back)

    context.toast(window, words.format(count=f"{edited.changed:,}"), undo=undo)
