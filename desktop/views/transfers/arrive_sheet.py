"""Say what arrived: all of it by one press, or line by line with why something is missing."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.ids import new_key
from desktop.basics.money import quantity_text
from desktop.queries.products import ProductRow
from desktop.queries.transfers import MovedLine, TransferSheet
from desktop.services.transfers import MISSING, Arrival, receive_transfer
from desktop.views.common.cards import Divider, TwoLines, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.goods_scan import GoodsScan
from desktop.views.common.inputs import Select
from desktop.views.common.number_inputs import Stepper
from desktop.views.common.scrolled import LinesBox
from desktop.views.common.theme import theme

LATER = "later"


class ArrivalLine(QWidget):
    """One kind of goods: how much arrived, and what became of the rest."""

    changed = Signal()

    def __init__(self, line: MovedLine) -> None:
        super().__init__()
        self.line = line
        row = hbox(self, margins=(0, 6, 0, 6), gap=10)
        name = " ".join(part for part in (line.name, line.pack) if part)
        waiting = _("{quantity} {unit} on their way").format(
            quantity=quantity_text(line.open_milli), unit=line.unit
        )
        row.addWidget(TwoLines(name, f"{line.code} · {waiting}"), 1)
        self.rest = Select(
            [(LATER, _("The rest comes later")), *((key, _(words)) for key, words in MISSING.items())], LATER
        )
        self.rest.setAccessibleName(_("What became of the rest of {name}").format(name=name))
        self.rest.setFixedWidth(theme.px(190))
        self.arrived = Stepper(
            line.open_milli, least=0, most=line.open_milli, name=_("Arrived of {name}").format(name=name)
        )
        row.addWidget(self.rest)
        row.addWidget(self.arrived)
        self.arrived.changed.connect(self._show)
        self._show()

    def _show(self, *_changed: Any) -> None:
        self.rest.setEnabled(self.arrived.milli() < self.line.open_milli)
        self.changed.emit()

    def arrival(self) -> Arrival:
        """What is to be said of this line."""
        came, why = self.arrived.milli(), self.rest.value()
        missing = 0 if why == LATER else self.line.open_milli - came
        return Arrival(self.line.sku_id, came, missing, why if missing else "")


class ArriveSheet(Sheet):
    """Begins with everything arrived; the first scan begins to count from nothing."""

    def __init__(
        self, parent: QWidget, context: Context, sheet: TransferSheet, done: Callable[[str], Any]
    ) -> None:
        text = _(
            "All of it arrived? Then only press Take in. Otherwise change the lines, or scan what is there."
        )
        title = _("Receive transfer {code}").format(code=sheet.row.code)
        super().__init__(parent, title, text=text, verb=_("Take in"), icon="inbox-archive-line", width=720)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._id, self._then, self._key = context, sheet.row.id, done, new_key()
        self._scanned = False
        self.lines = {line.sku_id: ArrivalLine(line) for line in sheet.lines if line.open_milli}
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self._count)
        self.add(self.scan, self._list())
        self.submitted.connect(self._save)
        self.scan.setFocus()

    def _list(self) -> QWidget:
        box = LinesBox(min(320, 24 + 58 * max(1, len(self.lines))))
        for number, line in enumerate(self.lines.values()):
            if number:
                box.rows.addWidget(Divider())
            box.rows.addWidget(line)
        box.rows.addStretch(1)
        return box

    def _count(self, row: ProductRow, milli: int) -> None:
        line = self.lines.get(row.id)
        if line is None:
            self.scan.say(ShopError(N_("“{name}” is not part of this transfer."), name=row.name))
            return
        if not self._scanned:
            self._scanned = True
            for other in self.lines.values():
                other.arrived.put(0)
                other._show()
        line.arrived.put(min(line.arrived.milli() + milli, line.line.open_milli))
        line._show()

    def _save(self) -> None:
        arrivals = [line.arrival() for line in self.lines.values()]
        told = [arrival for arrival in arrivals if arrival.received_milli or arrival.missing_milli]
        if not told:
            self.show_error(ShopError(N_("Nothing has arrived yet. Close this, or say how much came.")))
            return
        task = self._context.of(self).do(receive_transfer, self._id, told, client_key=self._key)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, state: str) -> None:
        self.accept()
        self._then(state)
