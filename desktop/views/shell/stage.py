"""The full-window pages before the screens: a rail with the brand at left, the page at right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons, shortcuts
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change
from desktop.views.common.seal import Seal
from desktop.views.common.theme import theme
from desktop.views.shell.help import ManualSheet
from desktop.views.shell.top_bar import LanguageButton

RAIL, BAR = 284, 44
State = Literal["past", "now", "later"]


class Sheet(QWidget):
    """The page's ground: `page` colour with a round corner at the top left, a line towards the canvas."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        with painting(self) as painter:
            area = QRectF(self.rect())
            painter.fillRect(area, theme.color("canvas"))
            paint_sheet(painter, area)


def paint_sheet(painter: object, area: QRectF, radius: float = 14) -> None:
    """Draw the page's ground into an area that reaches the window's right and bottom edge."""
    path = QPainterPath()
    path.addRoundedRect(area.adjusted(0.5, 0.5, radius * 2, radius * 2), radius, radius)
    painter.setPen(QPen(theme.color("border_strong"), 1))  # type: ignore[attr-defined]
    painter.setBrush(theme.color("page"))  # type: ignore[attr-defined]
    painter.drawPath(path)  # type: ignore[attr-defined]


class RailStep(QWidget):
    """One step in the rail: done, under way or to come."""

    def __init__(
        self, number: int, title: str, caption: str, state: State, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._number, self._title, self._caption, self._state = number, title, caption, state
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        """52 px high."""
        return QSize(theme.px(200), theme.px(54))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mark, title and caption."""
        with painting(self) as painter:
            area = QRectF(self.rect())
            now = self._state == "now"
            if now:
                edge = theme.color("border_strong" if theme.mode == "light" else "border")
                box(painter, area, 10, edge)
                box(painter, area.adjusted(0, 0, 0, -1), 10, theme.color("surface"), theme.color("border"))
            size = theme.px(28)
            mark = QRectF(theme.px(12), (area.height() - size) / 2, size, size)
            if self._state == "later":
                box(painter, mark, size / 2, None, theme.color("border_input"), 1.5)
                draw_text(painter, mark, str(self._number), "small_b", theme.color("text2"), "center")
            else:
                box(painter, mark, size / 2, theme.color("primary"))
                if self._state == "past":
                    icons.draw(painter, mark, "check-line", "on_primary", theme.px(16))
                else:
                    draw_text(
                        painter, mark, str(self._number), "small_b", theme.color("on_primary"), "center"
                    )
            left = mark.right() + theme.px(14)
            width = area.width() - left - 8
            ink = theme.color("text2" if self._state == "later" else "text")
            draw_text(painter, QRectF(left, theme.px(7), width, theme.px(21)), self._title, "h3", ink)
            under = QRectF(left, theme.px(28), width, theme.px(18))
            draw_text(painter, under, self._caption, "cap", theme.color("text2"))


class HelpCard(QWidget):
    """Where help is found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = vbox(self, margins=(16, 12, 16, 14), gap=4)
        head = hbox(gap=8)
        head.addWidget(_Icon("customer-service-2-line"))
        head.addWidget(Label(_("Need help?"), "h3"))
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(Label(_("F1 opens the manual page of this screen"), "cap", "text2", wrap=True))
        column.addWidget(Label(_("Everything can be changed later"), "cap", "text2", wrap=True))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame."""
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 10, None, theme.color("border_strong"))


class _Icon(QWidget):
    def __init__(self, name: str, token: str = "text2", size: int = 18) -> None:
        super().__init__()
        self._name, self._token, self._px = name, token, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._px), theme.px(self._px))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            icons.draw(painter, QRectF(self.rect()), self._name, self._token, theme.px(self._px))


class Stage(QWidget):
    """Rail, language and mode buttons, and a column (`page`) for the content."""

    language_wanted = Signal()
    mode_wanted = Signal()

    def __init__(self, caption: str, manual: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption, self._manual = caption, manual
        shortcuts.on(self, "F1", self.open_manual, _("Manual page of this screen"))
        whole = hbox(self, gap=0)
        whole.addWidget(self._rail(caption))
        right = vbox()
        right.addLayout(self._bar())
        self._sheet = Sheet()
        self._sheet_column = vbox(self._sheet, margins=(1, 1, 0, 0))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(scroll.Shape.NoFrame)
        scroll.viewport().setAutoFillBackground(False)
        inside = QWidget()
        self.page: QVBoxLayout = vbox(inside, margins=(56, 36, 48, 32), gap=0)
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)  # setWidget switches it on
        self._sheet_column.addWidget(scroll, 1)
        right.addWidget(self._sheet, 1)
        whole.addLayout(right, 1)

    def _rail(self, caption: str) -> QWidget:
        rail = QWidget()
        rail.setFixedWidth(theme.px(RAIL))
        column = vbox(rail, margins=(20, 30, 20, 28), gap=6)
        head = hbox(margins=(12, 0, 0, 0), gap=12)
        head.addWidget(Seal(40))
        words = vbox(gap=0)
        words.addWidget(Label(_("Zhanggui"), "h1"))
        words.addWidget(Label(caption, "cap", "text2"))
        head.addLayout(words)
        head.addStretch(1)
        column.addLayout(head)
        column.addSpacing(36)
        self.rail = vbox(gap=10)
        column.addLayout(self.rail)
        column.addStretch(1)
        column.addWidget(HelpCard())
        return rail

    def _bar(self) -> QLayout:
        row = hbox(margins=(16, 0, 20, 0), gap=10)
        self.language = LanguageButton()
        self.mode = icon_button(
            "sun-line" if theme.mode == "dark" else "moon-line", _("Light or dark"), size=30
        )
        self.language.clicked.connect(self.language_wanted)
        self.mode.clicked.connect(self.mode_wanted)
        row.addStretch(1)
        row.addWidget(self.language)
        row.addWidget(self.mode)
        keep = QWidget()
        keep.setFixedHeight(theme.px(BAR))
        keep.setFixedWidth(0)
        row.addWidget(keep)
        return row

    def open_manual(self) -> None:
        """Open the manual page of this page."""
        ManualSheet(self.window(), self._manual, self._caption).open()

    def show_mode(self) -> None:
        """Show what a press on the mode button leads to."""
        self.mode.set_icon("sun-line" if theme.mode == "dark" else "moon-line")

    def show_steps(self, steps: Sequence[tuple[str, str, State]]) -> None:
        """Show the steps (title, caption, state) in the rail."""
        from desktop.views.common.cards import clear

        clear(self.rail)
        for number, (title, caption, state) in enumerate(steps, 1):
            self.rail.addWidget(RailStep(number, title, caption, state))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the window's ground."""
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("canvas"))


def centred(widget: QWidget, width: int) -> QWidget:
    """The widget at a fixed width in the middle of a row."""
    holder = QWidget()
    row = hbox(holder, gap=0)
    widget.setFixedWidth(theme.px(width))
    row.addStretch(1)
    row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
    row.addStretch(1)
    return holder
