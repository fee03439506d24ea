"""多币种: what was taken and given back in foreign notes, with the rate of each."""

from typing import Any

from PySide6.QtWidgets import QStackedWidget

from desktop.basics.i18n import _
from desktop.basics.money import SYMBOLS, Money
from desktop.basics.words import when_text
from desktop.queries.exchange import ForeignTender, foreign_page
from desktop.views.common.buttons import secondary
from desktop.views.common.cells import BadgeCell, Column, Toned
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView


class ForeignList(QStackedWidget):
    """Newest first; opening one goes to its order."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context, self.scope = context, context.of(self)
        self.model = PagedTable(self._columns(), self)
        self.table = TableView(self.model, name="foreign")
        self.table.setAccessibleName(_("Currencies"))
        self.table.opened.connect(self._open)
        hint = _("Choose under Settings, Currencies, which foreign money the tills take, and at which rates.")
        settings = secondary(_("Currencies"), "exchange-line")
        settings.clicked.connect(lambda: context.navigate("settings", page="currencies"))
        self.none = EmptyState(_("No foreign money was taken yet"), hint, why="first", primary=settings)
        self.addWidget(self.table)
        self.addWidget(self.none)
        self.model.loaded.connect(
            lambda _first: self.setCurrentWidget(self.table if self.model.rows else self.none)
        )

    def load(self) -> None:
        """Ask anew."""
        self.model.ask(lambda after: self.scope.ask(foreign_page, after))

    def _columns(self) -> list[Column]:
        symbol = SYMBOLS.get(self.context.currency, self.context.currency)
        head = _("In the shop’s money {symbol}").format(symbol=symbol)
        return [
            Column("at", _("Time"), 128, value=self._when),
            Column("code", _("Order"), 110, "strong", value=lambda row: row.order_code),
            Column("currency", _("Currency"), 80, value=lambda row: row.currency, stretch=True),
            Column("foreign", _("Notes"), 110, "number", value=self._notes),
            Column("rate", _("Rate"), 100, "number", value=lambda row: row.rate),
            Column("worth", head, 130, "number", value=self._worth),
            Column("kind", _("Kind"), 100, "badge", value=_kind),
        ]

    def _when(self, row: ForeignTender) -> str:
        return when_text(row.at, self.context.now(), self.context.zone)

    def _notes(self, row: ForeignTender) -> Toned:
        minor = -row.foreign_minor if row.refund else row.foreign_minor
        return Toned(Money(minor, row.currency).plain(), "danger" if row.refund else "text", strong=True)

    def _worth(self, row: ForeignTender) -> str:
        minor = -row.amount_minor if row.refund else row.received_minor
        return Money(minor, self.context.currency).plain()

    def _open(self, row_id: int) -> None:
        row: Any = self.model.row_at(self.model.row_of(row_id))
        if row is not None:
            self.context.navigate("orders", row.order_id)


def _kind(row: ForeignTender) -> BadgeCell:
    return (
        BadgeCell(_("Given back"), "info", "half") if row.refund else BadgeCell(_("Taken"), "success", "done")
    )
