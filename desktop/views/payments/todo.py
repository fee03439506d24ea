"""To do: payments and refunds somebody must see to, each with who does, what was agreed, and how it ends."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.queries.order_words import method_word, said
from desktop.queries.pay_cases import CaseRow, case_owners, payment_cases
from desktop.queries.pay_words import (
    ABNORMAL,
    CASE_HINTS,
    MISMATCH,
    MONEY_CASES,
    REFUSED,
    UNBOOKED,
    case_word,
    reason_word,
    way_word,
)
from desktop.services.pay_cases import assign_case, finish_case, note_on_case, reopen_case, send_back
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, link, plain, secondary
from desktop.views.common.cards import Divider, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextArea
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment

OPEN, DONE = "open", "done"
WAYS = ("retry", "other", "refund", "negotiate")


class CaseList(QWidget):
    """The open cases, or those closed last; `counted` says how many are open."""

    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.scope = context, context.of(self)
        self.owners: tuple[tuple[int, str], ...] = ()
        self.cases: tuple[CaseRow, ...] = ()
        column = vbox(self)
        head = hbox(margins=(16, 10, 16, 6))
        self.which = Segment([(OPEN, _("To do")), (DONE, _("Done"))], OPEN)
        self.which.picked.connect(lambda _value: self.load())
        head.addWidget(self.which)
        head.addStretch(1)
        column.addLayout(head)
        self.none = EmptyState(
            _("No payment needs you"),
            _("Refunds a bank sent back, other amounts and payments on no order would stand here."),
            why="all_done",
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        outer = vbox(inner, margins=(16, 0, 16, 12))
        self.rows = vbox()
        outer.addLayout(self.rows)
        outer.addStretch(1)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.pages = QStackedWidget()
        self.pages.addWidget(area)
        self.pages.addWidget(self.none)
        column.addWidget(self.pages, 1)

    def load(self) -> None:
        """Ask for the cases and who may see to them."""
        self.scope.ask_latest("owners", case_owners).then(self._know)
        done = self.which.value() == DONE
        self.scope.ask_latest("cases", payment_cases, done).then(partial(self._show, done))

    def _know(self, owners: tuple[tuple[int, str], ...]) -> None:
        self.owners = owners

    def _show(self, done: bool, cases: tuple[CaseRow, ...]) -> None:
        self.cases = cases
        if not done:
            self.counted.emit(len(cases))
        clear(self.rows)
        for number, case in enumerate(cases):
            if number:
                self.rows.addWidget(Divider())
            self.rows.addWidget(CaseLine(case, self))
        self.none.say(
            _("Nothing was closed yet") if done else _("No payment needs you"),
            ""
            if done
            else _("Refunds a bank sent back, other amounts and payments on no order would stand here."),
        )
        self.pages.setCurrentIndex(0 if cases else 1)

    # Doing

    def assign(self, case: CaseRow, button: Button) -> None:
        """Choose who sees to it."""
        menu = QMenu(self)
        for number, name in self.owners:
            chosen = menu.addAction(name)
            chosen.setCheckable(True)
            chosen.setChecked(number == case.owner_id)
            chosen.triggered.connect(partial(self._assign, case.id, number))
        menu.addSeparator()
        menu.addAction(_("Nobody")).triggered.connect(partial(self._assign, case.id, None))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _assign(self, case_id: int, owner: int | None, _on: bool = False) -> None:
        self.scope.do(assign_case, case_id, owner).then(lambda _none: self.load())

    def note(self, case: CaseRow) -> None:
        """Write down what was agreed."""
        NoteSheet(self, self.context, case, self.load).open()

    def finish(self, case: CaseRow) -> None:
        """Say what was done."""
        FinishSheet(self, self.context, case, partial(self._finished, case)).open()

    def send_back(self, case: CaseRow) -> None:
        """Have the provider give the money back."""
        SendBackSheet(self, self.context, case, self.load).open()

    def try_again(self, case: CaseRow) -> None:
        """Ask the provider for a refund once more, by its own number."""
        task = self.scope.do(send_back, case.id)
        task.then(lambda _none: self.load())
        task.otherwise(lambda error: self.context.toast(self, str(error), tone="danger"))

    def _finished(self, case: CaseRow) -> None:
        self.load()
        again = None if case.kind in MONEY_CASES else partial(self.reopen, case)
        self.context.toast(self, _("Seen to"), undo=again)

    def reopen(self, case: CaseRow) -> None:
        """It was not done after all."""
        self.scope.do(reopen_case, case.id).then(lambda _none: self.load())


class CaseLine(QWidget):
    """One case: what is wrong and how much, what to do, who does, and the buttons."""

    def __init__(self, case: CaseRow, owner: CaseList) -> None:
        super().__init__()
        context = owner.context
        column = vbox(self, margins=(0, 12, 0, 12), gap=4)
        head = hbox(gap=8)
        open_ = case.done_at is None
        head.addWidget(
            Badge(case_word(case.kind), "danger", "alert", small=True)
            if open_
            else Badge(_("Done"), "success", "done", small=True)
        )
        if not open_:
            head.addWidget(Label(case_word(case.kind), "small_m"))
        if case.order_id is not None:
            order = link(case.order_code)
            order.clicked.connect(partial(context.navigate, "orders", case.order_id))
            head.addWidget(order)
        if case.method:
            head.addWidget(Label(method_word(case.method), "small", "text2"))
        head.addStretch(1)
        money = str(Money(case.amount_minor, case.currency))
        head.addWidget(Label(money, "small_b", "danger_fg" if open_ else "text"))
        column.addLayout(head)
        for text, token in self._lines(case, context):
            column.addWidget(Label(text, "cap", token, wrap=True))
        if open_ and context.may(finish_case):
            column.addLayout(self._buttons(case, owner))
        self.setAccessibleName(f"{case_word(case.kind)} {money}")

    @staticmethod
    def _lines(case: CaseRow, context: Context) -> list[tuple[str, str]]:
        now, zone = context.now(), context.zone
        lines = []
        if case.done_at is not None:
            when = when_text(case.done_at, now, zone)
            lines.append((_("{when}: {what}").format(when=when, what=said(case.done_note)), "text"))
        else:
            hint = CASE_HINTS.get(case.kind)
            what = _(hint) if hint else ""
            lines.append((_("{way}. {hint}").format(way=way_word(case.way), hint=what), "text"))
        if case.note:
            lines.append((case.note, "text"))
        facts = [when_text(case.opened_at, now, zone), case.number]
        if case.reason:
            facts.append(reason_word(case.reason))
        facts.append(
            _("{name} sees to it").format(name=case.owner) if case.owner else _("Nobody sees to it yet")
        )
        lines.append((" · ".join(part for part in facts if part), "text2"))
        return lines

    def _buttons(self, case: CaseRow, owner: CaseList) -> Any:
        row = hbox(margins=(0, 4, 0, 0), gap=8)
        done = secondary(_("Done…"), "check-line", size=28)
        note = secondary(_("Note"), "edit-line", size=28)
        who = plain(_("Who sees to it"), size=28)
        buttons = [(done, owner.finish), (note, owner.note)]
        if owner.context.may(send_back) and case.kind in (MISMATCH, UNBOOKED):
            buttons.insert(0, (secondary(_("Give it back"), size=28), owner.send_back))
        elif owner.context.may(send_back) and case.kind in (ABNORMAL, REFUSED):
            buttons.insert(0, (secondary(_("Try again"), size=28), owner.try_again))
        for button, run in buttons:
            button.setAccessibleDescription(self.accessibleName())
            button.clicked.connect(partial(run, case))
        who.clicked.connect(lambda: owner.assign(case, who))
        for widget in (*(button for button, _run in buttons), who):
            row.addWidget(widget)
        row.addStretch(1)
        return row


class NoteSheet(Sheet):
    """What was agreed, and what is to be done."""

    def __init__(self, parent: QWidget, context: Context, case: CaseRow, done: Any) -> None:
        super().__init__(parent.window(), case_word(case.kind), verb=_("Save"), icon="edit-line", width=440)
        self._scope, self._case, self._then = context.of(self), case, done
        self.way = Select([(way, way_word(way)) for way in WAYS], case.way)
        self.note = TextArea(case.note, hint=_("What was agreed with the customer"), lines=4)
        self.add(Field(_("What to do"), self.way), Field(_("Note"), self.note))
        self.submitted.connect(self._go)
        self.note.setFocus()

    def _go(self) -> None:
        task = self._scope.do(note_on_case, self._case.id, self.note.value(), self.way.value())
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _none: Any) -> None:
        self.accept()
        self._then()


class FinishSheet(Sheet):
    """What was done about it."""

    def __init__(self, parent: QWidget, context: Context, case: CaseRow, done: Any) -> None:
        amount = Money(case.amount_minor, case.currency)
        title = _("Mark as done: {amount}").format(amount=amount)
        text = ""
        if case.kind in ("abnormal", "refused"):
            text = _("The provider is not asked again. Only say so once the customer has the money.")
        elif case.kind in MONEY_CASES:
            text = _("It counts as given back another way. Only say so once the customer has the money.")
        super().__init__(
            parent.window(), title, verb=_("Mark as done"), icon="check-line", width=440, text=text
        )
        self._scope, self._case, self._then = context.of(self), case, done
        self.note = TextArea("", hint=_("Given back in cash, receipt signed"), lines=3)
        self._field = Field(_("What was done"), self.note)
        self.add(self._field)
        self.submitted.connect(self._go)
        self.note.setFocus()

    def ready(self) -> bool:
        if self.note.value().strip():
            return check_all([self._field])
        self._field.error(_("Say what was done."))
        return False

    def _go(self) -> None:
        task = self._scope.do(finish_case, self._case.id, self.note.value())
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _none: Any) -> None:
        self.accept()
        self._then()


class SendBackSheet(Sheet):
    """Why the provider is to give the money back."""

    def __init__(self, parent: QWidget, context: Context, case: CaseRow, done: Any) -> None:
        title = f"{_('Give it back')} · {Money(case.amount_minor, case.currency)}"
        super().__init__(parent.window(), title, verb=_("Give it back"), width=440)
        self._scope, self._case, self._then = context.of(self), case, done
        self.why = TextArea("", lines=3)
        self._field = Field(_("Why"), self.why)
        self.add(self._field)
        self.submitted.connect(self._go)
        self.why.setFocus()

    def ready(self) -> bool:
        if self.why.value().strip():
            return check_all([self._field])
        self._field.error(_("Say why it goes back."))
        return False

    def _go(self) -> None:
        task = self._scope.do(send_back, self._case.id, self.why.value())
        task.busy(self.primary).then(self._sent).otherwise(self.show_error)

    def _sent(self, _none: Any) -> None:
        self.accept()
        self._then()
