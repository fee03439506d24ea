"""Change the stock of many goods: which, how, what that does to each, and why."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import quantity_text
from desktop.queries.categories import CategoryTree
from desktop.queries.goods_scope import CATEGORY, LIST, LOW, TAG, GoodsScope
from desktop.queries.places import Place
from desktop.queries.stock_bulk import ADD, PERCENT, SET, TAKE, BulkChange, BulkPreview, BulkRow, bulk_preview
from desktop.services.stock import ADJUST_REASONS, AdjustLine, StockChange
from desktop.services.stock_bulk import adjust_many
from desktop.views.common.cards import Divider, TwoLines, clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import PercentInput, QuantityInput
from desktop.views.common.scrolled import LinesBox
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.inventory.words import signed

MOST_SHOWN = 60


class BulkSheet(Sheet):
    """The preview follows every change; pressing the verb does exactly what it shows."""

    def __init__(
        self, parent: QWidget, context: Context, places: Sequence[Place], tree: CategoryTree, ids: Sequence[int]
    ) -> None:  # fmt: skip
        super().__init__(parent, _("Adjust many goods"), verb=_("Adjust"), icon="equalizer-line", width=680)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._window, self._ids, self._key = context, parent, tuple(ids), new_key()
        self.preview: BulkPreview | None = None
        options = [(place.id, place.name) for place in places if place.kind != "transit"]
        self.place = Select(options, options[0][0])
        kinds = [(LIST, _("{count} ticked goods").format(count=len(ids)))] if ids else []
        kinds += [(CATEGORY, _("One category")), (TAG, _("One tag")), (LOW, _("Under safety stock"))]
        self.scope = Select(kinds, kinds[0][0])
        nodes = [(node.id, "　" * node.depth + node.name) for node in tree.nodes]
        self.category = Select(nodes or [(None, "—")], nodes[0][0] if nodes else None)
        self.tag = TextInput(longest=24, hint=_("Tag on the products"))
        self._category_field, self._tag_field = Field(_("Category"), self.category), Field(_("Tag"), self.tag)
        ways = [(SET, _("Set to")), (ADD, _("Add")), (TAKE, _("Take away")), (PERCENT, _("By percent"))]
        self.how = Segment(ways, SET)
        self.amount, self.percent = QuantityInput(most=10**12), PercentInput()
        self.percent.setPlaceholderText(_("For example −10"))
        self._amount_field, self._percent_field = (
            Field(_("Quantity"), self.amount),
            Field(_("Percent"), self.percent),
        )
        reasons = [(key, _(words)) for key, words in ADJUST_REASONS.items() if key != "undone"]
        self.reason, self.note = Select(reasons, "count"), TextInput(longest=200)
        self._lay_out(len(options) > 1)
        self._wire()
        self._show()

    def _lay_out(self, several: bool) -> None:
        top = QWidget()
        row = hbox(top, gap=12)
        if several:
            row.addWidget(Field(_("Location"), self.place), 1)
        for field in (Field(_("Which goods"), self.scope), self._category_field, self._tag_field):
            row.addWidget(field, 1)
        self.summary = Label("", "small_b", "text2", wrap=True)
        box = LinesBox(220, (14, 6, 14, 6))
        self._rows = box.rows
        why = QWidget()
        foot = hbox(why, gap=12)
        foot.addWidget(Field(_("Reason"), self.reason), 1)
        foot.addWidget(Field(_("Note"), self.note), 1)
        self.add(top, self.how, self._amount_field, self._percent_field, self.summary, box, why)

    def _wire(self) -> None:
        for select in (self.place, self.scope, self.category):
            select.picked.connect(lambda _value: self._show())
        self.how.picked.connect(lambda _how: self._show())
        for entry in (self.tag, self.amount, self.percent):
            entry.textChanged.connect(lambda _text: self._ask())
        self.submitted.connect(self._save)

    def _show(self) -> None:
        self._category_field.setVisible(self.scope.value() == CATEGORY)
        self._tag_field.setVisible(self.scope.value() == TAG)
        percent = self.how.value() == PERCENT
        self._percent_field.setVisible(percent)
        self._amount_field.setVisible(not percent)
        self._ask()

    def _change(self) -> BulkChange | None:
        how = self.how.value()
        try:
            amount = self.percent.basis_points() if how == PERCENT else self.amount.milli()
        except ShopError:
            return None
        return BulkChange(how, amount) if amount is not None else None

    def _ask(self) -> None:
        self.preview, change = None, self._change()
        self.primary.setEnabled(False)
        kind = self.scope.value()
        tag = self.tag.value()
        if change is None or (kind == TAG and not tag):
            clear(self._rows)
            self.summary.setText(_("Say how the stock changes; what that does shows here first."))
            return
        scope = GoodsScope(
            kind, self.category.value() if kind == CATEGORY else None, tag if kind == TAG else "",
            self._ids if kind == LIST else (),
        )  # fmt: skip
        task = self._context.of(self).ask_latest("preview", bulk_preview, scope, change, self.place.value())
        task.then(self._previewed).otherwise(self.show_error)

    def _previewed(self, found: BulkPreview) -> None:
        self.preview = found
        good, bad = len(found.good), len(found.rows) - len(found.good)
        words = [ngettext("{count} changes", "{count} change", good).format(count=good)]
        if bad:
            words.append(_("{count} can’t and stay as they are").format(count=bad))
        if found.unchanged:
            words.append(_("{count} are so already").format(count=found.unchanged))
        self.summary.setText(" · ".join(words))
        self.primary.setEnabled(bool(found.good))
        self.primary.relabel(_("Adjust {count} goods").format(count=good) if good else _("Adjust"))
        clear(self._rows)
        for number, row in enumerate(sorted(found.rows, key=lambda r: not r.problem)[:MOST_SHOWN]):
            if number:
                self._rows.addWidget(Divider())
            self._rows.addWidget(self._row(row))
        if len(found.rows) > MOST_SHOWN:
            more = _("and {count} more").format(count=len(found.rows) - MOST_SHOWN)
            self._rows.addWidget(Label(more, "small", "text3", align="center"))
        self._rows.addStretch(1)

    def _row(self, row: BulkRow) -> QWidget:
        widget = QWidget()
        line = hbox(widget, margins=(0, 5, 0, 5), gap=10)
        line.addWidget(TwoLines(row.name, " · ".join(part for part in (row.code, row.problem) if part)), 1)
        effect = f"{quantity_text(row.before_milli)} → {quantity_text(row.after_milli)} {row.unit}"
        line.addWidget(Label(effect, "small_m", "danger_fg" if row.problem else "text", align="right"))
        delta = "—" if row.problem else signed(row.after_milli - row.before_milli)
        difference = Label(delta, "small_b", "text2", align="right")
        difference.setMinimumWidth(theme.px(64))
        line.addWidget(difference)
        return widget

    def _save(self) -> None:
        if self.preview is None:
            return
        lines = [
            AdjustLine(row.sku_id, counted_milli=row.after_milli, seen_milli=row.before_milli)
            for row in self.preview.good
        ]
        task = self._context.of(self).do(
            adjust_many, lines, reason=self.reason.value(), client_key=self._key, note=self.note.value(),
            location_id=self.place.value(),
        )  # fmt: skip
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, changes: tuple[StockChange, ...]) -> None:
        place = self.place.value()
        self.accept()
        text = _("Stock of {count} goods adjusted").format(count=len(changes))
        undo = partial(_undo, self._context, self._window, changes, place, new_key())
        self._context.toast(self._window, text, undo=undo)


def _undo(context: Context, window: QWidget, changes: Sequence[StockChange], place: Any, key: str) -> None:
    back = [change.back for change in changes]
    context.of(window).do(adjust_many, back, reason="undone", client_key=key, location_id=place)
