"""The two lists of the home screen: what to do, each with its button, and what to know, each with its link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.buttons import Button, link
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.paint import painting, repaint_on_change
from desktop.views.common.theme import theme


@dataclass(frozen=True)
class Entry:
    """One row: icon, tone, words, what its button says and where it leads."""

    icon: str
    tone: str
    title: str
    caption: str
    verb: str
    go: Callable[[], None]
    at: datetime | None = None
    time: str = ""


class _List(Card):
    """A card with a head and as many rows as it is given; the page scrolls when there is no room."""

    def __init__(self, title: str, calm: EmptyState) -> None:
        super().__init__(margins=(16, 12, 16, 6), gap=4)
        self.head = CardHead(title)
        self.body.addWidget(self.head)
        self.calm = calm
        self.body.addWidget(calm, 1)
        self.rows = vbox(margins=(0, 0, 0, 0))
        self.body.addLayout(self.rows, 1)
        self.entries: list[Entry] = []
        self.calm.hide()

    def show_entries(self, entries: list[Entry]) -> None:
        """Show rows, or that nothing waits."""
        self.entries = entries
        clear(self.rows)
        for place, entry in enumerate(entries):
            if place:
                self.rows.addWidget(Divider())
            self.rows.addWidget(self.row(entry, place))
        self.rows.addStretch(1)
        self.calm.setVisible(not entries)

    def row(self, entry: Entry, place: int) -> QWidget:
        """One row of the list."""
        raise NotImplementedError


class ToDoList(_List):
    """What waits, the costliest first; the first button is the primary one."""

    def __init__(self) -> None:
        super().__init__(_("To do"), EmptyState(_("All done"), why="all_done"))

    def show_entries(self, entries: list[Entry]) -> None:
        """Show what waits, with its count in the head."""
        super().show_entries(entries)
        count = len(entries)
        self.head.say(hint=_("{count} open").format(count=count) if count else "")

    def row(self, entry: Entry, place: int) -> QWidget:
        holder = QWidget()
        row = hbox(holder, margins=(0, 8, 0, 8), gap=12)
        row.addWidget(IconTile(entry.icon, entry.tone))
        row.addWidget(TwoLines(entry.title, entry.caption, wrap=True), 1)
        button = Button(entry.verb, "primary" if place == 0 else "secondary", size=30)
        button.setAccessibleDescription(entry.title)
        button.clicked.connect(lambda: entry.go())
        row.addWidget(button)
        return holder


class AlertList(_List):
    """What somebody should know, newest first."""

    def __init__(self) -> None:
        super().__init__(_("Alerts"), EmptyState(_("Nothing to report"), why="all_done"))

    def row(self, entry: Entry, place: int) -> QWidget:
        holder = QWidget()
        row = hbox(holder, margins=(0, 6, 0, 6), gap=10)
        row.addWidget(_Mark(entry.icon, entry.tone))
        row.addWidget(TwoLines(entry.title, entry.caption, wrap=True), 1)
        row.addWidget(Label(entry.time, "cap", "text2"))
        button = link(entry.verb)
        button.setAccessibleDescription(entry.title)
        button.clicked.connect(lambda: entry.go())
        row.addWidget(button)
        return holder


class _Mark(QWidget):
    """A small icon in a tone."""

    def __init__(self, icon: str, tone: str) -> None:
        super().__init__()
        self._icon, self._tone = icon, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(20), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        main: Any = theme.tone(self._tone)[0]
        with painting(self) as painter:
            icons.draw(painter, QRectF(self.rect()), self._icon, main, theme.px(16))
