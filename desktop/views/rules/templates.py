"""Ready rules to begin with: ours and a few ideas, each with its sentence."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.rules.catalogue import TOPICS
from desktop.rules.ideas import IDEAS, spec_of
from desktop.rules.sentence import sentence
from desktop.rules.shipped import SHIPPED
from desktop.rules.spec import Spec
from desktop.views.common.cards import IconTile, hbox, vbox
from desktop.views.common.dialogs import Sheet
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.rules.draft import Draft
from desktop.views.rules.offers import Offers

TOPIC_ICONS = {
    "orders": ("file-list-3-line", "info"),
    "stock": ("archive-line", "warn"),
    "members": ("vip-crown-line", "points"),
    "system": ("shield-check-line", "neutral"),
}


class TemplateCard(QWidget):
    """One ready rule; Enter or a click takes it."""

    taken = Signal()

    def __init__(self, name: str, topic: str, words: str) -> None:
        super().__init__()
        self._hover = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.setAccessibleDescription(words)
        row = hbox(self, margins=(12, 10, 12, 10), gap=12)
        row.addWidget(IconTile(*TOPIC_ICONS[topic], 32), alignment=Qt.AlignmentFlag.AlignTop)
        texts = vbox(gap=2)
        texts.addWidget(Label(name, "small_b"))
        texts.addWidget(Label(words, "cap", "text2", wrap=True))
        row.addLayout(texts, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.taken.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.taken.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: object) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            fill = "hover" if self._hover else "subtle"
            box(painter, QRectF(self.rect()), 8, theme.color(fill), theme.color("border"))


class TemplateSheet(Sheet):
    """Takes a ready rule as the beginning of a new one; nothing acts before it is saved."""

    def __init__(self, parent: QWidget, offers: Offers, take: Callable[[Draft], object]) -> None:
        super().__init__(
            parent,
            _("New rule from a template"),
            text=_("Choose one, change what you like, then save it. Nothing acts before."),
            width=640,
        )
        self._offers, self._take = offers, take
        self.cards: dict[str, TemplateCard] = {}
        inner = QWidget()
        column = vbox(inner, margins=(4, 4, 8, 4), gap=8)
        ready = [(r.key, _(r.name), r.topic, r.spec) for r in SHIPPED]
        ideas = [(i.key, _(i.name), i.topic, spec_of(i)) for i in IDEAS]
        for topic, words in TOPICS.items():
            head = Label(_(words), "cap_b", "text2")
            head.setContentsMargins(0, 6, 0, 0)
            column.addWidget(head)
            for key, name, there, spec in [*ideas, *ready]:
                if there == topic:
                    column.addWidget(self._card(key, name, topic, spec))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        area.setFixedHeight(theme.px(440))
        self.add(area)

    def _card(self, key: str, name: str, topic: str, spec: Spec) -> TemplateCard:
        offers = self._offers
        words = sentence(spec, offers.names, offers.figures, offers.currency)
        card = self.cards[key] = TemplateCard(name, topic, words)
        card.taken.connect(lambda: self._choose(Draft(None, name, spec)))
        return card

    def _choose(self, draft: Draft) -> None:
        self.accept()
        self._take(draft)
