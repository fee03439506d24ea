"""The two lists of the home screen: what to do, each with its button, and what to know, each with its link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.buttons import Button, link
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.paint import painting, repaint_on_change
from desktop.views.common.theme import theme

FIRST = 5  # things to do shown at first


@dataclass(frozen=True)
class Entry:
    """One row: icon, tone, words, what its button says and does; an amount with how it was reckoned, or a time."""

    icon: str
    tone: str
    title: str
    caption: str
    verb: str
    go: Callable[..., None]
    at: datetime | None = None
    time: str = ""
    money: str = ""
    tip: str = ""
    leads: bool = True  # somewhere else; otherwise it is done here

    @property
    def said(self) -> tuple[str, ...]:
        """What the row shows."""
        return self.icon, self.tone, self.title, self.caption, self.verb, self.time, self.money, self.tip


class _List(Card):
    """A card with a head and as many rows as it is given; the page scrolls when there is no room."""

    def __init__(self, title: str, calm: EmptyState) -> None:
        super().__init__(margins=(16, 12, 16, 6), gap=4)
        self.head = CardHead(title)
        self.body.addWidget(self.head)
        self.calm = calm
        self.body.addWidget(calm, 1)
        self.rows = vbox(margins=(0, 0, 0, 0))
        self.rows.addStretch(1)
        self.body.addLayout(self.rows, 1)
        self.entries: list[Entry] = []
        self._said: list[tuple[str, ...]] | None = None
        self.calm.hide()

    def show_entries(self, entries: list[Entry]) -> None:
        """Show rows, or that nothing waits; rows that say the same as before stay, and with them the keyboard."""
        self.entries = entries
        self._show_rows(entries)

    def _show_rows(self, entries: list[Entry]) -> None:
        said = [entry.said for entry in entries]
        if said == self._said:
            return
        self._said = said
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


def todo_row(
    entry: Entry, place: int, press: Callable[[int, Button], None], *, whole: bool = False
) -> QWidget:
    """Rank, icon, what, how much, why, and the one button; on one line each unless `whole`."""
    holder = QWidget()
    row = hbox(holder, margins=(0, 7, 0, 7), gap=10)
    number = Label(str(place + 1), "cap_b", "text3", align="center")
    number.setFixedWidth(theme.px(14))
    row.addWidget(number)
    row.addWidget(IconTile(entry.icon, entry.tone))
    row.addLayout(_whole_words(entry) if whole else _short_words(entry), 1)
    button = Button(entry.verb, "primary" if place == 0 else "secondary", size=30)
    button.setAccessibleName(f"{entry.verb} {entry.title}")
    button.setAccessibleDescription(" · ".join(part for part in (entry.money, entry.tip) if part))
    button.clicked.connect(lambda: press(place, button))
    row.addWidget(button)
    return holder


def _short_words(entry: Entry) -> QVBoxLayout:
    """The title, under it the money at stake and the reason; the whole text as a tip when cut."""
    words = vbox()
    words.addWidget(Label(entry.title, "small_m"))
    line = hbox(gap=6)
    if entry.money:
        money = Label(entry.money, "cap_b")
        money.setToolTip(entry.tip)
        money.setMinimumWidth(money.sizeHint().width())
        line.addWidget(money)
    line.addWidget(Label(entry.caption, "cap", "text2"), 1)
    words.addLayout(line)
    return words


def _whole_words(entry: Entry) -> QVBoxLayout:
    """The title, the reason, and the money at stake with how it was reckoned."""
    words = vbox(gap=1)
    words.addWidget(TwoLines(entry.title, entry.caption, wrap=True))
    if entry.money:
        line = hbox(gap=6)
        line.addWidget(Label(entry.money, "cap_b"), alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(Label(entry.tip, "cap", "text2", wrap=True), 1)
        words.addLayout(line)
    return words


class ToDoList(_List):
    """What is to be done, the costliest first; the first button is the primary one. Five are shown, a sheet holds all."""

    def __init__(self) -> None:
        super().__init__(_("Do first"), EmptyState(_("All done"), why="all_done"))
        self.all = link(_("All"))
        self.all.clicked.connect(self.open_all)
        self.all.hide()
        self.head.add(self.all)
        self.sheet: AllSheet | None = None

    def show_entries(self, entries: list[Entry]) -> None:
        """Show what is to be done, with its count in the head."""
        self.entries = entries
        self._show_rows(entries[:FIRST])
        count = len(entries)
        self.head.say(hint=_("{count} open").format(count=count) if count else "")
        self.all.setVisible(count > FIRST)
        if self.sheet is not None and not self.sheet.closed:
            self.sheet.show_entries(entries)

    def open_all(self) -> None:
        """Show all of them, each with its whole text."""
        self.sheet = AllSheet(self.window())
        self.sheet.show_entries(self.entries)
        self.sheet.open()

    def row(self, entry: Entry, place: int) -> QWidget:
        return todo_row(entry, place, lambda at, button: self.entries[at].go(button))


class AllSheet(Sheet):
    """The whole list; it follows the shop while it is open, and closes when a button leads elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        text = _("Sorted by the money that may be lost when it waits until tomorrow.")
        super().__init__(parent, _("Do first"), text=text, icon="list-check-2", width=620)
        self.entries: list[Entry] = []
        self._said: list[tuple[str, ...]] | None = None
        inner = QWidget()
        self.rows = vbox(inner, margins=(0, 0, 8, 0))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        for part in (area.viewport(), inner):
            part.setAutoFillBackground(False)
        area.setFixedHeight(theme.px(440))
        self.add(area)

    def show_entries(self, entries: list[Entry]) -> None:
        """Show these; rows that say the same as before stay."""
        self.entries = entries
        said = [entry.said for entry in entries]
        if said == self._said:
            return
        self._said = said
        clear(self.rows)
        for place, entry in enumerate(entries):
            if place:
                self.rows.addWidget(Divider())
            self.rows.addWidget(todo_row(entry, place, self._press, whole=True))
        if not entries:
            self.rows.addWidget(EmptyState(_("All done"), why="all_done"))
        self.rows.addStretch(1)

    def _press(self, place: int, button: Button) -> None:
        entry = self.entries[place]
        if entry.leads:
            self.accept()
            entry.go()
        else:
            entry.go(button)


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
        button.clicked.connect(lambda: self.entries[place].go())
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
