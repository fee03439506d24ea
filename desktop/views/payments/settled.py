"""结算到账: what providers settle for each day, after refunds and their fees."""

from typing import Any

from PySide6.QtWidgets import QStackedWidget

from desktop.basics.i18n import _
from desktop.basics.money import SYMBOLS, Money
from desktop.queries.order_words import method_word
from desktop.queries.settlements import SettledRow, settlements_page
from desktop.views.common.cells import BadgeCell, Column, IconCell, Toned
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.method_icons import ICONS
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView


class SettledList(QStackedWidget):
    """One row a bill, newest day first; opening one goes to its day."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context, self.scope = context, context.of(self)
        self.model = PagedTable(self._columns(), self)
        self.table = TableView(self.model, name="settled")
        self.table.setAccessibleName(_("Settled"))
        self.table.opened.connect(self._open)
        hint = _(
            "Bring in the bills of Alipay and WeChat Pay under Reconciliation; each day’s sum stands here then."
        )
        self.none = EmptyState(_("No bill yet"), hint, why="first")
        self.addWidget(self.table)
        self.addWidget(self.none)
        self.model.loaded.connect(
            lambda _first: self.setCurrentWidget(self.table if self.model.rows else self.none)
        )

    def load(self) -> None:
        """Ask anew."""
        self.model.ask(lambda after: self.scope.ask(settlements_page, after))

    def _columns(self) -> list[Column]:
        symbol = SYMBOLS.get(self.context.currency, self.context.currency)

        def money(name: str) -> Any:
            return lambda row: Money(getattr(row, name), self.context.currency).plain()

        return [
            Column("day", _("Day"), 112, value=lambda row: f"{row.day:%Y-%m-%d}"),
            Column("method", _("Channel"), 130, "icon", value=self._method, stretch=True),
            Column(
                "paid", _("Paid {symbol}").format(symbol=symbol), 110, "number", value=money("paid_minor")
            ),
            Column(
                "back",
                _("Refunds {symbol}").format(symbol=symbol),
                100,
                "number",
                value=money("refunded_minor"),
            ),
            Column("fee", _("Fee {symbol}").format(symbol=symbol), 90, "number", value=money("fee_minor")),
            Column(
                "net", _("Settled {symbol}").format(symbol=symbol), 120, "money", value=money("net_minor")
            ),
            Column("state", _("Status"), 130, "badge", value=self._state),
        ]

    def _method(self, row: SettledRow) -> IconCell:
        icon, token = ICONS.get(row.method, ICONS["other"])
        return IconCell(icon, method_word(row.method), token)

    def _state(self, row: SettledRow) -> BadgeCell | Toned:
        if row.open:
            return BadgeCell(_("{count} to decide").format(count=f"{row.open:,}"), "danger", "alert")
        return BadgeCell(_("All fits"), "success", "done")

    def _open(self, row_id: int) -> None:
        row = self.model.row_at(self.model.row_of(row_id))
        if row is not None:
            self.context.navigate("reconcile", day=row.day)
