"""The bell in the top bar, with a dot while messages are unread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.views.common.buttons import Button
from desktop.views.common.paint import painting
from desktop.views.common.theme import theme


class Bell(Button):
    """Opens the inbox; the dot has a ring of the ground, so that it is seen without its colour, too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "plain", "notification-3-line", size=30, tip=_("Messages"), parent=parent)
        self.unread = 0
        self.show_unread(0)

    def show_unread(self, count: int) -> None:
        """Show whether anything is unread, and say how much to who listens."""
        self.unread = count
        words = _("Messages: {count} unread").format(count=count) if count else _("Messages")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then the dot."""
        super().paintEvent(event)
        if not self.unread:
            return
        with painting(self) as painter:
            centre = QPointF(self.width() / 2 + theme.px(5), self.height() / 2 - theme.px(6))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("canvas"))
            painter.drawEllipse(centre, theme.px(5), theme.px(5))
            painter.setBrush(theme.color("danger"))
            painter.drawEllipse(centre, theme.px(4) - 0.5, theme.px(4) - 0.5)
