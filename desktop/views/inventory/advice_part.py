"""What may be done about goods that lie: hardly sold, or far too many."""

from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.basics.words import when_text
from desktop.queries.slow_goods import ADVICE, RETURN, SlowRow, slow_of
from desktop.views.common.buttons import link
from desktop.views.common.cards import Divider, TwoLines, hbox, vbox
from desktop.views.common.context import Context


class AdvicePart(QWidget):
    """Seen only for goods that lie: why they do, and the ways out."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._sku = context, 0
        column = vbox(self, gap=6)
        column.addWidget(Divider())
        self.words = TwoLines("", "")
        column.addWidget(self.words)
        row = hbox(gap=12)
        self.cheaper = link(_("Lower the price"))
        self.cheaper.clicked.connect(lambda: self._context.navigate("products", self._sku))
        self.move_on = link(_("Transfer"))
        self.move_on.clicked.connect(partial(self._context.navigate, "transfers"))
        self.back = link(_("Return to the supplier"))
        self.back.clicked.connect(partial(self._context.navigate, "buying"))
        for way in (self.cheaper, self.move_on, self.back):
            row.addWidget(way)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def ask(self, sku_id: int) -> None:
        """Read whether these goods lie."""
        self._context.of(self).ask_latest("slow", slow_of, sku_id).then(self._show)

    def _show(self, found: SlowRow | None) -> None:
        self.setVisible(found is not None)
        if found is None:
            return
        self._sku = found.id
        now, zone = self._context.now(), self._context.zone
        sold = when_text(found.last_sale, now, zone) if found.last_sale else _("never")
        why = _("{quantity} {unit} not needed, last sold {when}")
        spare = quantity_text(found.spare_milli)
        self.words.say(_(ADVICE[found.advice]), why.format(quantity=spare, unit=found.unit, when=sold))
        self.back.setVisible(found.advice == RETURN)
