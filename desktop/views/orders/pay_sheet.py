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
from desktop.queries.stored_value import STORED, StoredFacts, stored_facts
from desktop.services.fulfilment import BACK_OFFICE, pay_order
from desktop.services.settlement import TenderIn
from desktop.views.common.approve_sheet import TAKE, ask_if_limited
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.foreign_cash import ForeignCash
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
        super().__init__(parent, title, verb=_("Take payment"), icon="wallet-3-line", width=640)
        self.context, self.order, self._done_with, self._key = context, order, done, new_key()
        self.method = Segment([(key, method_word(key)) for key in BACK_OFFICE], "cash")
        self.handed = MoneyInput(order.currency, order.due_minor, least=order.due_minor)
        self.received = Field(_("Cash handed over"), self.handed)
        self.number = TextInput(hint=_("Number on the terminal slip or transfer"), longest=64)
        self.reference = Field(_("Reference"), self.number)
        self.change = Label("", "h3", "text")
        self.phone = PhonePayment(context, f"order:{order.id}", self._paid_by_phone)
        self.notes = ForeignCash(context, order.due_minor)
        self._stored = 0  # what the member has of stored value
        self._phones: list[str] = []
        self._offers: dict[str, OfferedMethod] = {}
        self.off = Label("", "small_m", "success_fg")
        self.off.hide()
        self.add(self.method, self.off, self.notes, self.received, self.reference, self.change, self.phone)
        self.method.picked.connect(self._method)
        self.handed.textChanged.connect(self._count)
        self.notes.changed.connect(self._noted)
        self.phone.routed.connect(self._routed)
        self.phone.changed.connect(self._follow)
        self.submitted.connect(lambda: self._go())
        self._method("cash")
        self._count()
        self._ask_offers()
        self.phone.resume()

    def _ask_offers(self) -> None:
        task = self.context.of(self).ask(
            offered, self.context.till_id, None, self.order.due_minor, currency=self.order.currency
        )
        task.then(self._offer).otherwise(lambda error: None)
        if self.order.buyer is not None and self.context.may(stored_facts):
            mine = self.context.of(self).ask(stored_facts, self.order.buyer.id)
            mine.then(self._offer_stored).otherwise(lambda error: None)

    def _offer(self, found: tuple[OfferedMethod, ...]) -> None:
        self._offers = {one.key: one for one in found}
        self._phones = [one.key for one in found if one.key in WALLETS and one.offered]
        self.phone.known = tuple(self._phones)
        self._show_ways()

    def _offer_stored(self, facts: StoredFacts) -> None:
        """The member's stored value is a way to pay when it is enough."""
        self._stored = facts.balance.total_minor if facts.enabled else 0
        self._show_ways()

    def _show_ways(self) -> None:
        stored = [STORED] if self._stored >= self.order.due_minor > 0 else []
        keys = [*BACK_OFFICE, *stored, *self._phones]
        self.method.set_options([(key, method_word(key)) for key in keys], self.method.value())
        self._method(str(self.method.value()))

    def _discount(self) -> int:
        """What the chosen way to pay takes off; foreign notes are reckoned at their rate and nothing else."""
        offer = self._offers.get(str(self.method.value()))
        foreign = self.method.value() == "cash" and bool(self.notes.code)
        return offer.discount_minor if offer is not None and not foreign else 0

    def _say_discount(self) -> None:
        off = self._discount()
        left = Money(self.order.due_minor - off, self.order.currency)
        words = _("Payment discount {amount}: take {left}")
        self.off.setText(words.format(amount=Money(-off, self.order.currency), left=left))
        self.off.setVisible(bool(off))

    def _noted(self) -> None:
        """Other notes were chosen, or more of them."""
        self._method(str(self.method.value()))

    def _method(self, method: str) -> None:
        by_phone = method in WALLETS
        self.notes.setVisible(method == "cash" and self.notes.offered)
        self.received.setVisible(method == "cash" and not self.notes.code)
        self.change.setVisible(method in ("cash", STORED))
        self.reference.setVisible(method not in ("cash", STORED, *WALLETS))
        self._count()
        self._say_discount()
        self.phone.setVisible(by_phone or self.phone.under_way)
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
        busy, wallet = self.phone.under_way, self.phone.wallet
        by_phone = self.method.value() in WALLETS
        self.phone.setVisible(by_phone or busy)
        self.method.setEnabled(not busy or wallet.silent)
        self.primary.setEnabled(not busy or (wallet.silent and not by_phone))
        stop = _("Close") if wallet.stopping else _("Stop the payment")
        self.cancel.relabel(stop if busy else _("Cancel"))
        self.adjustSize()

    def _count(self, _text: str = "") -> None:
        if self.method.value() == STORED:
            have, left = (
                Money(m, self.order.currency) for m in (self._stored, self._stored - self.order.due_minor)
            )
            self.change.setText(_("{have} stored, {left} after it").format(have=have, left=left))
            return
        handed = self.notes.worth_minor() if self.notes.code else 0
        if not self.notes.code and not self.handed.problem():
            handed = self.handed.minor() or 0
        over = handed - self.order.due_minor + self._discount()
        self.change.setText(_("Change {amount}").format(amount=Money(max(0, over), self.order.currency)))

    def ready(self) -> bool:
        if self.method.value() != "cash":
            return True
        return not self.notes.problem(self.order.due_minor) if self.notes.code else check_all([self.received])

    def reject(self) -> None:
        """Close; a payment that is under way is cancelled first, and who does not wait for it leaves it to the shop."""
        if self.phone.under_way and not self.phone.wallet.stopping:
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

    def _go(self, approval: int = 0) -> None:
        method = self.method.value()
        if method in WALLETS:
            self.phone.begin(self.order.due_minor)
            return
        foreign = self.notes.facts() if method == "cash" else {}
        received = (self.handed.minor() or 0) if method == "cash" and not foreign else 0
        off = self._discount()
        taken = self.order.due_minor - off
        tender = TenderIn(method, taken, received, self.number.value(), discount_minor=off, **foreign)
        task = self.context.of(self).do(
            pay_order, self.order.id, tender, self._key, warned=self.phone.wallet.silent, approval=approval
        )
        limited = ask_if_limited(self, self.context, TAKE, self._go)
        task.busy(self.primary).then(self._paid).otherwise(limited)

    def _paid_by_phone(self) -> None:
        self._paid("")

    def _paid(self, receipt_number: str) -> None:
        self.accept()
        self._done_with(receipt_number)
