"""A drawer counted: the shop's own coins and notes, and the notes of each other currency on a page of its own."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.queries.cash_sessions import counted_currencies
from desktop.views.cash.count_grid import CountGrid
from desktop.views.common.cards import vbox
from desktop.views.common.context import Context
from desktop.views.common.segment import Segment


class CountBook(QWidget):
    """Nothing but the grid of the shop's own currency until other ones are taken; `offered` when it knows them."""

    offered = Signal()

    def __init__(self, context: Context, currency: str, session_id: int = 0) -> None:
        super().__init__()
        self.grid = CountGrid(currency)
        self.others: dict[str, CountGrid] = {}
        self.pages = QStackedWidget()
        self.pages.addWidget(self.grid)
        self.which = Segment([(currency, currency)], currency)
        self.which.picked.connect(self._show)
        column = vbox(self, gap=10)
        column.addWidget(self.which)
        column.addWidget(self.pages)
        self.which.hide()
        context.of(self).ask(counted_currencies, session_id).then(self._offer).otherwise(lambda error: None)

    def _offer(self, codes: tuple[str, ...]) -> None:
        if codes:
            own = self.grid.currency
            self.which.set_options([(code, code) for code in (own, *codes)], own)
            for code in codes:
                self.others[code] = CountGrid(code, notes=True)
                self.pages.addWidget(self.others[code])
            self.which.show()
        self.offered.emit()

    def _show(self, code: Any) -> None:
        shown = self.others.get(str(code), self.grid)
        self.pages.setCurrentWidget(shown)
        shown.begin()

    def pieces(self) -> list[tuple[int, int]]:
        """What was counted of the shop's own."""
        return self.grid.pieces()

    def foreign(self) -> list[tuple[str, list[tuple[int, int]]]]:
        """What was counted of each other currency, where there was any."""
        return [(code, pieces) for code, grid in self.others.items() if (pieces := grid.pieces())]

    def problem(self) -> str:
        """What is wrong with a line, or nothing; its page is shown."""
        for code, grid in ((self.grid.currency, self.grid), *self.others.items()):
            if sentence := grid.problem():
                self.which.set_value(code)
                self._show(code)
                grid.problem()
                return sentence
        return ""
