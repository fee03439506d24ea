"""Printing from the list: the papers of one order or several are fetched, then the print sheet opens."""

from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.order_detail import Contact, OrderDetail, order_contact
from desktop.queries.receipts import Receipt, receipt
from desktop.views.common.context import Context
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.printing import A4, RECEIPT_80
from desktop.views.orders.paper import packing_lines, receipt_lines


class PrintRun:
    """One press of Print; `shown` is the order in the panel, whose packing list may come along."""

    def __init__(self, screen: QWidget, context: Context, shown: OrderDetail | None) -> None:
        self._screen, self._context, self._shown = screen, context, shown
        self._scope = context.of(screen)
        self._papers: list[Receipt] = []

    def start(self, ids: list[int]) -> None:
        """Fetch the receipts of these orders, one after the other."""
        self._next(ids, ids, None)

    def _next(self, ids: list[int], left: list[int], paper: Receipt | None) -> None:
        if paper is not None:
            self._papers.append(paper)
        if left:
            self._scope.ask(receipt, left[0]).then(partial(self._next, ids, left[1:]))
            return
        documents = [Document("receipt", _("Receipt"), receipt_lines(self._papers), RECEIPT_80)]
        order = self._shown
        mine = order is not None and ids == [order.id] and order.has_address
        if order is not None and mine and self._context.may(order_contact):
            self._scope.ask(order_contact, order.id).then(partial(self._with_packing, documents, order))
        else:
            self._sheet(documents)

    def _with_packing(self, documents: list[Document], order: OrderDetail, contact: Contact) -> None:
        packing = Document("packing", _("Packing list"), packing_lines([(order, contact)]), A4)
        self._sheet([*documents, packing])

    def _sheet(self, documents: list[Document]) -> None:
        name = self._papers[0].code if len(self._papers) == 1 else _("receipts")
        title = _("Print {number}").format(number=self._papers[0].short_code)
        if len(self._papers) > 1:
            title = _("Print {count} receipts").format(count=len(self._papers))
        PrintSheet(self._screen, self._context, title, name, documents, self._sent).open()

    def _sent(self, where: str) -> None:
        self._context.toast(self._screen, _("Sent to {name}").format(name=where))
