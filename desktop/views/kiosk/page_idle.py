"""The start page: the shop's own welcome and the three steps."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common.paint import box, painting
from desktop.views.kiosk.cart import BASKET
from desktop.views.kiosk.goods import paint_picture
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.page_track import number_on_paper
from desktop.views.kiosk.parts import Note, Picture, page_layout
from desktop.views.kiosk.widgets import Button, Card, Grow, Text, column, draw_line, row


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
        right = self._ways()
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

    def _ways(self) -> tuple[QWidget, QWidget, QWidget, QHBoxLayout]:
        """What to do here: scan, begin, find an order; then the three steps."""
        start = Button(
            _("Start checkout"), "primary", "shopping-basket-2-fill", height=190 if look.portrait else 150, size=58, weight=600, radius=36,
            grow=True, on=partial(self.sale.go, BASKET),
        )  # fmt: skip
        steps = row(
            self._step("barcode-box-line", _("1   Scan goods"), _("Prices add up by themselves")),
            self._step("vip-crown-line", _("2   Membership"), _("Phone number or code")),
            self._step("wallet-3-line", _("3   Pay"), _("Points pay up to half")),
            space=20,
        )
        find = Button(
            _("Find my order"), "secondary", "file-search-line", height=104, size=32, radius=24, grow=True,
            on=partial(self.sale.find, ""),
        )  # fmt: skip
        return self._scan_card(), start, find, steps

    def scanned(self, code: str) -> bool:
        """The code on a receipt asks for its order."""
        number = number_on_paper(code)
        if number:
            self.sale.find(number)
        return bool(number)

    def _scan_card(self) -> QWidget:
        edge = 44 if look.portrait else 26
        card = Card(radius=32, pad=(48, edge, 48, edge))
        picture = Beam(210 if look.portrait else 180)
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
