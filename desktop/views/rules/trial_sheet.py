"""The whole trial run: each turn with its time, its cause, what it does, and whom it tells."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.words import day_text, when_text
from desktop.rules.rehearsal import Rehearsal
from desktop.rules.replay import PastTurn, Replayed
from desktop.rules.trial_look import RehearsedTurn
from desktop.views.common.banner import Banner
from desktop.views.common.cards import Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme

MOST = 300


class TrialSheet(Sheet):
    """A list to read; nothing of it has happened."""

    def __init__(self, parent: QWidget, context: Context, result: Replayed | Rehearsal) -> None:
        past = isinstance(result, Replayed)
        title = _("What it would have done in the last 7 days") if past else _("What the next 7 days bring")
        super().__init__(parent, title, text=_("A trial run: nothing was changed or sent."), width=680)
        self.context = context
        inner = QWidget()
        self.column = vbox(inner, margins=(2, 2, 10, 2), gap=6)
        self._notes(result)
        for row in result.rows[:MOST]:
            self._row(row)
        self.column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        area.setFixedHeight(theme.px(440))
        self.add(area)

    def _notes(self, result: Replayed | Rehearsal) -> None:
        total = result.total if isinstance(result, Replayed) else len(result.rows)
        if total > MOST:
            words = _("{count} in all; the first {most} are shown.").format(count=f"{total:,}", most=MOST)
            self.column.addWidget(Label(words, "small", "text2"))
        if isinstance(result, Replayed):
            return
        for name, why in result.paused:
            text = _("“{name}” would pause: {why}").format(name=name, why=why)
            self.column.addWidget(Banner(text, "danger"))
        if not result.complete:
            day = day_text(result.until, self.context.now(), self.context.zone)
            self.column.addWidget(
                Label(_("The trial went as far as {day}.").format(day=day), "small", "text2")
            )

    def _row(self, row: PastTurn | RehearsedTurn) -> None:
        head = hbox(gap=10)
        head.addWidget(Label(when_text(row.at, self.context.now(), self.context.zone), "small", "text2"))
        head.addWidget(Label(" ".join(part for part in (row.title, row.detail) if part), "small_b"))
        head.addStretch(1)
        if isinstance(row, RehearsedTurn):
            head.addWidget(Label(row.rule_name, "cap", "text2"))
        self.column.addLayout(head)
        lines = self._to_come(row) if isinstance(row, RehearsedTurn) else [(_gone_by(row), "text2")]
        for words, token in lines:
            self.column.addWidget(Label(words, "cap", token, wrap=True))
        self.column.addWidget(Divider())

    def _to_come(self, row: RehearsedTurn) -> list[tuple[str, str]]:
        found = [(" · ".join(part for part in (row.why, *row.effects) if part), "text2")]
        for message in row.messages:
            at = when_text(message.at, self.context.now(), self.context.zone)
            told = _("{at}: {title} (to {to}, {by})")
            words = told.format(at=at, title=message.title, to=message.to, by=message.by)
            found.append((words, "text2"))
        found.append((row.error, "danger_fg"))
        return [line for line in found if line[0]]


def _gone_by(row: PastTurn) -> str:
    done = ", ".join(row.done)
    return _("{reason}: {done}").format(reason=row.reason, done=done) if done else row.reason
