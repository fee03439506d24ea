"""Pages up to the bill: welcome, scanning, member, bill."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.views.kiosk.bill import Due, MemberCard, PayTiles, PointsCard, StoredPart, SumCard, Sums
from desktop.views.kiosk.cart import BASKET, BILL, MEMBER
from desktop.views.kiosk.goods import GoodsCard
from desktop.views.kiosk.keypad import Entry, Keypad, typed
from desktop.views.kiosk.look import look
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.parts import Foot, Note, Picture, Steps, page_layout
from desktop.views.kiosk.qr import QrCode
from desktop.views.kiosk.widgets import Button, Card, Line, Text, column, row, wide


class BasketPage(Page):
    """Scanning: the list grows, one button leads on."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._goods = GoodsCard(around)
        self._sum = SumCard(around)
        self._next = Button(
            _("Check out"),
            "primary",
            "arrow-right-line",
            height=118,
            size=38,
            radius=24,
            grow=True,
            on=self._on,
        )
        self._foot = Foot(_("Start over"), "", around.restart)
        if look.portrait:
            page_layout(self, [Steps(1), self._goods, self._sum, self._next, self._foot])
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.setStretchFactor(self._goods, 1)
        else:
            side = column(Steps(1), 1, self._sum, self._next, space=16)
            _two_columns(self, self._goods, side, self._foot)
        self.refresh()

    def _on(self) -> None:
        self.sale.go(BILL if self.sale.member else MEMBER)

    def refresh(self) -> None:
        """Show the goods."""
        self._goods.refresh()
        self._sum.refresh()
        self._sum.setVisible(self.sale.bill is not None)
        self._next.setEnabled(bool(self.sale.lines))

    def tick(self, idle_left: int) -> None:
        """Say how long the cart is kept."""
        _say_idle(self._foot, self.sale.facts.idle_seconds * (2 if look.large else 1))


def _say_idle(foot: Foot, seconds: int) -> None:
    text = _("The cart is cleared after {seconds} s without a touch").format(seconds=seconds)
    foot.hint.setVisible(True)
    foot.hint.text.say(text)


def _two_columns(page: QWidget, left: QWidget, right: QVBoxLayout, foot: Foot) -> None:
    both = QHBoxLayout()
    both.setSpacing(look.px(20))
    both.addWidget(left, 10)
    both.addLayout(right, 10)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(look.px(40), look.px(20), look.px(40), look.px(4))
    layout.setSpacing(look.px(4))
    layout.addLayout(both, 1)
    layout.addWidget(foot)


class MemberPage(Page):
    """A phone number on large keys, or a code for the member's phone."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._entry = Entry("smartphone-line", _("Phone number"), 15, groups=(3, 4, 4))
        pad = Keypad(130 if look.portrait else 104)
        pad.pressed.connect(self._entry.press)
        self._entry.changed.connect(lambda _value: self.refresh())
        self._ok = Button(_("OK"), "primary", height=112, size=36, radius=20, grow=True, on=self._join)
        self._skip = wide(_("Not a member, pay now"), partial(self.sale.go, BILL), height=88, size=28)
        self._foot = Foot(_("Back"), "", partial(self.sale.go, BASKET))
        self._code = QrCode(210 if look.portrait else 250)
        self._phone = self._phone_card()
        title = Text(_("Phone number for member price and points"), 35, 500)
        under = Text(_("New here? The number alone makes you a member."), 26, token="text2")
        if look.portrait:
            parts: list[QWidget | int] = [Steps(2), self._summary(), title, under, self._entry, pad, self._ok]
            page_layout(self, [*parts, self._phone, 1, self._skip, self._foot])
        else:
            holder = QWidget()
            holder.setLayout(column(title, under, 1, self._phone, 1, self._summary(), self._skip, space=16))
            _two_columns(self, holder, column(self._entry, pad, self._ok, 1, space=14), self._foot)
        self.refresh()
        self._offer()

    def _summary(self) -> QWidget:
        card = Card(pad=(34, 16, 32, 16))
        bill = self.sale.bill
        count = ngettext("{count} item", "{count} items", self.sale.pieces).format(count=self.sale.pieces)
        amount = self.around.money(bill.total_minor if bill else 0)
        picture = Picture("shopping-basket-2-line", "text2", look.letters(32))
        card.body.addLayout(
            row(
                picture,
                Text(count, 27),
                1,
                Text(_("Total"), 26, token="text2"),
                Text(amount, 34, 600),
                space=18,
            )
        )
        return card

    def _phone_card(self) -> QWidget:
        card = Card(pad=(44, 40, 40, 40))
        welcome = self.sale.facts.welcome_points
        self._told = Text("", 32, 500)
        lines: list[QWidget | int] = [1, self._told]
        lines.append(Text(_("Confirm on the phone, nothing to type here"), 23, token="text2"))
        if welcome:
            gift = _("New members get {points} points").format(points=f"{welcome:,}")
            lines.append(Note(gift, "vip-crown-line", "points", 23))
        lines.append(
            Note(
                _("Only the last four digits show, cleared when you leave"),
                "shield-check-line",
                "success",
                23,
            )
        )
        card.body.addLayout(row(self._code, column(*lines, 1, space=10), space=40))
        card.setVisible(False)
        return card

    def _offer(self) -> None:
        if self.around.phone_address("x") and self.sale.lines:
            self.sale.show_code()

    def _join(self) -> None:
        if len(self._entry.value) >= 6:
            self.sale.join(self._entry.value)

    def refresh(self) -> None:
        """Show the code for the phone once it is there."""
        self._ok.setEnabled(len(self._entry.value) >= 6 and not self.sale.busy)
        offer = self.sale.offer
        address = self.around.phone_address(offer.token) if offer else ""
        self._code.show_address(address)
        self._phone.setVisible(bool(address))
        joined = self.sale.phone_joined
        self._told.say(_("The bill is on your phone") if joined else _("Or scan with your phone"))

    def tick(self, idle_left: int) -> None:
        """Count down, and renew the code before it is too old."""
        self._offer()
        self._foot.hint.setVisible(True)
        self._foot.hint.text.say(_("Back to the start in {seconds} s").format(seconds=idle_left))

    def typed(self, event: QKeyEvent) -> bool:
        """Digits of a real keyboard."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._join()
            return True
        return (event.text().isdigit() or event.key() == Qt.Key.Key_Backspace) and typed(
            event, self._entry.press
        )

    def wipe(self) -> None:
        """Forget the number."""
        self._entry.clear()


class BillPage(Page):
    """Goods, member, points and the ways to pay on one page."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._goods, self._tiles = GoodsCard(around), PayTiles(around)
        self._sum: SumCard | None = None
        self._sums: Sums | None = None
        self._points: PointsCard | None = None
        self._part: StoredPart | None = None
        self._foot = Foot(_("Start over"), "", around.restart)
        self._who = QVBoxLayout()
        self._who.setSpacing(look.px(16))
        self._choice = QVBoxLayout()  # of stored value in part: there where its place is least missed
        self._shown: tuple[object, ...] = ()
        if look.portrait:
            self._portrait()
        else:
            self._landscape()
        self.refresh()

    def _portrait(self) -> None:
        self._sum = SumCard(self.around)
        self._due = self._sum.due
        layout = column(Steps(3), self._goods, self._who, self._choice, self._sum)
        layout.addWidget(Text(_("Choose how to pay"), 28, 500))
        layout.setSpacing(look.px(16))
        layout.setStretchFactor(self._goods, 1)
        layout.addWidget(self._tiles)
        layout.addWidget(self._foot)
        layout.setContentsMargins(look.px(40), 0, look.px(40), look.px(4))
        self.setLayout(layout)

    def _landscape(self) -> None:
        self._sums = Sums(self.around)
        self._goods.body.addWidget(Line())
        self._goods.body.addWidget(self._sums)
        self._goods.body.addLayout(self._choice)
        card = Card(pad=(32, 12, 32, 12))
        self._due = Due(self.around)
        card.body.addWidget(self._due)
        side = column(self._who, card, Text(_("Choose how to pay"), 28, 500), self._tiles, 1, space=16)
        _two_columns(self, self._goods, side, self._foot)

    def refresh(self) -> None:
        """Show the bill."""
        self._goods.refresh()
        self._tiles.refresh()
        for part in (self._sum, self._sums, self._due):
            if part is not None:
                part.refresh()
        bill = self.sale.bill
        usable = bool(self.sale.member and bill and bill.cap_points)
        in_part = bool(self.sale.part_offered)
        shown = (self.sale.member, usable, in_part)
        if shown != self._shown:
            self._shown = shown
            self._rebuild(usable, in_part)
        for choice in (self._points, self._part):
            if choice is not None:
                choice.refresh()

    def _rebuild(self, usable: bool, in_part: bool) -> None:
        for place in (self._who, self._choice):
            while place.count():
                item = place.takeAt(0)
                widget = item.widget() if item is not None else None
                if widget is not None:
                    widget.hide()
                    widget.setParent(None)
                    widget.deleteLater()
        self._who.addWidget(MemberCard(self.around))
        self._points = PointsCard(self.around) if usable else None
        if self._points is not None:
            self._who.addWidget(self._points)
        self._part = StoredPart(self.around) if in_part else None
        if self._part is not None:
            self._choice.addWidget(self._part)

    def tick(self, idle_left: int) -> None:
        """Say how long the cart is kept."""
        _say_idle(self._foot, self.sale.facts.idle_seconds * (2 if look.large else 1))
