"""The papers of the tills' printers: what waits, what came out, what needs somebody, and how to go on."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.words import when_text
from desktop.queries.page import Page
from desktop.queries.print_jobs import JobRow, print_jobs
from desktop.queries.print_words import (
    CANCELLED,
    FAILED,
    OPEN,
    QUEUED,
    TONES,
    UNSURE,
    paper_words,
    problem_words,
    state_words,
)
from desktop.services.print_jobs import cancel_job, print_again, settle_doubt
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, plain, secondary
from desktop.views.common.cards import Divider, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme

ALL, TROUBLED = "all", "troubled"


class PrintJobsSheet(Sheet):
    """The newest papers, followed live; each offers what its state allows."""

    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(parent, _("Papers for the printer"), icon="printer-line", width=780)
        self._context, self._background = context, context.of(self)
        self._after: Any = None
        self._shown: list[JobRow] = []
        self.which = Segment([(TROUBLED, _("Needs somebody")), (ALL, _("All"))], TROUBLED)
        self.which.picked.connect(lambda _value: self.load())
        self.add(self.which)
        holder = QWidget()
        self.rows = vbox(holder, gap=0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(holder)
        for part in (holder, area.viewport()):
            part.setAutoFillBackground(False)
        area.setFixedHeight(theme.px(420))
        self.add(area)
        self.more = secondary(_("Show more"), size=30)
        self.more.clicked.connect(self._next)
        self.more.hide()
        self.add_left(self.more)
        context.stale_when(self, {"print_job"}, lambda _touched: self.load())
        self.load()

    def load(self) -> None:
        """Ask for the newest ones."""
        troubled = self.which.value() == TROUBLED
        task = self._background.ask_latest("papers", print_jobs, troubled=troubled)
        task.then(self._show).otherwise(self.show_error)

    def _next(self) -> None:
        troubled = self.which.value() == TROUBLED
        task = self._background.ask(print_jobs, self._after, troubled=troubled).busy(self.more)
        task.then(lambda page: self._show(page, self._shown)).otherwise(self.show_error)

    def _show(self, page: Page[JobRow], before: list[JobRow] | None = None) -> None:
        self._shown, self._after = [*(before or []), *page.rows], page.after
        self.more.setVisible(page.after is not None)
        clear(self.rows)
        for number, row in enumerate(self._shown):
            if number:
                self.rows.addWidget(Divider())
            self.rows.addWidget(self._row(row))
        if not self._shown:
            self.rows.addWidget(self._nothing())
        self.rows.addStretch(1)

    def _nothing(self) -> EmptyState:
        if self.which.value() == TROUBLED:
            hint = _("Nothing waits for a printer or for somebody.")
            return EmptyState(_("Everything came out"), hint, why="all_done")
        hint = _("Receipts, refunds and reports for the tills’ printers are listed here.")
        return EmptyState(_("No papers yet"), hint, why="first")

    def _row(self, job: JobRow) -> QWidget:
        widget = QWidget()
        row = hbox(widget, margins=(0, 8, 4, 8), gap=10)
        when = when_text(job.at, self._context.now(), self._context.zone)
        facts = (when, _(job.till), job.note)
        words = vbox(gap=1)
        title = " · ".join(part for part in (paper_words(job.kind, job.copy_no), job.number) if part)
        words.addWidget(TwoLines(title, " · ".join(part for part in facts if part)))
        problem = problem_words(job.problem)
        if problem:
            token = "danger_fg" if job.state == FAILED else "warn_fg"
            words.addWidget(Label(problem, "cap", token, wrap=True))
        row.addLayout(words, 1)
        tone, pip = TONES.get(job.state, ("neutral", ""))
        row.addWidget(Badge(state_words(job.state), tone, pip))
        for button in self._deeds(job, title):
            row.addWidget(button)
        return widget

    def _deeds(self, job: JobRow, title: str) -> list[Button]:
        if job.kind == "drawer":
            return (
                [self._deed(plain(_("Cancel"), size=28), title, cancel_job, job.id)]
                if job.state == QUEUED
                else []
            )
        again = secondary(
            _("Print a copy") if job.state not in (FAILED, CANCELLED) else _("Print again"), size=28
        )
        if job.state == UNSURE:
            out = self._deed(plain(_("It came out"), size=28), title, settle_doubt, job.id, True, new_key())
            return [out, self._deed(again, title, settle_doubt, job.id, False, new_key())]
        if job.state in OPEN:
            stop = self._deed(plain(_("Cancel"), size=28), title, cancel_job, job.id)
            return [stop] if job.state == QUEUED else []
        deeds = [self._deed(again, title, print_again, job.id, new_key())]
        if job.state == FAILED:
            deeds.insert(0, self._deed(plain(_("Cancel"), size=28), title, cancel_job, job.id))
        return deeds

    def _deed(self, button: Button, title: str, action: Any, *args: Any) -> Button:
        button.setAccessibleName(f"{button.text()} {title}")
        done: Callable[..., object] = partial(self._did, args[0])
        button.clicked.connect(
            lambda: self._background.do(action, *args).busy(button).then(done).otherwise(self.show_error)
        )
        return button

    def _did(self, _job_id: int, _answer: Any) -> None:
        self.load()
