"""One row of the builder: its clause as words and fields, the way to take it away, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.rules.catalogue import pieces
from desktop.rules.parameters import Parameter
from desktop.views.common.buttons import Button, icon_button
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.field import ErrorLine
from desktop.views.common.handle import Handle
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting
from desktop.views.common.theme import theme
from desktop.views.rules.blanks import Blank, InlineSelect, make_blank
from desktop.views.rules.draft import WAIT
from desktop.views.rules.flow import Flow
from desktop.views.rules.offers import Offers

_EDGES = re.compile(r"^[^\w(]+(?=\w)|[\s“”\"]+$")  # commas and quotes that stood around a blank


@dataclass(frozen=True)
class RowPlan:
    """What a row shows: where it stands in the rule, its clause and blanks, what else could stand there.

    `waits` is None where no waiting is possible, else its minutes; `spot` of `spots` places it among its like.
    """

    place: str  # trigger, conditions.1, steps.0, limits.every
    words: str
    parameters: tuple[Parameter, ...] = ()
    values: Mapping[str, Any] | None = None
    key: str = ""
    options: tuple[tuple[str, str], ...] = ()
    waits: Any = None
    spot: int = 0
    spots: int = 0
    removable: bool = True


class ClauseRow(QWidget):
    """A clause with its fields in the place of its blanks."""

    edited = Signal(str, str, object)  # place, blank, value
    exchanged = Signal(str, str)  # place, entry chosen instead
    removed = Signal(str)
    moved = Signal(str, int)  # place, by so many
    waiting = Signal(str, bool)  # place, whether it shall wait

    def __init__(self, plan: RowPlan, offers: Offers) -> None:
        super().__init__()
        self.plan, self._offers = plan, offers
        self.blanks: dict[str, Blank] = {}
        self.choice: InlineSelect | None = None
        column = vbox(self, margins=(6, 4, 4, 4), gap=3)
        row = hbox(gap=4)
        if plan.spots and offers.may_edit:
            self.handle = Handle()
            self.handle.moved.connect(lambda by: self.moved.emit(plan.place, by))
            row.addWidget(self.handle, alignment=Qt.AlignmentFlag.AlignTop)
        else:
            row.addSpacing(4)
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.flow = Flow(holder)
        row.addWidget(holder, 1)
        self._sentence()
        for tool in self._tools():
            row.addWidget(tool, alignment=Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)
        self.error = ErrorLine()
        self.error.setContentsMargins(6, 0, 0, 2)
        column.addWidget(self.error)

    # What stands in it

    def _sentence(self) -> None:
        plan = self.plan
        if plan.waits:
            self._words(_("wait"))
            self._blank(WAIT, plan.waits)
            self._words(_("and if it still holds:"))
        if plan.options:
            self.choice = InlineSelect(list(plan.options), plan.key)
            self.choice.setAccessibleName(_("What this row is"))
            self.choice.picked.connect(self._exchange)
            self.choice.setEnabled(self._offers.may_edit)
            self.flow.addWidget(self.choice)
        known = {parameter.key: parameter for parameter in plan.parameters}
        for kind, piece in pieces(self._shorter()):
            if kind == "text":
                self._words(piece)
            else:
                self._blank(known[piece], (plan.values or {}).get(piece, known[piece].default))

        for parameter in plan.parameters:
            if parameter.only_with is not None and parameter.wanted(plan.values or {}):
                self._words(_(parameter.label))
                self._blank(parameter, (plan.values or {}).get(parameter.key, parameter.default))

    def _shorter(self) -> str:
        """The clause without the words the choice before it already says."""
        words = self.plan.words
        title = dict(self.plan.options).get(self.plan.key, "")
        if "{" not in words:
            return "" if title else words
        for start in (title, _("the {thing}").format(thing=title.lower())):
            if start and words.lower().startswith(start.lower()):
                return words[len(start) :]
        return words

    def _words(self, text: str) -> None:
        cleaned = _EDGES.sub("", text)
        if any(letter.isalnum() for letter in cleaned):
            self.flow.addWidget(Label(cleaned, "small"))

    def _blank(self, parameter: Parameter, value: Any) -> None:
        blank = make_blank(parameter, self._offers, value)
        if not self._offers.may_edit:
            blank.setEnabled(False)
        self.blanks[parameter.key] = blank
        blank.changed.connect(lambda: self._changed(parameter.key))
        for entry in blank.findChildren(QLineEdit):
            entry.editingFinished.connect(lambda: self._left(parameter.key))
        self.flow.addWidget(blank)

    def _tools(self) -> list[Button]:
        plan, found = self.plan, []
        if not self._offers.may_edit:
            return []
        if plan.waits is not None:
            tip = _("Do this at once") if plan.waits else _("Wait first, and do it only if it still holds")
            self.wait = icon_button("time-line" if not plan.waits else "timer-flash-line", tip, size=28)
            self.wait.clicked.connect(lambda: self.waiting.emit(plan.place, not plan.waits))
            found.append(self.wait)
        if plan.removable:
            self.remove = icon_button("close-line", _("Take this row off"), size=28)
            self.remove.clicked.connect(lambda: self.removed.emit(plan.place))
            found.append(self.remove)
        return found

    # What is done to it

    def _exchange(self, key: str) -> None:
        if key != self.plan.key:
            self.exchanged.emit(self.plan.place, key)

    def _changed(self, key: str) -> None:
        blank = self.blanks[key]
        blank.mark(False)
        self.error.say("")
        self.edited.emit(self.plan.place, key, blank.value())
        self.flow.invalidate()
        self.updateGeometry()

    def _left(self, key: str) -> None:
        problem = self.blanks[key].problem()
        if problem:
            self.show_error(key, problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and self.plan.spots and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(self.plan.place, 1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def check(self) -> bool:
        """Whether every field can be read; what is wrong is shown at its field."""
        fine = True
        for blank in self.blanks.values():
            problem = blank.problem() if blank.isEnabled() else ""
            blank.mark(bool(problem))
            if problem and fine:
                self.error.say(problem)
                fine = False
        return fine

    def show_error(self, key: str, sentence: str) -> None:
        """Name what is wrong at a blank, or at the row."""
        self.error.say(sentence)
        if key in self.blanks:
            self.blanks[key].mark(True)

    def focus_blank(self, key: str = "") -> None:
        """Put the keyboard into a blank, or into what the row is."""
        target: QWidget | None = self.blanks.get(key) or self.choice
        target = target or next(iter(self.blanks.values()), None)
        if key == "handle" and self.plan.spots:
            target = self.handle
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        wrong = not self.error.isHidden()
        with painting(self) as painter:
            edge = theme.color("danger" if wrong else "border")
            box(painter, QRectF(self.rect()), 8, theme.color("surface"), edge)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
