"""Topping up: amount, way to pay, and what the member has after it; by hand, or by phone through a provider."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.queries.members import MemberDetail
from desktop.queries.order_words import method_word
from desktop.queries.pay_offer import OfferedMethod, offered
from desktop.queries.stored_value import StoredFacts
from desktop.services.stored_value import BY_HAND, ToppedUp, begin_top_up, drop_top_up, top_up
from desktop.views.common.approve_sheet import TAKE, ask_if_limited
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.phone_payment import PhonePayment
from desktop.views.common.segment import Segment
from desktop.views.common.wallet import WALLETS
from desktop.views.common.words_of_stored import tier_words
from desktop.views.members.words import shown_name

QUICK = (100_00, 200_00, 500_00, 1_000_00)


class TopUpSheet(Sheet):
    """Calls `done(top-up id)` once the money is there; the tiers are in sight, and what they add."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        member: MemberDetail,
        facts: StoredFacts,
        done: Callable[[int], Any],
    ) -> None:
        title = _("Top up {name}").format(name=shown_name(member.name, member.code))
        super().__init__(parent, title, verb=_("Take payment"), icon="wallet-3-line", width=640)
        self._context, self._background = context, context.of(self)
        self._member, self._facts, self._then, self._key = member, facts, done, new_key()
        self._begun = 0  # the top-up a wallet is asked for
        room = max(facts.least_minor, facts.most_minor - facts.balance.total_minor)
        self.amount = MoneyInput(context.currency, least=facts.least_minor, most=room, required=True)
        self._amount = Field(_("Amount"), self.amount)
        self.method = Segment([(key, method_word(key)) for key in BY_HAND], "cash")
        self.handed = MoneyInput(context.currency, least=0)
        self._handed = Field(_("Cash handed over"), self.handed, _("Leave empty when it is exact."))
        self.number = TextInput(hint=_("Number on the terminal slip or transfer"), longest=64)
        self._number = Field(_("Reference"), self.number)
        self.phone = PhonePayment(context, f"top_up:{self._key}", self._paid_by_phone)
        self.add(self._amount)
        self._choices: list[QWidget] = []
        self.body.addLayout(self._quick())
        for tier in facts.tiers:
            self.add(Label(tier_words(tier, context.currency), "cap", "points_fg"))
        self.after = Label("", "small_b", wrap=True)
        self.add(self.method, self._handed, self._number, self.phone, self.after)
        self.method.picked.connect(self._method)
        for box in (self.amount, self.handed):
            box.textChanged.connect(lambda _text: self._foresee())
        self.phone.routed.connect(self._routed)
        self.phone.changed.connect(self._follow)
        self.submitted.connect(self._go)
        self._method("cash")
        self.amount.setFocus()
        ask = self._background.ask(offered, context.till_id, member.id)
        ask.then(self._offer).otherwise(lambda error: None)

    def _quick(self) -> Any:
        row = hbox(gap=6)
        for minor in QUICK:
            button = secondary(Money(minor, self._context.currency).plain().removesuffix(".00"), size=30)
            button.clicked.connect(lambda _checked=False, m=minor: self.amount.put(m))
            self._choices.append(button)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _offer(self, found: tuple[OfferedMethod, ...]) -> None:
        phones = tuple(one.key for one in found if one.key in WALLETS and one.offered)
        self.method.set_options([(key, method_word(key)) for key in (*BY_HAND, *phones)], self.method.value())
        self.phone.known = phones

    def _method(self, method: str) -> None:
        by_phone = method in WALLETS
        self._handed.setVisible(method == "cash")
        self._number.setVisible(method not in ("cash", *WALLETS))
        self.phone.setVisible(by_phone)
        self.primary.relabel(_("Show a code") if by_phone else _("Take payment"))
        if by_phone:
            self.phone.choose(method)
        self._foresee()
        self.adjustSize()

    def _minor(self, box: MoneyInput) -> int:
        """What is typed, or nothing while it is no amount."""
        try:
            return box.minor() or 0
        except ShopError:
            return 0

    def _foresee(self) -> None:
        minor, currency = self._minor(self.amount), self._context.currency
        bonus = self._facts.bonus_for(minor)
        after = Money(self._facts.balance.total_minor + minor + bonus, currency)
        words = [_("{amount} after it").format(amount=after)]
        if bonus:
            words.insert(0, _("{bonus} bonus on top").format(bonus=Money(bonus, currency)))
        over = self._minor(self.handed) - minor
        if self.method.value() == "cash" and minor and over > 0:
            words.append(_("Change {amount}").format(amount=Money(over, currency)))
        self.after.setText(" · ".join(words))

    def ready(self) -> bool:
        return check_all([self._amount, self._handed] if self.method.value() == "cash" else [self._amount])

    # By hand

    def _go(self, approval: int = 0) -> None:
        method = self.method.value()
        if method in WALLETS:
            self._by_phone()
            return
        cash = method == "cash"
        task = self._background.do(
            top_up, self._member.id, self.amount.minor() or 0, method,
            received_minor=(self.handed.minor() or 0) if cash else 0,
            reference="" if cash else self.number.value(), client_key=self._key, approval=approval,
        )  # fmt: skip
        limited = ask_if_limited(self, self._context, TAKE, self._go)
        task.busy(self.primary).then(self._done).otherwise(limited)

    def _done(self, done: ToppedUp) -> None:
        self._give_up()
        self.accept()
        self._then(done.top_up_id)

    # By phone

    def _by_phone(self) -> None:
        """The top-up is kept before anybody is asked for its money; from then on its amount stays."""
        amount = self.amount.minor() or 0
        if self._begun:
            self.phone.begin(amount)
            return
        task = self._background.do(begin_top_up, self._member.id, amount, client_key=self._key)
        task.busy(self.primary).then(self._kept).otherwise(self.show_error)

    def _kept(self, top_up_id: int) -> None:
        self._begun = top_up_id
        for part in (self.amount, *self._choices):
            part.setEnabled(False)
        self.phone.begin(self.amount.minor() or 0)

    def _routed(self, method: str) -> None:
        """A payment code was scanned: it says itself which provider it is for."""
        self.method.set_value(method)
        self._method(method)
        if self.ready():
            self._by_phone()

    def _follow(self) -> None:
        """While money may come by phone nothing else is begun."""
        busy = self.phone.under_way
        self.method.setEnabled(not busy)
        self.primary.setEnabled(not busy)
        stop = _("Close") if self.phone.wallet.stopping else _("Stop the payment")
        self.cancel.relabel(stop if busy else _("Cancel"))
        self.adjustSize()

    def _paid_by_phone(self) -> None:
        made, self._begun = self._begun, 0
        self.accept()
        self._then(made)

    def _give_up(self) -> None:
        if self._begun:
            self._begun = 0
            self._context.background.do(drop_top_up, self._key)

    def reject(self) -> None:
        """Close; a payment that is under way is cancelled first, and who does not wait for it leaves it to the shop."""
        if self.phone.under_way and not self.phone.wallet.stopping:
            self.phone.stop()
            return
        if not self.phone.under_way:
            self._give_up()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.phone.let_go()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
            return
        super().keyPressEvent(event)
