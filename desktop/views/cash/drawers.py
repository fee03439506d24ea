"""A card for each till: who has its drawer open since when, and what can be done with it."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.words import when_text
from desktop.queries.cash_sessions import TillDrawer
from desktop.services.cash_sessions import move_cash
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, secondary
from desktop.views.common.cards import Card, IconTile, TwoLines, hbox
from desktop.views.common.context import Context
from desktop.views.common.theme import theme

BESIDE = 3


class DrawerCard(Card):
    """One till’s drawer; `wanted(what)`: open, move, count or look."""

    wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(16, 12, 16, 12), gap=10, parent=parent)
        self._context = context
        self.drawer: TillDrawer | None = None
        top = hbox(gap=12)
        self.tile = IconTile("safe-2-line", "neutral", 38)
        self.names = TwoLines("", "", style="body_m")
        self.badge = Badge("")
        top.addWidget(self.tile)
        top.addWidget(self.names, 1)
        top.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        line = hbox(gap=8)
        self.open = secondary(_("Open the drawer"), "lock-unlock-line", size=30)
        self.count = secondary(_("Count and close"), "coins-line", size=30)
        self.move_cash = secondary(_("In or out"), "hand-coin-line", size=30)
        self.look = secondary(_("X report"), "file-list-3-line", size=30)
        self._deeds: dict[str, Button] = {
            "open": self.open, "count": self.count, "move": self.move_cash, "look": self.look,
        }  # fmt: skip
        for key, button in self._deeds.items():
            button.clicked.connect(partial(self._want, key))
            button.setEnabled(context.may(move_cash) or key == "look")
            line.addWidget(button)
            button.hide()
        line.addStretch(1)
        self.body.addLayout(line)

    def _want(self, key: str, *_args: Any) -> None:
        self.wanted.emit(key)

    def show_drawer(self, drawer: TillDrawer) -> None:
        """Show how it stands."""
        self.drawer, session = drawer, drawer.session
        for key, button in self._deeds.items():
            button.setVisible((key == "open") == (session is None))
        if session is None:
            self.names.say(drawer.till, _("No session open"))
            self.badge.show_status(_("Not opened"), "neutral", "wait")
            return
        when = when_text(session.opened_at, self._context.now(), self._context.zone)
        words = _("{name}, since {when}") if session.opened_by else _("since {when}")
        self.names.say(drawer.till, words.format(name=session.opened_by, when=when))
        if session.overnight:
            self.badge.show_status(_("Forgotten"), "warn", "alert")
        else:
            self.badge.show_status(_("On shift"), "success", "done")


class Drawers(QWidget):
    """The cards of all tills, this machine’s own first; `wanted(what, drawer)`."""

    wanted = Signal(str, object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self.cards = context, list[DrawerCard]()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(12))

    def show_drawers(self, drawers: tuple[TillDrawer, ...]) -> None:
        """Show them; the cards stay, so that nobody loses the keyboard."""
        mine = sorted(drawers, key=lambda d: d.till_id != self._context.till_id)
        while len(self.cards) > len(mine):
            card = self.cards.pop()
            card.hide()
            card.deleteLater()
        for place, drawer in enumerate(mine):
            if place == len(self.cards):
                self.cards.append(self._new(place))
            self.cards[place].show_drawer(drawer)

    def _new(self, place: int) -> DrawerCard:
        card = DrawerCard(self._context, self)
        card.wanted.connect(lambda what: self.wanted.emit(what, card.drawer))
        self._grid.addWidget(card, place // BESIDE, place % BESIDE)
        self._grid.setColumnStretch(place % BESIDE, 1)
        card.show()
        return card
