"""The 2 px ring around the control that has the keyboard."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme

_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)
OUT = 4


class FocusRing(QWidget):
    """One per window; follows the focused control and never takes a click."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.radius = 8.0
        self._target: QWidget | None = None
        self._watched: list[QObject] = []

    def follow(self, target: QWidget, radius: float) -> None:
        """Stand around this control from now on."""
        self.release()
        self._target, self.radius = target, radius
        node: QWidget | None = target
        while node is not None and node is not self.parentWidget():
            node.installEventFilter(self)
            self._watched.append(node)
            node = node.parentWidget()
        self._place()
        self.show()
        self.raise_()

    def release(self) -> None:
        """Disappear."""
        from shiboken6 import isValid

        for node in self._watched:
            if isValid(node):
                node.removeEventFilter(self)
        self._watched = []
        self._target = None
        self.hide()

    def _place(self) -> None:
        target, parent = self._target, self.parentWidget()
        if target is None or parent is None:
            return
        corner = target.mapTo(parent, QPoint(0, 0))
        self.setGeometry(QRect(corner, target.size()).adjusted(-OUT, -OUT, OUT, OUT))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.Move, QEvent.Type.Resize):
            self._place()
        elif kind in (QEvent.Type.Hide, QEvent.Type.FocusOut) and (
            kind == QEvent.Type.Hide or watched is self._target
        ):
            self.release()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), self.radius + OUT, None, theme.color("focus"), 2)


def _home(widget: QWidget) -> QWidget:
    """The nearest scrolled area, else the window: the ring is clipped where the control is."""
    node = widget.parentWidget()
    while node is not None and not node.isWindow():
        above = node.parentWidget()
        if isinstance(above, QAbstractScrollArea) and above.viewport() is node:
            return node
        node = above
    return widget.window()


def ring_on_focus(widget: QWidget, event: QFocusEvent, radius: float = 8) -> None:
    """Show the ring for a control that got the keyboard; call from `focusInEvent`."""
    if event.reason() not in _REASONS:
        return
    home = _home(widget)
    ring = home.findChild(FocusRing, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if ring is None:
        ring = FocusRing(home)
    ring.follow(widget, radius)
