"""The panel beside the list: one order with everything that can be done to it."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLayout, QMenu, QScrollArea, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.words import when_text
from desktop.queries.order_detail import Contact, OrderDetail, order_contact
from desktop.queries.order_parcels import ParcelRow
from desktop.queries.order_words import channel_word, given_back_words, said, type_word
from desktop.queries.pay_cases import payment_cases
from desktop.queries.receipts import receipt
from desktop.services.after_sales import open_case
from desktop.services.chasing import give_late_reason
from desktop.services.fulfilment import cancel_order, cancel_paid_order, pay_order, receive_order, ship_order
from desktop.services.order_queue import release_order
from desktop.services.order_tags import tag_order, untag_order
from desktop.services.orders import add_note, edit_order
from desktop.services.pickup import hand_over, new_pick_up_code
from desktop.services.refunds import refund_lines
from desktop.views.common import icons
from desktop.views.common.avatar import Avatar
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, icon_button, primary, secondary
from desktop.views.common.cards import Card, Divider, Facts, NestedCard, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.inputs import TextArea
from desktop.views.common.labels import Label
from desktop.views.common.timeline import Timeline
from desktop.views.orders.backs_part import BackPart
from desktop.views.orders.detail_parts import badge_of, line_part, money_rows, noted, tags_part
from desktop.views.orders.parcel_part import ParcelPart
from desktop.views.orders.steps import steps_of
from desktop.views.orders.table import SHOWN_TIERS, queued_text
from desktop.views.orders.talk_part import TalkPart

MARGIN = 16
PAID = ("to_ship", "shipped", "done")


def can(order: OrderDetail, now: datetime) -> set[str]:
    """What may be done to an order in this state."""
    queued = order.queued_until if order.queued_until is not None and order.queued_until > now else None
    found = {"print", "note", "tag"} | ({"release"} if queued is not None else set())
    found |= {
        "unpaid": {"pay", "edit", "cancel"},
        "to_ship": {"cancel", "reason"} | ({"ship"} if queued is None and not order.collect else set()),
        "shipped": {"receive", "undo"},
    }.get(order.status, set())
    if order.status == "to_ship" and order.collect:
        found |= {"code", "pickup"}
    if order.part_shipped:
        found.add("undo")
    if order.status in PAID:
        found |= {"refund", "aftersales"} if order.refunded_minor < order.paid_minor else {"aftersales"}
    return found


RIGHTS = {
    "pay": pay_order, "ship": ship_order, "receive": receive_order, "undo": ship_order, "note": add_note,
    "edit": edit_order, "refund": refund_lines, "print": receipt, "tag": tag_order, "untag": untag_order,
    "release": release_order, "reason": give_late_reason, "code": new_pick_up_code, "pickup": hand_over,
    "aftersales": open_case,
}  # fmt: skip


class DetailPanel(Card):
    """Shows an order; `wanted(verb)` says what the person wants done, `moved(±1)` walks the list, `closed` hides it."""

    wanted = Signal(str)
    moved = Signal(int)
    dismissed = Signal()
    untagged = Signal(int)
    parcel_wanted = Signal(str, object)
    talked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self.context = context
        self.order: OrderDetail | None = None
        self._contact: Contact | None = None
        self._talk: TalkPart | None = None
        self._typed: dict[int, str] = {}  # messages begun, by order
        self.body.addLayout(self._head())
        self.body.addWidget(Divider())
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self._inner = vbox(inner)
        self._scroll.setWidget(inner)
        for part in (self._scroll.viewport(), inner):  # the card's own surface shows through
            part.setAutoFillBackground(False)
        self.body.addWidget(self._scroll, 1)
        self.setAccessibleName(_("Order details"))

    def _head(self) -> QLayout:
        column = vbox(margins=(MARGIN, 12, MARGIN, 14), gap=8)
        top = hbox(gap=8)
        self.number, self.badge = Label("", "h2"), Badge("")
        top.addWidget(self.number)
        top.addWidget(self.badge)
        top.addStretch(1)
        for icon, tip, signal in (
            ("arrow-up-s-line", _("Previous order"), partial(self.moved.emit, -1)),
            ("arrow-down-s-line", _("Next order"), partial(self.moved.emit, 1)),
            ("close-line", _("Close"), self.dismissed.emit),
        ):
            button = icon_button(icon, tip, size=28)
            button.clicked.connect(signal)
            top.addWidget(button)
        self.caption = Label("", "cap", "text2")
        self.deeds = hbox(gap=6)
        column.addLayout(top)
        column.addWidget(self.caption)
        column.addSpacing(2)
        column.addLayout(self.deeds)
        return column

    def show_order(self, order: OrderDetail) -> None:
        """Show another order, or the same one anew at the same place."""
        same = self.order is not None and self.order.id == order.id
        place = self._scroll.verticalScrollBar().value() if same else 0
        if not same:
            self._contact = None
        self.order = order
        self.number.setText(order.short_code)
        self.number.setToolTip(order.code)
        queued = queued_text(order.queued_until, self.context.now(), self.context.zone)
        self.badge.show_status(*badge_of(order, queued))
        kind = type_word(order.order_type) if order.order_type != "retail" else ""
        way = _("Delivery") if order.has_address else _("Pick-up") if order.collect else _("Taken along")
        when = when_text(order.placed_at, self.context.now(), self.context.zone)
        self.caption.setText(" · ".join(p for p in (when, channel_word(order.channel), kind, way) if p))
        writing = self.writing()
        self._show_actions(order)
        clear(self._inner)
        self._tell(order)
        if writing and self._talk is not None:
            self._talk.words.setFocus()
            self._talk.words.moveCursor(QTextCursor.MoveOperation.End)
        self._scroll.verticalScrollBar().setValue(place)

    def _show_actions(self, order: OrderDetail) -> None:
        clear(self.deeds)
        ways = can(order, self.context.now())
        main = next((w for w in ("pay", "ship", "pickup", "receive") if w in ways), "")
        looks = {
            "pay": (_("Take payment"), "wallet-3-line", ""),
            "ship": (_("Ship"), "truck-line", "S"),
            "pickup": (_("Pick-up"), "qr-scan-2-line", ""),
            "receive": (_("Mark as received"), "check-line", ""),
        }
        if main:
            text, icon, key = looks[main]
            self.deeds.addWidget(self._button(primary(text, icon, key=key, size=30), main))
        self.deeds.addWidget(self._button(secondary(_("Print"), "printer-line", size=30), "print"))
        if "refund" in ways:
            self.deeds.addWidget(self._button(secondary(_("Refund"), "refund-2-line", size=30), "refund"))
        more = icon_button("more-line", _("More"), size=30, framed=True)
        more.clicked.connect(partial(self._more, more))
        self.deeds.addStretch(1)
        self.deeds.addWidget(more)

    def _button(self, button: Button, verb: str) -> Button:
        button.clicked.connect(partial(self.wanted.emit, verb))
        self._guard(button, verb)
        return button

    def _guard(self, control: QWidget, verb: str) -> None:
        if verb in RIGHTS and not self.context.may(RIGHTS[verb]):
            control.setEnabled(False)
            control.setToolTip(_("Your role may not do this."))

    def _more(self, button: Button) -> None:
        assert self.order is not None
        ways = can(self.order, self.context.now())
        menu = QMenu(button)
        entries = (
            ("edit", _("Change order…"), "edit-line"),
            ("aftersales", _("After-sales…"), "customer-service-2-line"),
            ("undo", _("Take shipment back"), "arrow-go-back-line"),
            ("code", _("New pick-up code"), "qr-code-line"),
            ("release", _("Release now"), "play-circle-line"),
            ("reason", _("Say why it is late…"), "question-answer-line"),
            ("note", _("Add note…"), "chat-1-line"),
            ("tag", _("Add tag…"), "price-tag-3-line"),
            ("copy", _("Copy full number"), "file-copy-line"),
            ("cancel", _("Cancel order…"), "close-circle-line"),
        )
        for verb, text, icon in entries:
            if verb not in ways and verb != "copy":
                continue
            entry = menu.addAction(icons.icon(icon, "text2"), text)
            entry.setEnabled(self._allowed(verb))
            run = (
                partial(QApplication.clipboard().setText, self.order.code)
                if verb == "copy"
                else partial(self.wanted.emit, verb)
            )
            entry.triggered.connect(run)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _allowed(self, verb: str) -> bool:
        if verb == "cancel" and self.order is not None:
            return self.context.may(cancel_paid_order if self.order.status == "to_ship" else cancel_order)
        return verb not in RIGHTS or self.context.may(RIGHTS[verb])

    # What it says

    def _tell(self, order: OrderDetail) -> None:
        if "release" in can(order, self.context.now()) and order.queued_until is not None:
            until = when_text(order.queued_until, self.context.now(), self.context.zone)
            words = _("Queued until {time}. It can be paid and changed, not shipped.").format(time=until)
            self._section(
                self._notice(words, "text", "subtle", secondary(_("Release now"), size=28), "release")
            )
        if order.chased:
            self._section(self._chased(order))
        if order.tags:
            self._section(tags_part(order, self._allowed("untag"), self.untagged.emit))
        self._section(Timeline(steps_of(order, self.context.zone, self.context.now())))
        goods = QWidget()
        column = vbox(goods, gap=8)
        for line in order.lines:
            column.addLayout(line_part(line, order.currency))
        self._section(goods)
        facts = Facts()
        facts.show_rows(money_rows(order))
        self._section(facts)
        for parcel in order.parcels:
            may = {verb for verb in ("ask", "edit", "undo") if self._may_with_parcel(verb, order, parcel)}
            now, zone = self.context.now(), self.context.zone
            self._section(ParcelPart(parcel, zone, now, may, self.parcel_wanted.emit))
        if order.note:
            self._section(noted("message-3-line", _("Note: {text}").format(text=order.note)))
        for refund in order.refunds:
            back = given_back_words(refund.money_minor, order.currency, refund.points_returned)
            self._section(noted("refund-2-line", " · ".join(part for part in (back, refund.reason) if part)))
        see_to = self._see_to if self.context.may(payment_cases) else None
        for one in order.backs:
            self._section(BackPart(one, see_to))
        if order.buyer is not None:
            self._section(self._buyer(order))
        elif order.has_address:
            self._section(self._address(order))
        self._talk = TalkPart(self.context, order, self._typed, self.talked.emit)
        self._section(self._talk)
        self._inner.addStretch(1)

    def _see_to(self) -> None:
        self.context.navigate("payments", tab="todo")

    def _may_with_parcel(self, verb: str, order: OrderDetail, parcel: ParcelRow) -> bool:
        if verb == "undo" and not (order.part_shipped or order.status == "shipped"):
            return False
        return self.context.may(ship_order)

    def writing(self) -> bool:
        """Whether somebody is in the middle of a message on this order."""
        words = getattr(self._talk, "words", None)
        return isinstance(words, TextArea) and words.hasFocus()

    def _chased(self, order: OrderDetail) -> QWidget:
        words = ngettext(
            "Chased once. Why is it not shipped?",
            "Chased {count} times. Why is it not shipped?",
            order.chased,
        ).format(count=order.chased)
        button = secondary(_("Answer"), "question-answer-line", size=28)
        return self._notice(words, "danger_fg", "danger_bg", button, "reason")

    def _notice(self, words: str, ink: str, fill: str, button: Button, verb: str) -> QWidget:
        card = NestedCard(fill=fill, border="border" if fill == "subtle" else fill)
        card.body.addWidget(Label(words, "small_m", ink, wrap=True))
        row = hbox()
        row.addWidget(self._button(button, verb))
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    def _section(self, widget: QWidget) -> None:
        holder = QWidget()
        vbox(holder, margins=(MARGIN, 10, MARGIN, 10)).addWidget(widget)
        if self._inner.count():
            self._inner.addWidget(Divider())
        self._inner.addWidget(holder)

    def _buyer(self, order: OrderDetail) -> QWidget:
        assert order.buyer is not None
        buyer, widget = order.buyer, QWidget()
        column = vbox(widget, gap=8)
        row = hbox(gap=10)
        row.addWidget(Avatar(buyer.name, 34))
        words, top = vbox(), hbox(gap=6)
        top.addWidget(Label(buyer.name or buyer.code, "small_b"))
        if buyer.tier_key in SHOWN_TIERS:
            top.addWidget(
                Badge(said(buyer.tier_name), "points" if buyer.tier_key == "gold" else "neutral", small=True)
            )
        top.addStretch(1)
        words.addLayout(top)
        phone = self._contact.phone if self._contact else buyer.phone
        count = _("{count} orders").format(count=f"{buyer.orders_count:,}")
        words.addWidget(Label(" · ".join(part for part in (phone, count) if part), "cap", "text2"))
        row.addLayout(words, 1)
        if self._contact is None:
            row.addWidget(self._eye(order))
        view = Button(_("View"), "plain", size=28)
        view.clicked.connect(partial(self.context.navigate, "members", buyer.id))
        row.addWidget(view)
        column.addLayout(row)
        if self._contact is not None and self._contact.address:
            column.addWidget(Label(self._contact.address, "cap", "text2", wrap=True))
        return widget

    def _address(self, order: OrderDetail) -> QWidget:
        widget = QWidget()
        row = hbox(widget, gap=8)
        address = self._contact.address if self._contact else _("Delivery address hidden")
        row.addWidget(Label(address, "cap", "text2", wrap=True), 1)
        if self._contact is None:
            row.addWidget(self._eye(order))
        return widget

    def _eye(self, order: OrderDetail) -> Button:
        show = icon_button("eye-line", _("Show phone and address"), size=28)
        if not self.context.may(order_contact):
            show.setEnabled(False)
            show.setToolTip(_("Your role may not do this."))
        show.clicked.connect(partial(self._reveal, order.id, show))
        return show

    def _reveal(self, order_id: int, button: Button) -> None:
        self.context.of(self).ask(order_contact, order_id).busy(button).then(
            partial(self._revealed, order_id)
        )

    def _revealed(self, order_id: int, contact: Contact) -> None:
        if self.order is not None and self.order.id == order_id:
            self._contact = contact
            self.show_order(self.order)
