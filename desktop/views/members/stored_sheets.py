"""The sheets of stored value: top up, pay out, correct."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.queries.members import MemberDetail
from desktop.queries.order_words import method_word
from desktop.queries.stored_value import StoredFacts
from desktop.services.stored_value import BY_HAND, ToppedUp, correct_stored, pay_out, top_up
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.segment import Segment
from desktop.views.common.words_of_stored import tier_words
from desktop.views.members.stored import parts_words
from desktop.views.members.words import shown_name

QUICK = (100_00, 200_00, 500_00, 1_000_00)


def _minor(box: MoneyInput) -> int:
    """What is typed, or nothing while it is no amount."""
    try:
        return box.minor() or 0
    except ShopError:
        return 0


class TopUpSheet(Sheet):
    """Amount, way to pay, and what the member has after it; the tiers can be pressed."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        member: MemberDetail,
        facts: StoredFacts,
        done: Callable[[ToppedUp], Any],
    ) -> None:
        name = shown_name(member.name, member.code)
        super().__init__(
            parent,
            _("Top up {name}").format(name=name),
            verb=_("Take payment"),
            icon="wallet-3-line",
            width=460,
        )
        self._context, self._background = context, context.of(self)
        self._member, self._facts, self._then, self._key = member, facts, done, new_key()
        room = max(facts.least_minor, facts.most_minor - facts.balance.total_minor)
        self.amount = MoneyInput(context.currency, least=facts.least_minor, most=room, required=True)
        self._amount = Field(_("Amount"), self.amount)
        self.method = Segment([(key, method_word(key)) for key in BY_HAND], "cash")
        self.handed = MoneyInput(context.currency, least=0)
        self._handed = Field(_("Cash handed over"), self.handed, _("Leave empty when it is exact."))
        self.number = TextInput(hint=_("Number on the terminal slip or transfer"), longest=64)
        self._number = Field(_("Reference"), self.number)
        self._number.setVisible(False)
        self.add(self._amount)
        self.body.addLayout(self._quick())
        for tier in facts.tiers:
            self.add(Label(tier_words(tier, context.currency), "cap", "points_fg"))
        self.after = Label("", "small_b", wrap=True)
        self.add(self.method, self._handed, self._number, self.after)
        self.method.picked.connect(self._method)
        for box in (self.amount, self.handed):
            box.textChanged.connect(lambda _text: self._foresee())
        self.submitted.connect(self._go)
        self._foresee()
        self.amount.setFocus()

    def _quick(self) -> Any:
        row = hbox(gap=6)
        for minor in QUICK:
            button = secondary(Money(minor, self._context.currency).plain().removesuffix(".00"), size=30)
            button.clicked.connect(lambda _checked=False, m=minor: self.amount.put(m))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _method(self, method: str) -> None:
        self._handed.setVisible(method == "cash")
        self._number.setVisible(method != "cash")
        self._foresee()
        self.adjustSize()

    def _foresee(self) -> None:
        minor, currency = _minor(self.amount), self._context.currency
        bonus = self._facts.bonus_for(minor)
        after = Money(self._facts.balance.total_minor + minor + bonus, currency)
        words = [_("{amount} after it").format(amount=after)]
        if bonus:
            words.insert(0, _("{bonus} bonus on top").format(bonus=Money(bonus, currency)))
        over = _minor(self.handed) - minor
        if self.method.value() == "cash" and minor and over > 0:
            words.append(_("Change {amount}").format(amount=Money(over, currency)))
        self.after.setText(" · ".join(words))

    def ready(self) -> bool:
        return check_all([self._amount, self._handed] if self.method.value() == "cash" else [self._amount])

    def _go(self) -> None:
        method, cash = self.method.value(), self.method.value() == "cash"
        task = self._background.do(
            top_up, self._member.id, self.amount.minor() or 0, method,
            received_minor=(self.handed.minor() or 0) if cash else 0,
            reference="" if cash else self.number.value(), client_key=self._key,
        )  # fmt: skip
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, done: ToppedUp) -> None:
        self.accept()
        self._then(done)


class PayOutSheet(Sheet):
    """Gives the member's own money back, with the reason; the bonus stays."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        member: MemberDetail,
        facts: StoredFacts,
        done: Callable[[], Any],
    ) -> None:
        name, balance = shown_name(member.name, member.code), facts.balance
        super().__init__(
            parent,
            _("Pay out stored value of {name}").format(name=name),
            text=_("Only the member’s own money is paid out: {parts}.").format(
                parts=parts_words(balance.money_minor, balance.bonus_minor, context.currency)
            ),
            verb=_("Pay out"),
            icon="hand-coin-line",
            width=440,
        )
        self._background, self._member, self._then, self._key = context.of(self), member, done, new_key()
        self.amount = MoneyInput(
            context.currency, balance.money_minor, least=1, most=balance.money_minor, required=True
        )
        self.method = Segment([(key, method_word(key)) for key in BY_HAND], "cash")
        self.reason = TextInput(longest=120, required=True)
        self._fields = [Field(_("Amount"), self.amount), Field(_("Reason"), self.reason)]
        self.add(self._fields[0], self.method, self._fields[1])
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _go(self) -> None:
        amount, method, reason = self.amount.minor() or 0, self.method.value(), self.reason.value()
        task = self._background.do(pay_out, self._member.id, amount, method, reason, client_key=self._key)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _id: int) -> None:
        self.accept()
        self._then()


class CorrectStoredSheet(Sheet):
    """Adds to or takes from one of both parts, with the reason everybody will read."""

    def __init__(
        self, parent: QWidget, context: Context, member: MemberDetail, done: Callable[[], Any]
    ) -> None:
        name = shown_name(member.name, member.code)
        title = _("Correct stored value of {name}").format(name=name)
        super().__init__(parent, title, verb=_("Correct"), icon="edit-line", width=440)
        self._background, self._member, self._then, self._key = context.of(self), member, done, new_key()
        self.way = Segment([(1, _("Add")), (-1, _("Take away"))], 1)
        self.part = Segment([("money", _("Own money")), ("bonus", _("Bonus"))], "money")
        self.amount = MoneyInput(context.currency, least=1, required=True)
        self.reason = TextInput(longest=120, required=True)
        help_text = _("The member and the audit trail show it.")
        self._fields = [Field(_("Amount"), self.amount), Field(_("Reason"), self.reason, help_text)]
        self.add(self.way, self.part, *self._fields)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _go(self) -> None:
        delta = int(self.way.value()) * (self.amount.minor() or 0)
        both = (delta, 0) if self.part.value() == "money" else (0, delta)
        task = self._background.do(
            correct_stored, self._member.id, *both, self.reason.value(), client_key=self._key
        )
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _balance: Any) -> None:
        self.accept()
        self._then()
