"""A purchase order on paper: to a printer as lines, or as the PDF its supplier gets."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.queries.purchasing import PurchaseSheet
from desktop.services.purchase_papers import save_paper
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.print_sheet import Document, FileField, PrintSheet, documents_folder
from desktop.views.common.printing import PrintLine


def order_lines(sheet: PurchaseSheet) -> list[PrintLine]:
    """The order as lines: what, how much, at which price."""
    lines = [PrintLine(_("Purchase order"), sheet.code, 16, True), PrintLine(sheet.supplier, size=11)]
    if sheet.expected_on is not None:
        lines.append(PrintLine(_("Due on"), f"{sheet.expected_on:%Y-%m-%d}"))
    lines.append(PrintLine(rule=True))
    for line in sheet.lines:
        quantity = f"{quantity_text(line.qty_milli)} {line.unit}"
        price, amount = (
            Money(minor, sheet.currency).plain() for minor in (line.price_minor, line.amount_minor)
        )
        lines.append(PrintLine(f"{line.name}  {line.their_code or line.code}", amount, 10))
        lines.append(PrintLine(f"      {quantity} = {line.packs:,} × {price}", size=8))
    total = str(Money(sheet.total_minor, sheet.currency))
    return [*lines, PrintLine(rule=True), PrintLine(_("Total"), total, 12, True), PrintLine(sheet.note)]


def open_print(owner: QWidget, context: Context, sheet: PurchaseSheet) -> None:
    """Open the sheet that prints an order."""
    document = Document("order", _("Purchase order"), order_lines(sheet))

    def printed(where: str) -> None:
        context.toast(owner, _("Sent to {name}").format(name=where))

    title = _("Print order {number}").format(number=sheet.code)
    PrintSheet(owner.window(), context, title, sheet.code, [document], printed).open()


def open_pdf(owner: QWidget, context: Context, sheet: PurchaseSheet) -> None:
    """Open the sheet that writes the PDF."""
    PdfSheet(owner.window(), context, sheet).open()


class PdfSheet(Sheet):
    """Asks where the PDF goes."""

    def __init__(self, parent: QWidget, context: Context, order: PurchaseSheet) -> None:
        title = _("Order {number} as PDF").format(number=order.code)
        super().__init__(parent, title, verb=_("Write PDF"), icon="file-pdf-line", width=460)
        self._context, self._order = context, order
        self.file = FileField(documents_folder() / f"{order.code}.pdf", "PDF (*.pdf)")
        self._field = Field(_("File"), self.file)
        self.add(self._field)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        path: Path = self.file.path()
        owner = self.parentWidget() or self
        task = self._context.of(self).device(save_paper, self._context.shop, self._order.id, path)

        def done(_none: None) -> None:
            self.accept()
            self._context.toast(owner, _("Written to {name}").format(name=path.name))

        task.busy(self.primary).then(done).otherwise(self.show_error)
