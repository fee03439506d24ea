"""Parts that stand on every page: seal and help at the top, the three steps, the foot."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.basics.i18n import _, language
from desktop.views.common import icons
from desktop.views.common.paint import box, painting
from desktop.views.common.seal import draw_seal
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.widgets import Button, Fixed, Grow, Text, column, draw_line, row

HOLD_MS = 3_000


class Seal(QWidget):
    """The shop's seal; held for three seconds it calls for the staff PIN."""

    held = Signal()

    def __init__(self) -> None:
        super().__init__()
        side = look.control(64)
        self.setFixedSize(side, side)
        self._timer = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._timer.timeout.connect(self.held)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._timer.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            draw_seal(painter, QRectF(self.rect()))


class Header(QWidget):
    """Shop and till on the left; language, large type and help always on the right."""

    def __init__(self, shop_name: str, till_name: str, on: dict[str, Callable[[], object]]) -> None:
        super().__init__()
        self.setFixedHeight(look.control(111))
        self.setSizePolicy(Grow, Fixed)
        seal = Seal()
        seal.held.connect(on["staff"])
        names = column(1, Text(shop_name, 28, 500), Text(till_name, 21, token="text3"), 1, space=0)
        other = "EN" if language().startswith("zh") else "中文"
        tools = [
            Button(other, icon="global-line", on=on["language"]),
            Button(_("Normal type") if look.large else _("Large type"), icon="zoom-in-line", on=on["large"]),
            Button(_("Call staff"), icon="customer-service-2-line", on=on["help"]),
        ]
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look.px(40), 0, look.px(40), 0)
        layout.setSpacing(look.px(14))
        layout.addWidget(seal)
        layout.addSpacing(look.px(4))
        layout.addLayout(names, 1)
        for tool in tools:
            layout.addWidget(tool)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), color("surface"))
            painter.fillRect(0, self.height() - 1, self.width(), 1, color("border"))


class Steps(QWidget):
    """Scan goods, member, pay: what is done, what is now, what comes."""

    def __init__(self, now: int) -> None:
        super().__init__()
        self._now = now
        self._names = (_("Scan goods"), _("Membership"), _("Pay"))
        self.setAccessibleName(_("Step {now} of 3: {name}").format(now=now, name=self._names[now - 1]))
        self.setSizePolicy(Grow, Fixed)

    def sizeHint(self) -> QSize:
        return QSize(look.px(400), look.control(94))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            side, x = float(look.control(48)), 0.0
            middle = self.height() / 2
            font = look.font(26)
            third = min(self.width() * 0.335, look.px(334) * 1.0)
            for number, name in enumerate(self._names, 1):
                circle = QRectF(x, middle - side / 2, side, side)
                self._circle(painter, circle, number)
                painter.setPen(color("text" if number == self._now else "text2"))
                left = circle.right() + look.px(14)
                wide = draw_line(
                    painter, QRectF(left, 0, third - side - look.px(40), self.height()), name, font
                )
                if number < 3:
                    start = left + wide + look.px(20)
                    length = x + third - start - look.px(14)
                    token = "primary" if number < self._now else "border_strong"
                    painter.fillRect(QRectF(start, middle - 1.5, max(8.0, length), 3), color(token))
                x += third

    def _circle(self, painter: QPainter, area: QRectF, number: int) -> None:
        radius = area.width() / 2
        if number > self._now:
            box(painter, area, radius, color("surface"), color("border_input"), 1.5)
        else:
            box(painter, area, radius, color("primary"))
        if number < self._now:
            icons.draw(painter, area, "check-line", "on_primary", look.px(26))
            return
        painter.setPen(color("on_primary" if number == self._now else "text2"))
        draw_line(painter, area, str(number), look.font(24, 600), "center")


class Note(QWidget):
    """A small icon and a hint beside it."""

    def __init__(self, text: str, icon: str, token: str = "text3", size: float = 21) -> None:
        super().__init__()
        side = look.letters(size) + 2
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.px(12))
        layout.addWidget(Picture(icon, token if token != "text3" else "text3", side))
        self.text = Text(text, size, token="text2" if token != "text3" else "text3")
        layout.addWidget(self.text, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, Fixed)


class Picture(QWidget):
    """An icon standing by itself, perhaps on a tinted tile."""

    def __init__(
        self, name: str, token: str, side: int, tile: str = "", radius: float = 20, inner: int = 0
    ) -> None:
        super().__init__()
        self._name, self._token, self._tile, self._radius = name, token, tile, radius
        self._inner = inner or side
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        with painting(self) as painter:
            if self._tile:
                box(painter, area, look.px(self._radius), color(self._tile))
            icons.draw(painter, area, self._name, self._token, self._inner)


class Foot(QWidget):
    """One way back on the left, one hint on the right."""

    def __init__(self, back: str, hint: str, on: Callable[[], object] | None) -> None:
        super().__init__()
        self.setFixedHeight(look.control(82))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if on is not None:
            button = Button(back, "plain", "restart-line", height=64, size=25, weight=400, on=on)
            layout.addWidget(button)
        layout.addStretch(1)
        self.hint = Note(hint, "time-line")
        layout.addWidget(self.hint)
        self.hint.setVisible(bool(hint))


class Ring(QWidget):
    """A ring that empties with the seconds left, the number in its middle."""

    def __init__(self, side: float, whole: int) -> None:
        super().__init__()
        self._whole, self.left = max(1, whole), whole
        self.setFixedSize(look.px(side), look.px(side))

    def count(self, left: int) -> None:
        """Show the seconds left."""
        self.left = left
        self.setAccessibleName(str(left))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        wide = look.px(18)
        area = QRectF(self.rect()).adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2)
        with painting(self) as painter:
            painter.setPen(QPen(color("sunken"), wide))
            painter.drawEllipse(area)
            painter.setPen(QPen(color("warn"), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(area, 90 * 16, round(-360 * 16 * self.left / self._whole))
            painter.setPen(color("text"))
            draw_line(painter, QRectF(self.rect()), str(self.left), look.font(68, 600), "center")


class TimeBar(QWidget):
    """A bar that shrinks with the time left."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 1.0
        self.setFixedHeight(look.px(14))

    def show_share(self, share: float) -> None:
        """How much is left, from 0 to 1."""
        self._share = max(0.0, min(1.0, share))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        with painting(self) as painter:
            box(painter, area, area.height() / 2, color("sunken"))
            done = QRectF(
                area.left(), area.top(), max(area.height(), area.width() * self._share), area.height()
            )
            box(painter, done, area.height() / 2, color("primary"))


def page_layout(page: QWidget, parts: Sequence[QWidget | int], space: float = 16) -> None:
    """Lay a page out between the margins."""
    layout = column(*parts, space=space)
    layout.setContentsMargins(look.px(40), 0, look.px(40), look.px(4))
    page.setLayout(layout)


__all__ = ["Foot", "Header", "Note", "Picture", "Ring", "Steps", "TimeBar", "page_layout", "row"]
