"""What stands in the window while the shop is being opened, or when it can't be."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.views.common.cards import vbox
from desktop.views.common.labels import Label
from desktop.views.common.paint import painting
from desktop.views.common.seal import draw_seal
from desktop.views.common.theme import theme

PATIENCE_MS = 1_000


class OpeningPage(QWidget):
    """The seal on the window's ground; says what it waits for only when that takes long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.painted = False
        column = vbox(self)
        column.addStretch(3)
        self._words = Label("", "small", "text2", align="center")
        column.addWidget(self._words)
        column.addStretch(1)
        QTimer.singleShot(PATIENCE_MS, self, self._explain)

    def _explain(self) -> None:
        self._words.setText(_("Opening the shop …"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and seal."""
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("canvas"))
            size = theme.px(56)
            middle = QRectF(self.rect()).center()
            draw_seal(painter, QRectF(middle.x() - size / 2, middle.y() - size, size, size))
        self.painted = True


class TroublePage(QWidget):
    """One sentence about why the shop can't be opened, and a button to try again."""

    again = Signal()

    def __init__(self, sentence: str, place: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from desktop.views.common.buttons import primary
        from desktop.views.common.cards import IconTile

        column = vbox(self, margins=(40, 40, 40, 40), gap=10)
        column.addStretch(2)
        column.addWidget(IconTile("database-2-line", "danger", 48), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(Label(_("The shop can’t be opened"), "h1", align="center"))
        words = Label(sentence, "body", "text2", wrap=True, align="center")
        words.setMaximumWidth(theme.px(560))
        words.setMinimumWidth(theme.px(420))
        column.addWidget(words, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(Label(place, "cap", "text3", align="center"))
        column.addSpacing(8)
        self.button = primary(_("Try again"), "refresh-line")
        self.button.clicked.connect(self.again)
        column.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the page's ground."""
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("page"))
