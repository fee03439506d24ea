"""The sheets of reconciling: a terminal's total, another merchant number, the bills of a day."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import day_name
from desktop.queries.order_words import method_word
from desktop.queries.reconciliation import StatementSeen
from desktop.services.channel_totals import set_channel_total
from desktop.services.reconcile import take_back_statement
from desktop.views.common.buttons import plain
from desktop.views.common.cards import TwoLines, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput


class TotalSheet(Sheet):
    """What a terminal's slip says of a day; empty takes it back."""

    def __init__(
        self, parent: QWidget, context: Context, method: str, day: date, minor: int | None, fee_minor: int = 0
    ) -> None:
        title = _("{method} on {day}").format(method=method_word(method), day=day_name(day))
        super().__init__(parent, title, verb=_("Save"), icon="bank-card-line", width=400)
        self._context, self._method, self._day = context, method, day
        self.amount = MoneyInput(context.currency, minor, least=None)
        self.fee = MoneyInput(context.currency, fee_minor or None)
        hint = _("Taken less given back, as the terminal’s daily slip says. Empty: not known.")
        self.fields = [
            Field(_("Total of the slip"), self.amount, hint),
            Field(_("Fee of the bank"), self.fee),
        ]
        self.add(*self.fields)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all(self.fields)

    def _go(self) -> None:
        task = self._context.of(self).do(
            set_channel_total, self._method, self._day, self.amount.minor(), self.fee.minor() or 0
        )
        task.busy(self.primary).then(lambda _none: self.accept()).otherwise(self.show_error)


class BillsSheet(Sheet):
    """The bills brought in for a day; each may be taken back while nothing of it was decided."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        day: date,
        bills: tuple[StatementSeen, ...],
        done: Callable[[], Any],
    ) -> None:
        title = _("Bills of {day}").format(day=day_name(day))
        super().__init__(parent, title, verb=_("Done"), icon="bill-line", width=480)
        self._context, self._done = context, done
        if not bills:
            self.add(Label(_("No bill of this day was brought in yet."), "body", "text2", wrap=True))
        for bill in bills:
            self.add(self._line(bill))
        self.submitted.connect(self.accept)

    def _line(self, bill: StatementSeen) -> QWidget:
        line = QWidget()
        row = hbox(line, gap=10)
        paid = Money(bill.paid_minor - bill.refunded_minor, self._context.currency)
        caption = _("{rows} rows · {money} · brought in {when}").format(
            rows=f"{bill.rows:,}", money=paid, when=f"{bill.at.astimezone(self._context.zone):%m-%d %H:%M}"
        )
        row.addWidget(TwoLines(f"{method_word(bill.gateway)} · {bill.file_name}", caption), 1)
        away = plain(_("Take out"), "delete-bin-line", size=30)
        away.setEnabled(self._context.may(take_back_statement))
        away.clicked.connect(partial(self._take_out, bill.id, line, away))
        row.addWidget(away)
        return line

    def _take_out(self, statement_id: int, line: QWidget, button: Any) -> None:
        def gone(_none: Any) -> None:
            line.hide()
            self._done()

        task = self._context.of(self).do(take_back_statement, statement_id)
        task.busy(button).then(gone).otherwise(self.show_error)
