"""The four blocks of a rule, 当 且 就 但: a coloured tile, a title, its tools, its rows, and the line between them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from desktop.basics.i18n import N_, _
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.field import ErrorLine
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, draw_text, hairline, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme

TILES = {  # group: the word in its tile, its tone, its title
    "trigger": (N_("WHEN"), "info", N_("When it looks")),
    "conditions": (N_("AND"), "warn", N_("Conditions")),
    "steps": (N_("THEN"), "success", N_("Does in this order")),
    "limits": (N_("BUT"), "neutral", N_("What holds it back")),
}
DEEPER = {"warn": 116, "neutral": 140}  # white letters need a deeper ground in the light theme


class Tile(QWidget):
    """The coloured word in front of a block."""

    def __init__(self, group: str) -> None:
        super().__init__()
        self._word, self._tone, _title = TILES[group]
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_(self._word))
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        widest = max(text_width("small_b", _(word)) for word, _tone, _title in TILES.values())
        return QSize(max(theme.px(32), round(widest) + theme.px(16)), theme.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        fill = theme.color(self._tone)
        if theme.mode == "light" and self._tone in DEEPER:
            fill = fill.darker(DEEPER[self._tone])
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 7, fill)
            draw_text(
                painter,
                QRectF(self.rect()),
                _(self._word),
                "small_b",
                theme.color("on_primary"),
                "center",
            )


class Joint(QWidget):
    """The short line from one block to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(10))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            hairline(painter, theme.px(30), 0, 2, self.height(), theme.color("border_strong"))


class Block(QFrame):
    """Rows of one kind."""

    def __init__(self, group: str, *tools: QWidget) -> None:
        super().__init__()
        self.group = group
        column = vbox(self, margins=(12, 9, 12, 12), gap=7)
        head = hbox(gap=10)
        head.addWidget(Tile(group))
        self.title = Label(_(TILES[group][2]), "small_b")
        head.addWidget(self.title, 1)
        for tool in tools:
            head.addWidget(tool)
        column.addLayout(head)
        self.rows = vbox(gap=7)
        column.addLayout(self.rows)
        self.error = ErrorLine()
        column.addWidget(self.error)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 10, theme.color("subtle"), theme.color("border"))
