"""The small sheets of an order: ship, take payment, note, cancel, save a view."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.queries.order_detail import OrderDetail
from desktop.queries.refund_preview import RefundPreview, refund_preview
from desktop.services.fulfilment import cancel_order, cancel_paid_order
from desktop.services.orders import add_note
from desktop.views.common.approve_sheet import REFUND, ask_if_limited
from desktop.views.common.cards import Facts
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import TextArea, TextInput
from desktop.views.common.refund_way import way_rows


class NoteSheet(Sheet):
    """A remark for the timeline."""

    def __init__(self, parent: QWidget, context: Context, order: OrderDetail) -> None:
        title = _("Note on {number}").format(number=order.short_code)
        super().__init__(parent, title, verb=_("Add note"), icon="chat-1-line", width=440)
        self.text_field = TextArea("", hint=_("Only staff see this"), lines=4)
        self.add(self.text_field)
        self.submitted.connect(partial(self._go, context, order.id))

    def _go(self, context: Context, order_id: int) -> None:
        task = context.of(self).do(add_note, order_id, self.text_field.value()).busy(self.primary)
        task.then(lambda _nothing: self.accept()).otherwise(self.show_error)


class CancelSheet(Sheet):
    """Cancels an order; says what comes back before it does."""

    def __init__(
        self, parent: QWidget, context: Context, order: OrderDetail, done: Callable[[], Any]
    ) -> None:
        self.paid = order.status == "to_ship"
        text = _("The goods it holds are free again.")
        if self.paid:
            left = Money(order.paid_minor - order.refunded_minor - order.points_minor, order.currency)
            text = _("{money} goes back. This can't be undone.")
            if order.points_spent:
                text = _("{money} and {points} points go back. This can't be undone.")
            text = text.format(money=left, points=f"{order.points_spent:,}")
        title = _("Cancel order {number}?").format(number=order.short_code)
        super().__init__(
            parent, title, verb=_("Cancel order"), text=text, icon="close-circle-line", tone="danger"
        )
        self.cancel.relabel(_("Keep order"))
        self.context, self.order, self._done_with, self._key = context, order, done, new_key()
        self.why = TextInput(hint=_("For example: customer changed their mind"), longest=200)
        self.add(Field(_("Reason"), self.why))
        self.facts = Facts()
        if self.paid and context.may(refund_preview):
            self.add(self.facts)
            part = order.part_shipped  # then only what is still here
            rest = [(line.id, line.open_milli if part else line.left_milli) for line in order.lines]
            freight = not part and bool(order.freight_minor + order.rounding_minor)
            task = context.of(self).ask(refund_preview, order.id, rest, freight)
            task.then(self._show_ways).otherwise(lambda _error: None)
        self.submitted.connect(lambda: self._go())

    def _show_ways(self, preview: RefundPreview) -> None:
        """By which ways the money goes back, and whose drawer pays."""
        self.facts.show_rows(way_rows(preview.ways, self.order.currency))
        self.adjustSize()

    def _go(self, approval: int = 0) -> None:
        reason = self.why.value() or _("Cancelled in the shop")
        scope = self.context.of(self)
        if self.paid:
            task = scope.do(cancel_paid_order, self.order.id, reason, self._key, approval)
        else:
            task = scope.do(cancel_order, self.order.id, reason, approval)
        limited = ask_if_limited(self, self.context, REFUND, self._go)
        task.busy(self.primary).then(self._gone).otherwise(limited)

    def _gone(self, _answer: object) -> None:
        self.accept()
        self._done_with()
