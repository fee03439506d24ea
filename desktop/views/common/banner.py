"""Page-wide facts that last: one line, one action."""

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.buttons import icon_button, link
from desktop.views.common.cards import hbox
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme

_ICONS = {
    "info": "information-line",
    "warn": "error-warning-line",
    "danger": "error-warning-fill",
    "success": "checkbox-circle-fill",
}


class Banner(QWidget):
    """A coloured line with an icon, a sentence, an optional quieter part and one action."""

    acted = Signal()
    closed = Signal()

    def __init__(
        self,
        text: str,
        tone: str = "info",
        *,
        more: str = "",
        action: str = "",
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = hbox(self, margins=(16 + 16 + 10, 0, 14, 0), gap=12)
        self.text = Label(text, "small_m", f"{tone}_fg")
        self.more = Label(more, "small", f"{tone}_fg")
        if not more:
            self.more.hide()
        row.addWidget(self.text)
        row.addWidget(self.more)
        row.addStretch(1)
        self.action = link(action)
        if not action:
            self.action.hide()
        self.action.clicked.connect(self.acted)
        row.addWidget(self.action)
        self.setAccessibleName(text)
        if closable:
            close = icon_button("close-line", _("Close"), size=26)
            close.clicked.connect(self._close)
            row.addWidget(close)

    def say(self, text: str, more: str = "", action: str = "") -> None:
        """Change the sentence."""
        self.text.setText(text)
        self.more.setText(more)
        self.more.setVisible(bool(more))
        self.action.relabel(action)
        self.action.setVisible(bool(action))
        self.setAccessibleName(text)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.px(42))

    def paintEvent(self, event: QPaintEvent) -> None:
        _main, fill, ink = theme.tone(self._tone)
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 8, fill)
            icons.draw(
                painter, QRectF(16, 0, theme.px(16), self.height()), _ICONS[self._tone], ink, theme.px(16)
            )
