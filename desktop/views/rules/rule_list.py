"""The list of rules at left: by topic, each with its switch and what it did today."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.rules.catalogue import TOPICS
from desktop.rules.lists import RuleLine
from desktop.views.common.cards import Card, clear, hbox, vbox
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.inputs import SearchInput
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme
from desktop.views.common.toggle import Toggle
from desktop.views.rules.words import result_words


class RuleItem(QWidget):
    """One rule: name, when it looks, what it did, and its switch (Space)."""

    opened = Signal(int)
    switched = Signal(int, bool)
    stepped = Signal(int)

    def __init__(self, line: RuleLine, may_edit: bool) -> None:
        super().__init__()
        self.line, self.chosen, self._hover = line, False, False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = hbox(self, margins=(0, 0, 12, 0))
        row.addStretch(1)
        self.toggle = Toggle()
        self.toggle.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Space on the row does it
        self.toggle.setEnabled(may_edit)
        self.toggle.clicked.connect(lambda: self.switched.emit(self.line.id, self.toggle.isChecked()))
        row.addWidget(self.toggle)
        self.show_line(line)
        repaint_on_change(self)

    def show_line(self, line: RuleLine) -> None:
        """Show what is known of the rule now."""
        self.line = line
        self.toggle.put(line.enabled)
        self.toggle.setAccessibleName(_("Rule “{name}” on").format(name=line.name))
        result, _token = result_words(line)
        self.setAccessibleName(f"{line.name}, {line.when}, {result}")
        self.setToolTip(f"{line.name}\n{line.paused_why or line.when}")
        self.update()

    def choose(self, on: bool) -> None:
        """Show whether this rule is open."""
        self.chosen = on
        self.setAccessibleDescription(_("Open") if on else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(50))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit(self.line.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.line.id)
        elif key == Qt.Key.Key_Space and self.toggle.isEnabled():
            self.switched.emit(self.line.id, not self.line.enabled)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_J, Qt.Key.Key_K):
            self.stepped.emit(1 if key in (Qt.Key.Key_Down, Qt.Key.Key_J) else -1)
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
        px, area = theme.px, QRectF(self.rect())
        with painting(self) as painter:
            if self.chosen:
                box(painter, area, 8, theme.color("selected"), theme.color("primary_border"))
            elif self._hover:
                box(painter, area, 8, theme.color("hover"))
            room = self.toggle.x() - px(10) - px(8)
            ink = "text" if self.line.enabled else "text2"
            words = QRectF(px(10), px(5), room, px(20))
            draw_text(painter, words, self.line.name, "small_b", theme.color(ink))
            result, token = result_words(self.line)
            wide = text_width("cap", result)
            caption = QRectF(px(10), px(26), max(0.0, room - wide - text_width("cap", " · ")), px(18))
            x = px(10) + draw_text(painter, caption, self.line.when, "cap", theme.color("text2"))
            rest = QRectF(x, px(26), px(10) + room - x, px(18))
            draw_text(painter, rest, f" · {result}", "cap", theme.color(token))


class RuleList(Card):
    """Search on top, topics below; ↑ ↓ go from rule to rule."""

    opened = Signal(int)
    switched = Signal(int, bool)

    def __init__(self, may_edit: bool) -> None:
        super().__init__(margins=(7, 12, 7, 8), gap=6)
        self._may_edit = may_edit
        self.lines: tuple[RuleLine, ...] = ()
        self.items: dict[int, RuleItem] = {}
        self.chosen_id = 0
        self.search = SearchInput(_("Search rules"))
        self.search.searched.connect(lambda _text: self._build())
        field = hbox(margins=(5, 0, 5, 2))
        field.addWidget(self.search)
        self.body.addLayout(field)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self.column = vbox(inner, gap=2)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.area = area
        self.body.addWidget(area, 1)

    def show_rules(self, lines: Sequence[RuleLine]) -> None:
        """Show the rules; the same ones again keep their place and the keyboard."""
        before = [(line.id, line.topic) for line in self.lines]
        self.lines = tuple(lines)
        if before == [(line.id, line.topic) for line in lines] and self.items:
            for line in lines:
                if line.id in self.items:
                    self.items[line.id].show_line(line)
        else:
            self._build()

    def _build(self) -> None:
        held = next((i for i, item in self.items.items() if item.hasFocus()), 0)
        clear(self.column)
        self.items.clear()
        typed = self.search.value().lower()
        found = [line for line in self.lines if typed in f"{line.name} {line.when}".lower()]
        for topic, words in TOPICS.items():
            lines = [line for line in found if line.topic == topic]
            if lines:
                head = Label(_(words), "cap", "text2")
                head.setContentsMargins(8, 8, 0, 4)
                self.column.addWidget(head)
            for line in lines:
                self._add(line)
        if not found:
            none = Label(_("No rule is called so"), "small", "text2", align="center")
            none.setContentsMargins(0, 24, 0, 0)
            self.column.addWidget(none)
        self.column.addStretch(1)
        if held in self.items:
            self.items[held].setFocus()
        if self.items:
            self.search.leads_to = next(iter(self.items.values()))

    def _add(self, line: RuleLine) -> None:
        item = self.items[line.id] = RuleItem(line, self._may_edit)
        item.choose(line.id == self.chosen_id)
        item.opened.connect(self.opened)
        item.switched.connect(self.switched)
        item.stepped.connect(lambda by: self._step(line.id, by))
        self.column.addWidget(item)

    def _step(self, rule_id: int, by: int) -> None:
        order = list(self.items)
        there = order.index(rule_id) + by
        if 0 <= there < len(order):
            item = self.items[order[there]]
            item.setFocus()
            self.area.ensureWidgetVisible(item)

    def choose(self, rule_id: int) -> None:
        """Mark the rule that is open (0: none)."""
        self.chosen_id = rule_id
        for number, item in self.items.items():
            item.choose(number == rule_id)
        if rule_id in self.items:
            self.area.ensureWidgetVisible(self.items[rule_id])
