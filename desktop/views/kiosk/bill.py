"""Parts of the bill: who buys, how many points, what is due, how to pay."""

from functools import partial

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.words import points_text
from desktop.pricing.cart import Bill
from desktop.queries.stored_value import STORED
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.kiosk.cart import MEMBER
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.page import Surroundings
from desktop.views.kiosk.parts import Picture
from desktop.views.kiosk.slider import PointsSlider, quick_choices
from desktop.views.kiosk.widgets import Button, Card, Line, Text, Tile, column, draw_line, row

CHOOSE_MS = 60


class Face(QWidget):
    """A round tile with the first letter of a name."""

    def __init__(self, initial: str) -> None:
        super().__init__()
        self._initial = initial
        side = look.control(72)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        fill, ink = theme.avatar(self._initial or "?")
        with painting(self) as painter:
            box(painter, area, area.width() / 2, fill)
            painter.setPen(ink)
            draw_line(painter, area, self._initial, look.font(30, 500), "center")


class TierMark(QWidget):
    """The member's tier as a small golden mark."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.setFixedSize(round(look.width(text, 20, 500)) + look.px(28), look.control(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        with painting(self) as painter:
            box(painter, area, area.height() / 2, color("points_bg"))
            painter.setPen(color("points_fg"))
            draw_line(painter, area, self._text, look.font(20, 500), "center")


class MemberCard(Card):
    """The member as a bystander may see them, or the way to become one."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(pad=(30, 14, 26, 14))
        member, sale = around.sale.member, around.sale
        if member is None:
            text = column(
                Text(_("No member"), 28, 500),
                Text(_("Members get their price and points"), 22, token="text2"),
                space=0,
            )
            face: QWidget = Picture(
                "vip-crown-2-line", "points_fg", look.control(72), "points_bg", 36, look.px(34)
            )
            button = Button(_("I am a member"), on=partial(sale.go, MEMBER))
        else:
            facts = _("Ends in {tail}   {points} points, worth {worth}").format(
                tail=member.phone_tail, points=f"{member.points:,}", worth=around.worth(member.points)
            )
            name = row(Text(member.shown_name, 28, 500), TierMark(member.tier_name), 1, space=14)
            text = column(name, Text(facts, 22, token="text2"), space=0)
            face = Face(member.initial or member.shown_name[:1])
            button = Button(_("Not me"), on=sale.drop_member)
        self.body.addLayout(_with_stretch(face, text, button))
        self.body.setSpacing(0)


def _with_stretch(face: QWidget, text: object, button: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(look.px(22))
    layout.addWidget(face)
    layout.addLayout(text, 1)  # type: ignore[arg-type]
    layout.addWidget(button)
    return layout


class PointsCard(Card):
    """How much of the bill points pay: a slider over the whole amount, its second half locked."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(pad=(32, 22, 32, 24))
        self._around = around
        self._points = Text("", 28, 400, "points_fg")
        self._worth = Text("", 34, 600, "points_fg")
        head = row(
            Picture("copper-coin-fill", "points", look.letters(34)),
            Text(_("Pay with points"), 28, 500),
            1,
            self._points,
            Text(_("pay"), 26, token="text2"),
            self._worth,
            space=16,
        )
        self.slider = PointsSlider()
        self.slider.moved.connect(self._moved)
        self.slider.chosen.connect(self._choose)
        self._quick = QHBoxLayout()
        self._quick.setSpacing(look.px(14))
        self._buttons: list[tuple[int, Button]] = []
        self._later = QTimer(self, singleShot=True, interval=CHOOSE_MS)
        self._later.timeout.connect(lambda: around.sale.set_points(self.slider.points))
        self.body.addLayout(head)
        self.body.addWidget(self.slider)
        self.body.addLayout(self._quick)
        self.refresh()

    def refresh(self) -> None:
        """Show the points of the bill."""
        bill = self._around.sale.bill
        if bill is None:
            return
        member = self._around.sale.member
        half = bill.cap_minor == bill.half_minor or (member is not None and member.points > bill.cap_points)
        amount = self._around.money(bill.half_minor if half else bill.cap_minor)
        if half and self._around.sale.facts.cap_bp == 5_000:
            cap = _("Half at most {amount}").format(amount=amount)
        else:
            cap = _("At most {amount}").format(amount=amount)
        due = _("Due {amount}").format(amount=self._around.money(bill.total_minor))
        share = (bill.half_minor if half else bill.cap_minor) / max(1, bill.total_minor)
        self.slider.show_points(bill.points, bill.cap_points, share, cap, due)
        self._say(self.slider.points if self.slider.dragging else bill.points)
        if not self.slider.dragging:
            self._show_quick(bill)

    def _say(self, points: int) -> None:
        self._points.say(points_text(points))
        self._worth.say(self._around.worth(points))

    def _moved(self, points: int) -> None:
        self._say(points)
        self._later.start()

    def _choose(self, points: int) -> None:
        self._later.stop()
        self._around.sale.set_points(points)
        self._around.sale.changed.emit()

    def _show_quick(self, bill: Bill) -> None:
        choices = quick_choices(bill.cap_points, bill.points)
        if [points for points, _button in self._buttons] != choices:
            for _points, button in self._buttons:
                button.hide()
                button.deleteLater()
            self._buttons = [(points, self._quick_button(points, bill)) for points in choices]
            for _points, button in self._buttons:
                self._quick.addWidget(button, 1)
        for points, button in self._buttons:
            button.look_as("points" if points == bill.points else "secondary")

    def _quick_button(self, points: int, bill: Bill) -> Button:
        if points == 0:
            text = _("No points")
        elif points == bill.cap_points:
            text = _("All {points}").format(points=f"{points:,}")
        else:
            text = f"{points:,}"
        return Button(text, height=68, grow=True, on=partial(self._choose, points))


class Sums(QWidget):
    """The arithmetic above the line: goods, member price, points."""

    def __init__(self, around: Surroundings, size: float = 25) -> None:
        super().__init__()
        self._around, self._size = around, size
        tokens = ("text", "success_fg", "points_fg", "success_fg", "text", "points_fg")
        self._names = [Text("", size, token="text2") for _token in tokens]
        self._amounts = [Text("", size, 500, token, align="right") for token in tokens]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(look.px(4))
        grid.setColumnStretch(0, 1)
        for place, (name, amount) in enumerate(zip(self._names, self._amounts, strict=True)):
            grid.addWidget(name, place, 0)
            grid.addWidget(amount, place, 1)
        self.refresh()

    def refresh(self) -> None:
        """Show the amounts of the bill."""
        bill = self._around.sale.bill
        if bill is None:
            return
        count = self._around.sale.pieces
        goods = ngettext("Goods   {count} item", "Goods   {count} items", count).format(count=count)
        money = self._around.money
        rows = (
            (goods, money(bill.goods_minor), True),
            (_("Member price"), money(-bill.discount_minor), bool(bill.discount_minor)),
            (
                _("Points   {points}").format(points=points_text(bill.points)),
                money(-bill.points_minor),
                bool(bill.points),
            ),
            (
                _("Payment discount"),
                money(-self._around.sale.pay_discount_minor),
                bool(self._around.sale.pay_discount_minor),
            ),
            (_("Rounding"), money(self._around.sale.rounding_minor), bool(self._around.sale.rounding_minor)),
            (_("Stored value"), money(-self._around.sale.part_minor), bool(self._around.sale.part_minor)),
        )
        for (name, amount, shown), label, value in zip(rows, self._names, self._amounts, strict=True):
            label.say(name)
            value.say(amount)
            label.setVisible(shown)
            value.setVisible(shown)


class Due(QWidget):
    """What is left to pay, very large, and what it earns."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._earns = Text("", 21, token="text3")
        self.amount = Text("", 72, 600, align="right")
        words = column(Text(_("Left to pay"), 26, token="text2"), self._earns, space=0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(words)
        layout.addWidget(self.amount, 1)
        self.refresh()

    def refresh(self) -> None:
        """Show the amount due."""
        bill = self._around.sale.bill
        if bill is None:
            return
        rest = self._around.sale.rest_minor
        self.amount.say(self._around.money(rest))
        earns = bill.earns if self._around.sale.member else 0
        said = [_("Earns {points} points").format(points=f"{earns:,}")] if earns else []
        sale = self._around.sale
        if change := sale.cash_rounding_minor - sale.pay_discount("cash"):
            cash = self._around.money(rest + change)
            said.append(_("In cash {amount}").format(amount=cash))
        self._earns.say("   ".join(said))


class StoredPart(Button):
    """One choice for a member whose stored value is too little for all of it: so much of it, the rest otherwise."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__("", height=88, size=28, radius=20, grow=True, on=self._turn)
        self._around = around
        self.setCheckable(True)
        self.refresh()

    def _turn(self) -> None:
        self._around.sale.use_stored(not self._around.sale.with_stored)
        self.refresh()

    def refresh(self) -> None:
        """Show both amounts, and whether it is chosen."""
        sale, money = self._around.sale, self._around.money
        part = sale.part_offered
        if part and sale.bill is not None:
            words = _("Use {part} of stored value, pay {rest} otherwise")
            rest = sale.bill.to_pay_minor - part
            self.icon_ = "checkbox-circle-fill" if sale.with_stored else "checkbox-blank-circle-line"
            kind = "points" if sale.with_stored else "secondary"
            self.look_as(kind, words.format(part=money(part), rest=money(rest)))
        self.setChecked(sale.with_stored)


class SumCard(Card):
    """Arithmetic and amount due on one card."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(pad=(32, 20, 32, 16))
        self.sums, self.due = Sums(around), Due(around)
        self.body.addWidget(self.sums)
        self.body.addWidget(Line())
        self.body.addWidget(self.due)

    def refresh(self) -> None:
        """Show the bill."""
        self.sums.refresh()
        self.due.refresh()


class PayTiles(QWidget):
    """A tile for each way to pay that is offered for this bill, two or three beside each other."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.px(14))
        self._shown: tuple[tuple[str, str], ...] = ()
        self.refresh()

    def refresh(self) -> None:
        """Show what is offered now."""
        offered = tuple(one.key for one in self._around.sale.offers if one.offered)
        words = tile_words()
        if self._around.sale.stored_offered:
            left = self._around.money(self._around.sale.stored_left)
            words[STORED] = stored_words(_("{amount} there").format(amount=left))
        keys = tuple(key for key in offered or self._around.sale.facts.methods if key in words)
        shown = tuple((key, words[key][1]) for key in keys)
        if shown == self._shown:
            return
        self._shown = shown
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        across = 2 if len(keys) <= 4 else 3
        for place, key in enumerate(keys):
            tile = Tile(*words[key], partial(self._around.sale.pay, key))
            self._grid.addWidget(tile, place // across, place % across)


def tile_words() -> dict[str, tuple[str, str, str, str]]:
    """Name, hint, icon and brand colour of each way to pay a kiosk knows."""
    phone = _("Scan or show your code")
    return {
        "wechat": (_("WeChat Pay"), phone, "wechat-pay-fill", "brand_wechat"),
        "alipay": (_("Alipay"), phone, "alipay-fill", "brand_alipay"),
        "unionpay": (_("UnionPay"), phone, "qr-scan-2-line", "brand_card"),
        "card": (_("Bank card"), _("Staff brings the terminal"), "bank-card-fill", "brand_card"),
        "cash": (_("Cash"), _("Staff takes the money"), "money-cny-circle-fill", "brand_cash"),
    }


def stored_words(hint: str = "") -> tuple[str, str, str, str]:
    """The same for stored value, which only members with enough of it are offered."""
    return _("Stored value"), hint, "wallet-3-fill", "brand_points"
