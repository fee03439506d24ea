"""The kiosk's own keys: digits and letters, because a kiosk has no keyboard of the system."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.paint import box, painting
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.widgets import Button, Fixed, Grow, draw_line

CLEAR, BACK = "clear", "back"


class Keypad(QWidget):
    """Ten digits, clear and back, as on a telephone."""

    pressed = Signal(str)

    def __init__(self, height: float = 130, corner: str = CLEAR) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(15))
        keys = (*"123456789", corner, "0", BACK)
        for place, key in enumerate(keys):
            button = _key(key, height, 27 if key == CLEAR else 44, partial(self.pressed.emit, key))
            grid.addWidget(button, place // 3, place % 3)
        self.setSizePolicy(Grow, Fixed)


class Letters(QWidget):
    """Letters and digits for searching by name, pinyin or code."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(12))
        for line, keys in enumerate(("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm")):
            for place, key in enumerate(keys):
                grid.addWidget(_key(key, 84, 32, partial(self.pressed.emit, key)), line, place)
        grid.addWidget(_key(CLEAR, 84, 24, partial(self.pressed.emit, CLEAR)), 3, 7, 1, 2)
        grid.addWidget(_key(BACK, 84, 24, partial(self.pressed.emit, BACK)), 3, 9)
        self.setSizePolicy(Grow, Fixed)


def _key(key: str, height: float, size: float, on: Callable[[], object]) -> Button:
    if key == BACK:
        button = Button("", "side", "delete-back-2-line", height=height, size=38, grow=True, on=on)
        button.setAccessibleName(_("Delete the last character"))
        return button
    side = key == CLEAR
    text = _("Clear") if side else key.upper()
    button = Button(text, "side" if side else "key", height=height, size=size, grow=True, on=on)
    button.setMinimumWidth(look.px(40))
    return button


class Entry(QWidget):
    """What was typed so far, large; `filled` when it is as long as it gets."""

    changed = Signal(str)

    def __init__(
        self, icon: str, hint: str, longest: int, *, secret: bool = False, groups: tuple[int, ...] = ()
    ) -> None:
        super().__init__()
        self.value = ""
        self._icon, self._hint, self._longest, self._secret, self._groups = (
            icon,
            hint,
            longest,
            secret,
            groups,
        )
        self._blink = True
        self._timer = QTimer(self, interval=530)
        self._timer.timeout.connect(self._toggle)
        self._timer.start()
        self.setAccessibleName(hint)
        self.setSizePolicy(Grow, Fixed)

    def sizeHint(self) -> QSize:
        return QSize(look.px(400), look.control(118))

    def press(self, key: str) -> None:
        """Take one key."""
        if key == CLEAR:
            self.value = ""
        elif key == BACK:
            self.value = self.value[:-1]
        elif len(self.value) < self._longest:
            self.value += key
        self._blink = True
        self.update()
        self.changed.emit(self.value)

    def clear(self) -> None:
        """Forget what was typed."""
        self.press(CLEAR)

    def shown(self) -> str:
        """The value as people read it: in groups, or as dots."""
        if self._secret:
            return "●" * len(self.value)
        parts, rest = [], self.value
        for size in self._groups:
            parts.append(rest[:size])
            rest = rest[size:]
        return "  ".join(part for part in (*parts, rest) if part)

    def _toggle(self) -> None:
        self._blink = not self._blink
        if self.isVisible():
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        with painting(self) as painter:
            box(painter, area, look.px(24), color("surface"), color("primary"), look.px(4))
            icons.draw(
                painter, QRectF(look.px(30), 0, look.px(44), self.height()), self._icon, "text2", look.px(34)
            )
            left = look.px(102)
            room = QRectF(left, 0, self.width() - left - look.px(90), self.height())
            font = look.font(48, 600)
            if self.value:
                painter.setPen(color("text"))
                wide = draw_line(painter, room, self.shown(), font)
            else:
                painter.setPen(color("text3"))
                draw_line(painter, room, self._hint, look.font(28))
                wide = 0.0
            if self._blink:
                high = QFontMetricsF(font).ascent()
                at = left + wide + look.px(10) if self.value else left - look.px(8)
                painter.fillRect(QRectF(at, (self.height() - high) / 2, 3, high), color("primary"))
            if self.value:
                icons.draw(painter, self._cross(), "close-circle-fill", "text2", look.px(34))

    def _cross(self) -> QRectF:
        return QRectF(self.width() - look.px(96), 0, look.px(80), self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.value and self._cross().contains(event.position()):
            self.clear()


def typed(event: QKeyEvent, press: Callable[[str], object]) -> bool:
    """Hand a key of a real keyboard to a pad; whether it was one."""
    text = event.text().lower()
    if event.key() == Qt.Key.Key_Backspace:
        press(BACK)
    elif len(text) == 1 and (text.isalnum() or text in "-."):
        press(text)
    else:
        return False
    return True
