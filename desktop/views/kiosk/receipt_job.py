"""The way of one sale's receipt to paper, as the queue tells it: asked for, waiting, sent, printed, or in trouble."""

from PySide6.QtCore import QObject, Signal

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.queries.print_jobs import JobState, job_state, receipt_job
from desktop.queries.print_words import CONFIRMED, FAILED, OPEN, SENT, UNSURE, problem_words
from desktop.services.print_jobs import print_receipt
from desktop.views.common.background import Background
from desktop.views.common.refresh import News

OUT = (SENT, CONFIRMED)


class ReceiptJob(QObject):
    """Asks for the receipt and follows it; `troubled` says once for each trouble what staff should know."""

    changed = Signal()
    troubled = Signal(str)

    def __init__(self, background: Background, news: News, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self.order_id = 0
        self.state: JobState | None = None
        self.asked = False
        self._told = ""
        news.changed.connect(self._heard)

    @property
    def under_way(self) -> bool:
        """Whether it was asked for and the printer may still take it."""
        return self.asked or (self.state is not None and self.state.state in OPEN)

    @property
    def out(self) -> bool:
        """Whether the printer has it."""
        return self.state is not None and self.state.state in OUT

    def begin(self, order_id: int) -> None:
        """Follow the receipt of this order; a till that always prints has queued it already."""
        if order_id == self.order_id:
            return
        self.forget()
        self.order_id = order_id
        self._background.ask(receipt_job, order_id).then(
            lambda state: self._learned(order_id, state)
        ).otherwise(lambda _error: None)

    def forget(self) -> None:
        """The next customer sees nothing of it."""
        self.order_id, self.state, self.asked, self._told = 0, None, False, ""

    def print(self) -> None:
        """Ask for the paper."""
        if self.asked or not self.order_id:
            return
        order_id, self.asked, self._told = self.order_id, True, ""
        task = self._background.do(print_receipt, order_id, new_key())
        task.then(lambda job_id: self._queued(order_id, job_id))
        task.otherwise(lambda error: self._refused(order_id, error))
        self.changed.emit()

    def _queued(self, order_id: int, job_id: int) -> None:
        if order_id == self.order_id:
            self._look(order_id, job_id)

    def _refused(self, order_id: int, error: ShopError) -> None:
        if order_id == self.order_id:
            self.asked = False
            self._tell(str(error))
            self.changed.emit()

    def _heard(self, changes: object) -> None:
        if self.state is not None and self.state.id in changes.touched.get("print_job", ()):  # type: ignore[attr-defined]
            self._look(self.order_id, self.state.id)

    def look_again(self) -> None:
        """Ask how far it is, in case no news came."""
        if self.state is not None and self.state.state in OPEN:
            self._look(self.order_id, self.state.id)

    def _look(self, order_id: int, job_id: int) -> None:
        task = self._background.ask(job_state, job_id)
        task.then(lambda state: self._learned(order_id, state)).otherwise(lambda _error: None)

    def _learned(self, order_id: int, state: JobState | None) -> None:
        if order_id != self.order_id or state is None:
            return
        self.asked = False
        before, self.state = self.state, state
        if state != before:
            self._warn(state)
            self.changed.emit()

    def _warn(self, state: JobState) -> None:
        problem = problem_words(state.problem)
        if state.state in OPEN and problem:
            self._tell(_("Your receipt waits for the printer; you have paid.") + "\n" + problem)
        elif state.state in (FAILED, UNSURE):
            told = _("The receipt did not print; you have paid. Staff can print it for you.")
            self._tell(f"{told}\n{problem}".strip())

    def _tell(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self.troubled.emit(sentence)

    def words(self) -> tuple[str, str, str]:
        """What the page says, its icon and colour; empty before anything was asked for."""
        state = self.state
        if state is None:
            return (_("Printing your receipt…"), "printer-line", "text2") if self.asked else ("", "", "")
        if state.state in OPEN and state.problem:
            return _("Your receipt waits for the printer"), "time-line", "warn_fg"
        if self.under_way:
            return _("Printing your receipt…"), "printer-line", "text2"
        if state.state == CONFIRMED:
            return _("Your receipt is printed"), "checkbox-circle-line", "success_fg"
        if state.state == SENT:
            return _("Your receipt was sent to the printer"), "printer-line", "text2"
        return _("The receipt did not print"), "error-warning-line", "warn_fg"
