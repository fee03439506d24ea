"""Taking the money of an unpaid order: by hand, or by phone through a provider."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.queries.order_detail import OrderDetail
from desktop.queries.order_words import method_word
from desktop.queries.pay_offer import OfferedMethod, offered
from desktop.services.fulfilment import BACK_OFFICE, pay_order
from desktop.services.settlement import TenderIn
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.phone_payment import PhonePayment
from desktop.views.common.segment import Segment
from desktop.views.common.wallet import WALLETS


class PaySheet(Sheet):
    """Cash with its change, a slip's number, or a code for the customer's phone; `done` gets the receipt number."""

    def __init__(
        self, parent: QWidget, context: Context, order: OrderDetail, done: Callable[[str], Any]
    ) -> None:
        due = Money(order.due_minor, order.currency)
        title = _("Take {amount} for {number}").format(amount=due, number=order.short_code)
        super().__init__(parent, title, verb=_("Take payment"), icon="wallet-3-line", width=480)
        self.context, self.order, self._done_with, self._key = context, order, done, new_key()
        self.method = Segment([(key, method_word(key)) for key in BACK_OFFICE], "cash")
        self.handed = MoneyInput(order.currency, order.due_minor, least=order.due_minor)
        self.received = Field(_("Cash handed over"), self.handed)
        self.number = TextInput(hint=_("Number on the terminal slip or transfer"), longest=64)
        self.reference = Field(_("Reference"), self.number)
        self.change = Label("", "h3", "text")
        self.phone = PhonePayment(context, f"order:{order.id}", self._paid_by_phone)
        self.add(self.method, self.received, self.reference, self.change, self.phone)
        self.method.picked.connect(self._method)
        self.handed.textChanged.connect(self._count)
        self.phone.routed.connect(self._routed)
        self.phone.changed.connect(self._follow)
        self.submitted.connect(self._go)
        self._method("cash")
        self._count()
        self._ask_offers()

    def _ask_offers(self) -> None:
        task = self.context.of(self).ask(
            offered, self.context.till_id, None, self.order.due_minor, currency=self.order.currency
        )
        task.then(self._offer).otherwise(lambda error: None)

    def _offer(self, found: tuple[OfferedMethod, ...]) -> None:
        phones = [one.key for one in found if one.key in WALLETS and one.offered]
        keys = [*BACK_OFFICE, *phones]
        self.method.set_options([(key, method_word(key)) for key in keys], self.method.value())
        self.phone.known = tuple(phones)

    def _method(self, method: str) -> None:
        by_phone = method in WALLETS
        self.received.setVisible(method == "cash")
        self.change.setVisible(method == "cash")
        self.reference.setVisible(method not in ("cash", *WALLETS))
        self.phone.setVisible(by_phone)
        self.primary.relabel(_("Show a code") if by_phone else _("Take payment"))
        if by_phone:
            self.phone.choose(method)
        self.adjustSize()

    def _routed(self, method: str) -> None:
        """A payment code was scanned: it says itself which provider it is for."""
        self.method.set_value(method)
        self._method(method)
        self.phone.begin(self.order.due_minor)

    def _follow(self) -> None:
        """While money may come by phone nothing else is begun."""
        busy = self.phone.under_way
        self.method.setEnabled(not busy)
        self.primary.setEnabled(not busy)
        self.cancel.relabel(_("Stop the payment") if busy else _("Cancel"))
        self.adjustSize()

    def _count(self, _text: str = "") -> None:
        over = 0 if self.handed.problem() else (self.handed.minor() or 0) - self.order.due_minor
        self.change.setText(_("Change {amount}").format(amount=Money(max(0, over), self.order.currency)))

    def ready(self) -> bool:
        return self.method.value() != "cash" or check_all([self.received])

    def reject(self) -> None:
        """Close; a payment that is under way is cancelled first, and the sheet stays until that is sure."""
        if self.phone.under_way:
            self.phone.stop()
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.phone.let_go()
        super().closeEvent(event)

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
            return
        super().keyPressEvent(event)

    def _go(self) -> None:
        method = self.method.value()
        if method in WALLETS:
            self.phone.begin(self.order.due_minor)
            return
        received = (self.handed.minor() or 0) if method == "cash" else 0
        tender = TenderIn(method, self.order.due_minor, received, self.number.value())
        task = self.context.of(self).do(pay_order, self.order.id, tender, self._key).busy(self.primary)
        task.then(self._paid).otherwise(self.show_error)

    def _paid_by_phone(self) -> None:
        self._paid("")

    def _paid(self, receipt_number: str) -> None:
        self.accept()
        self._done_with(receipt_number)
