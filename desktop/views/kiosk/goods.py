"""The list of what was scanned, with steppers, painted line by line."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScroller, QVBoxLayout, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import MILLI, Money, quantity_text
from desktop.pricing.cart import FIXED, BillLine
from desktop.pricing.foreign_prices import foreign_words
from desktop.views.common.paint import painting
from desktop.views.common.product_picture import draw_product
from desktop.views.common.thumbs import thumbs
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.page import Surroundings
from desktop.views.kiosk.parts import Picture
from desktop.views.kiosk.widgets import Button, Card, Fixed, Grow, Text, column, draw_line, remembered, row

PICTURE = 84
Key = tuple[int, str, int | None, int]  # SKU, unit, own price of the line, which of several alike


def paint_picture(painter: QPainter, area: QRectF, key: str, product_id: int = 0) -> None:
    """The photo or picture of goods, in the size of the kiosk."""
    nominal = 44.0
    painter.save()
    painter.translate(area.topLeft())
    painter.scale(area.width() / nominal, area.height() / nominal)
    draw_product(painter, QRectF(0, 0, nominal, nominal), key, product_id)
    painter.restore()


class LineRow(QWidget):
    """One line of the cart: picture, name, price of one, how many, sum."""

    def __init__(self, around: Surroundings, line: BillLine) -> None:
        super().__init__()
        self._around = around
        self._line = line
        thumbs.came.connect(self.update)
        self._texts = ("", "", "", "", "")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        key = (line.offer.sku_id, line.offer.unit)
        change = around.sale.change_quantity
        # nobody makes a weighed pack lighter or heavier by a touch
        self._whole = line.trace == FIXED or line.offer.kind == "weighed"
        less = partial(around.sale.remove_line, *line.key) if self._whole else partial(change, *key, -MILLI)
        self._less = Button("", icon="subtract-line", size=26, on=less)
        self._more = Button("", icon="add-line", size=26, on=partial(change, *key, MILLI))
        for button in (self._less, self._more):
            button.setParent(self)
        if self._whole:
            self._more.hide()
        self.setSizePolicy(Grow, Fixed)
        self.show_line(line)

    def show_line(self, line: BillLine) -> None:
        """Show the line as it is priced now."""
        self._line = line
        one = Money(line.price_minor, self._around.sale.facts.currency)
        hint = line.offer.pack
        if line.discount_minor:
            why = _("Member price")
            if price := line.foreign:  # of a list in another currency
                why = foreign_words(price.currency, price.minor, price.rate, one.currency)
            hint = f"{hint} · {why}" if hint else why
        whole, count = Money(line.list_total_minor, one.currency), quantity_text(line.qty_milli)
        texts = (line.offer.name, hint, str(one), str(whole), count)
        if texts == self._texts:
            return  # painting a line again costs a part of the time a scan may take
        self._texts = texts
        last = line.qty_milli <= MILLI or self._whole
        self._less.icon_ = "delete-bin-line" if last else "subtract-line"
        name = line.offer.name
        self._less.setAccessibleName((_("Remove {name}") if last else _("One less {name}")).format(name=name))
        self._more.setAccessibleName(_("One more {name}").format(name=name))
        self.setAccessibleName(f"{name} × {count} {whole}")
        self._less.update()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(500), look.control(110))

    def _places(self) -> tuple[float, float, float]:
        """Left edges of the two buttons and of the sum."""
        side, count = look.control(64), look.control(62)
        price = self.width() - look.px(168) * (1.2 if look.large else 1)
        more = price - side
        return more - count - side, more, price

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = look.control(64)
        less, more, _price = self._places()
        top = (self.height() - side) // 2
        self._less.setGeometry(round(less), top, side, side)
        self._more.setGeometry(round(more), top, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        offer = self._line.offer
        key = f"line {self._texts} {offer.picture} {thumbs.stamp(offer.product_id)}"
        with painting(self) as painter:
            remembered(painter, self.size(), key, self._draw)

    def _draw(self, painter: QPainter) -> None:
        name, hint, one, whole, count = self._texts
        less, more, price = self._places()
        middle, side = self.height() / 2, look.control(PICTURE)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("divider"))
        offer = self._line.offer
        paint_picture(painter, QRectF(0, middle - side / 2, side, side), offer.picture, offer.product_id)
        left = side + look.px(22)
        room = less - left - look.px(12)
        painter.setPen(color("text"))
        upper = QRectF(left, middle - look.control(42), room, look.control(46))
        draw_line(painter, upper, name, look.font(27, 500))
        painter.setPen(color("text3"))
        under = QRectF(left, middle + look.control(4), room, look.control(36))
        draw_line(painter, under, f"{hint}   {one}" if hint else one, look.font(22))
        painter.setPen(color("text"))
        between = QRectF(less + look.control(64), 0, more - less - look.control(64), self.height())
        draw_line(painter, between, count, look.font(28, 600), "center")
        draw_line(
            painter,
            QRectF(price, 0, self.width() - price, self.height()),
            whole,
            look.font(28, 600),
            "right",
        )


class GoodsCard(Card):
    """Everything scanned so far; new lines come in at the end and are scrolled to."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(pad=(32, 24, 32, 16))
        self._around = around
        self._rows: dict[Key, LineRow] = {}
        self._title = Text("", 28, 500)
        hint = _("Hold the next barcode under the scanner")
        self._hint = Text(hint, 21, token="text3")
        add = Button(_("Add by name"), "soft", "add-line", on=around.search)
        self.body.addLayout(row(self._title, self._hint, 1, add, space=18))
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._empty = _empty()
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self._area = scrolling(self._list)
        self.body.addWidget(self._area, 1)
        self.refresh()

    def refresh(self) -> None:
        """Show the lines of the bill, changing only rows that changed."""
        bill = self._around.sale.bill
        lines = bill.lines if bill else ()
        count = self._around.sale.pieces
        said = ngettext("{count} item scanned", "{count} items scanned", count).format(count=count)
        self._title.say(said if lines else _("Nothing scanned yet"))
        self._empty.setVisible(not lines)
        keyed = _keyed(lines)
        for key in [key for key in self._rows if key not in keyed]:
            gone = self._rows.pop(key)
            gone.hide()
            gone.deleteLater()
        added = False
        for key, line in keyed.items():
            if key in self._rows:
                self._rows[key].show_line(line)
            else:
                added = True
                self._rows[key] = made = LineRow(self._around, line)
                self._column.insertWidget(self._column.count() - 1, made)
                made.show()  # now, not in the next round of events
        if added:
            self._to_end()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._to_end)  # once the page has its size

    def _to_end(self) -> None:
        """Scroll to the newest line before anything is painted, so that it is painted once."""
        room = self._area.viewport().size()
        self._list.resize(room.width(), max(room.height(), self._list.sizeHint().height()))
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.maximum())


def _keyed(lines: Sequence[BillLine]) -> dict[Key, BillLine]:
    """Each line under what it is known by; lines with a price of their own may stand there twice."""
    found: dict[Key, BillLine] = {}
    for line in lines:
        fixed, again = line.total_minor if line.trace == FIXED else None, 0
        while (key := (line.offer.sku_id, line.offer.unit, fixed, again)) in found:
            again += 1
        found[key] = line
    return found


def scrolling(content: QWidget, fill: str = "surface") -> QScrollArea:
    """A list that is moved with a finger, on the colour of what is below, so that moving it needs no painting."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    ground = content.palette()
    ground.setColor(QPalette.ColorRole.Window, color(fill))
    content.setPalette(ground)
    area.viewport().setPalette(ground)
    area.setWidget(content)
    QScroller.grabGesture(area.viewport(), QScroller.ScrollerGestureType.TouchGesture)
    return area


def _empty() -> QWidget:
    panel = QWidget()
    picture = Picture("barcode-line", "primary_text", look.px(168), "primary_subtle", 24, look.px(84))
    panel.setLayout(
        column(
            1,
            row(1, picture, 1),
            Text(_("Scan the first item"), 34, 500, align="center"),
            Text(_("Barcode down, on the red light below the screen"), 24, token="text2", align="center"),
            1,
            space=20,
        )
    )
    panel.setMinimumHeight(look.control(430))
    return panel
