"""Begin a stocktake: where, which goods, and whether sales go on meanwhile."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.queries.categories import CategoryTree, category_tree
from desktop.queries.goods_scope import ALL, CATEGORY, LOW, SAMPLE, STALE, TAG, GoodsScope
from desktop.queries.places import Place
from desktop.queries.stocktakes import SCOPE_WORDS, scope_size
from desktop.services.stocktakes import CountPlan, begin_stocktake, post_stocktake
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput
from desktop.views.common.segment import Segment
from desktop.views.common.toggle import CheckBox

CHOICES = (ALL, CATEGORY, TAG, STALE, SAMPLE, LOW)


class NewStocktakeSheet(Sheet):
    """Asks what is counted; says at once how many kinds of goods that is."""

    def __init__(
        self, parent: QWidget, context: Context, places: Sequence[Place], done: Callable[[int], Any],
        sku_ids: Sequence[int] = (),
    ) -> None:  # fmt: skip
        super().__init__(parent, _("New stocktake"), verb=_("Begin"), icon="clipboard-line", width=520)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._then, self._key = context, done, new_key()
        self._chosen = tuple(sku_ids)
        self.name = TextInput(longest=60, hint=_("For example: end of November"))
        options = [(place.id, place.name) for place in places if place.kind != "transit"]
        self.place = Select(options, options[0][0])
        kinds = [("list", _("Chosen goods"))] if self._chosen else []
        self.scope = Select(
            [*kinds, *((key, _(SCOPE_WORDS[key])) for key in CHOICES)], "list" if kinds else ALL
        )
        self.category = Select([(None, _("All categories"))])
        self.tag = TextInput(longest=24, hint=_("Tag on the products"))
        self.days = IntegerInput(30, least=1, most=3650, unit=_("days"))
        self.many = IntegerInput(20, least=1, most=5_000, unit=_("goods"))
        self._details = {
            CATEGORY: Field(_("Category"), self.category),
            TAG: Field(_("Tag"), self.tag),
            STALE: Field(_("Not counted for"), self.days),
            SAMPLE: Field(_("How many, drawn at random"), self.many),
        }
        self.mode = Segment([("running", _("Sales go on")), ("frozen", _("Hold the goods still"))], "running")
        self.hint = Label("", "cap", "text2", wrap=True)
        self.blind = CheckBox(_("Blind: who counts does not see what should be there"))
        self.size_words = Label("", "small_b", "text2")
        self.add(
            Field(_("Counted at"), self.place), Field(_("Which goods"), self.scope), *self._details.values()
        )
        self.add(
            self.mode, self.hint, self.blind, Field(_("Name of the stocktake"), self.name), self.size_words
        )
        self._may_freeze = context.may(post_stocktake)
        self.mode.setEnabled(self._may_freeze)
        self._wire()
        context.of(self).ask(category_tree).then(self._show_tree)
        self._show()

    def _wire(self) -> None:
        for select in (self.place, self.scope, self.category):
            select.picked.connect(lambda _value: self._show())
        for entry in (self.tag, self.days, self.many):
            entry.textChanged.connect(lambda _text: self._ask_size())
        self.mode.picked.connect(lambda _mode: self._show())
        self.submitted.connect(self._go)

    def _show_tree(self, tree: CategoryTree) -> None:
        options = [(node.id, "　" * node.depth + node.name) for node in tree.nodes]
        if options:
            self.category.set_options(options, options[0][0])
        self._ask_size()

    def _show(self) -> None:
        for key, field in self._details.items():
            field.setVisible(self.scope.value() == key)
        frozen = self.mode.value() == "frozen"
        running = _("What is sold after a line was counted makes no difference to it.")
        still = _(
            "Nothing of these goods can be sold or moved here until the stocktake is posted or cancelled."
        )
        self.hint.setText(still if frozen else running)
        self.hint.look(color="warn_fg" if frozen else "text2")
        self.adjustSize()
        self._ask_size()

    def goods_scope(self) -> GoodsScope:
        """The goods as chosen. Raises `ShopError` for a number that is none."""
        kind = self.scope.value()
        return GoodsScope(
            kind, self.category.value() if kind == CATEGORY else None, self.tag.value() if kind == TAG else "",
            self._chosen if kind == "list" else (), self.days.number() or 30, self.many.number() or 20,
        )  # fmt: skip

    def _ask_size(self) -> None:
        try:
            scope = self.goods_scope()
        except ShopError:
            return
        self._context.of(self).ask_latest("size", scope_size, scope, self.place.value()).then(self._sized)

    def _sized(self, count: int) -> None:
        words = ngettext("{count} kind of goods to count", "{count} kinds of goods to count", count)
        self.size_words.setText(words.format(count=f"{count:,}"))
        self.primary.setEnabled(count > 0)

    def ready(self) -> bool:
        return check_all([field for key, field in self._details.items() if key == self.scope.value()])

    def _scope_words(self) -> str:
        kind = self.scope.value()
        if kind == CATEGORY:
            return str(self.category.currentText().strip())
        if kind == TAG:
            return self.tag.value()
        if kind == STALE:
            return _("({days} days)").format(days=self.days.number())
        return ""

    def _go(self) -> None:
        plan = CountPlan(
            self.place.value(), self.goods_scope(), self.name.value(), self.mode.value() == "frozen",
            self.blind.isChecked(), self._scope_words(),
        )  # fmt: skip
        task = self._context.of(self).do(begin_stocktake, plan, client_key=self._key)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, stocktake_id: int) -> None:
        self.accept()
        self._then(stocktake_id)
