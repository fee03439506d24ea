"""The sentence builder: four blocks of rows, and what a person does to them as changes of the draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.rules.catalogue import CONDITIONS, EFFECTS, TRIGGERS, Entry
from desktop.rules.sentence import LIMIT_WORDS
from desktop.views.common.buttons import Button
from desktop.views.common.cards import clear, vbox
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.rules import draft as drafts
from desktop.views.rules.block import Block, Joint
from desktop.views.rules.draft import LIMITS, Draft
from desktop.views.rules.offers import Offers
from desktop.views.rules.row import ClauseRow, RowPlan

BAR = 10  # px of a scroll bar


class Builder(QScrollArea):
    """Shows a draft; `changed` after each change, `dropped(words, draft before)` when a new trigger took things off."""

    changed = Signal()
    dropped = Signal(list, object)

    def __init__(self, offers: Offers) -> None:
        super().__init__()
        self.offers, self.draft = offers, Draft()
        self.rows: dict[str, ClauseRow] = {}
        self.blocks: dict[str, Block] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self.column = vbox(inner, margins=(0, 0, BAR, 4))
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.verticalScrollBar().rangeChanged.connect(self._keep_edge)

    def _keep_edge(self, _least: int, most: int) -> None:
        self.column.setContentsMargins(0, 0, 0 if most else BAR, 4)

    # Showing

    def show_draft(self, draft: Draft, focus: tuple[str, str] | None = None) -> None:
        """Show a draft anew; `focus` names the row and blank that get the keyboard."""
        self.draft = draft
        trigger = drafts.trigger_in(draft)
        self.offers.subject = trigger.subject if trigger else ""
        place = self.verticalScrollBar().value()
        self.setUpdatesEnabled(False)
        clear(self.column)
        self.rows.clear()
        self.blocks.clear()
        for number, make in enumerate((self._when, self._and, self._then, self._but)):
            if number:
                self.column.addWidget(Joint())
            block = make()
            self.blocks[block.group] = block
            self.column.addWidget(block)
        self.column.addStretch(1)
        self.setUpdatesEnabled(True)
        self.verticalScrollBar().setValue(place)
        if focus is not None and focus[0] in self.rows:
            self.focus_row(*focus)

    def focus_row(self, place: str, key: str = "") -> None:
        """Bring a row into sight and put the keyboard into it."""
        row = self.rows[place]
        self.column.activate()
        self.ensureWidgetVisible(row)
        row.focus_blank(key)

    def _row(self, block: Block, plan: RowPlan) -> None:
        row = ClauseRow(plan, self.offers)
        row.edited.connect(self._edited)
        row.exchanged.connect(self._exchanged)
        row.removed.connect(self._removed)
        row.moved.connect(self._moved)
        row.waiting.connect(self._waiting)
        self.rows[plan.place] = row
        block.rows.addWidget(row)

    def _when(self) -> Block:
        block = Block("trigger")
        part = self.draft.spec.trigger
        choices = [(key, _(t.title)) for key, t in TRIGGERS.items()]
        if part is None or part.key not in TRIGGERS:
            options = (("", _("Choose…")), *choices)
            self._row(block, RowPlan("trigger", "", options=options, removable=False))
            return block
        entry = TRIGGERS[part.key]
        plan = RowPlan(
            "trigger", _(entry.words), entry.parameters, self._values(entry, part.values), part.key,
            tuple(choices), removable=False,
        )  # fmt: skip
        self._row(block, plan)
        return block

    def _and(self) -> Block:
        self.match = Segment([(True, _("All of them")), (False, _("Any of them"))], self.draft.spec.match_all)
        self.match.setAccessibleName(_("How many conditions must be true"))
        self.match.picked.connect(self._match)
        self.match.setEnabled(self.offers.may_edit)
        add = self._adder(_("Add condition"), drafts.fitting_conditions, partial(self._added, "conditions"))
        block = Block("conditions", self.match, add)
        if len(self.draft.spec.conditions) < 2:
            self.match.hide()
        if not self.draft.spec.conditions:
            block.rows.addWidget(Label(_("No further condition: it acts every time."), "small", "text2"))
        options = drafts.fitting_conditions(self.draft)
        self._parts(block, CONDITIONS, options)
        return block

    def _then(self) -> Block:
        add = self._adder(_("Add action"), drafts.fitting_effects, partial(self._added, "steps"))
        add.setEnabled(self.draft.spec.trigger is not None)
        block = Block("steps", add)
        if not self.draft.spec.steps:
            words = (
                _("Add what the rule does.") if self.draft.spec.trigger else _("Choose first when it looks.")
            )
            block.rows.addWidget(Label(words, "small", "text2"))
        self._parts(block, EFFECTS, drafts.fitting_effects(self.draft))
        return block

    def _parts(self, block: Block, known: Any, fitting: list[tuple[str, str]]) -> None:
        parts = drafts.parts_of(self.draft, block.group)
        for number, part in enumerate(parts):
            entry: Entry | None = known.get(part.key)
            options = fitting if part.key in dict(fitting) else [(part.key, part.key), *fitting]
            waits = None
            if block.group == "steps" and drafts.may_wait(self.draft):
                waits = part.wait_minutes
            self._row(
                block,
                RowPlan(
                    f"{block.group}.{number}", _(entry.words) if entry else "", entry.parameters if entry else (),
                    self._values(entry, part.values) if entry else {}, part.key, tuple(options), waits, number,
                    len(parts),
                ),
            )  # fmt: skip

    def _but(self) -> Block:
        add = self._adder(_("Add protection"), drafts.free_limits, self._limit_added)
        if not drafts.free_limits(self.draft):
            add.hide()
        block = Block("limits", add)
        for row in drafts.limit_rows(self.draft):
            values = drafts.limit_values(self.draft, row)
            removable = row != "retries"
            self._row(
                block, RowPlan(f"limits.{row}", _(LIMIT_WORDS[row]), LIMITS[row], values, removable=removable)
            )
        return block

    def _values(self, entry: Entry, kept: Any) -> dict[str, Any]:
        """The values to show: those of settings from there, or as changed here."""
        values = dict(kept)
        for parameter in entry.parameters:
            spec = parameter.setting
            if spec is not None:
                now = self.offers.figures.get(spec.key, spec.default)
                values[parameter.key] = self.draft.figures.get(spec.key, now)
        return values

    def _adder(self, words: str, choices: Callable[[Draft], list[tuple[str, str]]], add: Any) -> Button:
        button = Button(words, "link", "add-line")
        button.clicked.connect(lambda: self._offer(button, choices(self.draft), add))
        if not self.offers.may_edit:
            button.hide()
        return button

    def _offer(self, button: Button, choices: list[tuple[str, str]], add: Callable[[str], object]) -> None:
        self.menu = QMenu(button)
        for key, words in choices:
            self.menu.addAction(words, partial(add, key))
        self.menu.popup(button.mapToGlobal(QPoint(0, button.height() + theme.px(4))))

    # Changing

    def _now(self, draft: Draft, focus: tuple[str, str] | None = None) -> None:
        self.show_draft(draft, focus)
        self.changed.emit()

    def _edited(self, place: str, key: str, value: Any) -> None:
        parameter = self.rows[place].blanks[key].parameter
        if parameter.setting is None:
            self.draft = drafts.with_value(self.draft, place, key, value)
            if any(p.only_with and p.only_with[0] == key for p in self.rows[place].plan.parameters):
                self.show_draft(self.draft, (place, key))
        else:
            figures = {k: v for k, v in self.draft.figures.items() if k != parameter.setting.key}
            if value != self.offers.figures.get(parameter.setting.key, parameter.setting.default):
                figures[parameter.setting.key] = value
            self.draft = replace(self.draft, figures=figures)
        self.changed.emit()

    def _exchanged(self, place: str, key: str) -> None:
        group, _dot, number = place.partition(".")
        if group == "trigger":
            before = self.draft
            after, gone = drafts.with_trigger(replace(self.draft, figures={}), key)
            self._now(after, ("trigger", ""))
            if gone:
                self.dropped.emit(gone, before)
            return
        parts = drafts.parts_of(self.draft, group)
        parts[int(number)] = drafts.new_part(group, key, parts[int(number)])
        self._now(drafts.with_parts(self.draft, group, parts), (place, ""))

    def _added(self, group: str, key: str) -> None:
        parts = [*drafts.parts_of(self.draft, group), drafts.new_part(group, key)]
        first = next((p.key for p in _known(group)[key].parameters), "")
        self._now(drafts.with_parts(self.draft, group, parts), (f"{group}.{len(parts) - 1}", first))

    def _limit_added(self, row: str) -> None:
        self._now(drafts.with_limit(self.draft, row, True), (f"limits.{row}", LIMITS[row][0].key))

    def _removed(self, place: str) -> None:
        group, _dot, rest = place.partition(".")
        if group == "limits":
            self._now(drafts.with_limit(self.draft, rest, False), ("limits.retries", ""))
            return
        parts = drafts.parts_of(self.draft, group)
        del parts[int(rest)]
        left = f"{group}.{min(int(rest), len(parts) - 1)}" if parts else "trigger"
        self._now(drafts.with_parts(self.draft, group, parts), (left, ""))

    def _moved(self, place: str, by: int) -> None:
        group, _dot, rest = place.partition(".")
        parts, here = drafts.parts_of(self.draft, group), int(rest)
        there = max(0, min(len(parts) - 1, here + by))
        if there != here:
            parts.insert(there, parts.pop(here))
            self._now(drafts.with_parts(self.draft, group, parts), (f"{group}.{there}", "handle"))

    def _waiting(self, place: str, on: bool) -> None:
        wait = drafts.FIRST_WAIT if on else 0
        draft = drafts.with_value(self.draft, place, "wait", wait)
        self._now(draft, (place, "wait" if on else ""))

    def _match(self, every: bool) -> None:
        self.draft = replace(self.draft, spec=replace(self.draft.spec, match_all=every))
        self.changed.emit()

    # Checking

    def check(self) -> bool:
        """Whether every field can be read; the keyboard goes into the first wrong one."""
        for block in self.blocks.values():
            block.error.say("")
        wrong = [place for place, row in self.rows.items() if not row.check()]
        if wrong:
            row = self.rows[wrong[0]]
            bad = next((key for key, blank in row.blanks.items() if blank.problem()), "")
            self.focus_row(wrong[0], bad)
        return not wrong

    def show_error(self, field: str, sentence: str) -> bool:
        """Name what is wrong where it stands; False when the field is not shown here."""
        parts = field.split(".")
        if parts[0] == "limits" and len(parts) > 1 and parts[1] in drafts.LIMIT_FIELDS:
            row, key = drafts.LIMIT_FIELDS[parts[1]]
            place = f"limits.{row}"
        elif parts[0] in ("conditions", "steps") and len(parts) > 1:
            place, key = f"{parts[0]}.{parts[1]}", parts[2] if len(parts) > 2 else ""
        else:
            place, key = parts[0], parts[1] if len(parts) > 1 else ""
        if place in self.rows:
            self.rows[place].show_error(key, sentence)
            self.focus_row(place, key)
            return True
        block = self.blocks.get(parts[0])
        if block is not None:
            block.error.say(sentence)
            self.ensureWidgetVisible(block.error)
        return block is not None


def _known(group: str) -> Any:
    return CONDITIONS if group == "conditions" else EFFECTS
