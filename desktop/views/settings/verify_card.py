"""Checking the books from the settings: everything that must add up, with what does not."""

import time

from PySide6.QtCore import QTimer

from desktop.basics.i18n import _
from desktop.queries.verify import Verdict, verify
from desktop.services.checks import BOOKS, record_check, to_keep
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.labels import Label
from desktop.views.settings.form import FormCard

SHOWN = 20


class VerifyCard(FormCard):
    """One button that counts stock, money, points and the trail again; faults are listed in words."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            _("Check the books"), _("Stock, orders, money, points, daily totals and the audit trail")
        )
        self._context, self._background = context, context.of(self)
        row = hbox(margins=(0, 6, 0, 8), gap=10)
        self.state = Label("", "small", "text2")
        self.button = secondary(_("Check now"), "scales-3-line")
        self.button.clicked.connect(self.start)
        row.addWidget(self.state, 1)
        row.addWidget(self.button)
        self.body.addLayout(row)
        self._list = vbox(gap=4)
        self.body.addLayout(self._list)
        self._began = 0.0
        self._tick = QTimer(self, interval=1_000)
        self._tick.timeout.connect(self._count)
        self.setVisible(context.may(verify))

    def start(self) -> None:
        """Check everything; sales go on meanwhile."""
        clear(self._list)
        self._began = time.monotonic()
        self._count()
        self._tick.start()
        task = self._background.ask(verify).busy(self.button)
        task.then(self._show).otherwise(lambda error: self.state.setText(str(error))).always(self._tick.stop)

    def _count(self) -> None:
        spent = round(time.monotonic() - self._began)
        self.state.setText(_("Checking for {count} s; you can go on working").format(count=spent))

    def _show(self, verdict: Verdict) -> None:
        if self._context.may(record_check):  # so that health page and to-do list know it
            self._background.do(record_check, BOOKS, *to_keep(BOOKS, verdict))
        spent = f"{time.monotonic() - self._began:.1f}"
        if verdict.whole:
            words = _("{count} checks, all of it adds up ({seconds} s)").format(
                count=verdict.checks, seconds=spent
            )
        else:
            words = _("{count} things don't add up").format(count=f"{len(verdict.faults):,}")
        self.state.setText(words)
        self.state.look(color="success_fg" if verdict.whole else "danger_fg")
        for fault in verdict.faults[:SHOWN]:
            line = ErrorLine()
            line.say(str(fault))
            self._list.addWidget(line)
        more = len(verdict.faults) - SHOWN
        if more > 0:
            self._list.addWidget(Label(_("and {count} more").format(count=f"{more:,}"), "cap", "text2"))
