"""Suppliers by name, and beside the list what one of them sells."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.queries.suppliers import SupplierFilter, SupplierRow, suppliers_count, suppliers_page
from desktop.services.suppliers import save_supplier
from desktop.views.buying.list_page import ListPage
from desktop.views.buying.supplier_panel import SupplierPanel
from desktop.views.common.cells import BadgeCell, Column, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.tabs import Tab


class SuppliersPage(ListPage):
    """The list of suppliers; `new_wanted` asks for the sheet of a new one."""

    key = "suppliers"
    title_words = N_("Suppliers")
    new_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self._context = context
        super().__init__(context, SupplierPanel(context), parent)

    def first_view(self) -> str:
        return "active"

    def columns(self) -> list[Column]:
        return [
            Column("name", _("Supplier"), 190, "two_line", stretch=True, value=self._name),
            Column("goods", _("Goods"), 72, "number", value=lambda row: f"{row.goods:,}"),
            Column("lead", _("Lead time"), 84, value=self._lead),
            Column("open", _("Open orders"), 92, "number", value=lambda row: f"{row.open_orders:,}" if row.open_orders else ""),
            Column("worth", _("On the way ¥"), 108, "money", value=self._worth),
            Column("state", _("Status"), 96, "badge", value=self._state),
        ]  # fmt: skip

    def _name(self, row: SupplierRow) -> TwoLine:
        caption = " · ".join(part for part in (row.code, row.terms) if part)
        return TwoLine(row.name, caption, icon="truck-line")

    def _lead(self, row: SupplierRow) -> str:
        return _("next day") if row.lead_days == 1 else _("{count} days").format(count=row.lead_days)

    def _worth(self, row: SupplierRow) -> str:
        return Money(row.open_minor, row.currency).plain() if row.open_minor else ""

    def _state(self, row: SupplierRow) -> BadgeCell:
        return (
            BadgeCell(_("In use"), "success", "done")
            if row.active
            else BadgeCell(_("Off"), "neutral", "closed")
        )

    def views(self, counts: dict[str, int]) -> list[Tab]:
        return [Tab("active", _("In use"), counts.get("active")), Tab("off", _("Off"))]

    def first_words(self) -> Any:
        may = self._context.may(save_supplier)
        return (
            _("No suppliers yet"),
            _("Say who sells you what, in which packs and at what price."),
            _("New supplier"),
            self.new_wanted.emit if may else None,
        )

    def _filter(self) -> SupplierFilter:
        return SupplierFilter(self.text, self.view)

    def ask_page(self, after: Any) -> Any:
        return self.scope.ask(suppliers_page, self._filter(), after)

    def ask_count(self) -> Any:
        return self.scope.ask(suppliers_count, self._filter())

    def ask_counts(self) -> None:
        task = self.scope.ask_latest("counts", suppliers_count, SupplierFilter())
        task.then(lambda count: self.counted({"active": count}))
