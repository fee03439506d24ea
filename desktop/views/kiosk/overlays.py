"""What comes over a page: the question whether anybody is there, notices, choices, search, PIN, and the call for staff.

All of them are children of the one window; the kiosk never opens a second one.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.checkout import Goods
from desktop.queries.kiosk import Rated
from desktop.queries.reviews import Stars
from desktop.views.common import icons
from desktop.views.common.paint import painting
from desktop.views.common.thumbs import thumbs
from desktop.views.kiosk.goods import paint_picture, scrolling
from desktop.views.kiosk.keypad import Entry, Keypad, Letters, typed
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.parts import Picture, Ring
from desktop.views.kiosk.widgets import Button, Card, Grow, Text, column, draw_line, row, wide

AT_ONCE = 6  # goods to choose from without scrolling


class Overlay(QWidget):
    """A darkened window with one card in its middle; touches do not reach the page below."""

    ended = Signal()

    def __init__(self, window: QWidget, width: float, *, fill: str = "scrim_kiosk") -> None:
        super().__init__(window)
        self._fill = fill
        self.card = Card(radius=32, pad=(48, 48, 48, 48))
        self.card.setFixedWidth(min(look.px(width), window.width() - look.px(48)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.card, 0, Qt.AlignmentFlag.AlignCenter)
        self.card.body.setSpacing(look.px(18))
        self.setGeometry(window.rect())

    def fill(self, *parts: QWidget) -> None:
        """Put parts on the card."""
        for part in parts:
            self.card.body.addWidget(part)

    def close_now(self) -> None:
        """Go away."""
        self.ended.emit()

    def tick(self) -> None:
        """A second went by."""

    def typed(self, event: QKeyEvent) -> bool:
        """A key of a real keyboard; Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_now()
            return True
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        buttons = [b for b in self.findChildren(Button) if b.isVisible() and b.isEnabled()]
        if not buttons:
            return True
        held = next((i for i, b in enumerate(buttons) if b.hasFocus()), -1 if forward else 0)
        buttons[(held + (1 if forward else -1)) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), color(self._fill))


class StillThere(Overlay):
    """Nobody touched anything for a while: a ring counts down, then everything is cleared."""

    ran_out = Signal()

    def __init__(self, window: QWidget, seconds: int) -> None:
        super().__init__(window, 800)
        self._left = seconds
        self._ring = Ring(190, seconds)
        self._told = Text("", 26, token="text2", align="center")
        go_on = Button(
            _("Go on shopping"), "primary", height=112, size=33, radius=20, grow=True, on=self.close_now
        )
        end = Button(
            _("End and clear the cart"), height=96, size=28, radius=20, grow=True, on=self.ran_out.emit
        )
        self.card.body.addLayout(row(1, self._ring, 1))
        self.fill(Text(_("Still there?"), 44, 600, align="center"), self._told, go_on, end)
        self._show()

    def _show(self) -> None:
        self._ring.count(self._left)
        text = _("In {seconds} s the cart and the member are cleared").format(seconds=self._left)
        self._told.say(text)

    def tick(self) -> None:
        """One second less."""
        self._left -= 1
        if self._left <= 0:
            self.ran_out.emit()
        else:
            self._show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_now()


class Notice(Overlay):
    """One sentence and what to do next."""

    def __init__(
        self,
        window: QWidget,
        sentence: str,
        verb: str = "",
        on: Callable[[], object] | None = None,
        *,
        back: str = "",
    ) -> None:
        super().__init__(window, 860)
        picture = Picture("information-line", "warn_fg", look.px(120), "warn_bg", 60, look.px(60))
        self.card.body.addLayout(row(1, picture, 1))
        text = Text(sentence, 34, 500, align="center", wrap=True)
        self.fill(text)
        self.sentence = sentence
        ok = wide(back or _("OK"), self.close_now, "primary", height=104, size=32)
        if verb and on is not None:
            step = wide(verb, on, height=104)
            self.card.body.addLayout(row(step, ok, space=20))
        else:
            self.fill(ok)


class Offered(Button):
    """One kind of goods to choose: picture, name, price; for `kinds` of a product its name and the lowest price."""

    def __init__(
        self,
        goods: Goods,
        currency: str,
        on: Callable[[], object],
        kinds: Sequence[Goods] = (),
        stars: Stars | None = None,
    ) -> None:
        name = goods.product if kinds else goods.name
        super().__init__(name, "secondary", height=112, radius=20, grow=True, on=on)
        self._goods, self._name = goods, name
        thumbs.came.connect(self.update)
        self._price = str(Money(min((one.price_minor for one in kinds), default=goods.price_minor), currency))
        if len({one.price_minor for one in kinds}) > 1:
            self._price = _("from {price}").format(price=self._price)
        unit = f" / {goods.unit_name}" if goods.unit else ""
        self._hint = _("{count} kinds").format(count=len(kinds)) if kinds else goods.pack + unit
        self._stars = _stars(stars) if stars is not None else ""
        self.setAccessibleName(f"{name} {self._price}")
        self.setAccessibleDescription(self._stars)

    def sizeHint(self) -> QSize:
        return QSize(look.px(400), look.control(112))

    def face(self, painter: QPainter, ink: str) -> None:
        """Paint picture, name, pack and price."""
        side, middle = look.px(80), self.height() / 2
        area = QRectF(look.px(18), middle - side / 2, side, side)
        paint_picture(painter, area, self._goods.picture, self._goods.product_id)
        left = look.px(18) + side + look.px(20)
        price = look.px(190)
        room = self.width() - left - price - look.px(20)
        painter.setPen(color(ink))
        draw_line(
            painter,
            QRectF(left, middle - look.control(44), room, look.control(46)),
            self._name,
            look.font(28, 500),
        )
        end = QRectF(self.width() - price - look.px(24), 0, price, self.height())
        draw_line(painter, end, self._price, look.font(28, 600), "right")
        painter.setPen(color("text3"))
        under = QRectF(left, middle + look.control(4), room, look.control(36))
        wide = draw_line(painter, under, self._hint, look.font(22))
        if self._stars:
            at, mark = under.left() + (wide + look.px(22) if wide else 0), look.letters(22)
            icons.draw(painter, QRectF(at, under.top(), mark, under.height()), "star-fill", "points", mark)
            painter.setPen(color("text2"))
            words = QRectF(at + mark + look.px(8), under.top(), room - (at - left) - mark, under.height())
            draw_line(painter, words, self._stars, look.font(22))


def _stars(stars: Stars) -> str:
    """`4.6 (12)`."""
    return f"{stars.tenths // 10}.{stars.tenths % 10} ({stars.count:,})"


class SignUp(Overlay):
    """The phone number is new: join with it, or type another one."""

    joined = Signal()

    def __init__(self, window: QWidget, phone: str, welcome: int) -> None:
        super().__init__(window, 860)
        picture = Picture("vip-crown-2-line", "points_fg", look.px(120), "points_bg", 60, look.px(60))
        self.card.body.addLayout(row(1, picture, 1))
        gift = _("Free, and {points} points for a start").format(points=f"{welcome:,}") if welcome else ""
        self.fill(
            Text(_("{phone} is not a member yet").format(phone=phone), 38, 600, align="center"),
            Text(gift, 27, token="text2", align="center"),
            Button(
                _("Sign up free"), "primary", height=112, size=33, radius=20, grow=True, on=self.joined.emit
            ),
            Button(_("Type another number"), height=96, size=28, radius=20, grow=True, on=self.close_now),
        )


class Choose(Overlay):
    """Several goods carry the scanned code, or a product has variants: the customer says which."""

    chosen = Signal(object)

    def __init__(self, window: QWidget, goods: Sequence[Goods], currency: str) -> None:
        super().__init__(window, 900)
        one_product = len({one.product_id for one in goods}) == 1 and bool(goods[0].variant)
        hint = goods[0].product if one_product else _("Several goods share this barcode")
        self.fill(Text(_("Which one is it?"), 42, 600, align="center"))
        self.fill(Text(hint, 26, token="text2", align="center"))
        offers = [Offered(one, currency, partial(self.chosen.emit, one)) for one in goods]
        if len(offers) <= AT_ONCE:
            self.fill(*offers)
        else:
            inside = QWidget()
            inside.setLayout(column(*offers, space=10))
            area = scrolling(inside)
            area.setMinimumHeight(look.control(112) * (AT_ONCE if look.portrait else 3))
            self.card.body.addWidget(area, 1)
        self.fill(Button(_("None of them"), height=92, size=28, radius=20, grow=True, on=self.close_now))


class Search(Overlay):
    """Goods by name, pinyin or code, for what has no barcode."""

    chosen = Signal(object)
    several = Signal(object)  # the variants of one product
    asked = Signal(str)

    def __init__(self, window: QWidget, currency: str) -> None:
        super().__init__(window, 1_000)
        self._currency = currency
        self._entry = Entry("search-line", _("Name, pinyin initials or code"), 20)
        self._entry.changed.connect(self.asked)
        pad = Letters()
        pad.pressed.connect(self._entry.press)
        self._found = QWidget()
        self._list = column(space=10)
        self._found.setLayout(self._list)
        area = scrolling(self._found)
        area.setMinimumHeight(look.px(620 if look.portrait else 250))
        close = Button(_("Close"), "plain", "close-line", on=self.close_now)
        self.card.body.addLayout(row(Text(_("Add by name"), 36, 600), 1, close))
        self.fill(self._entry)
        self.card.body.addWidget(area, 1)
        self.fill(pad)

    def show_rated(self, found: Rated) -> None:
        """Show what was found, with its stars."""
        self.show_goods(found.goods, found.stars)

    def show_goods(self, goods: Sequence[Goods], stars: Mapping[int, Stars] | None = None) -> None:
        """Show what was found."""
        while self._list.count():
            item = self._list.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        products: dict[int, list[Goods]] = {}
        for one in goods:
            products.setdefault(one.product_id or -one.sku_id, []).append(one)
        for kinds in products.values():
            choose = (
                partial(self.several.emit, tuple(kinds))
                if len(kinds) > 1
                else partial(self.chosen.emit, kinds[0])
            )
            several, rated = (kinds if len(kinds) > 1 else ()), (stars or {}).get(kinds[0].product_id)
            self._list.addWidget(Offered(kinds[0], self._currency, choose, several, rated))
        if not goods:
            nothing = _("Nothing found. Try fewer letters, or call staff.")
            self._list.addWidget(Text(nothing, 28, token="text2", align="center"))
        self._list.addStretch(1)

    def typed(self, event: QKeyEvent) -> bool:
        """Letters of a real keyboard."""
        return typed(event, self._entry.press) or super().typed(event)


class Pin(Overlay):
    """The staff PIN; six digits or more, shown as dots."""

    entered = Signal(str)

    def __init__(self, window: QWidget, title: str) -> None:
        super().__init__(window, 760)
        self._entry = Entry("lock-line", _("Staff PIN"), 12, secret=True)
        pad = Keypad(104)
        pad.pressed.connect(self._press)
        self._told = Text("", 25, 500, "danger_fg", align="center", wrap=True)
        self._ok = Button(_("OK"), "primary", height=104, size=32, radius=20, grow=True, on=self._enter)
        cancel = Button(_("Cancel"), height=104, size=30, radius=20, grow=True, on=self.close_now)
        self.fill(Text(title, 38, 600, align="center"), self._entry, self._told, pad)
        self.card.body.addLayout(row(cancel, self._ok, space=20))
        self._ok.setEnabled(False)

    def _press(self, key: str) -> None:
        self._entry.press(key)
        self._told.say("")
        self._ok.setEnabled(len(self._entry.value) >= 6)

    def _enter(self) -> None:
        pin = self._entry.value
        self._entry.clear()
        self._ok.setEnabled(False)
        self._told.say("")
        self.entered.emit(pin)

    def refuse(self, sentence: str) -> None:
        """The PIN was not right, or it has to wait."""
        self._entry.clear()
        self._told.say(sentence)

    def typed(self, event: QKeyEvent) -> bool:
        """Digits of a real keyboard."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._ok.isEnabled():
            self._enter()
            return True
        if event.text().isdigit() or event.key() == Qt.Key.Key_Backspace:
            return typed(event, self._press)
        return super().typed(event)


class Calling(Overlay):
    """The whole screen asks for staff, to be seen across the shop; whoever comes may go on with their PIN."""

    staff_here = Signal()

    def __init__(self, window: QWidget, till_name: str) -> None:
        super().__init__(window, 900, fill="warn")
        picture = Picture("customer-service-2-fill", "warn_fg", look.px(190), "warn_bg", 95, look.px(100))
        self.card.body.addLayout(row(1, picture, 1))
        back = Button(_("Back"), "primary", height=112, size=33, radius=20, grow=True, on=self.close_now)
        self.fill(
            Text(_("Staff, please help here"), 52, 600, align="center"),
            Text(till_name, 32, token="text2", align="center"),
            Text(
                _("Your cart is kept. This sign stays until you or staff touch “Back”."),
                26,
                token="text2",
                align="center",
                wrap=True,
            ),
            back,
            Button(_("For staff"), "plain", "lock-line", size=26, on=self.staff_here.emit),
        )


class Trouble(QWidget):
    """The shop cannot be reached: said plainly, tried again by itself."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence
        picture = Picture("wifi-off-line", "warn_fg", look.px(170), "warn_bg", 85, look.px(86))
        again = Text(
            _("Trying again by itself. Staff can help at the counter."), 27, token="text2", align="center"
        )
        layout = column(
            1, row(1, picture, 1), Text(sentence, 38, 500, align="center", wrap=True), again, 1, space=26
        )
        layout.setContentsMargins(look.px(80), 0, look.px(80), 0)
        self.setLayout(layout)
        self.setSizePolicy(Grow, Grow)
