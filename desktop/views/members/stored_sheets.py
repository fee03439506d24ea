"""The sheets of stored value that need the right: pay out, correct."""

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
from desktop.services.stored_value import BY_HAND, correct_stored, pay_out
from desktop.views.common.approve_sheet import REFUND, ask_if_limited
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.segment import Segment
from desktop.views.members.stored import parts_words
from desktop.views.members.words import shown_name


class PayOutSheet(Sheet):
    """Gives the member's own money back, with the reason; the bonus goes by the same share."""

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
        self._context = context
        self.amount = MoneyInput(
            context.currency, balance.money_minor, least=1, most=balance.money_minor, required=True
        )
        self._balance, self.lapses = balance, Label(style="small", color="text2", wrap=True)
        self.method = Segment([(key, method_word(key)) for key in BY_HAND], "cash")
        self.reason = TextInput(longest=120, required=True)
        self._fields = [Field(_("Amount"), self.amount), Field(_("Reason"), self.reason)]
        self.add(self._fields[0], self.lapses, self.method, self._fields[1])
        self.lapses.setVisible(bool(balance.bonus_minor))
        self.amount.textChanged.connect(lambda _text: self._say_bonus())
        self._say_bonus()
        self.submitted.connect(self._go)

    def _say_bonus(self) -> None:
        """What of the bonus goes with the amount typed."""
        try:
            amount = self.amount.minor() or 0
        except ShopError:
            amount = 0
        gone = Money(self._balance.lapses(min(amount, self._balance.money_minor)), self._context.currency)
        words = _("The same share of the bonus is taken back with it: {bonus}.")
        self.lapses.setText(words.format(bonus=gone))

    def ready(self) -> bool:
        return check_all(self._fields)

    def _go(self, approval: int = 0) -> None:
        amount, method, reason = self.amount.minor() or 0, self.method.value(), self.reason.value()
        task = self._background.do(
            pay_out, self._member.id, amount, method, reason, client_key=self._key, approval=approval
        )
        limited = ask_if_limited(self, self._context, REFUND, self._go)
        task.busy(self.primary).then(self._done).otherwise(limited)

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
