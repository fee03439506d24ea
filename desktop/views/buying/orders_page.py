"""Purchase orders: newest first, by state, late ones apart."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.clock import shop_day
from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.queries.purchasing import (
    PurchaseFilter,
    PurchaseRow,
    purchases_by_state,
    purchases_count,
    purchases_page,
)
from desktop.services.purchasing import make_order
from desktop.views.buying.list_page import ListPage
from desktop.views.buying.order_panel import OrderPanel
from desktop.views.buying.words import badge_of, came_words, day_words
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.tabs import Tab


class OrdersPage(ListPage):
    """The list of purchase orders; `new_wanted` asks for the sheet of a new one."""

    key = "orders"
    title_words = N_("Purchase orders")
    new_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self._context = context
        super().__init__(context, OrderPanel(context), parent)

    def columns(self) -> list[Column]:
        return [
            Column("code", _("Purchase order"), 200, "two_line", stretch=True, value=self._name),
            Column("lines", _("Lines"), 64, "number", value=lambda row: f"{row.lines:,}"),
            Column("total", _("Amount ¥"), 104, "money", value=lambda row: Money(row.total_minor, row.currency).plain()),
            Column("came", _("Came"), 72, "number", value=came_words),
            Column("expected", _("Due on"), 96, value=self._expected),
            Column("state", _("Status"), 134, "badge", value=lambda row: BadgeCell(*badge_of(row))),
        ]  # fmt: skip

    def _today(self) -> Any:
        return shop_day(self._context.now(), self._context.zone)

    def _name(self, row: PurchaseRow) -> TwoLine:
        return TwoLine(row.supplier, row.code, icon="truck-line")

    def _expected(self, row: PurchaseRow) -> Any:
        words = day_words(row.expected_on, self._today()) if row.state in ("draft", "sent", "part") else ""
        return Toned(words, "danger", strong=True) if row.late else words

    def views(self, counts: dict[str, int]) -> list[Tab]:
        """Late orders have a tab only while there are some."""
        names = {
            "all": _("All"), "draft": _("Drafts"), "sent": _("Sent"), "part": _("Partly received"), "late": _("Overdue"),
            "closed": _("Closed"),
        }  # fmt: skip
        shown = [key for key in names if key != "late" or counts.get("late") or self.view == "late"]
        return [Tab(key, names[key], counts.get(key)) for key in shown]

    def first_words(self) -> Any:
        may = self._context.may(make_order)
        return (
            _("Nothing ordered yet"),
            _("Orders are made here, or by themselves from the restock list."),
            _("New purchase order"),
            self.new_wanted.emit if may else None,
        )

    def _filter(self) -> PurchaseFilter:
        return PurchaseFilter(self.view, self.text)

    def ask_page(self, after: Any) -> Any:
        return self.scope.ask(purchases_page, self._filter(), after)

    def ask_count(self) -> Any:
        return self.scope.ask(purchases_count, self._filter())

    def ask_counts(self) -> None:
        self.scope.ask_latest("counts", purchases_by_state).then(self.counted)
