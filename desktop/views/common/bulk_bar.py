"""The dark bar that replaces a table's footer when several rows are ticked."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common.buttons import Button
from desktop.views.common.cards import Divider, hbox
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.common.toggle import draw_check


class BulkBar(QWidget):
    """Count and sum of the ticked rows, actions, and the way out; signal `cleared`."""

    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = hbox(self, margins=(14 + 16 + 6, 0, 12, 0), gap=6)
        self.count = Label("", "small_b", "on_dark")
        self.sum = Label("", "small", "on_dark2")
        line = Divider(vertical=True, token="toast_line")
        self._row.addWidget(self.count)
        self._row.addWidget(self.sum)
        self._row.addSpacing(6)
        self._row.addWidget(line)
        self._row.addStretch(1)
        clear = self._button(_("Clear selection"), key="Esc")
        clear.clicked.connect(self.cleared)
        self._row.addWidget(clear)

    def add(self, text: str, icon: str = "", *, key: str = "") -> Button:
        """Add an action and return its button."""
        button = self._button(text, icon, key=key)
        self._row.insertWidget(self._row.count() - 2, button)
        return button

    @staticmethod
    def _button(text: str, icon: str = "", *, key: str = "") -> Button:
        """A button whose click leaves the keyboard in the table: the bar goes away when nothing is ticked."""
        button = Button(text, "on_dark", icon, key=key)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def say(self, count: str, total: str = "") -> None:
        """Show count and sum, in words."""
        self.count.setText(count)
        self.sum.setText(total)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.px(50))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 10, theme.color("toast"))
            size = theme.px(16)
            spot = QRectF(14, (self.height() - size) / 2, size, size)
            draw_check(painter, spot, Qt.CheckState.PartiallyChecked)
