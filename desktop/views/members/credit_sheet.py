"""How far a member is trusted: the score orders ask for, and what unpaid orders may come to."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.member_credit import MemberCredit, member_credit
from desktop.services.member_credit import set_credit
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput, MoneyInput


class CreditSheet(Sheet):
    """Score and limit; an empty limit means the shop's."""

    def __init__(self, parent: QWidget, context: Context, member_id: int, done: Callable[[], Any]) -> None:
        super().__init__(parent, _("Credit"), verb=_("Save"), icon="shield-check-line", width=420)
        self._context, self._background, self._id, self._then = context, context.of(self), member_id, done
        self.score_box = IntegerInput(None, least=0, most=1_000)
        self.limit_box = MoneyInput(context.currency, None, least=0)
        self.score = Field(
            _("Credit score"), self.score_box, _("From 0 to 1,000; types of orders may ask for one")
        )
        self.limit = Field(_("Credit limit"), self.limit_box)
        self.owed = Label("", "small", "text2")
        self.add(self.score, self.limit, self.owed)
        self.primary.setEnabled(False)
        self.submitted.connect(self._go)
        self._background.ask(member_credit, member_id).then(self._show).otherwise(self.show_error)

    def _show(self, credit: MemberCredit) -> None:
        currency = self._context.currency
        self.score_box.setText(str(credit.score))
        if credit.own_minor is not None:
            self.limit_box.put(credit.own_minor)
        self.limit_box.setPlaceholderText(
            _("as the shop: {amount}").format(amount=Money(credit.shop_minor, currency))
        )
        owed = Money(credit.owed_minor, currency)
        self.owed.setText(_("Unpaid orders now: {amount}").format(amount=owed))
        self.primary.setEnabled(self._context.may(set_credit))

    def ready(self) -> bool:
        return check_all([self.score, self.limit])

    def _go(self) -> None:
        score, limit = self.score_box.number() or 0, self.limit_box.minor()
        task = self._background.do(set_credit, self._id, score, limit).busy(self.primary)
        task.then(self._saved).otherwise(self.show_error)

    def _saved(self, _nothing: object) -> None:
        self.accept()
        self._then()
