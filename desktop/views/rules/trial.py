"""The card at right above: what the rule, as it is written now, would have done and what it will do. Nothing is sent."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.rules.rehearsal import Draft as TrialDraft
from desktop.rules.rehearsal import Rehearsal, rehearse
from desktop.rules.replay import Replayed, replay
from desktop.views.common.buttons import icon_button, link
from desktop.views.common.cards import Card, CardHead, Divider, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.progress_panel import ProgressPanel
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.rules.draft import Draft
from desktop.views.rules.log_card import go
from desktop.views.rules.trial_sheet import TrialSheet
from desktop.views.rules.words import SCREENS

PAST, NEXT = "past", "next"
EVERY_MS = 150
MOST = 30
SEEN = 4  # rows in sight; the rest scrolls


@dataclass
class Under:
    """How far a trial run is; its thread writes, the card reads."""

    done: int = 0
    total: int = 0
    words: str = ""
    stop: threading.Event = field(default_factory=threading.Event)

    def tell(self, done: int, total: int, words: str) -> None:
        """Note how far it is."""
        self.done, self.total, self.words = done, total, words


class TurnRow(QWidget):
    """One subject: title, who, why, and the money; leads to it."""

    pressed = Signal()

    def __init__(self, title: str, detail: str, caption: str, money: str, *, leads: bool) -> None:
        super().__init__()
        self._words, self._hover, self.leads = (title, detail, caption, money), False, leads
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if leads:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(", ".join(part for part in self._words if part))
        self.setToolTip(caption)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(180), theme.px(45))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.leads and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.leads and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: object) -> None:
        self._hover = self.leads
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        px, (title, detail, caption, money) = theme.px, self._words
        with painting(self) as painter:
            if self._hover:
                box(painter, QRectF(self.rect()), 6, theme.color("hover"))
            wide = text_width("small_m", money) + px(8) if money else 0
            room = self.width() - wide
            ink = theme.color("primary_text" if self.leads else "text")
            x = draw_text(painter, QRectF(0, px(3), room, px(20)), title, "small_m", ink) + px(8)
            draw_text(painter, QRectF(x, px(3), room - x, px(20)), detail, "small_m", theme.color("text"))
            draw_text(painter, QRectF(0, px(23), room, px(18)), caption, "cap", theme.color("text2"))
            line = QRectF(0, 0, self.width(), self.height())
            draw_text(painter, line, money, "small_m", theme.color("text"), "right")


class TrialCard(Card):
    """F5: the last days at once, the coming ones on a copy with progress and a way to stop."""

    dismissed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(margins=(16, 12, 6, 8), gap=6)
        self.context, self.scope = context, context.of(self)
        self._draft: Draft | None = None
        self._under: Under | None = None
        self.result: Replayed | Rehearsal | None = None
        self.head = CardHead(_("Trial run"))
        self.close_button = icon_button("close-line", _("Close"), size=26)
        self.close_button.clicked.connect(self.dismissed)
        self.close_button.hide()
        self.head.add(self.close_button)
        self.body.addWidget(self.head)
        self.span = Segment([(PAST, _("Last 7 days")), (NEXT, _("Next 7 days"))], PAST, name=_("Trial run"))
        self.span.picked.connect(lambda _span: self._again())
        self.body.addWidget(self.span)
        self._result_rows()
        self.panel = ProgressPanel(_("Trying on a copy"), icon="play-line")
        self.panel.away.hide()
        self.panel.cancelled.connect(self._stop)
        self.panel.hide()
        under = vbox(margins=(0, 4, 10, 4))
        under.addWidget(self.panel)
        self.body.addLayout(under)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._tick)
        self.reset()

    def _result_rows(self) -> None:
        line = hbox(gap=10)
        self.number = Label("", "number_s")
        self.words = Label("", "small", "text2", wrap=True)
        line.addWidget(self.number, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(line)
        inner = QWidget()
        self.rows = vbox(inner, margins=(0, 0, 10, 0))
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.body.addWidget(self.area)
        self.all = link(_("Show all with what they do"))
        self.all.clicked.connect(self._show_all)
        self.body.addWidget(self.all, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_close(self, on: bool) -> None:
        """Whether the card lies over the editor and can be closed."""
        self.close_button.setVisible(on)

    # Asking

    def reset(self) -> None:
        """Another rule is open: nothing is tried yet."""
        self._stop()
        self._draft, self.result = None, None
        self._say("", _("F5 shows what this rule would have done. Nothing is sent."))

    def outdated(self) -> None:
        """The rule was changed since it was tried."""
        if self.result is not None:
            self.head.say(hint=_("changed since, F5"))

    def run(self, draft: Draft) -> None:
        """Try the rule as it is written now."""
        self._draft = draft
        self._again()

    def _again(self) -> None:
        self._stop()
        if self._draft is None:
            return
        self.head.say(hint="")
        if self.span.value() == PAST:
            task = self.scope.ask_latest("replay", replay, self._draft.spec, 7, dict(self._draft.figures))
            task.then(self._have_past).otherwise(self._refused)
            return
        under = self._under = Under()
        self.result = None
        draft = TrialDraft(self._draft.rule_id, self._draft.name, self._draft.spec, dict(self._draft.figures))
        self._say("", "")
        self.panel.show()
        self.panel.start()
        self._timer.start()
        task = self.scope.device(
            rehearse, self.context.shop, days=7, draft=draft, tell=under.tell, stop=under.stop
        )
        task.then(lambda found: self._have_next(under, found))
        task.otherwise(lambda error: self._refused(error) if under is self._under else None)

    def _tick(self) -> None:
        if self._under is not None and self._under.total:
            self.panel.show_progress(self._under.done, self._under.total, self._under.words)

    def _stop(self) -> None:
        if self._under is not None:
            self._under.stop.set()
            self._under = None
            self._say("", _("Stopped. F5 tries again."))
        self._end()

    def _end(self) -> None:
        self._timer.stop()
        self.panel.hide()

    def _refused(self, error: object) -> None:
        self._end()
        self.result = None
        self._say("", str(error))

    # Showing

    def _say(self, number: str, words: str) -> None:
        self.number.setText(number)
        self.number.setVisible(bool(number))
        self.words.setText(words)
        clear(self.rows)
        self.area.hide()
        self.all.hide()

    def _have_past(self, found: Replayed) -> None:
        if self.span.value() != PAST or self._draft is None:
            return
        self.result = found
        words = ngettext(
            "time it would have acted. Nothing is sent.",
            "times it would have acted. Nothing is sent.",
            found.total,
        )
        self._say(f"{found.total:,}", words)
        self._list([(row, _times(row.reason, row.times)) for row in found.rows[:MOST]])
        self.all.setVisible(bool(found.rows))

    def _have_next(self, under: Under, found: Rehearsal) -> None:
        if under is not self._under:
            return
        self._under = None
        self._end()
        self.result = found
        mine = [row for row in found.rows if row.rule_id == found.draft_id]
        words = ngettext(
            "time it will act if nothing else happens. Nothing is sent.",
            "times it will act if nothing else happens. Nothing is sent.",
            len(mine),
        )
        self._say(f"{len(mine):,}", words)
        now, zone = self.context.now(), self.context.zone
        told = [
            (row, " · ".join(part for part in (when_text(row.at, now, zone), row.error or row.why) if part))
            for row in mine[:MOST]
        ]
        self._list(told)
        others = len(found.rows) - len(mine)
        self.all.relabel(
            _("Show all, {count} of other rules").format(count=others)
            if others
            else _("Show all with what they do")
        )
        self.all.setVisible(bool(found.rows))

    def _list(self, told: Sequence[tuple[Any, str]]) -> None:
        for number, (row, caption) in enumerate(told):
            if number:
                self.rows.addWidget(Divider())
            money = str(Money(row.money_minor, self.context.currency)) if row.money_minor else ""
            leads = row.subject_kind in SCREENS
            line = TurnRow(row.title, row.detail, caption, money, leads=leads)
            line.pressed.connect(
                lambda kind=row.subject_kind, number=row.subject_id: go(self.context, kind, number)
            )
            self.rows.addWidget(line)
        self.rows.addStretch(1)
        self.area.setVisible(bool(told))
        self.area.setFixedHeight(min(len(told), SEEN) * theme.px(46))

    def _show_all(self) -> None:
        if self.result is not None:
            TrialSheet(self.window(), self.context, self.result).open()


def _times(reason: str, times: int) -> str:
    if times < 2:
        return reason
    return _("{reason} · {count} times").format(reason=reason, count=times)
