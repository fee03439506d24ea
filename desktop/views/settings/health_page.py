"""Health: does everything run, what stopped, what to do about it."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _, ngettext
from desktop.queries.health import Health, health
from desktop.queries.order_words import method_word
from desktop.queries.stuck import stuck_orders
from desktop.queries.verify import verify
from desktop.rules.beat import confirm_clock
from desktop.rules.editing import resume_rule
from desktop.services.checks import BOOKS, ORDERS, QUESTIONS, record_check, to_keep
from desktop.services.machine_health import MachineHealth, machine_health
from desktop.services.outbox import retry_outbox
from desktop.services.pay_methods import trust_method
from desktop.views.common.badges import Badge
from desktop.views.common.banner import Banner
from desktop.views.common.buttons import Button, secondary
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.check_sheet import CheckSheet
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.settings.form import Page
from desktop.views.settings.health_rows import (
    HINT,
    OK,
    PROBLEM,
    Here,
    Row,
    check_rows,
    clock_rows,
    database_rows,
    machine_rows,
    missing_rows,
)

TABLES = {
    "rule",
    "outbox",
    "notice",
    "check_run",
    "clock_beat",
    "setting",
    "tracking_service",
    "payment_attempt",
    "payment_method",
}
LOOK_AGAIN_MS = 15_000  # the clock works without telling anybody
STATES = {
    OK: ("success", "done", N_("All right")),
    HINT: ("neutral", "wait", N_("Worth a look")),
    PROBLEM: ("danger", "alert", N_("Problem")),
}
VERBS = {
    "resume": (N_("Resume"), resume_rule),
    "retry": (N_("Try again"), retry_outbox),
    "confirm": (N_("The time is right"), confirm_clock),
    "trust": (N_("Offer it again"), trust_method),
    BOOKS: (N_("Check now"), verify),
    ORDERS: (N_("Check and repair"), stuck_orders),
}
Rows = tuple[Row, ...]


class RowsCard(Card):
    """A titled card of rows; rows that say the same as before stay."""

    def __init__(self, title: str, press: Callable[[Row, Button], None]) -> None:
        super().__init__(margins=(18, 14, 18, 8), gap=4)
        self.body.addWidget(CardHead(title))
        self._list = vbox()
        self.body.addLayout(self._list)
        self._press = press
        self.rows: Rows = ()
        self.buttons: dict[tuple[str, int], Button] = {}

    def show_rows(self, rows: Iterable[Row], may: Callable[[Any], bool]) -> None:
        """Show them, with buttons for what this person may do."""
        found = tuple(rows)
        if found == self.rows:
            return
        self.rows = found
        self.buttons.clear()
        clear(self._list)
        for place, row in enumerate(found):
            if place:
                self._list.addWidget(Divider())
            self._list.addWidget(self._row(row, may))

    def _row(self, row: Row, may: Callable[[Any], bool]) -> QWidget:
        holder = QWidget()
        line = hbox(holder, margins=(0, 9, 0, 9), gap=12)
        tone, pip, word = STATES[row.state]
        line.addWidget(IconTile(row.icon, tone))
        words = vbox(gap=2)
        words.addWidget(TwoLines(row.title, row.caption, wrap=True))
        for text in row.more:
            words.addWidget(Label(text, "cap", "danger_fg", wrap=True))
        line.addLayout(words, 1)
        line.addWidget(Badge(_(word), tone, pip, small=True))
        if row.verb and may(VERBS[row.verb][1]):
            button = secondary(_(VERBS[row.verb][0]), size=30)
            button.setAccessibleDescription(row.title)
            button.clicked.connect(lambda: self._press(row, button))
            self.buttons[(row.verb, row.target)] = button
            line.addWidget(button)
        return holder


class HealthPage(Page):
    """Looks by itself every few seconds while it is seen."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Health"))
        self._context, self._background = context, context.of(self)
        again = secondary(_("Look again"), "refresh-line")
        again.clicked.connect(self.load)
        self.head.addWidget(again)
        self.well = Banner(_("Everything runs"), "success")
        self.warn = Banner("", "warn")
        self.trouble = Banner("", "danger")
        self.clock = RowsCard(_("Automatic work"), self.press)
        self.checks = RowsCard(_("Checks"), self.press)
        self.database = RowsCard(_("Database"), self.press)
        self.machine = RowsCard(_("This machine"), self.press)
        self.missing = RowsCard(_("Not watched over yet"), self.press)
        for widget in (self.well, self.warn, self.trouble, *self.cards):
            self.column.addWidget(widget)
            widget.hide()
        self.column.addStretch(1)
        context.stale_when(self, TABLES, lambda _touched: self.load())
        self._timer = QTimer(self, interval=LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @property
    def cards(self) -> tuple[RowsCard, ...]:
        """The cards from the top."""
        return self.clock, self.checks, self.database, self.machine, self.missing

    def load(self) -> None:
        self._background.ask_latest("health", health).then(self._show).otherwise(self._unreachable)
        self._background.device(machine_health, self._context.shop).then(self._show_machine)
        self._put(self.missing, missing_rows())

    def _look(self) -> None:
        if self.isVisible():
            self.load()

    def _show(self, found: Health) -> None:
        here = Here(found.now, self._context.zone)
        self._put(self.clock, clock_rows(found, here))
        self._put(self.database, database_rows(found, here))
        if self._context.may(verify):
            self._put(self.checks, check_rows(found, here))
        self.trouble.hide()
        self._sum_up()

    def _show_machine(self, found: MachineHealth) -> None:
        self._put(self.machine, machine_rows(found))
        self._sum_up()

    def _unreachable(self, error: object) -> None:
        """What was seen last is no news any more."""
        for card in (self.clock, self.checks, self.database):
            card.hide()
        self.trouble.say(str(error))
        self.trouble.show()
        self._sum_up()

    def _put(self, card: RowsCard, rows: Iterable[Row]) -> None:
        card.show_rows(rows, self._context.may)
        card.show()

    def _sum_up(self) -> None:
        """One sentence above all."""
        shown = [row for card in self.cards if card.isVisibleTo(self) for row in card.rows]
        problems = sum(row.state == PROBLEM for row in shown)
        reached = self.clock.isVisibleTo(self)
        self.well.setVisible(reached and not problems)
        self.warn.setVisible(reached and problems > 0)
        text = ngettext("{count} thing needs you", "{count} things need you", problems)
        self.warn.say(text.format(count=problems))

    # Doing

    def press(self, row: Row, button: Button) -> None:
        """What the button of a row says."""
        if row.verb == BOOKS:
            self._check(BOOKS, button)
            return
        if row.verb == ORDERS:
            sheet = CheckSheet(self.window(), self._context)
            sheet.finished.connect(lambda _how: self._check(ORDERS, button))
            sheet.open()
            return
        target = (row.target,) if row.verb == "resume" else (row.name,) if row.verb == "trust" else ()
        task = self._background.do(VERBS[row.verb][1], *target).busy(button)
        task.then(partial(self._done, row))

    def _done(self, row: Row, answer: Any) -> None:
        if row.verb == "retry":
            text = ngettext("{count} message is sent again", "{count} messages are sent again", answer)
            self._context.toast(self, text.format(count=f"{answer:,}"))
        elif row.verb == "resume":
            self._context.toast(self, _("The rule goes on; what came due meanwhile is done now"))
        elif row.verb == "trust":
            self._context.toast(self, _("{method} is offered again").format(method=method_word(row.name)))
        else:
            self._context.toast(self, _("The clock goes on with this time"))
        self.load()

    def _check(self, kind: str, button: Button) -> None:
        """Look through everything and keep what was found; sales go on meanwhile."""
        if self._context.may(record_check):
            self._background.ask(QUESTIONS[kind]).busy(button).then(partial(self._checked, kind))

    def _checked(self, kind: str, answer: Any) -> None:
        task = self._background.do(record_check, kind, *to_keep(kind, answer))
        task.then(lambda _id: self.load())
