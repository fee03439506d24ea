"""Pages up to the bill: welcome, scanning, member, bill."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.views.common.paint import box, painting
from desktop.views.kiosk.bill import Due, MemberCard, PointsCard, SumCard, Sums, pay_tiles
from desktop.views.kiosk.goods import GoodsCard, paint_picture
from desktop.views.kiosk.keypad import Entry, Keypad, typed
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.parts import Foot, Note, Picture, Steps, page_layout
from desktop.views.kiosk.qr import QrCode
from desktop.views.kiosk.sale import BASKET, BILL, MEMBER
from desktop.views.kiosk.widgets import Button, Card, Grow, Line, Text, column, draw_line, row


class Welcome(QWidget):
    """The shop's own picture on the start page: its name and a shelf."""

    def __init__(self, title: str, under: str, mark: str) -> None:
        super().__init__()
        self._title, self._under, self._mark = title, under, mark
        self.setAccessibleName(title)
        self.setSizePolicy(Grow, Grow)

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        with painting(self) as painter:
            shade = QLinearGradient(area.topLeft(), area.bottomRight())
            shade.setColorAt(0, color("primary"))
            shade.setColorAt(1, color("primary_press"))
            shape = QPainterPath()
            shape.addRoundedRect(area, look.px(36), look.px(36))
            painter.fillPath(shape, shade)
            painter.setClipPath(shape)
            self._rings(painter, area)
            self._words(painter, area)

    def _rings(self, painter: QPainter, area: QRectF) -> None:
        light = QColor(color("on_primary"))
        light.setAlpha(16)
        middle = QPointF(area.right() - look.px(130), area.bottom() - look.px(110))
        painter.setPen(color("primary").lighter(100))
        pen = painter.pen()
        pen.setColor(light)
        pen.setWidth(look.px(62))
        painter.setPen(pen)
        painter.setBrush(QColor(0, 0, 0, 0))
        for radius in (190, 340, 490):
            painter.drawEllipse(middle, look.px(radius), look.px(radius))
        side = float(look.px(176))
        gap = look.px(30)
        x = area.right() - look.px(70) - 3 * side - 2 * gap
        y = area.bottom() - look.px(90) - side
        for key in ("honey", "tea", "jar"):
            paint_picture(painter, QRectF(x, y, side, side), key)
            x += side + gap

    def _words(self, painter: QPainter, area: QRectF) -> None:
        left, room = area.left() + look.px(64), area.width() - look.px(128)
        ink = color("on_primary")
        if self._mark:
            wide = look.width(self._mark, 25, 500) + look.px(76)
            tag = QRectF(left, area.top() + look.px(64), wide, look.control(52))
            light = QColor(ink)
            light.setAlpha(40)
            box(painter, tag, tag.height() / 2, light)
            painter.setPen(ink)
            draw_line(painter, tag, self._mark, look.font(25, 500), "center")
        painter.setPen(ink)
        top = area.top() + look.px(150)
        draw_line(painter, QRectF(left, top, room, look.control(104)), self._title, look.font(72, 600))
        under = QRectF(left, top + look.control(112), room, look.control(48))
        draw_line(painter, under, self._under, look.font(30))


class Beam(Picture):
    """A barcode under the scanner's red line."""

    def __init__(self, side: float) -> None:
        super().__init__(
            "barcode-line", "primary_text", look.px(side), "primary_subtle", 24, look.px(side * 0.55)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with painting(self) as painter:
            wide = self.width() * 0.72
            beam = QRectF((self.width() - wide) / 2, self.height() / 2 - look.px(2), wide, look.px(4))
            painter.fillRect(beam, color("danger"))


class IdlePage(Page):
    """The start page; touching anything or scanning begins a sale."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        facts = self.sale.facts
        mark = _("Sample shop") if facts.sample else ""
        under = _("Members pay up to half with points") if facts.cap_bp == 5_000 else facts.branch
        welcome = Welcome(_("Welcome to {shop}").format(shop=facts.shop_name), under, mark)
        start = Button(
            _("Start checkout"), "primary", "shopping-basket-2-fill", height=190, size=58, weight=600, radius=36,
            grow=True, on=partial(self.sale.go, BASKET),
        )  # fmt: skip
        steps = row(
            self._step("barcode-box-line", _("1   Scan goods"), _("Prices add up by themselves")),
            self._step("vip-crown-line", _("2   Membership"), _("Phone number or code")),
            self._step("wallet-3-line", _("3   Pay"), _("Points pay up to half")),
            space=20,
        )
        right = (self._scan_card(), start, steps)
        hint = Note(_("Need help? Touch “Call staff” at the top right"), "information-line")
        if look.portrait:
            page_layout(self, [], space=26)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.setContentsMargins(look.px(40), look.px(32), look.px(40), look.px(24))
            layout.addWidget(welcome, 1)
            for part in right:
                _put(layout, part)
            layout.addLayout(row(1, hint))
        else:
            layout = QVBoxLayout(self)
            layout.setContentsMargins(look.px(40), look.px(28), look.px(40), look.px(16))
            side = column(*right, space=24)
            both = QHBoxLayout()
            both.setSpacing(look.px(24))
            both.addWidget(welcome, 1)
            both.addLayout(side, 1)
            layout.addLayout(both, 1)
            layout.addLayout(row(1, hint))

    def _scan_card(self) -> QWidget:
        card = Card(radius=32, pad=(48, 44, 48, 44))
        picture = Beam(210)
        words = column(
            1,
            Text(_("Just scan your first item"), 40, 500),
            Text(_("Barcode down, on the red light below the screen"), 26, token="text2"),
            Text(_("Goods without a barcode can be chosen by hand"), 26, token="text2"),
            1,
            space=12,
        )
        card.body.addLayout(row(picture, words, space=44))
        return card

    def _step(self, icon: str, title: str, under: str) -> QWidget:
        card = Card(pad=(16, 24, 16, 22))
        tile = Picture(icon, "primary_text", look.px(96), "primary_subtle", 22, look.px(44))
        card.body.addLayout(row(1, tile, 1))
        card.body.addWidget(Text(title, 26, 500, align="center"))
        card.body.addWidget(Text(under, 21, token="text3", align="center"))
        return card


def _put(layout: QVBoxLayout, part: object) -> None:
    if isinstance(part, QWidget):
        layout.addWidget(part)
    else:
        layout.addLayout(part)  # type: ignore[arg-type]


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
        self._skip = Button(
            _("Not a member, pay now"),
            height=88,
            size=28,
            radius=20,
            grow=True,
            on=partial(self.sale.go, BILL),
        )
        self._foot = Foot(_("Back"), "", partial(self.sale.go, BASKET))
        self._code = QrCode(210 if look.portrait else 250)
        self._phone = self._phone_card()
        title = Text(_("Phone number for member price and points"), 35, 500)
        under = Text(_("New here? The number alone makes you a member."), 26, token="text2")
        if look.portrait:
            parts: list[QWidget | int] = [
                Steps(2),
                self._summary(),
                title,
                under,
                self._entry,
                pad,
                self._ok,
                self._phone,
                1,
                self._skip,
                self._foot,
            ]
            page_layout(self, parts)
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
        lines: list[QWidget | int] = [1, Text(_("Or scan with your phone"), 32, 500)]
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

    def tick(self, idle_left: int) -> None:
        """Count down, and renew the code before it is too old."""
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
        self._goods = GoodsCard(around)
        self._sum: SumCard | None = None
        self._sums: Sums | None = None
        self._points: PointsCard | None = None
        self._foot = Foot(_("Start over"), "", around.restart)
        self._who = QVBoxLayout()
        self._who.setSpacing(look.px(16))
        self._shown: tuple[object, ...] = ()
        if look.portrait:
            self._portrait()
        else:
            self._landscape()
        self.refresh()

    def _portrait(self) -> None:
        self._sum = SumCard(self.around)
        self._due = self._sum.due
        layout = column(Steps(3), self._goods, self._who, self._sum, Text(_("Choose how to pay"), 28, 500))
        layout.setSpacing(look.px(16))
        layout.setStretchFactor(self._goods, 1)
        layout.addLayout(pay_tiles(self.around))
        layout.addWidget(self._foot)
        layout.setContentsMargins(look.px(40), 0, look.px(40), look.px(4))
        self.setLayout(layout)

    def _landscape(self) -> None:
        self._sums = Sums(self.around)
        self._goods.body.addWidget(Line())
        self._goods.body.addWidget(self._sums)
        card = Card(pad=(32, 12, 32, 12))
        self._due = Due(self.around)
        card.body.addWidget(self._due)
        side = column(
            self._who, card, Text(_("Choose how to pay"), 28, 500), pay_tiles(self.around), 1, space=16
        )
        _two_columns(self, self._goods, side, self._foot)

    def refresh(self) -> None:
        """Show the bill."""
        self._goods.refresh()
        for part in (self._sum, self._sums, self._due):
            if part is not None:
                part.refresh()
        bill = self.sale.bill
        usable = bool(self.sale.member and bill and bill.cap_points)
        shown = (self.sale.member, usable)
        if shown != self._shown:
            self._shown = shown
            self._rebuild(usable)
        if self._points is not None:
            self._points.refresh()

    def _rebuild(self, usable: bool) -> None:
        while self._who.count():
            item = self._who.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        self._who.addWidget(MemberCard(self.around))
        self._points = PointsCard(self.around) if usable else None
        if self._points is not None:
            self._who.addWidget(self._points)

    def tick(self, idle_left: int) -> None:
        """Say how long the cart is kept."""
        _say_idle(self._foot, self.sale.facts.idle_seconds * (2 if look.large else 1))
