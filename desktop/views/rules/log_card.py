"""The card at right below: how often a rule acted, and its runs and versions by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from desktop.basics.i18n import _, language, ngettext
from desktop.rules.lists import ClockState, RuleHistory
from desktop.rules.log import RunLine
from desktop.views.common import icons
from desktop.views.common.cards import Card, CardHead, Divider, clear, vbox
from desktop.views.common.context import Context
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme
from desktop.views.rules.words import SCREENS, run_caption, run_title, short_time

ICONS = {
    "done": ("checkbox-circle-fill", "success"),
    "failed": ("error-warning-fill", "warn"),
    "given_up": ("close-circle-fill", "danger"),
    "version": ("edit-circle-line", "text3"),
    "quiet": ("checkbox-blank-circle-line", "text3"),
}
MOST = 40


class Bars(QWidget):
    """A bar for each of the last days, full when the rule acted."""

    def __init__(self) -> None:
        super().__init__()
        self._days: tuple[tuple[date, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(52))

    def show_days(self, days: Sequence[tuple[date, int]]) -> None:
        """Show how often it acted on each day, oldest first."""
        self._days = tuple(days)
        said = [f"{day.month}/{day.day} {count}" for day, count in days if count]
        self.setAccessibleName(
            _("Acted on {days}").format(days=", ".join(said)) if said else _("Never acted")
        )
        self.setToolTip("\n".join(said))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._days:
            return
        px, most = theme.px, max(count for _day, count in self._days)
        step = (self.width() + px(5)) / len(self._days)
        with painting(self) as painter:
            for number, (_day, count) in enumerate(self._days):
                tall = px(8) if not count else px(12) + (px(18) * count) / most
                token = "primary" if count else "sunken"
                area = QRectF(number * step, px(32) - tall, step - px(5), tall)
                box(painter, area, 3, theme.color(token))
            first = self._days[0][0]
            zh = language().startswith("zh")
            words = f"{first.month}/{first.day}" if zh else f"{first.day}/{first.month}"
            line = QRectF(0, px(34), self.width(), px(18))
            draw_text(painter, line, words, "cap", theme.color("text2"))
            draw_text(painter, line, _("Today"), "cap", theme.color("text2"), "right")


@dataclass(frozen=True)
class Happening:
    """A line of the card: a run, a version, or that nothing was found."""

    kind: str
    title: str
    caption: str
    time: str
    at: datetime | None = None
    run: RunLine | None = None
    tip: str = ""


class HappeningRow(QWidget):
    """One line: a mark, two rows of words, the time; a run leads to its subject."""

    pressed = Signal(object)

    def __init__(self, what: Happening) -> None:
        super().__init__()
        self.what, self._hover = what, False
        self.leads = what.run is not None and what.run.subject_kind != "shop"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if self.leads:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(", ".join(part for part in (what.title, what.caption, what.time) if part))
        self.setToolTip(what.tip or (what.caption if len(what.caption) > 20 else ""))
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(180), theme.px(49))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.leads and self.rect().contains(event.position().toPoint()):
            self.pressed.emit(self.what.run)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.leads and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit(self.what.run)
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
        px, what = theme.px, self.what
        with painting(self) as painter:
            if self._hover:
                box(painter, QRectF(self.rect()), 6, theme.color("hover"))
            name, token = ICONS[what.kind]
            icons.draw(painter, QRectF(0, 0, px(16), self.height()), name, token, px(14))
            wide = text_width("small", what.time)
            room = self.width() - px(26) - wide - px(8)
            draw_text(
                painter, QRectF(px(26), px(5), room, px(20)), what.title, "small_m", theme.color("text")
            )
            caption = QRectF(px(26), px(25), self.width() - px(26) - (wide + px(8)), px(18))
            draw_text(painter, caption, what.caption, "cap", theme.color("text2"))
            line = QRectF(0, 0, self.width(), self.height())
            draw_text(painter, line, what.time, "small", theme.color("text2"), "right")


class LogCard(Card):
    """Bars, the line of the last look, then runs and versions, newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__(margins=(16, 12, 6, 8), gap=6)
        self.context = context
        self.head = CardHead(_("Run log"))
        self.bars = Bars()
        inner = QWidget()
        self.rows = vbox(inner, margins=(0, 0, 10, 0))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.body.addWidget(self.head)
        bars = vbox(margins=(0, 4, 10, 0))
        bars.addWidget(self.bars)
        self.body.addLayout(bars)
        self.body.addWidget(area, 1)

    def reset(self) -> None:
        """A rule that is not saved yet has done nothing."""
        self.head.say(hint=_("No runs yet"))
        self.bars.show_days(())
        clear(self.rows)

    def show_log(self, history: RuleHistory, runs: Sequence[RunLine], clock: ClockState) -> None:
        """Show what a rule did lately."""
        hits = sum(count for _day, count in history.days)
        words = ngettext("{count} hit in {days} days", "{count} hits in {days} days", hits)
        self.head.say(hint=words.format(count=f"{hits:,}", days=len(history.days)))
        self.bars.show_days(history.days)
        clear(self.rows)
        lines = self._lines(history, runs, clock)
        for number, line in enumerate(lines):
            if number:
                self.rows.addWidget(Divider())
            row = HappeningRow(line)
            row.pressed.connect(self._open)
            self.rows.addWidget(row)
        self.rows.addStretch(1)

    def _lines(self, history: RuleHistory, runs: Sequence[RunLine], clock: ClockState) -> list[Happening]:
        now, zone = self.context.now(), self.context.zone
        found = [self._run(run) for run in runs]
        found += [
            Happening(
                "version",
                _("Rule changed to version {version}").format(version=v.version)
                if v.version > 1
                else _("Rule written"),
                v.who,
                short_time(v.at, now, zone),
                v.at,
                tip=v.sentence,
            )
            for v in history.versions
        ]
        found.sort(key=lambda line: line.at or now, reverse=True)
        newest = runs[0].at if runs else None
        if clock.swept_at is not None and (newest is None or clock.swept_at > newest):
            looked = ngettext("{count} look today", "{count} looks today", clock.sweeps_today)
            quiet = Happening(
                "quiet", _("Looked, nothing found"), looked.format(count=f"{clock.sweeps_today:,}"),
                short_time(clock.swept_at, now, zone), clock.swept_at,
            )  # fmt: skip
            found.insert(0, quiet)
        return found[:MOST]

    def _run(self, run: RunLine) -> Happening:
        time = short_time(run.at, self.context.now(), self.context.zone)
        return Happening(run.state, run_title(run), run_caption(run), time, run.at, run)

    def _open(self, run: Any) -> None:
        go(self.context, run.subject_kind, run.subject_id)


def go(context: Context, kind: str, subject_id: int) -> None:
    """Open what a run was about."""
    if kind in SCREENS:
        context.navigate(SCREENS[kind], subject_id)
