"""Toasts: one sentence at the bottom of the window, with undo and the seconds left."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.buttons import Button
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting, soft_shadow
from desktop.views.common.theme import theme

SECONDS = 8
MOST = 3
SHADOW = 16


class _ToastButton(Button):
    """The white button on the dark toast."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 6, theme.color("toast_button"))
            self._draw_content(painter, QRectF(self.rect()), theme.color("toast_button_text"))


class Toast(QWidget):
    """One toast; counts its seconds down, and waits while hovered or focused."""

    def __init__(
        self,
        host: "ToastHost",
        text: str,
        *,
        tone: str = "success",
        undo: Callable[[], object] | None = None,
        action: str = "",
        seconds: int = SECONDS,
    ) -> None:
        super().__init__(host.parentWidget())
        self._host, self._undo, self._tone, self.left = host, undo, tone, seconds
        self._hovered = False
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(SHADOW + 16 + 26, SHADOW, SHADOW + 12, SHADOW)
        row.setSpacing(10)
        row.addWidget(Label(text, "small_b", "on_dark"))
        self.button = _ToastButton(action or _("Undo"), size=28)
        if undo is None:
            self.button.hide()
        self.button.clicked.connect(self.act)
        self.seconds = Label("", "cap_m", "on_dark2")
        if undo is None:
            self.seconds.hide()
        row.addSpacing(14)
        row.addWidget(self.button)
        row.addWidget(self.seconds)
        row.addStretch(1)
        close = Button("", "on_dark", "close-line", size=26, tip=_("Close"))
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self.count_down)
        self._tick.start()
        self._say_left()

    def act(self) -> None:
        """Undo (or do what the button says), once."""
        undo, self._undo = self._undo, None
        self.leave()
        if undo is not None:
            undo()

    def leave(self) -> None:
        """Go away."""
        self._tick.stop()
        self._host.drop(self)

    def count_down(self) -> None:
        """One second passed; it does not count while somebody looks at the toast."""
        if self._hovered or self.button.hasFocus():
            return
        self.left -= 1
        self._say_left()
        if self.left <= 0:
            self.leave()

    def _say_left(self) -> None:
        self.seconds.setText(_("{seconds} s").format(seconds=self.left))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(max(hint.width(), theme.px(364) + 2 * SHADOW), theme.px(46) + 2 * SHADOW)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
            soft_shadow(painter, area, 10, SHADOW - 4)
            box(painter, area, 10, theme.color("toast"))
            self._draw_mark(painter, area)

    def _draw_mark(self, painter: QPainter, area: QRectF) -> None:
        mark = QRectF(area.left() + 16, area.top(), theme.px(16), area.height())
        if self._tone == "success":
            icons.draw(painter, mark, "checkbox-circle-fill", "toast_success", theme.px(16))
        elif self._tone == "notice":
            icons.draw(painter, mark, "notification-3-fill", "on_dark", theme.px(16))
        else:
            ink = "toast_danger" if self._tone == "danger" else "on_dark"
            icons.draw(painter, mark, "error-warning-fill", ink, theme.px(16))


class ToastHost(QObject):
    """Keeps at most three toasts at the bottom centre of a window, newest below."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.toasts: list[Toast] = []
        window.installEventFilter(self)

    def parentWidget(self) -> QWidget:
        """Return the window."""
        window = self.parent()
        assert isinstance(window, QWidget)
        return window

    def add(
        self,
        text: str,
        *,
        tone: str = "success",
        undo: Callable[[], object] | None = None,
        action: str = "",
        seconds: int = SECONDS,
    ) -> Toast:
        """Show a toast and return it."""
        while len(self.toasts) >= MOST:
            self.toasts[0].leave()
        toast = Toast(self, text, tone=tone, undo=undo, action=action, seconds=seconds)
        self.toasts.append(toast)
        toast.show()
        self.place()
        return toast

    def drop(self, toast: Toast) -> None:
        """Forget a toast that left."""
        if toast in self.toasts:
            self.toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self.place()

    def undo_newest(self) -> bool:
        """Undo what the newest toast offers (Ctrl Z); False when there is nothing."""
        for toast in reversed(self.toasts):
            if toast.button.isVisibleTo(toast):
                toast.act()
                return True
        return False

    def place(self) -> None:
        """Stack the toasts from the bottom."""
        window = self.parentWidget()
        bottom = window.height() - theme.px(20) + SHADOW
        for toast in reversed(self.toasts):
            size = toast.sizeHint()
            width = min(size.width(), window.width() - 8)
            toast.resize(width, size.height())
            toast.move(QPoint((window.width() - width) // 2, bottom - size.height()))
            toast.raise_()
            bottom -= size.height() - 2 * SHADOW + 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False


def host_of(widget: QWidget) -> ToastHost:
    """Return the toast host of the widget's window (of the main window for a dialog)."""
    window = widget.window()
    while (
        window.windowFlags() & Qt.WindowType.Dialog == Qt.WindowType.Dialog
        and window.parentWidget() is not None
    ):
        above = window.parentWidget()
        if above is None:
            break
        window = above.window()
    found = window.findChild(ToastHost, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if found is not None else ToastHost(window)
