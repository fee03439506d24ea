"""What is put on an order by hand: a tag, and the reason why it has not left yet."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.queries.order_detail import OrderDetail
from desktop.queries.orders import order_tags
from desktop.services.chasing import LONGEST_REASON, give_late_reason
from desktop.services.order_tags import tag_order
from desktop.services.tags import LONGEST
from desktop.views.common.buttons import Button, secondary
from desktop.views.common.cards import clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextArea, TextInput
from desktop.views.common.toggle import Radio

REASONS = (
    N_("Out of stock, waiting for goods"),
    N_("Waiting for the customer’s answer"),
    N_("Address is not clear"),
    N_("The courier has not come"),
)
FEW = 5  # known tags offered


class LateReasonSheet(Sheet):
    """Keeps why an order has not left: one of the usual reasons, or own words."""

    def __init__(
        self, parent: QWidget, context: Context, order: OrderDetail, done: Callable[[], Any]
    ) -> None:
        title = _("Why is {number} not shipped?").format(number=order.short_code)
        text = _("The reason is kept on the order; the chase stops until the next time.")
        super().__init__(
            parent, title, verb=_("Keep reason"), text=text, icon="question-answer-line", width=440
        )
        self._context, self._order_id, self._done_with = context, order.id, done
        self.usual = [Radio(_(words)) for words in REASONS]
        self.other = Radio(_("Other"))
        choices = QWidget()
        column = vbox(choices, gap=6)
        for radio in (*self.usual, self.other):
            column.addWidget(radio)
            radio.toggled.connect(self._chosen)
        self.own = TextArea("", hint=_("In your own words"), lines=3)
        self.add(choices, self.own)
        self.own.hide()
        self.usual[0].setChecked(True)
        self.submitted.connect(self._go)

    def _chosen(self, _on: bool) -> None:
        self.own.setVisible(self.other.isChecked())
        if self.other.isChecked():
            self.own.setFocus()
        self.adjustSize()

    def reason(self) -> str:
        """What was chosen or typed."""
        if self.other.isChecked():
            return str(self.own.value())[: LONGEST_REASON + 1]
        return next(radio.text() for radio in self.usual if radio.isChecked())

    def _go(self) -> None:
        task = self._context.of(self).do(give_late_reason, self._order_id, self.reason()).busy(self.primary)
        task.then(self._kept).otherwise(self.show_error)

    def _kept(self, _nothing: object) -> None:
        self.accept()
        self._done_with()


class OrderTagSheet(Sheet):
    """Puts a tag on an order: a known word or a new one."""

    def __init__(self, parent: QWidget, context: Context, order: OrderDetail) -> None:
        super().__init__(parent, _("Add a tag"), verb=_("Add"), icon="price-tag-3-line", width=380)
        self._scope, self._order = context.of(self), order
        self.word = TextInput(longest=LONGEST, required=True)
        self._field = Field(_("Tag"), self.word)
        self._known = hbox(gap=6)
        self.add(self._field)
        self.body.addLayout(self._known)
        self.submitted.connect(self._go)
        self.word.setFocus()
        self._scope.ask(order_tags).then(self._offer)

    def _offer(self, names: tuple[str, ...]) -> None:
        clear(self._known)
        worn = {tag.name for tag in self._order.tags}
        for name in [name for name in names if name not in worn][:FEW]:
            self._known.addWidget(self._choice(name))
        self._known.addStretch(1)

    def _choice(self, name: str) -> Button:
        button = secondary(name, size=28)
        button.clicked.connect(partial(self.word.setText, name))
        return button

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        task = self._scope.do(tag_order, self._order.id, self.word.value()).busy(self.primary)
        task.then(lambda _tag: self.accept()).otherwise(self.show_error)
