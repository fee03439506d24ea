"""The second step: which column holds what, with what stands in it."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.services.imports.desk import IGNORED, WORDS, Desk
from desktop.services.imports.fields import TableKind, field_word, missing
from desktop.views.common.badges import Tag
from desktop.views.common.cards import Card, CardHead, clear, hbox, vbox
from desktop.views.common.field import Field
from desktop.views.common.inputs import Select
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.imports.words import kind_word, numbered

SAMPLES = 3
LONGEST = 40


class ColumnsStep(QWidget):
    """One card a file: its columns, three of their cells, and a choice for each."""

    kind_picked = Signal(object)
    sheet_picked = Signal(object)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = vbox(self, gap=12)
        self.kind = Segment([(kind, kind_word(kind)) for kind in WORDS], "goods")
        self.kind.picked.connect(self.kind_picked)
        self.sheet = Select()
        self.sheet.picked.connect(self.sheet_picked)
        self._sheet_field = Field(_("Page of the spreadsheet"), self.sheet)
        row = hbox(gap=16)
        row.addWidget(Field(_("What is in it"), self.kind))
        row.addWidget(self._sheet_field)
        row.addStretch(1)
        column.addLayout(row)
        self.problem = Label("", "small_m", "danger_fg", wrap=True)
        column.addWidget(self.problem)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        inside = QWidget()
        self.cards = vbox(inside, margins=(0, 0, 4, 4), gap=12)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        column.addWidget(area, 1)
        self._choices: dict[tuple[int, str], Select] = {}
        self.complete = False

    def show_desk(self, desk: Desk, trouble: str = "") -> None:
        """Show the files as they are read now; `trouble` says why the kind does not fit."""
        clear(self.cards)
        self._choices = {}
        self.kind.set_value(desk.kind)
        sheets = desk.tables[0].sheets if len(desk.tables) == 1 else ()
        self._sheet_field.setVisible(len(sheets) > 1)
        if len(sheets) > 1:
            self.sheet.set_options([(name, name) for name in sheets], desk.tables[0].sheet)
        lacking: list[str] = []
        if not trouble:
            for number, table in enumerate(desk.tables):
                kind, mapping = desk.kind_of(table), desk.mapping(table)
                lacking += [field_word(kind, key) for key in missing(kind, mapping)]
                self.cards.addWidget(
                    self._card(number, table, kind, {at: key for key, at in mapping.items()})
                )
        self.cards.addStretch(1)
        if lacking:
            trouble = _("Say which column holds: {names}.").format(names=", ".join(lacking))
        self.problem.setText(trouble)
        self.problem.setVisible(bool(trouble))
        self.complete = not trouble

    def _card(self, number: int, table: Any, kind: TableKind, chosen: dict[int, str]) -> Card:
        card = Card(margins=(16, 14, 16, 14), gap=10)
        rows = _("{count} rows · {encoding}").format(count=numbered(table.count), encoding=table.encoding)
        card.body.addWidget(CardHead(table.name, rows))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for column, words in enumerate((_("Column in the file"), _("What stands in it"), _("Becomes"))):
            grid.addWidget(Label(words, "cap", "text2"), 0, column)
        options = [(IGNORED, _("— leave out"))] + [(f.key, field_word(kind, f.key)) for f in kind.fields]
        samples = table.sample(SAMPLES)
        for place, name in enumerate(table.columns):
            cells = [
                cells[place][:LONGEST] for cells in samples if place < len(cells) and cells[place].strip()
            ]
            select = Select(options, chosen.get(place, IGNORED))
            select.setFixedWidth(theme.px(220))
            select.setAccessibleName(name)
            select.picked.connect(partial(self._picked))
            self._choices[number, name] = select
            head = hbox(gap=8)
            head.addWidget(Label(name or _("(no heading)"), "small_m"))
            if any(f.key == chosen.get(place) and f.required for f in kind.fields):
                head.addWidget(Tag(_("needed")))
            head.addStretch(1)
            grid.addLayout(head, place + 1, 0)
            shown = Label("  ·  ".join(" ".join(cell.split()) for cell in cells) or "—", "small", "text2")
            grid.addWidget(shown, place + 1, 1)
            grid.addWidget(select, place + 1, 2)
        card.body.addLayout(grid)
        return card

    def _picked(self, _key: Any) -> None:
        self.changed.emit()

    def given(self) -> dict[str, str]:
        """What the person chose: column → field, or nothing for one that is left out."""
        return {name: select.value() for (_file, name), select in self._choices.items()}
