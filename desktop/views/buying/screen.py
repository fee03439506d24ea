"""Purchasing: orders at suppliers, the suppliers with their prices, and what went back."""

from functools import partial
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.queries.imports import import_runs
from desktop.queries.order_export import export_begins
from desktop.services.purchase_export import export_purchases, export_suppliers
from desktop.services.purchasing import make_order
from desktop.services.suppliers import save_supplier
from desktop.views.buying.list_page import ListPage
from desktop.views.buying.order_sheet import OrderSheet
from desktop.views.buying.orders_page import OrdersPage
from desktop.views.buying.returns_page import ReturnsPage
from desktop.views.buying.supplier_sheet import SupplierSheet
from desktop.views.buying.suppliers_page import SuppliersPage
from desktop.views.common import shortcuts
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.import_button import import_button
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment

TABLES = {
    "purchase_order", "purchase_line", "goods_receipt", "supplier", "supplier_sku", "supplier_return", "outbox",
}  # fmt: skip
OF_PAGE = {"orders": "purchase_order", "suppliers": "supplier", "returns": "supplier_return"}


class BuyingScreen(QWidget):
    """Three lists, one at a time."""

    key = "buying"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self.orders, self.suppliers = OrdersPage(context), SuppliersPage(context)
        self.returns = ReturnsPage(context)
        self.lists: dict[str, ListPage] = {
            "orders": self.orders, "suppliers": self.suppliers, "returns": self.returns,
        }  # fmt: skip
        self.pages = QStackedWidget()
        for page in self.lists.values():
            self.pages.addWidget(page)
        column.addWidget(self.pages, 1)
        self.orders.new_wanted.connect(self.open_new)
        self.suppliers.new_wanted.connect(self.open_supplier)
        self._keys()
        context.stale_when(self, TABLES, self._news)
        self.show_page("orders")

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Purchasing")

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [
            Command(_("New purchase order"), self.open_new, icon="add-line", keys=("N",)),
            Command(_("New supplier"), self.open_supplier, icon="truck-line"),
            Command(_("Suppliers"), lambda: self.show_page("suppliers"), icon="truck-line", keys=("2",)),
        ]

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Purchasing"), "h1"))
        line.addSpacing(6)
        words = [("orders", _("Purchase orders")), ("suppliers", _("Suppliers")), ("returns", _("Returns"))]
        self.choice = Segment(words, "orders")
        self.choice.picked.connect(self.show_page)
        line.addWidget(self.choice)
        line.addStretch(1)
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self.open_export)
        if not self._context.may(export_begins):
            self.export.hide()
        self.bring_in = import_button(self._context, "suppliers")
        self.new_supplier = secondary(_("New supplier"), "truck-line")
        self.new_supplier.clicked.connect(lambda: self.open_supplier())
        self.new = primary(_("New purchase order"), "add-line", key="N")
        self.new.clicked.connect(lambda: self.open_new())
        self.may = self._context.may(make_order) and self._context.may(save_supplier)
        for button in (self.new, self.new_supplier):
            button.setEnabled(self.may)
            button.setToolTip("" if self.may else _("Your role may not buy goods"))
        for button in (self.bring_in, self.export, self.new_supplier, self.new):
            line.addWidget(button)
        return line

    def _keys(self) -> None:
        shortcuts.on(self, "N", self.open_new, _("New purchase order"))
        shortcuts.on(self, "R", self._receive, _("Receive the selected order"))
        shortcuts.on(self, "E", self._edit, _("Edit the selected entry"))
        for number, key in enumerate(self.lists, 1):
            shortcuts.on(self, str(number), partial(self.show_page, key), _("Orders, suppliers, returns"))

    # What is shown

    @property
    def page(self) -> str:
        """Which list is shown."""
        return next(key for key, page in self.lists.items() if page is self.pages.currentWidget())

    def show_page(self, key: str) -> None:
        """Show one of the lists."""
        self.pages.setCurrentWidget(self.lists[key])
        self.choice.set_value(key)
        self.export.setEnabled(key != "returns")
        self.bring_in.setVisible(key == "suppliers" and self._context.may(import_runs))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.lists[self.page].table.setFocus()

    def _news(self, touched: dict[str, frozenset[int]]) -> None:
        for key, page in self.lists.items():
            page.refresh(touched.get(OF_PAGE[key]))

    # What the person does

    def open_new(self) -> None:
        """Open the sheet of a new order."""
        if self.may:
            OrderSheet(self.window(), self._context).open()

    def open_supplier(self) -> None:
        """Open the sheet of a new supplier."""
        if self.may:
            SupplierSheet(self.window(), self._context).open()

    def _receive(self) -> None:
        if self.page == "orders":
            self.orders.panel.open_receive()

    def _edit(self) -> None:
        panel = self.lists[self.page].panel
        if hasattr(panel, "open_edit"):
            panel.open_edit()

    def open_export(self) -> None:
        """Open the sheet that writes the shown list to a file."""
        page, day = self.lists[self.page], f"{self._context.now().astimezone(self._context.zone):%Y%m%d}"
        count = page.model.total or 0
        if self.page == "orders":
            title, write = _("Export purchase orders"), export_purchases
            ExportSheet(
                self, self._context, title, f"purchases-{day}", count, write, self.orders._filter()
            ).open()
        elif self.page == "suppliers":
            title, which = _("Export suppliers with their prices"), self.suppliers._filter()
            ExportSheet(self, self._context, title, f"suppliers-{day}", count, export_suppliers, which).open()

    def open_filters(self, view: str = "all", text: str = "") -> None:
        """Show a list, or orders of one state: `suppliers`, `returns`, `late`, `draft` …"""
        if view in self.lists:
            self.show_page(view)
        else:
            self.show_page("orders")
            self.orders.show_view(view, text)

    def open_item(self, row_id: int) -> None:
        """Select an entry of the shown list; orders unless another one was asked for just now."""
        self.lists[self.page].open_item(row_id)

    def state(self) -> tuple[Any, ...]:
        """The list, its tab and what is chosen, for a screen made anew."""
        page = self.lists[self.page]
        return self.page, page.view, page.table.current_id()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        key, view, chosen = state
        self.show_page(key)
        self.lists[key].show_view(view)
        if chosen:
            self.lists[key].open_item(chosen)
