"""The last page: paid, the receipt as on paper, and home again by itself."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPolygonF
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.basics.words import points_text
from desktop.queries.stored_value import STORED
from desktop.views.common import icons
from desktop.views.common.paint import box, painting
from desktop.views.kiosk.goods import scrolling
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.pages_pay import Parts, framed, method_words
from desktop.views.kiosk.parts import Note, Picture
from desktop.views.kiosk.widgets import Line, Text, column, row, wide

SECONDS = 8


class Check(QWidget):
    """A large green check."""

    def __init__(self, side: float) -> None:
        super().__init__()
        self.setFixedSize(look.px(side), look.px(side))
        self.setAccessibleName(_("Payment complete"))

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        inner = area.width() * 0.14
        with painting(self) as painter:
            box(painter, area, area.width() / 2, color("success_bg"))
            disc = area.adjusted(inner, inner, -inner, -inner)
            box(painter, disc, disc.width() / 2, color("success"))
            icons.draw(painter, area, "check-line", "on_primary", round(area.width() * 0.44))


class Paper(QWidget):
    """A sheet torn off at its lower edge."""

    def __init__(self) -> None:
        super().__init__()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(look.px(40), look.px(22), look.px(40), look.px(40))
        self.body.setSpacing(look.px(15))

    def paintEvent(self, event: QPaintEvent) -> None:
        tooth = max(4, look.px(18))
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -1)
        points = [area.topRight(), area.topLeft(), QPointF(area.left(), area.bottom() - tooth)]
        count = max(2, round(area.width() / (2 * tooth)))
        step = area.width() / (2 * count)
        for i in range(1, 2 * count + 1):
            points.append(QPointF(area.left() + i * step, area.bottom() - (0 if i % 2 else tooth)))
        with painting(self) as painter:
            painter.setPen(color("border_strong"))
            painter.setBrush(color("surface"))
            painter.drawPolygon(QPolygonF(points))


class Reward(QWidget):
    """Points won and left, on gold."""

    def __init__(self, won: str, left: str) -> None:
        super().__init__()
        self.setFixedHeight(look.control(92))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look.px(26), 0, look.px(26), 0)
        layout.setSpacing(look.px(20))
        layout.addWidget(Picture("copper-coin-fill", "points", look.letters(32)))
        layout.addWidget(Text(won, 28, 500, "points_fg"))
        layout.addStretch(1)
        layout.addWidget(Text(left, 26, 400, "points_fg"))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            box(painter, self.rect(), look.px(20), color("points_bg"))


class ReceiptPage(Page):
    """What was bought and paid; goes home after a few seconds."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        settled = self.sale.settled
        assert settled is not None
        self._left = SECONDS * (2 if look.large else 1)
        self._method = method_words(self.sale.method)[0]
        part = self.sale.part_minor
        paid = f"{self._method} {around.money(settled.to_pay_minor - part)}"
        if part:
            paid = f"{method_words(STORED)[0]} {around.money(part)}   {paid}"
        if settled.change_minor:
            paid += "   " + _("Change due {amount}").format(amount=around.money(settled.change_minor))
        top = row(1, Check(240 if look.portrait else 200), 1)
        buttons: list[QWidget] = []
        self._print = wide(_("Print receipt"), self._on_print, icon="printer-line", height=104)
        self._said = QWidget()
        self._words = column(space=0)
        self._said.setLayout(self._words)
        if around.paper is not None:
            buttons.append(self._print)
            around.paper.begin(settled.order_id)
            around.paper.changed.connect(self._show_paper)
        buttons.append(wide(_("Finish"), self.sale.finish, "primary", "check-line", height=104))
        self._home = Note("", "restart-line", size=22)
        self._paper = self._receipt()
        first: Parts = [
            top,
            Text(_("Payment complete"), 52, 600, align="center"),
            Text(paid, 32, token="text2", align="center"),
        ]
        ends: Parts = [self._said, row(*buttons, space=20), row(1, self._home, 1)]
        if look.portrait:
            framed(self, first, [scrolling(self._paper, "page")], ends, top=40)
        else:
            framed(self, [1, *first, 1, *ends], [scrolling(self._paper, "page")], [])
        margins = self.contentsMargins()
        self.setContentsMargins(margins.left(), margins.top(), margins.right(), look.px(16))
        self._show_paper()
        self.tick(0)

    def _receipt(self) -> QWidget:
        bill, settled, facts = self.sale.bill, self.sale.settled, self.sale.facts
        assert bill is not None
        assert settled is not None
        money = self.around.money
        paper = Paper()
        place = " · ".join(part for part in (facts.shop_name, facts.branch.split("·")[0].strip()) if part)
        number = Text(_("No. {number}").format(number=settled.short_code), 23, token="text3", align="right")
        paper.body.addLayout(row(Text(place, 27, 500), 1, number))
        paper.body.addWidget(Line())
        grid = QGridLayout()
        grid.setVerticalSpacing(look.px(17))
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 3)
        for place_no, line in enumerate(bill.lines):
            grid.addWidget(Text(line.offer.name, 25), place_no, 0)
            grid.addWidget(Text(f"× {quantity_text(line.qty_milli)}", 24, token="text3"), place_no, 1)
            grid.addWidget(Text(money(line.list_total_minor), 25, align="right"), place_no, 2)
        paper.body.addLayout(grid)
        paper.body.addWidget(Line())
        for name, amount, token in self._sums():
            paper.body.addLayout(
                row(Text(name, 25, token="text2"), 1, Text(amount, 25, token=token, align="right"))
            )
        if self.sale.member is not None:
            won = _("{points} points earned").format(points=f"{settled.points_earned:,}")
            left = _("{points} points left").format(points=f"{settled.points_left:,}")
            paper.body.addSpacing(look.px(6))
            paper.body.addWidget(Reward(won, left))
        paper.body.addStretch(1)
        holder = QWidget()
        holder.setLayout(column(paper, 1))
        return holder

    def _sums(self) -> list[tuple[str, str, str]]:
        bill = self.sale.bill
        assert bill is not None
        money = self.around.money
        rows = [(_("Total"), money(bill.goods_minor), "text")]
        if bill.discount_minor:
            rows.append((_("Member price"), money(-bill.discount_minor), "success_fg"))
        if bill.points:
            words = _("Points   {points}").format(points=points_text(bill.points))
            rows.append((words, money(-bill.points_minor), "points_fg"))
        if self.sale.pay_discount_minor:
            rows.append((_("Payment discount"), money(-self.sale.pay_discount_minor), "success_fg"))
        if self.sale.rounding_minor:
            rows.append((_("Rounding"), money(self.sale.rounding_minor), "text"))
        if self.sale.part_minor:
            rows.append((method_words(STORED)[0], money(self.sale.part_minor), "text"))
        rows.append((self._method, money(self.sale.due_minor), "text"))
        return rows

    def _on_print(self) -> None:
        if self.around.paper is not None:
            self.around.paper.print()

    def _show_paper(self) -> None:
        """Say how far the paper is, and stay long enough to read it."""
        paper = self.around.paper
        words, icon, token = paper.words() if paper is not None else ("", "", "")
        while (item := self._words.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        if paper is None or not words:
            return
        note = Note(words, icon, token, size=24)
        note.text.say(words, token)
        self._words.addWidget(note, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._print.setEnabled(not paper.under_way and not paper.out)
        waits = paper.state is not None and bool(paper.state.problem)
        self._left = SECONDS * (2 if look.large else 1) * (4 if waits else 1)

    def tick(self, idle_left: int) -> None:
        """Home after a few seconds; the paper's state is asked for again, in case no news came."""
        if self.around.paper is not None:
            self.around.paper.look_again()
        self._home.text.say(_("Back to the start in {seconds} s").format(seconds=max(0, self._left)))
        self._left -= 1
        if self._left < 0:
            self.sale.finish()
