"""Orders that are stuck and points that are wrong: found, shown with their proof, repaired one by one or all that are safe."""

import time
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.queries.findings import KINDS, ORDER, Finding
from desktop.queries.stuck import CHECKS as OF_ORDERS
from desktop.queries.stuck import stuck_orders
from desktop.queries.wrong_points import wrong_points
from desktop.services.repairs import Repaired, repair_order, repair_points
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, link, plain, secondary
from desktop.views.common.cards import NestedCard, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.field import ErrorLine
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme

WIDTH, HEIGHT = 720, 420


def repair_of(finding: Finding) -> Any:
    """The verb that repairs it."""
    return repair_order if finding.kind in OF_ORDERS else repair_points


class FindingRow(NestedCard):
    """One finding: what is wrong, its proof on demand, one button; afterwards how to take the repair back."""

    def __init__(self, sheet: "CheckSheet", finding: Finding) -> None:
        super().__init__(gap=6)
        kind = KINDS[finding.kind]
        self.finding, self._sheet, self.mended = finding, sheet, False
        top = hbox(gap=8)
        self.badge = Badge(_(kind.title), "danger" if finding.safe else "warn", "alert", small=True)
        top.addWidget(self.badge)
        top.addStretch(1)
        self.show_proof = link(_("Show proof"))
        self.show_proof.clicked.connect(self._fold)
        top.addWidget(self.show_proof)
        if kind.subject == ORDER:
            go = link(_("Open order"))
            go.clicked.connect(partial(sheet.leave_for, "orders", finding.subject_id))
        else:
            go = link(_("Open member"))
            go.clicked.connect(partial(sheet.leave_for, "members", finding.subject_id))
        top.addWidget(go)
        self.body.addLayout(top)
        row = hbox(gap=12)
        words = vbox(gap=2)
        self.text = Label(str(finding), "small", wrap=True)
        words.addWidget(self.text)
        self.hint = Label("", "cap", "text2", wrap=True)
        words.addWidget(self.hint)
        row.addLayout(words, 1)
        self.button = self._button(kind.repair)
        row.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        self.proof = Label("\n".join(finding.proof), "cap", "text2", wrap=True)
        self.proof.hide()
        self.error = ErrorLine()
        self.body.addWidget(self.proof)
        self.body.addWidget(self.error)
        self._say_hint()

    def _button(self, verb: str) -> Button:
        button = secondary(_(verb) if verb else "", "tools-line", size=28)
        button.clicked.connect(partial(self.repair, None))
        if not verb or not self._sheet.context.may(repair_of(self.finding)):
            button.hide()
        return button

    def _say_hint(self) -> None:
        kind = KINDS[self.finding.kind]
        words = "" if self.finding.safe else _("Look at the proof before you repair this.")
        if not kind.repair:
            words = _("Nothing repairs this by itself. Look at the order and decide.")
        elif not self._sheet.context.may(repair_of(self.finding)):
            words = _("Your role may not do this.")
        self.hint.setText(words)
        self.hint.setVisible(bool(words))

    def _fold(self) -> None:
        self.proof.setVisible(self.proof.isHidden())
        self.show_proof.relabel(_("Hide proof") if not self.proof.isHidden() else _("Show proof"))

    def repair(self, then: Any = None) -> None:
        """Repair it; `then` is called afterwards, whatever came of it."""
        task = self._sheet.scope.do(repair_of(self.finding), self.finding.key, new_key()).busy(self.button)
        task.then(self._repaired).otherwise(lambda error: self.error.say(str(error)))
        if then is not None:
            task.always(then)

    def _repaired(self, done: Repaired) -> None:
        kind = KINDS[done.kind]
        self.mended = True
        self.badge.show_status(_("Repaired"), "success", "done")
        self.button.hide()
        self.error.say("")
        self.hint.setText(_(kind.undo))
        self.hint.show()
        self._sheet.count()


class CheckSheet(Sheet):
    """Checks orders and points when it opens; `Repair all safe ones` goes through those that need nobody's eye."""

    def __init__(self, parent: QWidget, context: Context) -> None:
        title = _("Check orders and points")
        text = _("Orders that are stuck, points wrongly deducted or given. Sales go on meanwhile.")
        super().__init__(
            parent, title, verb=_("Repair all safe ones"), text=text, icon="stethoscope-line", width=WIDTH
        )
        self.context, self.scope = context, context.of(self)
        self.rows: list[FindingRow] = []
        self._found: list[Finding] = []
        self.cancel.relabel(_("Close"))
        self.again = plain(_("Check again"), "refresh-line")
        self.again.clicked.connect(self.start)
        self.add_left(self.again)
        self.state = Label("", "small_m", "text2")
        self.add(self.state)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self.list = vbox(inner, margins=(0, 0, 6, 0), gap=8)
        self.area.setWidget(inner)
        for part in (self.area.viewport(), inner):  # setWidget switches it on
            part.setAutoFillBackground(False)
        self.area.setFixedHeight(theme.px(HEIGHT))
        self.add(self.area)
        self.submitted.connect(self._repair_safe)
        self.start()

    def start(self) -> None:
        """Look at everything anew."""
        self._began = time.monotonic()
        self._found.clear()
        self._left = [deed for deed in (stuck_orders, wrong_points) if self.context.may(deed)]
        self.state.look(color="text2")
        self.state.setText(_("Checking…"))
        self.primary.hide()
        self._next(())

    def _next(self, findings: tuple[Finding, ...]) -> None:
        self._found += findings
        if self._left:
            task = self.scope.ask(self._left.pop(0)).busy(self.again)
            task.then(self._next).otherwise(lambda error: self.state.setText(str(error)))
            return
        self._show()

    def _show(self) -> None:
        clear(self.list)
        self.rows = [FindingRow(self, finding) for finding in self._found]
        for row in self.rows:
            self.list.addWidget(row)
        if not self.rows:
            self.list.addWidget(
                EmptyState(_("Everything fits"), _("No order is stuck, no points are wrong."), why="all_done")
            )
        self.list.addStretch(1)
        self.count()

    def count(self) -> None:
        """Say how much is left."""
        left = [row for row in self.rows if not row.mended]
        safe = self._safe()
        words = ngettext("{count} thing needs repair", "{count} things need repair", len(left))
        if not left:
            words = _("Everything fits")
        seconds = f"{time.monotonic() - self._began:.1f}"
        if not any(row.mended for row in self.rows):
            words += " · " + _("checked in {seconds} s").format(seconds=seconds)
        self.state.setText(words.format(count=f"{len(left):,}"))
        self.state.look(color="danger_fg" if left else "success_fg")
        self.primary.setVisible(bool(safe))

    def _safe(self) -> list[FindingRow]:
        return [
            row for row in self.rows
            if row.finding.safe and not row.mended and self.context.may(repair_of(row.finding))
        ]  # fmt: skip

    def _repair_safe(self) -> None:
        self._through(self._safe())

    def _through(self, rows: list[FindingRow]) -> None:
        self.primary.busy(bool(rows))
        if rows:
            rows[0].repair(partial(self._through, rows[1:]))

    def leave_for(self, key: str, item_id: int) -> None:
        """Close and go to the order or member."""
        self.reject()
        self.context.navigate(key, item_id)
