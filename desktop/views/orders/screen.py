"""Orders: the list at left, the order at right, and every verb within reach of one key."""

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.queries.order_detail import OrderDetail, order_detail
from desktop.queries.order_draft import draft_now
from desktop.queries.order_export import export_begins
from desktop.queries.order_search import OrderFilter
from desktop.queries.order_words import given_back_words
from desktop.queries.orders import OrdersSum, orders_today
from desktop.queries.stuck import stuck_orders
from desktop.services.export import export_orders
from desktop.services.fulfilment import receive_order, undo_shipment
from desktop.services.order_queue import release_order
from desktop.services.orders import create_order
from desktop.services.refunds import Refunded
from desktop.views.common import remember, shortcuts
from desktop.views.common.buttons import icon_button, primary, secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.check_sheet import CheckSheet
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.import_button import import_button
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.orders.detail import RIGHTS, DetailPanel, can
from desktop.views.orders.errands import Errands
from desktop.views.orders.mark_sheets import LateReasonSheet, OrderTagSheet
from desktop.views.orders.order_list import SHIPPED_VIEWS, OrderList
from desktop.views.orders.order_sheet import OrderSheet
from desktop.views.orders.pay_sheet import PaySheet
from desktop.views.orders.print_run import PrintRun, tell_refund
from desktop.views.orders.refund_sheet import RefundSheet
from desktop.views.orders.sheets import CancelSheet, NoteSheet
from desktop.views.orders.ship_sheet import ShipManySheet, ShipSheet

MARGINS = (24, 20, 24, 20)
PANEL, GAP = 352, 12
DOCKED_FROM = 1360  # window width below which the panel lies over the list
STEPS = {  # verbs without a question, and what is said afterwards
    "release": (release_order, N_("Order {number} is released")),
    "receive": (receive_order, N_("Order {number} is done")),
    "undo": (undo_shipment, N_("Shipment of {number} taken back")),
}
TABLES = {
    "sale_order",
    "order_tag",
    "order_line",
    "tender",
    "refund",
    "shipment",
    "member",
    "saved_view",
    "order_message",
    "provider_refund",
}


class OrdersScreen(QWidget):
    """The orders of the shop."""

    key = "orders"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        self._begun = False
        column = vbox(self, margins=MARGINS, gap=16)
        head = self._head()
        column.addLayout(head)
        self.list = OrderList(context)
        column.addWidget(self.list, 1)
        self.panel = DetailPanel(context, self)
        self.panel.hide()
        self.errands = Errands(self, context)
        for button in self.errands.buttons():
            head.insertWidget(head.indexOf(self.check), button)
        self.list.chosen.connect(self._chosen)
        self.list.opened.connect(self._open)
        self.list.bulk.connect(self._bulk)
        self.list.new_asked.connect(self.new_order)
        self.panel.wanted.connect(self.act)
        self.panel.moved.connect(self._move)
        self.panel.dismissed.connect(self.close_panel)
        self._keys()
        context.stale_when(self, TABLES, self._refresh)

    def title(self) -> str:
        """The screen's name."""
        return _("Orders")

    def _head(self) -> Any:
        row = hbox(gap=8)
        row.addWidget(Label(_("Orders"), "h1"))
        self.today = Label("", "small", "text2")
        row.addSpacing(4)
        row.addWidget(self.today)
        row.addStretch(1)
        self.check = icon_button("stethoscope-line", _("Check orders and points"), framed=True)
        row.addWidget(import_button(self.context, "orders"))
        self.export = secondary(_("Export"), "download-2-line")
        self.new = primary(_("New order"), "add-line", key="N")
        for button, deed, run in (
            (self.check, stuck_orders, self._check),
            (self.export, export_begins, self._export),
            (self.new, create_order, self.new_order),
        ):
            button.clicked.connect(run)
            if not self.context.may(deed):
                button.setEnabled(False)
                button.setToolTip(_("Your role may not do this."))
            row.addWidget(button)
        return row

    def _keys(self) -> None:
        shortcuts.on(self, "N", self.new_order, _("New order"))
        shortcuts.on(self, "S", partial(self.act, "ship"), _("Ship"))
        shortcuts.on(self, "P", partial(self.act, "print"), _("Print"))
        shortcuts.on(self, "/", self.list.bar.search.setFocus, _("Search in this page"))

    def commands(self) -> list[Command]:
        """What the palette offers about the order at hand."""
        order = self.panel.order
        found = [Command(_("New order"), self.new_order, icon="add-line", keys=("N",))]
        found += self.errands.commands()
        if self.context.may(stuck_orders):
            found.append(Command(_("Check orders and points"), self._check, icon="stethoscope-line"))
        if order is None or not self.panel.isVisible():
            return found
        hint = f"{order.short_code} · {Money(order.due_minor, order.currency)}"
        words = {
            "ship": (_("Ship the current order"), "truck-line"),
            "refund": (_("Refund the current order"), "refund-2-line"),
            "print": (_("Print the current order"), "printer-line"),
            "pay": (_("Take payment for the current order"), "wallet-3-line"),
        }
        ways = can(order, self.context.now())
        return [Command(t, partial(self.act, v), hint, i) for v, (t, i) in words.items() if v in ways] + found

    # Coming and going

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)
        self.errands.teach()
        if not self._begun:
            self._begun = True
            self.list.table.setFocus()
            self.list.ask_views()
            self._ask_today()
            if self.list.filters == OrderFilter():
                self.list.show_view(remember.get("orders/view", "all") if not self.list.wanted_id else "all")
        self._place()

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def open_item(self, order_id: int) -> None:
        """Select an order, or show it beside the list when the list does not hold it."""
        self.list.wanted_id = order_id
        if not self.list.table.go_to(order_id):
            self.list.table.go_nowhere()
            self.show_order(order_id)

    def open_filters(self, view: str = "", **filters: Any) -> None:
        """Show a saved view by key, or the orders that fit these filters."""
        self._begun = True
        self.list.ask_views()
        self._ask_today()
        if view in SHIPPED_VIEWS and not filters:
            self.list.show_view(view)
            return
        names = {key: str(filters.pop(f"{key}_name", "")) for key in ("member_id", "sku_id")}
        known = {k: v for k, v in filters.items() if k in OrderFilter.__slots__}
        self.list.tabs.set_value("all")
        wanted = OrderFilter(**known)
        self.list.bar.show_filters(wanted, names)
        self.list.show_filters(wanted)

    def state(self) -> tuple[Any, ...]:
        """Filters, tab, sort and open order, for a screen made anew."""
        order = self.panel.order if self.panel.isVisibleTo(self) else None
        return self.list.state(), order.id if order is not None else 0

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        where, order_id = state
        self._begun = True
        self._ask_today()
        self.list.stand(where)
        if order_id:
            self.open_item(order_id)

    def _refresh(self, touched: dict[str, frozenset[int]]) -> None:
        if "saved_view" in touched:
            self.list.ask_views()
        if touched.keys() - {"saved_view"}:
            self.list.model.refresh(touched.get("sale_order"))
            self.list.ask_counts()
            self._ask_today()
            order = self.panel.order
            if order is not None and self.panel.isVisible():
                self.show_order(order.id)

    def _ask_today(self) -> None:
        self.errands.ask_unread()
        self.scope.ask_latest("today", orders_today).then(self._show_today).otherwise(lambda _e: None)

    def _show_today(self, today: OrdersSum) -> None:
        money = Money(today.due_minor, self.context.currency)
        self.today.setText(_("{count} orders today · {money}").format(count=f"{today.count:,}", money=money))

    # The panel

    def docked(self) -> bool:
        """Whether there is room for the panel beside the list."""
        return self.window().width() >= DOCKED_FROM

    def _chosen(self, order_id: int | None) -> None:
        if order_id is None:
            if self.docked() and not self.list.wanted_id:
                self.panel.hide()  # without taking the keyboard from whoever is typing a search
                self._place()
            return
        if self.list.wanted_id and order_id != self.list.wanted_id and not self.list.table.hasFocus():
            if not self.list.table.go_to(self.list.wanted_id):
                return
            order_id = self.list.wanted_id
        self.list.wanted_id = 0
        if self.docked() or self.panel.isVisible():
            self.show_order(order_id)

    def _open(self, order_id: int) -> None:
        self.list.wanted_id = 0
        self.show_order(order_id)

    def show_order(self, order_id: int) -> None:
        """Show an order's panel, whatever the list has."""
        self.scope.ask_latest("detail", order_detail, order_id).then(self._have)

    def _have(self, order: OrderDetail) -> None:
        self.panel.show_order(order)
        self.panel.show()
        self._place()
        self.errands.seen(order)

    def close_panel(self) -> None:
        """Give the list the whole width."""
        self.panel.hide()
        self._place()
        self.list.table.setFocus()

    def _move(self, by: int) -> None:
        row = self.list.model.row_of(self.panel.order.id) if self.panel.order else -1
        following = self.list.model.row_at(row + by)
        if following is not None:
            self.list.table.go_to(following.id)

    def _place(self) -> None:
        width = theme.px(PANEL)
        beside = self.panel.isVisible() and self.docked()
        layout = self.layout()
        assert layout is not None
        left, top, right, bottom = MARGINS
        self.list.setMaximumWidth(max(200, self.width() - left - right - ((width + GAP) if beside else 0)))
        where = self.list.geometry()
        self.panel.setGeometry(self.width() - right - width, where.top(), width, where.height())
        self.panel.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.panel.isVisible() and not self.docked():
            self.close_panel()
            return
        super().keyPressEvent(event)

    # Verbs

    def act(self, verb: str) -> None:
        """Do something to the order at hand, or to the ticked ones."""
        if verb in RIGHTS and not self.context.may(RIGHTS[verb]):
            return
        if verb in ("ship", "print") and len(self.list.ticked()) >= 2:
            self._bulk(verb)
            return
        order = self.panel.order
        if order is None or not self.panel.isVisible() or verb not in can(order, self.context.now()):
            return
        if verb in STEPS:
            step, said = STEPS[verb]
            self.scope.do(step, order.id).then(lambda _n: self._say(_(said), order))
        elif verb == "edit":
            self.scope.ask(draft_now, order.id).then(partial(self._edit, order))
        elif verb == "print":
            self._print([order.id])
        elif verb == "pickup":
            self.errands.pick_up()
        elif verb == "code":
            self.errands.make_code(order)
        elif verb == "aftersales":
            self.errands.after_sales(order)
        else:
            self._sheet(verb, order).open()

    def _sheet(self, verb: str, order: OrderDetail) -> Sheet:
        if verb == "pay":
            return PaySheet(self, self.context, order, partial(self._paid, order))
        if verb == "ship":
            return ShipSheet(self, self.context, order, self._shipped)
        if verb == "refund":
            return RefundSheet(self, self.context, order, partial(self._refunded, order))
        if verb == "cancel":
            done = partial(self._say, _("Order {number} cancelled"), order)
            return CancelSheet(self, self.context, order, done)
        if verb == "reason":
            done = partial(self._say, _("Reason for {number} kept"), order)
            return LateReasonSheet(self, self.context, order, done)
        return (OrderTagSheet if verb == "tag" else NoteSheet)(self, self.context, order)

    def _check(self) -> None:
        CheckSheet(self, self.context).open()

    def _say(self, sentence: str, order: OrderDetail) -> None:
        self.context.toast(self, sentence.format(number=order.short_code))

    def _bulk(self, verb: str) -> None:
        rows = self.list.ticked()
        if verb == "print":
            self._print([row.id for row in rows])
            return
        now = self.context.now()
        waiting = [
            r for r in rows if r.status == "to_ship" and (r.queued_until is None or r.queued_until <= now)
        ]
        if not waiting:
            self.context.toast(self, _("None of the selected orders waits to be shipped."), tone="warn")
            return
        ShipManySheet(self, self.context, waiting, self._shipped).open()

    def _shipped(self, ids: list[int]) -> None:
        self.list.model.check_all(False)
        text = _("{count} orders marked as shipped").format(count=len(ids))
        self.context.toast(self, text, undo=partial(self._unship, ids))

    def _unship(self, ids: list[int]) -> None:
        for order_id in ids:
            self.scope.do(undo_shipment, order_id)

    def _paid(self, order: OrderDetail, receipt_number: str) -> None:
        words = _("Order {number} paid, receipt {receipt}") if receipt_number else _("Order {number} paid")
        text = words.format(number=order.short_code, receipt=receipt_number)
        self.context.toast(self, text, undo=partial(self._print, [order.id]), action=_("Print"))

    def _refunded(self, order: OrderDetail, back: Refunded) -> None:
        text = given_back_words(back.money_minor, order.currency, back.points_returned)
        tell_refund(self, self.context, text, back.refund_id)

    def new_order(self) -> None:
        """Write a new order."""
        if self.context.may(create_order):
            OrderSheet(self, self.context, self._created).open()

    def _created(self, order_id: int) -> None:
        self.open_item(order_id)
        self.context.toast(self, _("Order created, its goods are held"))

    def _edit(self, order: OrderDetail, now: Any) -> None:
        done = partial(self._edited, order)
        OrderSheet(self, self.context, done, order_id=order.id, now=now).open()

    def _edited(self, order: OrderDetail, _order_id: int) -> None:
        self._say(_("Order {number} changed"), order)

    # Paper and files

    def _print(self, ids: list[int]) -> None:
        PrintRun(self, self.context).start(ids)

    def _export(self) -> None:
        count, filters = self.list.model.total or 0, self.list.filters
        name = f"orders-{self.context.now().astimezone(self.context.zone):%Y%m%d}"
        ExportSheet(self, self.context, _("Export orders"), name, count, export_orders, filters).open()
