"""What the orders screen does beside its list: parcels, pick-up, messages, and the next steps errors offer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.basics.i18n import _, ngettext
from desktop.queries.after_sale_offer import CaseOffer, case_offer
from desktop.queries.order_detail import OrderDetail
from desktop.queries.order_messages import Unread, unread_messages
from desktop.queries.order_parcels import ParcelRow
from desktop.queries.paste import read_pasted
from desktop.services.after_sales import Opened
from desktop.services.fulfilment import ship_order, undo_shipment
from desktop.services.order_messages import read_messages
from desktop.services.order_tags import tag_order, untag_order
from desktop.services.pickup import hand_over, new_pick_up_code
from desktop.services.tracking import ask_now
from desktop.views.common import say
from desktop.views.common.after_sale_sheet import AfterSaleSheet
from desktop.views.common.buttons import Button, secondary
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.orders.order_sheet import OrderSheet
from desktop.views.orders.pickup_sheet import CodeSheet, PickUpSheet
from desktop.views.orders.ship_sheet import ParcelSheet

if TYPE_CHECKING:
    from desktop.views.orders.screen import OrdersScreen


class Errands(QObject):
    """Belongs to one orders screen."""

    def __init__(self, screen: OrdersScreen, context: Context) -> None:
        super().__init__(screen)
        self.screen, self.context, self.scope = screen, context, screen.scope
        self.pick_up_button = secondary(_("Pick-up"), "qr-scan-2-line")
        self.pick_up_button.clicked.connect(self.pick_up)
        if not context.may(hand_over):
            self.pick_up_button.hide()
        self.unread_button = secondary("", "message-3-line")
        self.unread_button.hide()
        self.unread_button.clicked.connect(self._open_unread)
        self._unread = Unread(0, 0)
        screen.panel.parcel_wanted.connect(self.parcel)
        screen.panel.talked.connect(self._reload)
        screen.panel.untagged.connect(self.untag)

    def buttons(self) -> tuple[Button, ...]:
        """What stands in the head of the screen."""
        return self.unread_button, self.pick_up_button

    def commands(self) -> list[Command]:
        """What the palette offers."""
        found = [Command(_("Paste an order"), self.paste, icon="clipboard-line")]
        if self.context.may(hand_over):
            found.append(Command(_("Pick-up by code"), self.pick_up, icon="qr-scan-2-line"))
        return found if self.context.may(read_pasted) else found[1:]

    def paste(self) -> None:
        """Begin a new order with what a customer wrote."""
        self.screen.new_order()
        sheet = next((s for s in reversed(self.screen.findChildren(OrderSheet)) if s.isVisible()), None)
        if sheet is not None:
            sheet.paste.click()

    def teach(self) -> None:
        """Say what the next step of an error is while this screen is the one in front."""
        for key, label, go in (
            ("look_again", _("Look again"), self._reload),
            ("refund", _("Refund"), partial(self.screen.act, "refund")),
            ("aftersales", _("After-sales…"), partial(self.screen.act, "aftersales")),
            ("release", _("Release now"), partial(self.screen.act, "release")),
            ("write_message", _("Add note…"), partial(self.screen.act, "note")),
            ("new_pick_up_code", _("New pick-up code"), partial(self.screen.act, "code")),
            ("unpaid_orders", _("Unpaid orders"), partial(self.screen.open_filters, "unpaid")),
            ("change_quantity", _("Change order…"), partial(self.screen.act, "edit")),
        ):
            say.offer_step(key, label, go)

    def untag(self, tag_id: int) -> None:
        """Take a tag off the order at hand; undone by the toast."""
        order = self.screen.panel.order
        worn = next((tag for tag in order.tags if tag.id == tag_id), None) if order is not None else None
        if order is None or worn is None:
            return
        again = partial(self.scope.do, tag_order, order.id, worn.name)
        said = _("Tag “{name}” taken off").format(name=worn.name)
        self.scope.do(untag_order, order.id, tag_id).then(
            lambda _n: self.context.toast(self.screen, said, undo=lambda: (again(), None)[1])
        )

    # After-sales

    def after_sales(self, order: OrderDetail) -> None:
        """Open a case on the order at hand."""
        self.scope.ask(case_offer, order.id).then(self._offer)

    def _offer(self, offer: CaseOffer) -> None:
        AfterSaleSheet(self.screen, self.context, offer, self._case_opened).open()

    def _case_opened(self, opened: Opened) -> None:
        words = _("Case {code} opened").format(code=opened.code)
        go = partial(self.context.navigate, "aftersales", opened.case_id)
        self.context.toast(self.screen, words, undo=go, action=_("Open"))

    # Messages

    def ask_unread(self) -> None:
        """Count what members wrote and nobody has read."""
        self.scope.ask_latest("unread", unread_messages).then(self._show_unread).otherwise(lambda _e: None)

    def _show_unread(self, unread: Unread) -> None:
        self._unread = unread
        self.unread_button.relabel(
            ngettext("{count} new message", "{count} new messages", unread.count).format(count=unread.count)
        )
        self.unread_button.setVisible(bool(unread.count))

    def _open_unread(self) -> None:
        self._bring(self._unread.order_id)

    def _bring(self, order_id: int) -> None:
        """Select an order and show its panel, also where the panel lies over the list."""
        self.screen.open_item(order_id)
        self.screen.show_order(order_id)

    def seen(self, order: OrderDetail) -> None:
        """The order is on the screen: what the member wrote counts as read by who may answer."""
        if order.unread and self.context.may(read_messages):
            self.scope.do(read_messages, order.id).otherwise(lambda _e: None)

    def _reload(self) -> None:
        order = self.screen.panel.order
        if order is not None and self.screen.panel.isVisible():
            self.screen.show_order(order.id)

    # Parcels

    def parcel(self, verb: str, parcel: ParcelRow) -> None:
        """Ask the carrier about a parcel, correct it, or take it back."""
        order = self.screen.panel.order
        if order is None or not self.context.may(ship_order):
            return
        if verb == "edit":
            done = partial(self._say, _("Parcel corrected"))
            ParcelSheet(self.screen, self.context, parcel, done).open()
        elif verb == "ask":
            task = self.scope.device(ask_now, self.context.shop, parcel.id)
            task.then(lambda _n: self._say(_("The carrier answered"))).always(self._reload)
        else:
            words = _("Shipment of {number} taken back").format(number=order.short_code)
            self.scope.do(undo_shipment, order.id, parcel.id).then(lambda _n: self._say(words))

    def _say(self, words: str) -> None:
        self.context.toast(self.screen, words)

    # Pick-up

    def pick_up(self) -> None:
        """Ask for the code a customer shows."""
        PickUpSheet(self.screen, self.context, self._handed).open()

    def _handed(self, order_id: int, number: str) -> None:
        self._bring(order_id)
        self._say(_("Order {number} handed over").format(number=number))

    def make_code(self, order: OrderDetail) -> None:
        """Make a fresh pick-up code and show it once."""
        told = order.buyer is not None
        self.scope.do(new_pick_up_code, order.id).then(
            lambda code: CodeSheet(self.screen, order.short_code, code, told).open()
        )
