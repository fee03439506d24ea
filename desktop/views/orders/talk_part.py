"""What member and shop wrote to each other on an order, and the box to answer in."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.words import when_text
from desktop.queries.order_detail import OrderDetail
from desktop.queries.order_messages import MessageRow
from desktop.services.order_messages import LONGEST, answer_member, note_from_member
from desktop.views.common import say
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import NestedCard, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.inputs import TextArea
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment

ANSWER, SAID = "answer", "said"


class TalkPart(QWidget):
    """The messages of an order, the oldest first. What is half typed outlives a refresh: `typed` keeps it."""

    def __init__(
        self, context: Context, order: OrderDetail, typed: dict[int, str], sent: Callable[[], object]
    ) -> None:
        super().__init__()
        self._context, self._order, self._typed, self._sent, self._key = (
            context,
            order,
            typed,
            sent,
            new_key(),
        )
        self._scope = context.of(self)
        column = vbox(self, gap=8)
        head = hbox(gap=6)
        head.addWidget(Label(_("Messages"), "small_b"))
        if order.unread:
            head.addWidget(Badge(_("{count} new").format(count=order.unread), "warn", "alert", small=True))
        head.addStretch(1)
        column.addLayout(head)
        for message in order.messages:
            column.addWidget(_bubble(message, context.now(), context.zone))
        if context.may(answer_member):
            self._box(column)

    def _box(self, column: QVBoxLayout) -> None:
        self.way = Segment([(ANSWER, _("Answer")), (SAID, _("Customer said"))], ANSWER)
        if self._order.buyer is None:
            self.way.set_value(SAID)
            self.way.setEnabled(False)
        self.words = TextArea(self._typed.get(self._order.id, ""), hint=_("Write on this order"), lines=2)
        self.words.setAccessibleName(_("Message"))
        self.words.textChanged.connect(self._keep)
        self.send = secondary(_("Send"), "send-plane-line", size=28)
        self.send.clicked.connect(self._go)
        row = hbox(gap=8)
        row.addWidget(self.way)
        row.addStretch(1)
        row.addWidget(self.send)
        column.addWidget(self.words)
        column.addLayout(row)
        self._keep()

    def _keep(self) -> None:
        text = self.words.value()
        self.send.setEnabled(0 < len(text) <= LONGEST)
        if text:
            self._typed[self._order.id] = text
        else:
            self._typed.pop(self._order.id, None)

    def _go(self) -> None:
        verb = answer_member if self.way.value() == ANSWER else note_from_member
        task = self._scope.do(verb, self._order.id, self.words.value(), self._key).busy(self.send)
        task.then(self._done).otherwise(self._refused)

    def _done(self, _message: int) -> None:
        self._typed.pop(self._order.id, None)
        self._sent()

    def _refused(self, error: ShopError) -> None:
        self._key = new_key()
        say.error(self, error)


def _bubble(message: MessageRow, now: datetime, zone: ZoneInfo) -> QWidget:
    widget = QWidget()
    row = hbox(widget, gap=0)
    card = NestedCard(
        fill="primary_subtle" if message.mine else "subtle",
        border="primary_subtle" if message.mine else "border",
    )
    card.body.addWidget(Label(message.text, "small", "text", wrap=True))
    who = (message.who or _("Shop")) if message.mine else _("Customer")
    card.body.addWidget(Label(f"{who} · {when_text(message.at, now, zone)}", "cap", "text2"))
    if message.mine:
        row.addSpacing(28)
    row.addWidget(card, 1)
    if not message.mine:
        row.addSpacing(28)
    return widget
