"""Short questions: why the rest does not come, on which day it comes, what a supplier gave back."""

from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.clock import shop_day
from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.purchasing import PurchaseSheet
from desktop.queries.supplier_returns import ReturnRow
from desktop.services.purchasing import close_order, set_expected
from desktop.services.supplier_returns import forget_credit, record_credit
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import DateInput, TextInput
from desktop.views.common.number_inputs import MoneyInput


class CloseSheet(Sheet):
    """Closes an order that not all came of."""

    def __init__(self, parent: QWidget, context: Context, order: PurchaseSheet) -> None:
        title = _("Close order {number}").format(number=order.code)
        text = _("What did not come is no longer on its way. This can’t be taken back.")
        super().__init__(
            parent, title, text=text, verb=_("Close order"), icon="checkbox-circle-line", width=440
        )
        self._context, self._order = context, order
        self.words = TextInput(longest=200, required=True)
        self.reason = Field(_("Why does the rest not come?"), self.words)
        self.add(self.reason)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self.reason])

    def _go(self) -> None:
        owner = self.parentWidget() or self

        def done(_none: None) -> None:
            self.accept()
            self._context.toast(owner, _("Purchase order closed"))

        task = self._context.of(self).do(close_order, self._order.id, self.words.value())
        task.busy(self.primary).then(done).otherwise(self.show_error)


class ExpectedSheet(Sheet):
    """Says when an order is expected now."""

    def __init__(self, parent: QWidget, context: Context, order: PurchaseSheet) -> None:
        title = _("When order {number} comes").format(number=order.code)
        super().__init__(parent, title, verb=_("Save"), icon="calendar-line", width=360)
        self._context, self._order = context, order
        self.day = DateInput(order.expected_on or shop_day(context.now(), context.zone))
        self.add(Field(_("Due on"), self.day))
        self.submitted.connect(self._go)

    def _go(self) -> None:
        owner, scope, order_id = self.parentWidget() or self, self._context.of(self), self._order.id

        def done(before: date | None) -> None:
            def undo() -> None:
                if before is not None:
                    self._context.of(owner).do(set_expected, order_id, before)

            self.accept()
            self._context.toast(owner, _("Saved"), undo=undo if before is not None else None)

        scope.do(set_expected, order_id, self.day.day()).busy(self.primary).then(done).otherwise(
            self.show_error
        )


class CreditSheet(Sheet):
    """Writes down what a supplier gave for a return."""

    def __init__(self, parent: QWidget, context: Context, row: ReturnRow) -> None:
        title = _("Credit for {number}").format(number=row.code)
        text = _("{amount} were expected.").format(amount=Money(row.expected_minor, row.currency))
        super().__init__(parent, title, text=text, verb=_("Save"), icon="refund-2-line", width=380)
        self._context, self._row = context, row
        self.given = MoneyInput(row.currency, row.expected_minor, required=True)
        self.amount = Field(_("Received"), self.given)
        self.add(self.amount)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self.amount])

    def _go(self) -> None:
        owner, context, return_id = self.parentWidget() or self, self._context, self._row.id

        def done(_none: Any) -> None:
            self.accept()

            def undo() -> None:
                context.of(owner).do(forget_credit, return_id)

            context.toast(owner, _("Credit written down"), undo=undo)

        minor = self.given.minor() or 0
        task = context.of(self).do(record_credit, return_id, minor)
        task.busy(self.primary).then(done).otherwise(self.show_error)
