"""Printing from the list: the receipts of one order or several are fetched, the other papers when chosen."""

from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.queries.order_papers import order_papers, pick_list
from desktop.queries.receipts import Receipt, receipt
from desktop.services.invoices import invoice_papers, number_invoices
from desktop.services.print_jobs import print_receipt, print_refund
from desktop.views.common.buttons import Button, secondary
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
        sheet = PrintSheet(self._screen, self._context, title, name, self._documents(tuple(ids)), self._sent)
        self._offer_till(sheet)
        sheet.open()

    def _offer_till(self, sheet: PrintSheet) -> None:
        """Receipts can also go to this till's own printer; there a copy is marked with its number."""
        paid = [paper.order_id for paper in self._papers if paper.receipt_number]
        if not paid or not self._context.machine.get("printer", "") or not self._context.may(print_receipt):
            return
        button = secondary(_("Till’s receipt printer"), "printer-line")
        sheet.add_left(button)
        button.clicked.connect(lambda: self._to_till(sheet, button, paid))

    def _to_till(self, sheet: PrintSheet, button: Button, ids: list[int]) -> None:
        scope = self._context.of(sheet)
        for order_id in ids[:-1]:
            scope.do(print_receipt, order_id, new_key(), self._context.till_id)
        task = scope.do(print_receipt, ids[-1], new_key(), self._context.till_id).busy(button)
        task.then(lambda _job: self._queued(sheet)).otherwise(sheet.show_error)

    def _queued(self, sheet: PrintSheet) -> None:
        sheet.accept()
        self._context.toast(self._screen, _("Queued for the printer"))

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


def tell_refund(screen: QWidget, context: Context, text: str, refund_id: int) -> None:
    """Say what was given back; its paper can be printed at this till."""
    if not context.machine.get("printer", "") or not context.may(print_refund):
        context.toast(screen, text)
        return

    def paper() -> None:
        task = context.of(screen).do(print_refund, refund_id, new_key(), context.till_id)
        task.then(lambda _job: context.toast(screen, _("Queued for the printer")))

    context.toast(screen, text, undo=paper, action=_("Print the refund"))
