"""Printing from the list: the receipts of one order or several are fetched, the other papers when chosen."""

from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.order_papers import order_papers, pick_list
from desktop.queries.receipts import Receipt, receipt
from desktop.services.invoices import invoice_papers, number_invoices
from desktop.views.common.context import Context
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.printing import A4, RECEIPT_80
from desktop.views.orders.paper import receipt_lines
from desktop.views.orders.papers import LABEL, delivery_lines, invoice_lines, label_lines, pick_lines


class PrintRun:
    """One press of Print for one order or many."""

    def __init__(self, screen: QWidget, context: Context) -> None:
        self._screen, self._context = screen, context
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
        name = self._papers[0].code if len(self._papers) == 1 else _("orders")
        title = _("Print {number}").format(number=self._papers[0].short_code)
        if len(self._papers) > 1:
            title = _("Print {count} orders").format(count=len(self._papers))
        PrintSheet(self._screen, self._context, title, name, self._documents(tuple(ids)), self._sent).open()

    def _documents(self, ids: tuple[int, ...]) -> list[Document]:
        """The papers this person may print; names and addresses are only asked for with the paper that shows them."""
        shop, may = self._context.background.shop, self._context.may
        found = [
            Document("receipt", _("Receipt"), receipt_lines(self._papers), RECEIPT_80),
            Document("pick", _("Pick list"), (), A4, lambda scope: scope.ask(pick_list, ids), pick_lines),
        ]
        if may(order_papers):
            found += [
                Document(
                    "delivery",
                    _("Delivery note"),
                    (),
                    A4,
                    lambda scope: scope.ask(order_papers, ids),
                    delivery_lines,
                ),
                Document(
                    "label",
                    _("Parcel label"),
                    (),
                    LABEL,
                    lambda scope: scope.ask(order_papers, ids),
                    label_lines,
                ),
            ]
        if may(order_papers) and may(number_invoices):
            found.append(
                Document(
                    "invoice",
                    _("Invoice"),
                    (),
                    A4,
                    lambda scope: scope.device(invoice_papers, shop, ids),
                    invoice_lines,
                )
            )
        return found

    def _sent(self, where: str) -> None:
        self._context.toast(self._screen, _("Sent to {name}").format(name=where))
