"""For staff at a kiosk: the till's newest papers, printed again or given up, and the drawer opened with a reason."""

from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.queries.print_jobs import JobRow
from desktop.queries.print_words import (
    CANCELLED,
    FAILED,
    QUEUED,
    UNSURE,
    paper_words,
    problem_words,
    state_words,
)
from desktop.views.kiosk.goods import scrolling
from desktop.views.kiosk.look import look
from desktop.views.kiosk.overlays import Overlay
from desktop.views.kiosk.widgets import Button, Text, column, row, wide

AGAIN, CANCEL, CAME_OUT, NOT_OUT = "again", "cancel", "came_out", "not_out"


class Papers(Overlay):
    """The newest papers, each with what its state allows: `asked(deed, job id)`."""

    asked = Signal(str, int)

    def __init__(self, window: QWidget, jobs: Sequence[JobRow], zone: ZoneInfo) -> None:
        super().__init__(window, 1_000)
        self.fill(Text(_("Papers for the printer"), 40, 600, align="center"))
        holder = QWidget()
        lines = column(space=20)
        holder.setLayout(lines)
        for job in jobs:
            lines.addWidget(self._line(job, zone))
        if not jobs:
            lines.addWidget(Text(_("No papers yet"), 30, token="text2", align="center"))
        lines.addStretch(1)
        area = scrolling(holder)
        area.setMinimumHeight(look.px(760 if look.portrait else 440))
        self.card.body.addWidget(area, 1)
        self.fill(wide(_("Back"), self.close_now, "primary", height=104, size=32))

    def _line(self, job: JobRow, zone: ZoneInfo) -> QWidget:
        widget = QWidget()
        name = paper_words(job.kind, job.copy_no)
        title = "   ".join(part for part in (f"{job.at.astimezone(zone):%H:%M}", name, job.number) if part)
        state = problem_words(job.problem) if job.problem and job.state != UNSURE else state_words(job.state)
        token = "warn_fg" if job.state in (FAILED, UNSURE) or job.problem else "text2"
        words = column(Text(title, 27, 500), Text(state, 23, token=token, wrap=True), space=4)
        holder = QWidget()
        holder.setLayout(words)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        buttons = [self._button(text, deed, job) for text, deed in self._deeds(job)]
        widget.setLayout(row(holder, *buttons, space=12))
        return widget

    def _deeds(self, job: JobRow) -> list[tuple[str, str]]:
        if job.state == QUEUED:
            return [(_("Cancel"), CANCEL)]
        if job.kind == "drawer":
            return []
        if job.state == UNSURE:
            return [(_("It came out"), CAME_OUT), (_("Print a copy"), NOT_OUT)]
        if job.state in (FAILED, CANCELLED):
            return [(_("Print again"), AGAIN)]
        return [(_("Print a copy"), AGAIN)]

    def _button(self, text: str, deed: str, job: JobRow) -> Button:
        button = Button(text, height=88, size=25, radius=18, on=lambda: self.asked.emit(deed, job.id))
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.setAccessibleName(f"{text} {paper_words(job.kind, job.copy_no)} {job.number}")
        return button


class WhyDrawer(Overlay):
    """Why the drawer is opened without a sale."""

    def __init__(self, window: QWidget, chosen: Callable[[str], object]) -> None:
        super().__init__(window, 760)
        self.fill(Text(_("Why is the drawer opened?"), 40, 600, align="center"))
        for words in (_("Give change"), _("Check the cash"), _("Correct a mistake")):
            self.fill(wide(words, partial(chosen, words), height=108, size=32))
        self.fill(wide(_("Back"), self.close_now, "primary", height=104, size=32))
