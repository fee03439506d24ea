"""Pick-up: type or scan the customer's code, see whose order it is, hand the goods over."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import Money, quantity_text
from desktop.queries.order_detail import OrderDetail, order_detail
from desktop.services.pickup import DIGITS, Collectable, find_pick_up, hand_over
from desktop.views.common.cards import Facts, NestedCard, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture


class PickUpSheet(Sheet):
    """`done(order id, number)` after the goods were handed over; `renew(order id)` when the code was too old."""

    def __init__(self, parent: QWidget, context: Context, done: Callable[[int, str], Any]) -> None:
        text = _("Type or scan the code the customer shows. Each code works once.")
        super().__init__(parent, _("Pick-up"), verb=_("Find"), text=text, icon="qr-scan-2-line", width=460)
        self.context, self._done_with, self._key = context, done, new_key()
        self._scope = context.of(self)
        self._found: Collectable | None = None
        self.code = TextInput(hint="1234 5678", longest=20)
        self.field = Field(_("Pick-up code"), self.code)
        self.code.textChanged.connect(self._typed)
        self._holder = QWidget()
        self._column = vbox(self._holder, gap=8)
        self._holder.hide()
        self.add(self.field, self._holder)
        self.submitted.connect(self._go)
        self._typed()
        self.code.setFocus()

    def _typed(self, _text: str = "") -> None:
        digits = sum(ch.isdigit() for ch in self.code.value())
        self._found = None
        self._holder.hide()
        self.primary.relabel(_("Find"))
        self.primary.setEnabled(digits == DIGITS)
        self._fit()

    def _go(self) -> None:
        if self._found is None:
            shop = self._scope.shop
            task = self._scope.device(find_pick_up, shop, self.code.value()).busy(self.primary)
            task.then(self._have).otherwise(self._wrong)
            return
        found = self._found
        task = self._scope.do(hand_over, found.code_hash, self._key).busy(self.primary)
        task.then(lambda number: self._handed(found.order_id, number)).otherwise(self.show_error)

    def _wrong(self, error: ShopError) -> None:
        self.show_error(error)
        self.code.setFocus()
        self.code.selectAll()

    def _have(self, found: Collectable) -> None:
        self._found = found
        self._scope.ask(order_detail, found.order_id).then(self._show)

    def _show(self, order: OrderDetail) -> None:
        clear(self._column)
        card = NestedCard(fill="subtle", border="border")
        who = order.buyer.name if order.buyer else _("Customer")
        phone = order.buyer.phone if order.buyer else ""
        card.body.addWidget(Label(" · ".join(p for p in (order.short_code, who, phone) if p), "small_b"))
        for line in order.lines:
            if line.open_milli <= 0:
                continue
            row = hbox(gap=10)
            row.addWidget(ProductPicture(line.picture, 34, name=line.name))
            row.addWidget(Label(" · ".join(p for p in (line.name, line.pack) if p), "small_m"), 1)
            row.addWidget(Label(_("× {quantity}").format(quantity=quantity_text(line.open_milli)), "h3"))
            card.body.addLayout(row)
        facts = Facts()
        facts.show_rows([(_("Total paid"), str(Money(order.due_minor, order.currency)), "strong")])
        card.body.addWidget(facts)
        self._column.addWidget(card)
        self._holder.show()
        self.primary.relabel(_("Hand over"))
        self._fit()
        self.primary.setFocus()

    def _handed(self, order_id: int, number: str) -> None:
        self.accept()
        self._done_with(order_id, number)


class CodeSheet(Sheet):
    """A fresh pick-up code, shown once."""

    def __init__(self, parent: QWidget, number: str, code: str, told: bool) -> None:
        text = (
            _("The member was told. Earlier codes of this order no longer work.")
            if told
            else _("Tell it to the customer: it is not shown again. Earlier codes no longer work.")
        )
        title = _("Pick-up code for {number}").format(number=number)
        super().__init__(parent, title, text=text, icon="qr-code-line", width=400)
        self.shown = Label(code, "display", align="center")
        self.shown.setAccessibleName(_("Pick-up code"))
        self.add(self.shown)
