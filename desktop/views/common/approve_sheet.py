"""A manager's PIN for one payment or refund above somebody's limit."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.services.pay_limits import ASK_MANAGER, REFUND, TAKE, approve_by_pin
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import SecretInput


class ApproveSheet(Sheet):
    """Somebody who may approve types the PIN; `then(approval)` goes on with it."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        deed: str,
        amount_minor: int,
        then: Callable[[int], Any],
        text: str = "",
    ) -> None:
        amount = Money(amount_minor, context.currency)
        title = (
            _("Refund of {amount}: who approves?")
            if deed == REFUND
            else _("Payment of {amount}: who approves?")
        )
        super().__init__(
            parent.window(),
            title.format(amount=amount),
            verb=_("Approve"),
            icon="shield-user-line",
            width=380,
            text=text,
        )
        self._scope, self._shop, self._till = context.of(self), context.shop, context.till_id
        self._deed, self._amount, self._then = deed, amount_minor, then
        self.pin = SecretInput()
        self._field = Field(_("PIN of a manager"), self.pin, _("Good for this once"))
        self.add(self._field)
        self.submitted.connect(self._go)
        self.pin.setFocus()

    def ready(self) -> bool:
        if self.pin.value():
            return check_all([self._field])
        self._field.error(_("Fill this in"))
        return False

    def _go(self) -> None:
        task = self._scope.device(
            approve_by_pin, self._shop, self._till, self.pin.value(), self._deed, self._amount
        )
        task.busy(self.primary).then(self._approved).otherwise(self.show_error)

    def _approved(self, approval: int) -> None:
        self.accept()
        self._then(approval)


def ask_manager(
    widget: QWidget, context: Context, deed: str, error: ShopError, again: Callable[[int], Any]
) -> bool:
    """Whether a limit stopped it: then the PIN is asked for what the limit was asked for, and `again(approval)` goes on."""
    if error.next_step != ASK_MANAGER:
        return False
    ApproveSheet(widget, context, deed, int(error.fields["amount_minor"]), again, str(error)).open()
    return True


def ask_if_limited(
    sheet: Sheet, context: Context, deed: str, again: Callable[[int], Any]
) -> Callable[[Any], None]:
    """For a task's `otherwise`: a limit asks for the PIN and goes on `again(approval)`, any other error is shown."""

    def refused(error: Any) -> None:
        if not ask_manager(sheet, context, deed, error, again):
            sheet.show_error(error)

    return refused


__all__ = ["REFUND", "TAKE", "ApproveSheet", "ask_if_limited", "ask_manager"]
