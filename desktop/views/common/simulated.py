"""Says on every window that payments are simulated, as long as an account leads to a simulator."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.simulated import payments_simulated
from desktop.views.common.context import Context
from desktop.views.common.paint import box, draw_text, painting, text_width
from desktop.views.common.theme import theme
from desktop.views.common.tokens import TYPE

SIDE = 20
WIDE = 900  # pixels of a window whose tools leave room for the given type


class SimulatedMark(QWidget):
    """A tab at the lower or upper edge of a window, above everything in it and in nobody's way."""

    def __init__(
        self, window: QWidget, context: Context, style: str = "small_m", *, above: bool = False
    ) -> None:
        super().__init__(window)
        self._window, self._context, self._style, self._above = window, context, style, above
        self._fitting = style
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        window.installEventFilter(self)
        context.news.changed.connect(self._hear)
        self._ask()

    @property
    def words(self) -> str:
        """What it says."""
        return _("Simulated payments: no money moves")

    def _hear(self, changes: Any) -> None:
        if changes.touches("payment_account"):
            self._ask()

    def _ask(self) -> None:
        self._context.of(self).ask(payments_simulated).then(self._know).otherwise(lambda _error: None)

    def _know(self, simulated: bool) -> None:
        self.setVisible(simulated)
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place and on top when the window changes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.ChildPolished):
            self._settle()
        return False

    def _settle(self) -> None:
        if self.isHidden():
            return
        self.setAccessibleName(self.words)
        place = self._window.rect()
        wide = place.width() >= WIDE
        self._fitting = self._style if wide else "micro"
        width = round(text_width(self._fitting, self.words)) + 2 * SIDE
        height = theme.px(round(TYPE[self._fitting][0] * (1.85 if wide else 1.4)))
        top, middle = (0, 0.38) if self._above else (place.height() - height, 0.5)  # above, tools stand right
        self.setGeometry(round(place.width() * middle - width / 2), top, width, height)
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A tab that grows out of the edge."""
        _main, fill, ink = theme.tone("warn")
        area = QRectF(self.rect())
        with painting(self) as painter:
            box(painter, area.adjusted(0, -8 * self._above, 0, 8 * (not self._above)), 8, fill)
            draw_text(painter, area, self.words, self._fitting, ink, align="center")
