"""The sheets of a drawer: open it with its float, put in or take out, count it blind, close it with its difference."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.basics.ids import new_key
from desktop.basics.money import LARGEST, Money
from desktop.queries.cash_sessions import SessionRow, TillDrawer
from desktop.services.cash_sessions import Closed, Tallied, close_session, count_cash, move_cash, open_session
from desktop.views.cash.count_book import CountBook
from desktop.views.cash.words import Row, difference_words, foreign_rows, signed, verdict_words
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import Facts
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.segment import Segment

REASONS = {
    "in": (N_("Small change"), N_("From the safe"), N_("Found again")),
    "out": (N_("Bought something for the shop"), N_("Paid for a delivery"), N_("Given to a customer")),
    "drop": (N_("Too much in the drawer"), N_("Taken to the bank")),
}
OFF = (N_("Unknown"), N_("Wrong change given"), N_("Sale not recorded"), N_("Small change left away"))


class OpenSheet(Sheet):
    """Counts the float of a till and opens its session; `done(session id)` afterwards."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        tills: Sequence[TillDrawer],
        till_id: int,
        done: Callable[[int], Any],
    ) -> None:
        text = _("Count the small change that lies in the drawer now.")
        super().__init__(
            parent,
            _("Open a cash session"),
            verb=_("Open the drawer"),
            text=text,
            icon="safe-2-line",
            width=560,
        )
        self._context, self._done_with, self._key = context, done, new_key()
        self.till = Select([(str(t.till_id), t.till) for t in tills], str(till_id))
        self.book = CountBook(context, context.currency)
        self.grid = self.book.grid
        self.add(Field(_("Till"), self.till), self.book)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        sentence = self.book.problem()
        if sentence:
            self.show_error(sentence)
        return not sentence

    def _go(self) -> None:
        task = self._context.of(self).do(
            open_session, int(self.till.value()), self.grid.pieces(), client_key=self._key,
            foreign=self.book.foreign(),
        )  # fmt: skip
        task.busy(self.primary).then(self._opened).otherwise(self.show_error)

    def _opened(self, session_id: int) -> None:
        self.accept()
        self._done_with(session_id)


class MoveSheet(Sheet):
    """Puts cash in or takes it out, with the reason."""

    def __init__(
        self, parent: QWidget, context: Context, session: SessionRow, done: Callable[[], Any]
    ) -> None:
        super().__init__(
            parent, _("Put cash in or take it out"), verb=_("Save"), text=session.till, icon="hand-coin-line"
        )
        self._context, self._session, self._done_with, self._key = context, session, done, new_key()
        self.kind = Segment([("in", _("Put in")), ("out", _("Take out")), ("drop", _("To the safe"))], "in")
        self.amount = Field(_("Amount"), MoneyInput(session.currency, least=1, most=LARGEST, required=True))
        self.usual = Select([("", "")], "")
        self.reason = Field(_("Reason"), TextInput(longest=200, required=True))
        self.document = Field(_("Number of the receipt, if any"), TextInput(longest=60))
        self.add(self.kind, self.amount, Field(_("Usual reasons"), self.usual), self.reason, self.document)
        self.kind.picked.connect(self._offer)
        self.usual.picked.connect(self._take)
        self.submitted.connect(self._go)
        self._offer("in")

    def _offer(self, kind: str) -> None:
        options = [("", _("Write one below")), *((_(words), _(words)) for words in REASONS[kind])]
        self.usual.set_options(options, "")

    def _take(self, words: str) -> None:
        if words:
            self.reason.control.setText(words)  # type: ignore[attr-defined]

    def ready(self) -> bool:
        return check_all([self.amount, self.reason])

    def _go(self) -> None:
        amount, reason, document = (field.control for field in (self.amount, self.reason, self.document))
        task = self._context.of(self).do(
            move_cash, self._session.id, self.kind.value(), amount.minor(), reason.value(),  # type: ignore[attr-defined]
            document=document.value(), client_key=self._key,  # type: ignore[attr-defined]
        )  # fmt: skip
        task.busy(self.primary).then(self._moved).otherwise(self.show_error)

    def _moved(self, _entry: int) -> None:
        self.accept()
        self._done_with()


class CountSheet(Sheet):
    """A blind count: what should be there is told only after it was handed in."""

    def __init__(
        self, parent: QWidget, context: Context, session: SessionRow, done: Callable[[Tallied], Any]
    ) -> None:
        text = _("Count what lies in the drawer, float included. What should be there is shown afterwards.")
        title = _("Count the cash of {till}").format(till=session.till)
        super().__init__(parent, title, verb=_("Hand in the count"), text=text, icon="coins-line", width=560)
        self._context, self._session, self._done_with, self._key = context, session, done, new_key()
        self.book = CountBook(context, session.currency, session.id)
        self.grid = self.book.grid
        self.add(self.book)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        sentence = self.book.problem()
        if sentence:
            self.show_error(sentence)
        return not sentence

    def _go(self) -> None:
        task = self._context.of(self).do(
            count_cash,
            self._session.id,
            self.grid.pieces(),
            client_key=self._key,
            foreign=self.book.foreign(),
        )
        task.busy(self.primary).then(self._counted).otherwise(self.show_error)

    def _counted(self, told: Tallied) -> None:
        self.accept()
        self._done_with(told)


def _told_rows(told: Tallied, currency: str) -> list[Row]:
    """What a count found and what should be there, in each currency."""
    off = told.difference_minor
    rows = [
        (_("Cash counted"), str(Money(told.counted_minor, currency)), ""),
        (_("Should be there"), str(Money(told.expected_minor, currency)), ""),
        (_("Cash difference"), signed(off, currency), difference_words(off, currency)[1]),
    ]
    return rows + [row for one in told.foreign for row in foreign_rows(*one)]


class CloseSheet(Sheet):
    """Shows the difference of a count and closes the session with it, or counts again."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        session: SessionRow,
        told: Tallied,
        done: Callable[[Closed], Any],
        again: Callable[[], Any],
    ) -> None:
        title = _("Close the cash session of {till}").format(till=session.till)
        super().__init__(parent, title, verb=_("Close the session"), icon="lock-2-line", width=440)
        self._context, self._session, self._done_with, self._key = context, session, done, new_key()
        off = not told.exact
        gaps = [(code, counted - due) for code, counted, due in told.foreign]
        words, tone = verdict_words(told.difference_minor, gaps, session.currency)
        facts = Facts()
        facts.show_rows(_told_rows(told, session.currency))
        self.verdict = Label(words, "h3", f"{tone}_fg")
        self.usual = Select([("", _("Write one below")), *((_(w), _(w)) for w in OFF)], "")
        self.reason = Field(_("Where the difference comes from"), TextInput(longest=200, required=off))
        self.note = Field(_("Note for the next shift, if any"), TextInput(longest=200))
        self.add(self.verdict, facts)
        if off:
            self.add(Field(_("Usual reasons"), self.usual), self.reason)
        self.add(self.note)
        if told.round > 1:
            self.add(
                Label(
                    _("Count {number}; the earlier ones are kept.").format(number=told.round), "cap", "text2"
                )
            )
        self.again = secondary(_("Count again"), "refresh-line")
        self.again.clicked.connect(self.accept)
        self.again.clicked.connect(again)
        self.add_left(self.again)
        self.usual.picked.connect(lambda w: self.reason.control.setText(w) if w else None)  # type: ignore[attr-defined]
        self._off = off
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return not self._off or check_all([self.reason])

    def _go(self) -> None:
        reason = self.reason.control.value() if self._off else ""  # type: ignore[attr-defined]
        note = self.note.control.value()  # type: ignore[attr-defined]
        task = self._context.of(self).do(
            close_session, self._session.id, reason=reason, note=note, client_key=self._key
        )
        task.busy(self.primary).then(self._closed).otherwise(self.show_error)

    def _closed(self, closed: Closed) -> None:
        self.accept()
        self._done_with(closed)
