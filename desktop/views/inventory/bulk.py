"""What can be done with many goods: levels for the ticked ones, a change with preview, a stocktake of them."""

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.categories import category_tree
from desktop.queries.places import places
from desktop.services.stock import set_levels
from desktop.services.stock_bulk import adjust_many
from desktop.services.stocktakes import begin_stocktake
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.context import Context
from desktop.views.common.paged_table import PagedTable
from desktop.views.inventory.bulk_sheet import BulkSheet
from desktop.views.inventory.levels import LevelsSheet


class BulkDeeds(QObject):
    """The actions of the bar under the list."""

    def __init__(self, screen: QWidget, context: Context, model: PagedTable, bar: BulkBar) -> None:
        super().__init__(screen)
        self._screen, self._context, self._model = screen, context, model
        for deed, words, icon, run in (
            (set_levels, _("Set levels"), "bar-chart-horizontal-line", self.set_levels),
            (adjust_many, _("Adjust"), "equalizer-line", self.adjust_many),
            (begin_stocktake, _("Count these"), "clipboard-line", self.count_these),
        ):
            button = bar.add(words, icon)
            button.clicked.connect(lambda *_clicked, run=run: run())
            button.setEnabled(context.may(deed))
        bar.cleared.connect(lambda: model.check_all(False))

    def set_levels(self) -> None:
        """Open the sheet for the levels of the ticked goods."""
        if self._context.may(set_levels):
            ids = sorted(self._model.checked)
            title = _("Levels of {count} goods").format(count=len(ids))
            LevelsSheet(self._screen.window(), self._context, title, ids, None).open()

    def adjust_many(self) -> None:
        """Open the sheet that changes the stock of many goods, the ticked ones first."""
        if self._context.may(adjust_many):
            scope = self._context.of(self._screen)
            scope.ask(places).then(
                lambda found: scope.ask(category_tree).then(lambda tree: self._open(found, tree))
            )

    def _open(self, found: Any, tree: Any) -> None:
        ids = tuple(sorted(self._model.checked))
        BulkSheet(self._screen.window(), self._context, found, tree, ids).open()

    def count_these(self) -> None:
        """Begin a stocktake of the ticked goods."""
        self._context.navigate("stocktakes", None, sku_ids=tuple(sorted(self._model.checked)))
