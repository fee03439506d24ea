"""Deciding about a difference: each fix is one press, asks for words where it needs them, and can be taken back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.reconcile_words import FIX_WORDS, fixes_of
from desktop.queries.reconciliation import BillRowSeen
from desktop.services import reconcile_fixes as fixes
from desktop.services.reconcile_bills import ask_provider
from desktop.views.common.buttons import Button, Kind
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet, confirm
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextArea

ICONS = {"subsidy": "check-line", "fee": "check-line", "attach": "links-line", "pair": "links-line", "ask": "question-line",
         "undo": "arrow-go-back-line"}  # fmt: skip


class NoteSheet(Sheet):
    """Asks for a few words, then does the deed with them."""

    def __init__(
        self, parent: QWidget, title: str, verb: str, label: str, deed: Callable[[str], Any]
    ) -> None:
        super().__init__(parent, title, verb=verb, icon="edit-line", width=420)
        self._deed = deed
        self.words = TextArea(lines=3)
        self.field = Field(label, self.words)
        self.add(self.field)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        if self.words.value().strip():
            return check_all([self.field])
        self.field.error(_("Say in a few words why."))
        return False

    def _go(self) -> None:
        task = self._deed(self.words.value().strip())
        task.busy(self.primary).then(lambda _done: self.accept()).otherwise(self.show_error)


class FixDesk:
    """Does what a press on a fix means, on behalf of a widget."""

    def __init__(self, owner: QWidget, context: Context, done: Callable[[], Any]) -> None:
        self._owner, self._context, self._scope, self._done = owner, context, context.of(owner), done

    def buttons(self, row: BillRowSeen, most: int = 9) -> list[Button]:
        """The fixes of a row, the likeliest as the main one."""
        made: list[Button] = []
        allowed = self._context.may(fixes.ignore_row)
        for place, fix in enumerate(fixes_of(row)[:most]):
            if fix == "case" and row.case_id is not None:
                continue
            kind: Kind = "primary" if place == 0 and fix != "undo" else "secondary" if place < 2 else "plain"
            button = Button(_(FIX_WORDS[fix]), kind, ICONS.get(fix, ""), size=30)
            button.clicked.connect(partial(self.act, row, fix, button))
            button.setEnabled(allowed)
            if not allowed:
                button.setToolTip(_("Your role may not do this."))
            made.append(button)
        return made

    def act(self, row: BillRowSeen, fix: str, button: Button | None = None) -> None:
        """Do one fix of a row."""
        getattr(self, f"_{fix}")(row, button)

    def _run(
        self, row: BillRowSeen, button: Any, words: str, deed: Any, *args: Any, undo: bool = True
    ) -> Any:
        back = partial(self._take_back, row.id) if undo else None

        def told(_result: Any) -> None:
            self._context.toast(self._owner, words, undo=back)
            self._done()

        task = self._scope.do(deed, row.id, *args).then(told)
        return task.busy(button) if button is not None else task

    def _take_back(self, row_id: int) -> None:
        self._scope.do(fixes.undo_fix, row_id).then(lambda _none: self._done())

    def _subsidy(self, row: BillRowSeen, button: Any) -> None:
        gap = Money(abs(row.gap_minor), self._context.currency)
        self._run(
            row, button, _("{money} booked as the platform’s subsidy").format(money=gap), fixes.book_subsidy
        )

    def _correct(self, row: BillRowSeen, _button: Any) -> None:
        title = _("Correct ours to {money}").format(money=Money(row.amount_minor, self._context.currency))
        self._words(
            row,
            title,
            _("Correct"),
            _("What was wrong"),
            fixes.correct_ours,
            _("Corrected by a counter-entry"),
        )

    def _fee(self, row: BillRowSeen, button: Any) -> None:
        self._run(row, button, _("Fee accepted"), fixes.accept_fee)

    def _attach(self, row: BillRowSeen, button: Any) -> None:
        confirm(
            self._owner.window(),
            _("Put {money} to this payment?").format(money=Money(row.amount_minor, self._context.currency)),
            _("If its sale still waits, the money is booked to it. If the sale is gone, it goes back by itself."),
            verb=_("Put to our payment"),
            yes=lambda: self._run(row, button, _("Put to the payment; what belongs nowhere goes back"), fixes.attach_row, undo=False),
        )  # fmt: skip

    def _pair(self, row: BillRowSeen, button: Any) -> None:
        self._run(row, button, _("Paired"), fixes.pair_rows, row.pair_id)

    def _ask(self, row: BillRowSeen, button: Any) -> None:
        def told(state: str) -> None:
            self._context.toast(
                self._owner, _("The provider’s answer stands beside it: {state}").format(state=state)
            )
            self._done()

        task = self._scope.device(ask_provider, self._context.shop, row.id).then(told)
        if button is not None:
            task.busy(button)

    def _check(self, row: BillRowSeen, _button: Any) -> None:
        self._words(
            row,
            _("Mark as checked"),
            _("Mark as checked"),
            _("What was found"),
            fixes.mark_checked,
            _("Marked as checked"),
        )

    def _ignore(self, row: BillRowSeen, _button: Any) -> None:
        self._words(
            row,
            _("Leave aside"),
            _("Leave aside"),
            _("Why it is left aside"),
            fixes.ignore_row,
            _("Left aside"),
        )

    def _case(self, row: BillRowSeen, button: Any) -> None:
        self._run(
            row, button, _("Handed over; it stands under To do of Payments"), fixes.hand_over, undo=False
        )

    def _undo(self, row: BillRowSeen, button: Any) -> None:
        self._run(row, button, _("Taken back"), fixes.undo_fix, undo=False)

    def _words(self, row: BillRowSeen, title: str, verb: str, label: str, deed: Any, said: str) -> None:
        NoteSheet(
            self._owner.window(), title, verb, label, lambda words: self._run(row, None, said, deed, words)
        ).open()
