"""A code for the member's phone, drawn large with four modules of white around it."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.views.common.paint import painting
from desktop.views.kiosk.look import color, look

QUIET = 4


class QrCode(QWidget):
    """Shows one address as a QR code; empty shows nothing."""

    def __init__(self, side: float) -> None:
        super().__init__()
        self._side = side
        self.address = ""
        self._rows: list[list[int]] = []
        self.setFixedSize(look.px(side), look.px(side))

    def show_address(self, address: str) -> None:
        """Draw this address."""
        if address == self.address:
            return
        self.address = address
        self._rows = []
        if address:
            import segno  # with the first code only

            self._rows = [list(line) for line in segno.make(address, error="m", micro=False).matrix]
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look.px(self._side), look.px(self._side))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), color("seal_paper"))
            if not self._rows:
                return
            painter.setRenderHint(painter.RenderHint.Antialiasing, False)
            modules = len(self._rows) + 2 * QUIET
            side = max(
                1, self.width() // modules
            )  # whole pixels, so that every module is as wide as the next
            start = (self.width() - side * len(self._rows)) // 2
            ink = color("text")
            for y, line in enumerate(self._rows):
                for x, dark in enumerate(line):
                    if dark:
                        painter.fillRect(QRectF(start + x * side, start + y * side, side, side), ink)
