"""Long work: what is being done, how far, how long still, and the way out."""

import time

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common.buttons import plain, secondary
from desktop.views.common.cards import IconTile, TwoLines, hbox, vbox
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting, repaint_on_change
from desktop.views.common.theme import theme


class ProgressBar(QWidget):
    """A bar 8 px high; parts per thousand."""

    def __init__(self, token: str = "primary", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._token, self._permille = token, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def show_part(self, done: int, total: int, token: str = "") -> None:
        """Show how much of a whole is there."""
        self._permille = 0 if total <= 0 else max(0, min(1000, done * 1000 // total))
        self._token = token or self._token
        self.setAccessibleName(f"{self._permille // 10}%")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect())
            box(painter, area, area.height() / 2, theme.color("sunken"))
            if self._permille:
                width = max(area.height(), area.width() * self._permille / 1000)
                box(painter, QRectF(0, 0, width, area.height()), area.height() / 2, theme.color(self._token))


def time_left(seconds: int) -> str:
    """Return a rough remaining time in words."""
    if seconds < 5:
        return _("A few seconds left")
    if seconds < 90:
        return _("About {count} seconds left").format(count=(seconds + 4) // 5 * 5)
    return _("About {count} minutes left").format(count=(seconds + 59) // 60)


class ProgressPanel(QWidget):
    """Shows work of more than a second; signals `hidden_away` (go on in the background) and `cancelled`."""

    hidden_away = Signal()
    cancelled = Signal()

    def __init__(
        self,
        title: str,
        caption: str = "",
        *,
        icon: str = "upload-cloud-2-line",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._began = time.monotonic()
        column = vbox(self, gap=8)
        head = hbox(gap=10)
        self.words = TwoLines(title, caption, style="small_b")
        self.percent = Label("0%", "small_b", align="right")
        head.addWidget(IconTile(icon, "info", 32))
        head.addWidget(self.words, 1)
        head.addWidget(self.percent)
        column.addLayout(head)
        self.bar = ProgressBar()
        column.addWidget(self.bar)
        foot = hbox()
        self.left = Label("", "cap", "text2")
        self.away = secondary(_("Continue in background"), size=28)
        self.stop = plain(_("Cancel"), size=28)
        self.away.clicked.connect(self.hidden_away)
        self.stop.clicked.connect(self.cancelled)
        foot.addWidget(self.left, 1)
        foot.addWidget(self.away)
        foot.addWidget(self.stop)
        column.addLayout(foot)

    def start(self) -> None:
        """Count the time from now."""
        self._began = time.monotonic()

    def show_progress(self, done: int, total: int, caption: str = "") -> None:
        """Show how many of how many are done."""
        self.bar.show_part(done, total)
        self.percent.setText(f"{done * 100 // total if total > 0 else 0}%")
        if caption:
            self.words.say(self.words.title.text(), caption)
        spent = time.monotonic() - self._began
        if done > 0 and total > done and spent > 1:
            self.left.setText(time_left(round(spent * (total - done) / done)))
        else:
            self.left.setText("")
